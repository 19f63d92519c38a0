"""The first sheet of an .xlsx workbook as the CSV text that the importer reads; a CSV file is handed through.

Source: ECMA-376, part 1.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime, time, timedelta

import python_calamine
from python_calamine import CalamineError

from duerun.domain.csv_format import format_record
from duerun.domain.errors import RejectedError
from duerun.web.multipart import FileKind, UploadedFile
from duerun.web.xlsx_scan import broken
from duerun.web.xlsx_zip import checked

PIECE_CHARACTERS = 64 * 1024
# What a spreadsheet shows of a fraction; digits behind these are noise of its arithmetic.
FRACTION_DIGITS = 15

Cell = int | float | str | bool | date | time | datetime | timedelta


async def csv_chunks(file: UploadedFile, *, rows_max: int, bytes_max: int) -> AsyncIterator[bytes]:
    """The CSV text of an upload: as it arrives, or, of a workbook, once it has arrived and was read.

    Raises RejectedError for a workbook that cannot be read, or breaks a limit.
    """
    if file.kind is FileKind.CSV:
        return file.chunks
    data = b"".join([chunk async for chunk in file.chunks])
    return _each(await asyncio.to_thread(to_csv, data, rows_max=rows_max, bytes_max=bytes_max))


async def _each(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def to_csv(data: bytes, *, rows_max: int, bytes_max: int) -> list[bytes]:
    """The first sheet in pieces, at most `bytes_max` of it. Dates as YYYY-MM-DD, whole numbers without a point."""
    if not data:
        return []
    pieces, size = [], 0
    for text in _pieces(_rows(checked(data, rows_max=rows_max, characters_max=bytes_max))):
        pieces.append(text.encode())
        size += len(pieces[-1])
        if size > bytes_max:
            raise RejectedError(f"file is larger than {bytes_max} bytes")
    return pieces


def read_rows(data: bytes, *, rows_max: int, bytes_max: int) -> Iterator[list[str]]:
    """The rows of the first sheet as texts, empty ones too; a workbook with formulas or macros is refused.

    Raises RejectedError before the first row, or on it.
    """
    return _rows(checked(data, rows_max=rows_max, characters_max=bytes_max, values_only=True))


def _pieces(rows: Iterable[list[str]]) -> Iterator[str]:
    """The lines of the rows that hold anything, some thousand signs at a time."""
    lines: list[str] = []
    length = 0
    for row in rows:
        if any(row):
            lines.append(format_record(row) + "\n")
            length += len(lines[-1])
        if length > PIECE_CHARACTERS:
            yield "".join(lines)
            lines, length = [], 0
    yield "".join(lines)


def _rows(workbook: bytes) -> Iterator[list[str]]:
    try:
        with python_calamine.load_workbook(io.BytesIO(workbook)) as book:
            for row in book.get_sheet_by_index(0).iter_rows():
                yield [_text(cell) for cell in row]
    except (CalamineError, ValueError, OverflowError):
        raise broken() from None
    except BaseException as error:
        # A fault within the library itself, which is not written in Python.
        if type(error).__name__ == "PanicException":
            raise broken() from None
        raise


def _text(cell: Cell) -> str:
    """A cell as it is written in a CSV file.

    >>> [_text(cell) for cell in ("x", 5000.0, 12.5, True, date(2027, 1, 31), datetime(2027, 1, 31))]
    ['x', '5000', '12.5', 'true', '2027-01-31', '2027-01-31']
    """
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return _number(cell)
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case timedelta():
            return str(cell)
        case _:
            return cell.isoformat()


def _number(value: float) -> str:
    """Whole numbers have all digits that the cell holds, however many: an exponent would hide a card number.

    >>> [_number(value) for value in (4242424242424242.0, 1e21, 0.1 + 0.2, 1234567890123456.5)]
    ['4242424242424242', '1000000000000000000000', '0.3', '1234567890123456.5']
    """
    if value == int(value):
        return str(int(value))
    return f"{value:.{FRACTION_DIGITS}g}" if abs(value) < 10**FRACTION_DIGITS else repr(value)
