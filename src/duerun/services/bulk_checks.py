"""What is done with the rows of a bulk file while it arrives: each is checked, and becomes a line of the staging.

All that this takes stands in a plan, which can be handed to another process.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.bulk_rows import BulkRow, RowContext, check_row, other_mistakes
from duerun.domain.csv_records import Header, Record, parse_header, parse_records
from duerun.domain.errors import RejectedError
from duerun.domain.local_time import run_at
from duerun.storage.bulk_staging import StagingLines


class CheckPlan(msgspec.Struct, frozen=True):
    """A file to be checked: the number of its job, the text of its header, its account's country and calendar.

    `now` is the moment of the upload, aware, and `today` the account's day then.
    """

    number: int
    header: str
    country: str
    timezone: str
    charge_run_time: time
    transfer_run_time: time
    now: datetime
    today: date

    @classmethod
    def of(cls, account: Account, now: datetime, *, number: int, header: str) -> "CheckPlan":
        return cls(
            number,
            header,
            account.country,
            account.timezone,
            account.charge_run_time,
            account.transfer_run_time,
            now,
            account.today(now),
        )


class Checked(msgspec.Struct, tag=True):
    """Rows as lines of the staging, how many, and what the sound ones among them come to.

    `sums` in the smallest unit by currency; `open_transfers` where one takes a share of the balance.
    """

    lines: bytes
    rows: int
    sums: dict[str, int]
    open_transfers: bool


class Checks:
    """Checks the rows of one file; all mistakes of a row are found."""

    def __init__(self, plan: CheckPlan) -> None:
        self._header = header_of(plan.header)
        self._context = RowContext.of_country(plan.country, today=plan.today)
        moments = {
            "charge": _DueAt(plan, plan.charge_run_time),
            "transfer": _DueAt(plan, plan.transfer_run_time),
        }
        self._lines = StagingLines(plan.number, plan.now, moments)

    def check(self, texts: Sequence[str], first_row_no: int) -> Checked:
        """Of the texts of some records that stand one behind the other; raises RejectedError for one that is broken."""
        header, context = self._header, self._context
        records = self._records(texts, first_row_no)
        rows = [check_row(record, header, context) for record in records]
        sums: Counter[str] = Counter()
        open_transfers = False
        for row in rows:
            if row.currency is not None:
                sums[row.currency] += row.amount_minor or 0
                open_transfers |= row.amount_minor is None
        told = [self._in_all(row, record) for row, record in zip(rows, records, strict=True)]
        return Checked(self._lines.of(told), len(rows), dict(sums), open_transfers)

    def _records(self, texts: Sequence[str], first_row_no: int) -> list[Record]:
        """Raises RejectedError for a misplaced quote, or for what is wrong with a record before it."""
        try:
            return parse_records(texts, first_row_no)
        except RejectedError:
            for row_no, text in enumerate(texts, first_row_no):
                self._header.require_width(parse_records([text], row_no)[0])
            raise

    def _in_all(self, row: BulkRow, record: Record) -> BulkRow:
        if row.error_code is None:
            return row
        others = other_mistakes(record, self._header, self._context, row.error_code)
        return row._replace(other_errors=json.dumps(others)) if others else row


class _DueAt(dict[date, datetime]):
    """The moment of each first date, computed once; a start today is due at once."""

    def __init__(self, plan: CheckPlan, run_time: time) -> None:
        super().__init__({plan.today: plan.now})
        self._run_time, self._zone = run_time, ZoneInfo(plan.timezone)

    def __missing__(self, day: date) -> datetime:
        moment = self[day] = run_at(day, self._run_time, self._zone)
        return moment


def header_of(text: str | None) -> Header:
    """The header of a file from its first record's text; None for a file without any."""
    return parse_header(None if text is None else parse_records([text], 0)[0])


def together(parts: Sequence[Checked]) -> Checked:
    """Rows that stand one behind the other as one."""
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(part.sums)
    lines, rows = b"".join(part.lines for part in parts), sum(part.rows for part in parts)
    return Checked(lines, rows, dict(sums), any(part.open_transfers for part in parts))
