"""Records of a bulk file as rows of payees, and results as lines (source: the VOP wire specification, 3, 4 and 6)."""

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.services.payee_ports import RecordFault
from duerun.web.payees.codec import NdjsonWire
from duerun.web.payees.faults import INVALID_FIELD, Fault
from duerun.web.payees.payee_rows import INTERNAL_ERROR, PayeeRow, shown_identification
from duerun.web.payees.records import BadRecord, CheckRecord, NotAnObject, parse_record

GIVEN_CHARACTERS_MAX = 256

_NO_OBJECT = Fault(INVALID_FIELD, "The line is not a JSON object")
_NO_ANSWER = RecordFault(INTERNAL_ERROR, "The record was not answered")


def read_ndjson(file: BinaryIO, *, rows_max: int, bytes_max: int, line_bytes_max: int) -> Iterator[PayeeRow]:
    """The payees of a bulk file, read as it comes; blank lines are none. A row's number is that of its line.

    Raises RejectedError, also after some rows, for a file without records or one that breaks a limit.
    """
    rows = 0
    for number, line in _lines(file, bytes_max=bytes_max, line_bytes_max=line_bytes_max):
        rows += 1
        if rows > rows_max:
            raise RejectedError(f"file exceeds the maximum of {rows_max} records")
        yield _row(number, line)
    if not rows:
        raise RejectedError("file contains no records")


def write_ndjson(results: Iterable[tuple[PayeeRow, Answer | None]]) -> Iterator[bytes]:
    """One line for each row, in their order, with what the bulk API says of a record."""
    wire = NdjsonWire()
    for row, answer in results:
        if row.faults:
            faults = [RecordFault(each.title, each.detail) for each in row.faults]
            line = wire.write_faults(row.uetr or None, faults, row.number)
        elif answer is None:
            line = wire.write_faults(row.uetr, [_NO_ANSWER], row.number)
        else:
            line = wire.write_answer(row.uetr, answer, sees_more=True)
        yield line + b"\n"


def _lines(file: BinaryIO, *, bytes_max: int, line_bytes_max: int) -> Iterator[tuple[int, bytes]]:
    size = number = 0
    while line := file.readline(line_bytes_max + 2):
        if not number:
            line = line.removeprefix(codecs.BOM_UTF8)
        number += 1
        size += len(line)
        if size > bytes_max:
            raise RejectedError(f"file exceeds the maximum of {bytes_max} bytes")
        line = line.rstrip(b"\r\n")
        if len(line) > line_bytes_max:
            raise RejectedError(f"line {number} is longer than {line_bytes_max} bytes")
        if line.strip():
            yield number, line


def _row(number: int, line: bytes) -> PayeeRow:
    record = parse_record(line)
    if isinstance(record, CheckRecord):
        question = record.question
        found = question.identification
        return PayeeRow(
            number=number,
            reference=record.uetr,
            uetr=record.uetr,
            question=question,
            faults=(),
            given_iban=question.iban,
            given_name=question.name or "",
            given_id=shown_identification(found.lei, found.any_bic, found.others) if found else "",
        )
    return _refused(number, line, record)


def _refused(number: int, line: bytes, record: BadRecord | NotAnObject) -> PayeeRow:
    """A row with faults and what can be read of it; it has a `uetr` only if the record has one."""
    faults = record.faults if isinstance(record, BadRecord) else (_NO_OBJECT,)
    uetr = (record.uetr if isinstance(record, BadRecord) else None) or ""
    members = _members(line) if isinstance(record, BadRecord) else {}
    return PayeeRow(
        number=number,
        reference=uetr or f"line {number}",
        uetr=uetr,
        question=None,
        faults=faults,
        given_iban=_text(members, "partyAccount", "iban"),
        given_name=_text(members, "party", "name"),
        given_id="",
    )


def _members(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return {}


def _text(members: Any, *path: str) -> str:
    """A text within objects, fit to be written; empty for anything else."""
    for name in path:
        members = members.get(name) if isinstance(members, dict) else None
    text = members if isinstance(members, str) else ""
    return text[:GIVEN_CHARACTERS_MAX].encode(errors="replace").decode()
