"""The verdict: the processor's ledger against the calendar, and what the API says against the ledger."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .dates import Course, Try, Wanted, course
from .ledger import COMPLAINT, CONFLICT, EFFECT, REFUSAL, RESEND, Line
from .load import ByHand

SHOWN_MAX = 20


@dataclass(slots=True)
class Verdict:
    """Findings by kind; there is none if all went well. `counts` are what was looked at."""

    findings: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def find(self, kind: str, what: str) -> None:
        self.findings[kind].append(what)

    @property
    def is_clean(self) -> bool:
        return not any(self.findings.values())

    def as_data(self) -> dict[str, Any]:
        named = ("lost", "doubled", "wrong")
        kinds = dict.fromkeys(named, 0) | {kind: len(found) for kind, found in self.findings.items()}
        shown = {kind: found[:SHOWN_MAX] for kind, found in self.findings.items() if found}
        return {"clean": self.is_clean, "counts": dict(self.counts), "found": kinds, "findings": shown}


def reference(wanted: Wanted, tried: Try) -> tuple[str, int]:
    """What the protocol calls a payment: its schedule and its date, and the number of the try."""
    return f"{wanted.schedule_id}:{tried[0]}", tried[1]


def judge_ledger(
    verdict: Verdict,
    lines: Iterable[Line],
    wanted: Sequence[Wanted],
    until: Mapping[str, date],
    by_hand: Sequence[ByHand],
) -> dict[str, Course]:
    """Hold the ledger to the calendar; what has to have happened, by schedule. `until` is the last day by account."""
    outcomes: dict[tuple[str, int], Line] = {}
    effects: Counter[tuple[str, int]] = Counter()
    keys: Counter[str] = Counter()
    for line in lines:
        verdict.counts[f"ledger {line.event}"] += 1
        if line.event in (CONFLICT, COMPLAINT):
            verdict.find("against the protocol", f"{line.key}: {line.event} {line.code}")
        if line.event not in (EFFECT, REFUSAL):
            continue
        paid = (line.request["reference"], line.request["attempt"])
        if line.event == EFFECT:
            effects[paid] += 1
            keys[line.key] += 1
        if paid in outcomes and outcomes[paid].key != line.key:
            verdict.find("doubled", f"{paid} came under two keys")
        outcomes.setdefault(paid, line)
    for name, count in (*effects.items(), *keys.items()):
        if count > 1:
            verdict.find("doubled", f"{name}: {count} effects")
    expected = {each.schedule_id: _course(each, until[each.account], outcomes) for each in wanted}
    _compare(verdict, wanted, expected, outcomes, by_hand)
    return expected


def _course(wanted: Wanted, until: date, outcomes: Mapping[tuple[str, int], Line]) -> Course:
    def was_refused(tried: Try) -> bool:
        line = outcomes.get(reference(wanted, tried))
        return line is not None and line.event == REFUSAL

    return course(wanted, until, was_refused)


def _compare(
    verdict: Verdict,
    wanted: Sequence[Wanted],
    expected: Mapping[str, Course],
    outcomes: Mapping[tuple[str, int], Line],
    by_hand: Sequence[ByHand],
) -> None:
    """Nothing lost, nothing that nobody asked for, and each payment in its amount."""
    left = dict(outcomes)
    for each in wanted:
        for tried in expected[each.schedule_id].tries:
            verdict.counts["tries expected"] += 1
            line = left.pop(reference(each, tried), None)
            if line is None:
                verdict.find("lost", f"{each.schedule_id} {tried[0]} attempt {tried[1]}")
            else:
                _check_terms(verdict, line, each.kind, each.account, each.amount, each.currency)
    for made in by_hand:
        verdict.counts["charges by hand"] += 1
        line = left.pop((made.id, 0), None)
        if line is None:
            verdict.find("lost", f"{made.id} by hand")
        else:
            _check_terms(verdict, line, "charge", made.account, made.amount, made.currency)
    for paid, line in left.items():
        verdict.find("not asked for", f"{paid}: {line.event}")


def _check_terms(verdict: Verdict, line: Line, kind: str, account: str, amount: int, currency: str) -> None:
    request = line.request
    told = (line.kind, request["account"], request["amount"], str(request["currency"]).upper())
    if told != (kind, account, amount, currency):
        verdict.find("wrong", f"{line.key}: {told} in place of {(kind, account, amount, currency)}")


def judge_books(
    verdict: Verdict,
    wanted: Wanted,
    expected: Course,
    occurrences: Sequence[Mapping[str, Any]],
    refused: Callable[[str, int], bool],
) -> None:
    """Hold what the API says of one schedule to what has to have happened."""
    states: dict[str, list[str]] = defaultdict(list)
    for each in occurrences:
        states[str(each["scheduled_on"])].append(str(each["status"]))
    due: dict[str, list[str]] = defaultdict(list)
    for tried in expected.tries:
        due[str(tried[0])].append("failed" if refused(*reference(wanted, tried)) else "successful")
    for skipped in expected.skipped:
        due[str(skipped)].append("skipped")
    for day in sorted({*states, *due}):
        verdict.counts["dates in the books"] += 1
        if sorted(states.get(day, [])) != sorted(due.get(day, [])):
            verdict.find("books", f"{wanted.schedule_id} {day}: {states.get(day)} in place of {due.get(day)}")


def judge_charges(
    verdict: Verdict, account: str, charges: Sequence[Mapping[str, Any]], lines: Sequence[Line]
) -> None:
    """Each effect of an account has one charge that succeeded, in its amount, and none stands without an effect."""
    effects = [line for line in lines if line.event == EFFECT and line.kind == "charge"]
    paid = Counter(
        (str(line.request["reference"]).partition(":")[0], line.request["amount"])
        for line in effects
        if line.request["account"] == account
    )
    told = Counter(
        (str(each["schedule"] or each["id"]), int(each["amount"]))
        for each in charges
        if each["status"] == "successful"
    )
    verdict.counts["charges in the books"] += len(charges)
    for what in {*paid, *told}:
        if paid[what] != told[what]:
            verdict.find("books", f"{what}: {told[what]} charges for {paid[what]} effects")
    for each in charges:
        if each["status"] not in ("successful", "failed"):
            verdict.find("open", f"{each['id']} is {each['status']}")


def resends(lines: Iterable[Line]) -> int:
    """Requests that came when their outcome stood in the ledger."""
    return sum(line.event == RESEND for line in lines)
