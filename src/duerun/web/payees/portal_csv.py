"""The portal's CSV files, in and out (source: the VOP wire specification, 8.2 and 8.3; RFC 4180)."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.web.payees.payee_rows import PayeeRow, RowContext, guarded, outcome
from duerun.web.payees.portal_table import table_rows

OUT_COLUMNS = (
    "E2E ID",
    "Request IBAN",
    "Request Name",
    "Request ID",
    "Name Match",
    "ORG ID Match",
    "Name Suggestion",
    "Error Status",
    "Error Code",
)
LINE_CHARACTERS_MAX = 65_536
PIECE_BYTES = 64 * 1024

_FILE_TYPE = "invalid_file_type"


def read_csv(file: BinaryIO, context: RowContext, *, rows_max: int, bytes_max: int) -> Iterator[PayeeRow]:
    """The payees of a CSV file with `;` or `,` between the cells, read as it comes; a mark of UTF-8 is dropped.

    Raises RejectedError, also after some rows, for a file that is no such CSV or breaks a limit.
    """
    lines = _lines(file, bytes_max)
    header = next(lines, "")
    separator = ";" if ";" in header or "," not in header else ","
    cells = csv.reader(_again(header, lines), delimiter=separator, strict=True)
    yield from table_rows(_sound(cells), context, rows_max=rows_max)


def write_csv(results: Iterable[tuple[PayeeRow, Answer | None]], *, guard: bool = True) -> Iterator[bytes]:
    """The portal's report in pieces, in the order of the rows; `guard` defuses what looks like a formula."""
    piece = io.StringIO()
    writer = csv.writer(piece, delimiter=";", lineterminator="\r\n")
    writer.writerow(OUT_COLUMNS)
    for row, answer in results:
        writer.writerow([guarded(cell, guard=guard) for cell in _cells(row, answer)])
        if piece.tell() > PIECE_BYTES:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _cells(row: PayeeRow, answer: Answer | None) -> tuple[str, ...]:
    told = outcome(row, answer)
    return (
        row.reference,
        row.given_iban,
        row.given_name,
        row.given_id,
        told.name_match,
        told.id_match,
        told.suggestion,
        told.status,
        told.code,
    )


def _lines(file: BinaryIO, bytes_max: int) -> Iterator[str]:
    """The lines with their ends; one that is too long is refused before it is held."""
    size = 0
    while line := file.readline(LINE_CHARACTERS_MAX + 1):
        if not size:
            line = line.removeprefix(codecs.BOM_UTF8)
        size += len(line)
        if size > bytes_max:
            raise RejectedError(f"file exceeds the maximum of {bytes_max} bytes")
        if len(line) > LINE_CHARACTERS_MAX:
            raise RejectedError("file has a line that is too long")
        yield _decoded(line)


def _decoded(line: bytes) -> str:
    if b"\0" in line:
        raise RejectedError("file contains a NUL byte", code=_FILE_TYPE)
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise RejectedError("file is not UTF-8", code=_FILE_TYPE) from None


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _sound(cells: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 0
    while True:
        try:
            row = next(cells, None)
        except csv.Error:
            place = f"row {number}" if number else "header"
            raise RejectedError(
                f"{place} is not CSV: look for a quote that is misplaced or not closed"
            ) from None
        if row is None:
            return
        yield row
        number += 1
