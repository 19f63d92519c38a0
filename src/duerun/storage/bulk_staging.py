"""The rows of a bulk file on their way into the staging table."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

from duerun import ids
from duerun.domain.bulk_rows import BulkRow
from duerun.storage.database import Connection, grant_time, sql

UPLOAD_SECONDS_MAX = 900
ROWS_A_MILLISECOND = 50
TEXTS_MAX = 10_000
_TAILS = 4 * ids.RANDOM_CHARACTERS
_NULL = "\\N"

Moments = Mapping[str, Mapping[date, datetime]]


class StagingLines:
    """Rows as lines of the staging table, in the text form of COPY.

    Ids follow the order of the file: every few rows their time moves on a millisecond, so that a large file grows
    the ends of the indexes and not their middles.
    """

    def __init__(self, number: int, now: datetime, due_at: Moments) -> None:
        """Of the job `number`; `due_at` answers the moment of each first date, by the kind of payment."""
        self._number, self._now, self._moments = number, now, due_at
        self._texts: dict[date | None, str] = {None: _NULL}
        self._due_texts: dict[tuple[str, date], str] = {}
        self._step, self._time_text = 0, ids.time_text(now)

    def of(self, rows: Sequence[BulkRow]) -> bytes:
        """The lines of some rows; their ids are drawn here."""
        tails = ids.random_text(_TAILS * len(rows))
        lines = [
            self._line(row, self._time(row.row_no) + tails[place * _TAILS : (place + 1) * _TAILS])
            for place, row in enumerate(rows)
        ]
        return "".join(lines).encode()

    def _line(self, row: BulkRow, tails: str) -> str:
        if row.error_code is None and row.other_errors is None and not _has_special(row.echo):
            return self._plain_line(row, tails)
        return (
            f"{self._number}\t{row.row_no}\t{_text(row.echo)}\t{tails}\t{_text(row.customer_key)}\t"
            f"{_text(row.customer_id)}\t{_text(row.card)}\t{_value(row.amount_minor)}\t{_value(row.currency)}\t"
            f"{_text(row.description)}\t{_value(row.every)}\t{_value(row.period)}\t{_value(row.on_text)}\t"
            f"{self._date(row.start_on)}\t{self._date(row.end_on)}\t{self._date(row.first_on)}\t"
            f"{self._due_at(row)}\t{_value(row.terms_hash)}\t{_value(row.percentage)}\t{_text(row.metadata)}\t"
            f"{_value(row.recipient_id)}\t"
            f"{row.error_rank}\t{_value(row.error_code)}\t{_text(row.error_message)}\t{_text(row.other_errors)}\n"
        )

    def _plain_line(self, row: BulkRow, tails: str) -> str:
        """As `_line`, of a sound row. All its texts but the metadata stand in the echo, which has nothing to escape."""
        description, percentage, recipient = row.description, row.percentage, row.recipient_id
        return (
            f"{self._number}\t{row.row_no}\t{row.echo}\t{tails}\t{row.customer_key}\t{row.customer_id}\t{row.card}\t"
            f"{_NULL if row.amount_minor is None else row.amount_minor}\t{row.currency}\t"
            f"{_NULL if description is None else description}\t{row.every}\t{row.period}\t{row.on_text}\t"
            f"{self._date(row.start_on)}\t{self._date(row.end_on)}\t{self._date(row.first_on)}\t{self._due_at(row)}\t"
            f"{_value(row.terms_hash)}\t{_NULL if percentage is None else percentage}\t{_text(row.metadata)}\t"
            f"{_NULL if recipient is None else recipient}\t{row.error_rank}\t{_NULL}\t{_NULL}\t{_NULL}\n"
        )

    def _due_at(self, row: BulkRow) -> str:
        if row.first_on is None:
            return _NULL
        kind = "charge" if row.recipient_id is None else "transfer"
        text = self._due_texts.get((kind, row.first_on))
        if text is None:
            if len(self._due_texts) > TEXTS_MAX:
                self._due_texts = {}
            text = self._due_texts[kind, row.first_on] = str(self._moments[kind][row.first_on])
        return text

    def _time(self, row_no: int) -> str:
        step = row_no // ROWS_A_MILLISECOND
        if step != self._step:
            self._step, self._time_text = step, ids.time_text(self._now + timedelta(milliseconds=step))
        return self._time_text

    def _date(self, day: date | None) -> str:
        text = self._texts.get(day)
        if text is None:
            if len(self._texts) > TEXTS_MAX:
                self._texts = {None: _NULL}
            text = self._texts[day] = str(day)
        return text


def _value(value: object) -> object:
    return _NULL if value is None else value


def _has_special(value: str) -> bool:
    """Whether a text has to be escaped for COPY."""
    return "\\" in value or "\t" in value or "\n" in value or "\r" in value


def _text(value: str | None) -> str:
    if value is None:
        return _NULL
    if _has_special(value):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


@asynccontextmanager
async def staging(connection: Connection) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
    """Open the staging table; what is yielded takes lines, as `StagingLines` makes them."""
    grant_time(connection, UPLOAD_SECONDS_MAX)
    await connection.execute("SELECT set_config('statement_timeout', %s, true)", (f"{UPLOAD_SECONDS_MAX}s",))
    async with connection.cursor() as cursor, cursor.copy(sql("bulk_rows_copy")) as copy:
        yield copy.write
