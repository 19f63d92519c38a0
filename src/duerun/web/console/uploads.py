"""Files that a page sends: what kind they are, and the columns of a bulk file under the names that were chosen."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import NamedTuple

from duerun.domain.card_numbers import contains_card_number
from duerun.domain.column_names import matched, misspelled
from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import (
    BULK_COLUMNS,
    FIX_COLUMN,
    METADATA_PREFIX,
    REPORT_COLUMNS,
    Record,
    RecordReader,
    parse_header,
)
from duerun.domain.errors import RejectedError
from duerun.web.multipart import FileKind, UploadedFile
from duerun.web.xlsx_zip import old_workbook

CHOICES_HEADER = "x-columns"
COLUMN_SHOWN_CHARACTERS_MAX = 64
COLUMNS_SHOWN_MAX = 60
METADATA, NOTE = "metadata", "note"
_CHOICE = re.compile(r"([0-9]{1,4}):([a-z_]{1,32})")
_NOT_CSV = ("xls", "xlsx", "xlsm", "pdf", "zip", "doc", "docx", "ods", "numbers")


class Column(NamedTuple):
    """A column of a file: its place from 0, its name there, and what it is read as ('' for nothing)."""

    place: int
    given: str
    read_as: str


def kind_by_name(_content_type: bytes, filename: str) -> FileKind:
    """What a file is by its name: the types that browsers tell depend on what else is installed."""
    extension = filename.lower().rpartition(".")[2]
    if extension == "xlsx":
        return FileKind.XLSX
    if extension == "xls":
        raise old_workbook()
    if extension in _NOT_CSV:
        raise RejectedError("the file must be CSV or a workbook (.xlsx)", code="invalid_file_type")
    return FileKind.CSV


async def drain(file: UploadedFile) -> None:
    """Read what is left of a file that is refused, so that the browser gets to see the answer."""
    try:
        async for _ in file.chunks:
            pass
    except RejectedError:
        return


def parse_choices(text: str | None) -> dict[int, str]:
    """`place:name` with commas between; raises `RejectedError`."""
    chosen = {}
    for each in filter(None, (text or "").split(",")):
        match = _CHOICE.fullmatch(each)
        if match is None or match[2] not in (*BULK_COLUMNS, METADATA, NOTE):
            raise RejectedError("the columns that were chosen cannot be read")
        chosen[int(match[1])] = match[2]
    return chosen


class NamedColumns:
    """A CSV file as it passes, its columns named anew where somebody chose so; `columns` once its header has come."""

    def __init__(self, chosen: Mapping[int, str]) -> None:
        self.columns: tuple[str, ...] = ()
        self._chosen = chosen

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The file with its header changed and all else byte for byte."""
        reader, held = RecordReader(), b""
        async for chunk in chunks:
            if self.columns:
                yield chunk
                continue
            held += chunk
            if records := reader.feed(chunk):
                yield self._renamed(held, records[0])
                held = b""
        if not self.columns:
            records = reader.finish()
            yield self._renamed(held, records[0]) if records else held

    def _renamed(self, held: bytes, header: Record) -> bytes:
        self.columns = tuple(header.cells)
        if not self._chosen:
            return held
        before, raw, after = held.partition(header.raw.encode())
        return before + (format_record(self.names()).encode() if raw else b"") + after

    def names(self) -> tuple[str, ...]:
        """The columns as they are handed on."""
        named = [_named(given, self._chosen.get(place)) for place, given in enumerate(self.columns)]
        lacking = [name for name in (*BULK_COLUMNS, *REPORT_COLUMNS) if name not in named]
        return tuple(
            f"note {name}"
            if self._chosen.get(place) == NOTE and misspelled([name], lacking, prefix=METADATA_PREFIX)
            else name
            for place, name in enumerate(named)
        )

    def refused_for_columns(self) -> bool:
        """Whether the header is what is wrong with the file."""
        if not self.columns:
            return False
        names = self.names()
        try:
            parse_header(Record(0, format_record(names), list(names)))
        except RejectedError:
            return True
        return False

    def suggested(self) -> list[Column]:
        """The columns with what was chosen for them, or else what they are called, or are most likely meant for."""
        lacking = [name for name in BULK_COLUMNS if name not in self.columns]
        strange = [name for name in self.columns if name and not read_as(name)]
        meant = matched(strange, lacking, prefix=METADATA_PREFIX)
        return [
            Column(place, shown(given), self._choice(place, given, meant))
            for place, given in enumerate(self.columns[:COLUMNS_SHOWN_MAX])
        ]

    def _choice(self, place: int, given: str, meant: Mapping[str, str]) -> str:
        if chosen := self._chosen.get(place):
            return chosen
        guess = read_as(given) or meant.get(given, "")
        return METADATA if guess.startswith(METADATA_PREFIX) else guess or NOTE


def read_as(name: str) -> str:
    """What a column is read as, '' for a note of the sender."""
    if name in BULK_COLUMNS:
        return name
    if name.startswith(METADATA_PREFIX):
        return METADATA
    return "report" if name in (*REPORT_COLUMNS, FIX_COLUMN) else ""


def told_columns(columns: tuple[str, ...]) -> Iterator[Column]:
    """The columns of a file that was taken."""
    for place, name in enumerate(columns[:COLUMNS_SHOWN_MAX]):
        yield Column(place, shown(name), read_as(name))


def shown(name: str) -> str:
    """A column's name as a page shows it: cut, and never a card number, as a file without a header would have it."""
    return "a card number" if contains_card_number(name) else name[:COLUMN_SHOWN_CHARACTERS_MAX]


def _named(given: str, chosen: str | None) -> str:
    if chosen is None or chosen == read_as(given):
        return given
    if chosen == METADATA:
        return METADATA_PREFIX + given.removeprefix(METADATA_PREFIX)
    if chosen == NOTE:
        return f"note {given}" if read_as(given) else given
    return chosen
