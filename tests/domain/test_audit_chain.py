"""The chain of the audit log: each line that is not as it was written is named, and it is the first one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from duerun.domain.audit_chain import (
    START,
    Checker,
    Entry,
    Fault,
    Head,
    Note,
    Verdict,
    entry_behind,
    parse_hash,
)

NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
LINES = 6

Tamper = Callable[[list[Entry]], list[Entry]]


def written(count: int = LINES) -> list[Entry]:
    head, lines = Head(0, START), []
    for number in range(count):
        note = Note("settings.set", f"account_{number}", {"catch_up_max": [number, number + 1]}, 7, True)
        lines.append(entry_behind(head, note, actor="ann", now=NOW + timedelta(seconds=number)))
        head = Head(lines[-1].number, lines[-1].hash)
    return lines


def head_of(lines: Sequence[Entry]) -> Head:
    return Head(lines[-1].number, lines[-1].hash) if lines else Head(0, START)


def check(lines: Sequence[Entry], head: Head | None, kept: bytes | None = None) -> Verdict:
    checker = Checker(head, kept)
    for each in lines:
        if not checker.see(each):
            break
    return checker.verdict()


def rehashed(entry: Entry) -> Entry:
    return replace(entry, hash=entry.expected_hash())


def with_line(place: int, change: Callable[[Entry], Entry]) -> Tamper:
    return lambda lines: [*lines[:place], change(lines[place]), *lines[place + 1 :]]


def moved(lines: list[Entry]) -> list[Entry]:
    """Lines 3 and 4 change places, and take each other's numbers."""
    first, second = lines[2], lines[3]
    return [*lines[:2], replace(second, number=3), replace(first, number=4), *lines[4:]]


def inserted(lines: list[Entry]) -> list[Entry]:
    """A line with a right hash behind line 3; the lines behind it are numbered anew."""
    note = Note("keys.create", "...abcd", {})
    extra = entry_behind(head_of(lines[:3]), note, actor="eve", now=NOW)
    return [*lines[:3], extra, *(replace(each, number=each.number + 1) for each in lines[3:])]


def test_lines_as_they_were_written_are_in_order() -> None:
    lines = written()

    found = check(lines, head_of(lines))

    assert (found.entries, found.fault, found.head) == (LINES, None, head_of(lines))
    assert check([], Head(0, START)).fault is None


@pytest.mark.parametrize(
    ("tamper", "fault", "number"),
    [
        (with_line(2, lambda each: replace(each, actor="eve")), Fault.CHANGED, 3),
        (with_line(2, lambda each: replace(each, details="{}")), Fault.CHANGED, 3),
        (with_line(2, lambda each: replace(each, livemode=False)), Fault.CHANGED, 3),
        (with_line(2, lambda each: replace(each, account_id=None)), Fault.CHANGED, 3),
        (with_line(2, lambda each: replace(each, happened_at=NOW)), Fault.CHANGED, 3),
        (with_line(2, lambda each: rehashed(replace(each, actor="eve"))), Fault.REPLACED, 3),
        (with_line(0, lambda each: rehashed(replace(each, actor="eve"))), Fault.REPLACED, 1),
        (with_line(5, lambda each: rehashed(replace(each, actor="eve"))), Fault.REPLACED, 6),
        (
            with_line(0, lambda each: rehashed(replace(each, previous_hash=bytes([1]) * 32))),
            Fault.REPLACED,
            1,
        ),
        (lambda lines: lines[:2] + lines[3:], Fault.MISSING, 3),
        (lambda lines: lines[1:], Fault.MISSING, 1),
        (lambda lines: lines[:-1], Fault.MISSING, 6),
        (lambda _: [], Fault.MISSING, 1),
        (moved, Fault.CHANGED, 3),
        (inserted, Fault.CHANGED, 5),
        (
            lambda lines: [*lines, entry_behind(head_of(lines), Note("x.y", "z", {}), actor="eve", now=NOW)],
            Fault.ADDED,
            7,
        ),
    ],
    ids=[
        "who",
        "how",
        "mode",
        "account",
        "when",
        "with its hash",
        "the first with its hash",
        "the last with its hash",
        "another beginning",
        "removed",
        "the first removed",
        "the last removed",
        "all removed",
        "moved",
        "inserted",
        "added behind the end",
    ],
)
def test_the_first_line_that_does_not_fit_is_named(tamper: Tamper, fault: Fault, number: int) -> None:
    lines = written()

    found = check(tamper(lines), head_of(lines))

    assert (found.fault, found.number) == (fault, number)
    assert str(number) in found.told


def test_a_log_that_was_written_anew_lacks_a_head_that_was_kept_elsewhere() -> None:
    lines = written()
    kept = lines[3].hash
    shorter = written(3)
    other = [rehashed(replace(each, actor="eve", previous_hash=START)) for each in lines[:1]]

    assert check(lines, head_of(lines), kept).fault is None
    assert check(lines, head_of(lines), START).fault is None
    assert check(shorter, head_of(shorter), kept).fault is Fault.OTHER_LOG
    assert check(other, head_of(other), kept).fault is Fault.OTHER_LOG
    assert check(lines, None).fault is Fault.HEAD_MISSING


def test_hashes_are_read_as_they_are_printed() -> None:
    lines = written(1)

    assert parse_hash(f" {lines[0].hash.hex()}\n") == lines[0].hash
    assert parse_hash("ab") is None
    assert parse_hash("no hash at all") is None
