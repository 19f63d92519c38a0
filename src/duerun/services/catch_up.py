"""Dates that were missed and wait for a person (`catch_up` = `ask`): seen, released or skipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.catch_up import missed_dates
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.occurrences import MISSED, OccurrenceState
from duerun.domain.recurrence import next_date
from duerun.domain.retries import ONE_DAY
from duerun.domain.settlement import Planned
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.extra_events import tell_expiring, tell_settled
from duerun.services.payment_kinds import PaymentKind
from duerun.services.suspensions import expire
from duerun.services.unit import Runtime, Unit
from duerun.storage import held as held_store
from duerun.storage import occurrences as store
from duerun.storage import planning, schedules
from duerun.storage.occurrences import DueTransfer
from duerun.storage.planning import RuleRow

HELD_SHOWN_MAX = 1_000
PREVIEW_ROWS_MAX = 100_000
SCHEDULES_A_PAGE = 5_000
KINDS: tuple[PaymentKind[Any, Any], ...] = (CHARGES, TRANSFERS)


@dataclass(frozen=True, slots=True)
class Missed:
    """A date that was missed, and what is done about it: `run`, `skip` or `hold`. Without an amount it is a share of
    the balance: `percentage`, or all of it."""

    schedule_id: str
    kind: str
    scheduled_on: date
    step: str
    amount_minor: int | None
    percentage: Decimal | None
    currency: str


async def preview(runtime: Runtime, account: Account, now: datetime) -> list[Missed]:
    """What was missed until `now`, and what the engine will do about it; nothing is changed."""
    found: list[Missed] = []
    async with runtime.unit(account, now) as unit:
        for kind in KINDS:
            ids = await store.passed(
                unit.connection, account, kind.name, until=now, rows_max=PREVIEW_ROWS_MAX
            )
            for due in await kind.load(unit, ids) if ids else []:
                dates = missed_dates(due, account, now, runtime.retries)
                found += [_missed(due, each.scheduled_on, each.step.value) for each in dates]
    return found


def _missed(due: Any, day: date, step: str) -> Missed:
    is_transfer = isinstance(due, DueTransfer)
    amount = due.fixed_minor if is_transfer else due.amount_minor
    share = due.percentage if is_transfer else None
    return Missed(due.schedule_id, due.kind, day, step, amount, share, due.currency)


async def backfill(
    runtime: Runtime, account: Account, now: datetime, *, first: date, last: date, dry_run: bool
) -> list[Missed]:
    """Run the dates between two days, both included, that are held or were never made; what that is.

    Each goes through the unique key of its schedule and date: what has run, was skipped or is under way stays as it is,
    and a second call finds nothing. Raises `RejectedError` for days to come.
    """
    if not first <= last <= account.today(now):
        raise RejectedError("the days must have passed, the first one not behind the last one")
    async with runtime.unit(account, now) as unit:
        lost = await _never_made(unit, first, last)
        held = await held_store.list_held_between(unit.connection, account, first, last)
        if not dry_run:
            rows = [_as_held(account, each) for each in lost]
            await store.plan(unit.connection, account, rows, now, places=unit.places)
            held_now = await held_store.list_held_between(unit.connection, account, first, last)
            await held_store.release(unit.connection, account, [row["id"] for row in held_now], now)
            count = len(lost) + len(held)
            unit.note("payments.backfill", account.public_id, first=first, last=last, dates=count)
    return [*lost, *(_held(row) for row in held)]


async def _never_made(unit: Unit, first: date, last: date) -> list[Missed]:
    found: list[Missed] = []
    after = ""
    while page := await planning.rules(
        unit.connection, unit.account, first=first, last=last, after=after, rows_max=SCHEDULES_A_PAGE
    ):
        after = page[-1].id
        found += [_lost(row, day) for row in page for day in _dates(unit, row, first, last)]
    return found


def _dates(unit: Unit, row: RuleRow, first: date, last: date) -> Iterator[date]:
    """The dates of a rule between two days that are not there and whose moment has come."""
    day = next_date(row.rule, first - ONE_DAY)
    while day is not None and day <= last:
        if day not in row.there and unit.account.due_at(row.kind, day) <= unit.now:
            yield day
        day = next_date(row.rule, day)


def _lost(row: RuleRow, day: date) -> Missed:
    return Missed(row.id, row.kind, day, "run", row.amount_minor, row.percentage, row.currency)


def _held(row: dict[str, Any]) -> Missed:
    terms = (row["amount_minor"], row["percentage"], row["currency"])
    return Missed(row["schedule_id"], row["kind"], row["scheduled_on"], "run", *terms)


def _as_held(account: Account, lost: Missed) -> Planned:
    due_at = account.due_at(lost.kind, lost.scheduled_on)
    return Planned(
        lost.schedule_id, lost.kind, lost.scheduled_on, due_at, state=OccurrenceState.HELD, message=MISSED
    )


async def list_held(runtime: Runtime, account: Account) -> list[dict[str, Any]]:
    """The held occurrences of an account in one mode, the oldest date first."""
    async with runtime.database.connection() as connection:
        return await held_store.list_held(connection, account, rows_max=HELD_SHOWN_MAX)


async def release(runtime: Runtime, account: Account, now: datetime, ids: Sequence[str]) -> None:
    """Let held occurrences run at once. All of them, or none and `NotFoundError`."""
    async with runtime.unit(account, now) as unit:
        _require_all(ids, await held_store.release(unit.connection, account, ids, now))
        _note_all(unit, "payments.run_held", ids)


async def skip(runtime: Runtime, account: Account, now: datetime, ids: Sequence[str]) -> None:
    """Give held occurrences up; a schedule with nothing ahead expires. All of them, or none."""
    async with runtime.unit(account, now) as unit:
        held = await held_store.list_held(unit.connection, account, rows_max=HELD_SHOWN_MAX)
        _require_all(ids, await held_store.skip_held(unit.connection, account, ids, now))
        touched = sorted({row["schedule_id"] for row in held if row["id"] in set(ids)})
        await tell_settled(unit, list(dict.fromkeys(ids)))
        left = await schedules.fetch_some(unit.connection, account, touched)
        await expire(unit, [each.id for each in left if not each.next_dates()])
        await tell_expiring(unit, touched)
        _note_all(unit, "payments.skip_held", ids)


def _note_all(unit: Unit, action: str, ids: Sequence[str]) -> None:
    for each in dict.fromkeys(ids):
        unit.note(action, each)


def _require_all(ids: Sequence[str], found: int) -> None:
    if found != len(set(ids)):
        raise NotFoundError("held occurrence", ", ".join(ids))
