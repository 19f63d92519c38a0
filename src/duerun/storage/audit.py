"""What the calendar is checked with: pages of schedules with all their rows, and payments without an occurrence."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.recurrence import Rule
from duerun.domain.schedules import ScheduleState
from duerun.storage.columns import rule_of_row
from duerun.storage.database import Database, fetch_all
from duerun.storage.workload import Place

# Small pages keep the memory flat, also where schedules have run for many years.
SCHEDULES_A_PAGE = 200
PAYMENTS_A_PAGE = 10_000
STRAY_PAYMENTS = {"charge": "audit_stray_charges", "transfer": "audit_stray_transfers"}


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that is not final; `sent_seconds_ago` is None before its first send."""

    day: date
    state: OccurrenceState
    due_at: datetime
    sent_seconds_ago: float | None


@dataclass(frozen=True, slots=True)
class ScheduleRows:
    """A schedule and all its rows, as (date, attempt) in order.

    `rule` is None if it cannot be read. `rule_after`: dates up to it were planned by an earlier rule. `cancelled` are
    dates with a cancelled first attempt. `unpaid` are dates whose state and payment contradict each other.
    """

    id: str
    place: Place
    kind: str
    rule: Rule | None
    state: ScheduleState
    rule_after: date | None
    rows: list[tuple[date, int]]
    cancelled: set[date]
    open: list[OpenRow]
    unpaid: list[date]


@dataclass(frozen=True, slots=True)
class StrayPayment:
    """A payment whose occurrence is not there."""

    id: str
    place: Place
    schedule_id: str


async def schedules(database: Database, *, schedules_a_page: int) -> AsyncIterator[list[ScheduleRows]]:
    """All schedules of all accounts, page by page; each page is of one moment."""
    after, is_last = "", False
    while not is_last:
        async with database.connection() as connection:
            rows = await fetch_all(connection, "audit_schedules", after=after, schedules_max=schedules_a_page)
        yield [_schedule(row) for row in rows]
        is_last = len(rows) < schedules_a_page
        after = rows[-1]["id"] if rows else after


async def stray_payments(database: Database, kind: str) -> AsyncIterator[StrayPayment]:
    """Charges, or transfers, whose occurrence is not there."""
    after, is_last = "", False
    while not is_last:
        async with database.connection() as connection:
            rows = await fetch_all(connection, STRAY_PAYMENTS[kind], after=after, rows_max=PAYMENTS_A_PAGE)
        for row in rows:
            if row["is_stray"]:
                yield StrayPayment(row["id"], Place(row["account_id"], row["livemode"]), row["schedule_id"])
        is_last = len(rows) < PAYMENTS_A_PAGE
        after = rows[-1]["id"] if rows else after


def _schedule(row: dict[str, Any]) -> ScheduleRows:
    days, attempts, states = (row[name] or [] for name in ("days", "attempts", "states"))
    return ScheduleRows(
        id=row["id"],
        place=Place(row["account_id"], row["livemode"]),
        kind=row["kind"],
        rule=_rule(row),
        state=ScheduleState(row["state"]),
        rule_after=row["rule_after"],
        rows=list(zip(days, attempts, strict=True)),
        cancelled={
            day
            for day, attempt, state in zip(days, attempts, states, strict=True)
            if state == OccurrenceState.CANCELLED and attempt == 0
        },
        open=[_open(*each) for each in row["open"] or ()],
        unpaid=row["unpaid"] or [],
    )


def _rule(row: dict[str, Any]) -> Rule | None:
    try:
        return rule_of_row(row)
    except (RejectedError, ValueError):
        return None


def _open(day: str, state: str, due_epoch: float, sent_seconds_ago: float | None) -> OpenRow:
    due_at = datetime.fromtimestamp(due_epoch, UTC)
    return OpenRow(date.fromisoformat(day), OccurrenceState(state), due_at, sent_seconds_ago)
