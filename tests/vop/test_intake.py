"""A file as it arrives, in pieces of any size: the same parts, whatever the pieces."""

import gzip
import json
import uuid
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.services.payee_ports import VopPolicy
from duerun.services.vop_tasks import Part
from duerun.web.payees.ingest import GZIP_MAGIC, LINES_A_RECORD_MAX, PART_BYTES_MAX, Gunzip, Intake

POLICY = VopPolicy(chunk_records=3)
LINES = (
    b"",
    b"  ",
    b"\r",
    json.dumps({"uetr": str(uuid.UUID(int=1))}).encode(),
    json.dumps({"uetr": str(uuid.UUID(int=2))}).encode() + b"\r",
    b'{"uetr":null}',
    '{"x":"\u00e4"}'.encode(),
)


def taken(pieces: Iterable[bytes], policy: VopPolicy = POLICY) -> tuple[Intake, list[Part]]:
    intake = Intake(policy)
    parts = [part for piece in pieces for part in intake.feed(piece)]
    return intake, [*parts, *intake.finish()]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(data) + 1) for place in places)
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


@given(st.lists(st.sampled_from(LINES)), st.booleans(), st.lists(st.integers(0, 10_000), max_size=20))
def test_pieces_make_no_difference(lines: list[bytes], is_ended: bool, places: list[int]) -> None:
    data = b"\n".join(lines) + (b"\n" if is_ended else b"")

    whole, parts = taken([data])
    pieces, same = taken(cut(data, places))

    assert parts == same
    assert (whole.failure, whole.records, whole.digest) == (pieces.failure, pieces.records, pieces.digest)


@given(st.lists(st.sampled_from(LINES), min_size=1))
def test_every_record_is_in_one_part_under_the_number_of_its_line(lines: list[bytes]) -> None:
    expected = {number: line.strip() for number, line in enumerate(lines, 1) if line.strip()}

    intake, parts = taken([b"\n".join(lines)])

    found = {
        number: line
        for part in parts
        for number, line in enumerate(part.lines.split(b"\n"), part.first_line)
        if line.strip()
    }
    assert found == expected
    assert intake.records == sum(part.records for part in parts) == len(expected)
    assert [part.number for part in parts] == list(range(len(parts)))


def test_blank_lines_without_end_are_not_collected() -> None:
    blank = b"\n" * 200_000

    _, parts = taken([blank + b"{}\n" + blank + b"{}\n" + blank])

    assert [part.first_line for part in parts] == [200_001, 400_002]
    assert max(len(part.lines) for part in parts) <= LINES_A_RECORD_MAX * POLICY.chunk_records + 2


def test_a_part_of_long_lines_is_closed_early() -> None:
    line = b'{"x":"' + b"y" * 60_000 + b'"}\n'

    _, parts = taken([line] * 200, VopPolicy(chunk_records=1_000))

    assert len(parts) > 1
    assert max(len(part.lines) for part in parts) <= PART_BYTES_MAX + len(line)


@pytest.mark.parametrize("fails", [True, False], ids=["fail_file", "error_line"])
def test_a_line_without_end_is_not_collected(fails: bool) -> None:
    intake = Intake(VopPolicy(line_bytes_max=1_000, bad_line_fails=fails))

    for _ in range(1_000):
        assert list(intake.feed(b"x" * 10_000)) == []

    assert len(intake._rest) < 20_000
    parts = list(intake.finish())
    assert (intake.failure is None) == (not fails)
    assert [part.lines for part in parts] == ([] if fails else [b"?"])


@given(st.lists(st.integers(0, 10_000), max_size=20), st.binary(max_size=2_000))
def test_pieces_of_a_compressed_file_make_no_difference(places: list[int], data: bytes) -> None:
    gunzip = Gunzip()

    found = b"".join(piece for some in cut(gzip.compress(data), places) for piece in gunzip.feed(some))
    gunzip.finish()

    assert (found, gunzip.failure) == (data, None)


@given(st.binary(max_size=500))
def test_no_bytes_make_the_decompressor_fall(data: bytes) -> None:
    gunzip = Gunzip()

    list(gunzip.feed(GZIP_MAGIC + data))
    gunzip.finish()

    assert gunzip.failure is not None
