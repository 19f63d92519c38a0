"""A bulk file's text: bytes in pieces become records, and the first record a header.

Source: RFC 4180; the wire specification, 13.1 and 13.3.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from duerun.domain.card_numbers import contains_card_number
from duerun.domain.column_names import misspelled, suggest
from duerun.domain.errors import RejectedError

RECORD_CHARACTERS_MAX = 1_000_000
COLUMNS_MAX = 1_000

REQUIRED_COLUMNS = ("customer_key", "customer", "amount", "every", "period")
BULK_COLUMNS = (
    "customer_key",
    "customer",
    "card",
    "amount",
    "description",
    "every",
    "period",
    "days_of_month",
    "start_date",
    "end_date",
    "weekdays",
    "weekday_of_month",
    "currency",
    "recipient",
    "percentage_of_balance",
    "transfer",
)
METADATA_PREFIX = "metadata."
REPORT_COLUMNS = ("status", "schedule_id", "error_code", "error_message")
# What a dry run tells beside them, and what the file of failed rows says in its last column.
DRY_RUN_COLUMNS = (
    "other_errors",
    "in_words",
    "first_date",
    "second_date",
    "last_date",
    "occurrence_count",
)
FIX_COLUMN = "what_to_fix"

MISPLACED_QUOTE = "has a misplaced quote"
OPEN_QUOTE = "has a quote that is not closed"
BARE_CR = "file has lines that end in CR alone: they must end in LF or CRLF"

_COLUMN_NAMES_SHOWN_MAX = 10
_COLUMN_NAME_CHARACTERS_SHOWN_MAX = 64

_QUOTED_PART = re.compile(r'"[^"]*+"')
# Each cell with the comma before it; a comma is put before the first. Possessive, so that time stays linear.
_QUOTED = r'"([^"]*+(?:""[^"]*+)*+)"'
_CELL = re.compile(rf',(?:{_QUOTED}|([^",]*+))')
_CELL_AS_WRITTEN = re.compile(rf",((?:{_QUOTED})|[^\",]*+)")
_ALL_CELLS = re.compile(rf'(?:,(?:{_QUOTED}|[^",]*+))*+')


class Record(NamedTuple):
    """One record: its number (the header is 0), its text without the line end, its unquoted cells."""

    row_no: int
    raw: str
    cells: list[str]


class RecordReader:
    """Turns the bytes of a file, cut anywhere, into records; it holds one unfinished record at most.

    Raises RejectedError with the row's number for text that is not UTF-8 (`invalid_file_type`), a NUL
    byte, a quote that is misplaced or not closed, and a record of over `RECORD_CHARACTERS_MAX`.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._pieces: list[str] = []
        self._length = 0
        self._quotes = 0
        self._row_no = 0
        self._at_start = True
        self._line_end: str | None = None
        self._fault: RejectedError | None = None

    @property
    def line_end(self) -> str:
        r"""The file's first line end, ``\n`` or ``\r\n``; ``\n`` for a file without one."""
        return self._line_end or "\n"

    def feed(self, chunk: bytes) -> list[Record]:
        """The records that these bytes complete."""
        return self._parsed(self.feed_texts(chunk))

    def finish(self) -> list[Record]:
        """The last record, when no line end follows it."""
        return self._parsed(self.finish_texts())

    def feed_texts(self, chunk: bytes) -> list[str]:
        """The texts of the records that these bytes complete, for `parse_records`; a fault behind them comes next."""
        return self._read(chunk, final=False)

    def finish_texts(self) -> list[str]:
        """The text of the last record, when no line end follows it."""
        texts = self._read(b"", final=True)
        is_open = self._quotes % 2 == 1
        rest = self._release()
        if self._fault is None and is_open:
            self._fault = _broken(self._row_no, _quote_fault(rest) or OPEN_QUOTE)
        if self._fault is not None:
            raise self._fault
        return texts + self._counted([rest] if rest else [])

    def _read(self, chunk: bytes, *, final: bool) -> list[str]:
        if self._fault is not None:
            raise self._fault
        try:
            return self._take(self._without_mark(self._decoder.decode(chunk, final)))
        except UnicodeDecodeError as error:
            texts = self._take(self._without_mark(error.object[: error.start].decode()))
            if self._fault is None:
                what = f"file is not UTF-8 ({_place(self._row_no)})"
                self._fault = RejectedError(what, code="invalid_file_type")
            return texts

    def _without_mark(self, text: str) -> str:
        if self._at_start and text:
            self._at_start = False
            return text.removeprefix("\ufeff")
        return text

    def _take(self, text: str) -> list[str]:
        head, nul, _ = text.partition("\0")
        texts = self._counted(self._finished(head))
        if self._fault is None and nul:
            self._fault = _broken(self._row_no, "contains a NUL byte")
        if self._fault is None and self._length > RECORD_CHARACTERS_MAX:
            self._fault = _too_long(self._row_no, "".join(self._pieces))
        return texts

    def _finished(self, text: str) -> list[str]:
        """The records that end in this text, blank lines left out; the rest is held."""
        *lines, tail = text.split("\n")
        if '"' in text or self._quotes % 2:
            lines = self._joined(lines)
        elif lines:
            lines[0] = self._release() + lines[0]
        self._hold(tail)
        if self._line_end is None and lines:
            self._line_end = "\r\n" if lines[0].endswith("\r") else "\n"
        return [raw for line in lines if (raw := line.removesuffix("\r"))]

    def _joined(self, lines: Iterable[str]) -> list[str]:
        """Lines put together to records: a line feed ends a record where the quotes so far are even."""
        joined = []
        for line in lines:
            self._hold(line)
            if self._quotes % 2:
                self._hold("\n")
            else:
                joined.append(self._release())
        return joined

    def _hold(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
        self._quotes += piece.count('"')

    def _release(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = self._quotes = 0
        return text

    def _counted(self, texts: list[str]) -> list[str]:
        """Those before a fault; `_row_no` is then that of the record in which reading stopped."""
        first = self._row_no
        if max(map(len, texts), default=0) > RECORD_CHARACTERS_MAX:
            place = next(place for place, text in enumerate(texts) if len(text) > RECORD_CHARACTERS_MAX)
            self._fault = _too_long(first + place, texts[place])
            texts = texts[:place]
        self._row_no = first + len(texts)
        return texts

    def _parsed(self, texts: Sequence[str]) -> list[Record]:
        """The records of the texts that were counted last."""
        return parse_records(texts, self._row_no - len(texts))


def parse_records(texts: Sequence[str], first_row_no: int) -> list[Record]:
    """Numbered records of texts that a reader found; raises RejectedError for a quote that is misplaced.

    >>> parse_records(['a,"b,c"'], 7)
    [Record(row_no=7, raw='a,"b,c"', cells=['a', 'b,c'])]
    """
    return [
        Record(row_no, text, text.split(",") if '"' not in text else _unquoted(row_no, text))
        for row_no, text in enumerate(texts, first_row_no)
    ]


@dataclass(frozen=True, slots=True)
class Header:
    """A file's columns, and which of them are echoed in the report.

    `echo_header` is the header's text without the report's own columns; `select` takes a record's cells
    and answers those of `BULK_COLUMNS`, in that order, with an empty text for a column that is not there;
    `metadata` has the places and keys of the columns `metadata.KEY`.
    """

    columns: tuple[str, ...]
    echo_header: str
    kept: tuple[int, ...]
    metadata: tuple[tuple[int, str], ...]
    select: Callable[[Sequence[str]], tuple[str, ...]] = field(repr=False, compare=False)

    def echo(self, raw: str) -> str:
        """A record's text without the report's own columns; the other cells byte for byte."""
        return raw if len(self.kept) == len(self.columns) else _without_dropped(raw, self.kept)

    def require_width(self, record: Record) -> None:
        """Raises RejectedError for a record that has more or fewer cells than the header."""
        cells, columns = len(record.cells), len(self.columns)
        if cells != columns:
            raise _broken(record.row_no, f"has {cells} cells, the header has {columns}")


def parse_header(record: Record | None) -> Header:
    """The header of a file whose first record this is; None for a file without any.

    Raises RejectedError that names the columns which are missing, there twice, or plainly misspelled.
    """
    if record is None:
        raise RejectedError("file is empty")
    if _has_bare_cr(record.raw):
        raise RejectedError(BARE_CR)
    columns = tuple(record.cells)
    _validate_columns(columns)
    dropped = _dropped(columns)
    kept = tuple(place for place, name in enumerate(columns) if name not in dropped)
    echo_header = record.raw if len(kept) == len(columns) else _without_dropped(record.raw, kept)
    metadata = tuple(
        (place, name.removeprefix(METADATA_PREFIX))
        for place, name in enumerate(columns)
        if name.startswith(METADATA_PREFIX)
    )
    return Header(columns, echo_header, kept, metadata, _selector(columns))


def _has_bare_cr(header: str) -> bool:
    """Whether an unquoted CR stands within the header: there it is the line end of a program that knows no LF."""
    return "\r" in _QUOTED_PART.sub("", header)


def _dropped(columns: Sequence[str]) -> frozenset[str]:
    """The report's own columns. Those of a dry run count as such only in what is a report."""
    is_report = all(name in columns for name in REPORT_COLUMNS)
    return frozenset((*REPORT_COLUMNS, FIX_COLUMN, *(DRY_RUN_COLUMNS if is_report else ())))


def parse_cells(raw: str) -> list[str]:
    """The unquoted cells of a record whose text was found sound before.

    >>> parse_cells('a,"b, ""c"" d",')
    ['a', 'b, "c" d', '']
    """
    return raw.split(",") if '"' not in raw else _unquoted(0, raw)


def _validate_columns(columns: Sequence[str]) -> None:
    if len(columns) > COLUMNS_MAX:
        raise RejectedError(f"file has more than {COLUMNS_MAX} columns")
    if any(map(contains_card_number, columns)):
        raise RejectedError("header must not contain a card number")
    strange = [name for name in columns if name and not _is_known(name)]
    if missing := [name for name in REQUIRED_COLUMNS if name not in columns]:
        raise RejectedError(f"file lacks the column(s) {', '.join(missing)}{suggest(missing, strange)}")
    # A column without a name, such as a spreadsheet's empty last ones, cannot be mistaken for another.
    if repeated := [name for name, times in Counter(columns).items() if times > 1 and name]:
        raise RejectedError(f"file has the column{'s' * (len(repeated) > 1)} {_shown(repeated)} twice")
    lacking = [name for name in (*BULK_COLUMNS, *REPORT_COLUMNS) if name not in columns]
    if slip := misspelled(strange, lacking, prefix=METADATA_PREFIX):
        raise RejectedError(f"file has the column {slip[0]}: did you mean {slip[1]}?")


def _is_known(name: str) -> bool:
    return name in BULK_COLUMNS or name in REPORT_COLUMNS or name.startswith(METADATA_PREFIX)


def _shown(names: Sequence[str]) -> str:
    shown = [name[:_COLUMN_NAME_CHARACTERS_SHOWN_MAX] for name in names[:_COLUMN_NAMES_SHOWN_MAX]]
    return ", ".join(shown)


def _selector(columns: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    absent = len(columns)
    places = {name: place for place, name in enumerate(columns)}
    pick = itemgetter(*(places.get(name, absent) for name in BULK_COLUMNS))

    def select(cells: Sequence[str]) -> tuple[str, ...]:
        picked: tuple[str, ...] = pick((*cells, ""))
        return picked

    return select


def _without_dropped(raw: str, kept: Sequence[int]) -> str:
    cells = raw.split(",") if '"' not in raw else _as_written(raw)
    return ",".join([cells[place] for place in kept])


def _as_written(raw: str) -> list[str]:
    return [match.group(1) for match in _CELL_AS_WRITTEN.finditer("," + raw)]


def _unquoted(row_no: int, raw: str) -> list[str]:
    if (fault := _quote_fault(raw)) is not None:
        raise _broken(row_no, fault)
    return [quoted.replace('""', '"') or plain for quoted, plain in _CELL.findall("," + raw)]


def _quote_fault(raw: str) -> str | None:
    """What is wrong with a record's quotes, if anything: the cells before the fault are sound."""
    text = "," + raw
    match = _ALL_CELLS.match(text)
    end = match.end() if match else 0
    if end == len(text):
        return None
    return OPEN_QUOTE if text[end - 1] == "," else MISPLACED_QUOTE


def _too_long(row_no: int, raw: str) -> RejectedError:
    """A misplaced quote, which swallows the lines after it, is the likelier mistake and told instead."""
    if _quote_fault(raw) == MISPLACED_QUOTE:
        return _broken(row_no, MISPLACED_QUOTE)
    if row_no == 0 and _has_bare_cr(raw):
        return RejectedError(BARE_CR)
    return _broken(row_no, f"is longer than {RECORD_CHARACTERS_MAX} characters")


def _broken(row_no: int, what: str) -> RejectedError:
    return RejectedError(f"{_place(row_no)} {what}")


def _place(row_no: int) -> str:
    return f"row {row_no}" if row_no else "header"
