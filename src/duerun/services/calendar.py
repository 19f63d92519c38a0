"""The calendar: what happened on past days, and what will happen on those ahead, by the forecast."""

import heapq
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.calendars import Ahead, Scope, Upcoming
from duerun.domain.errors import RejectedError
from duerun.domain.forecast import Turn, play
from duerun.domain.forecast_money import Flow
from duerun.domain.local_time import run_at
from duerun.domain.retries import RetryPolicy
from duerun.domain.settlement import Step
from duerun.services import forecast
from duerun.services.forecast import Window
from duerun.services.unit import Unit
from duerun.storage import calendar as store
from duerun.storage.calendar import Span

DAYS_MAX = 92
ENTRIES_MAX = 100
CANDIDATES_MAX = 500
FEED_EVENTS_MAX = 1_000
FEED_DAYS = 366
ONE_DAY = timedelta(days=1)
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_OCCURRENCE = "occu_"
_STATES = {Step.RUN: "planned", Step.SKIP: "skipped", Step.HOLD: "held"}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many occurrences of one kind reached a state on a day, or will, and their sum in the smallest unit."""

    currency: str
    kind: str
    state: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DayPage:
    """Occurrences of one day: those with a record first, by id, then the planned ones by their schedules' ids.

    `following` is where the next page begins; None at the end.
    """

    entries: tuple[Upcoming, ...]
    following: str | None


def window(account: Account, now: datetime, first: date | None, last: date | None) -> Window:
    """The days that are asked for; this month where nothing is said. Raises `RejectedError`."""
    today = account.today(now)
    first = today.replace(day=1) if first is None else first
    last = forecast.period(first, "month", Window(first, date.max)).last if last is None else last
    if last < first:
        raise RejectedError("to must be on or after from")
    if (last - first).days >= DAYS_MAX:
        raise RejectedError(f"from and to must span at most {DAYS_MAX} days")
    if last > forecast.latest(today):
        raise RejectedError(
            f"to must be at most {forecast.MONTHS_MAX} months after today: {forecast.latest(today)} is the last day"
        )
    return Window(first, last)


async def by_day(unit: Unit, policy: RetryPolicy, asked: Window) -> dict[date, list[Tally]]:
    """What was settled on each day, and what is planned from this moment on."""
    rows = await store.settled_days(
        unit.connection, unit.account, _span(unit.account, asked.first, asked.last)
    )
    days: dict[date, list[Tally]] = {}
    for row in rows:
        tally = Tally(row["currency"], row["kind"], row["state"], row["count"], row["amount_minor"])
        days.setdefault(row["day"], []).append(tally)
    today = unit.account.today(unit.now)
    if asked.last >= today:
        made = await forecast.make(unit, policy, Window(max(asked.first, today), asked.last))
        for (day, currency), flow in made.flows.items():
            days.setdefault(day, []).extend(_planned(currency, flow))
    return {
        day: sorted(tallies, key=lambda each: (each.currency, each.kind, each.state))
        for day, tallies in sorted(days.items())
    }


def _planned(currency: str, flow: Flow) -> Iterator[Tally]:
    """What a day's forecast says, in the words of states; skipped ones will be, and have no record yet."""
    figures = (
        ("charge", "planned", flow.charges, flow.charged_minor),
        ("transfer", "planned", flow.transfers, flow.transferred_minor),
        ("charge", "to_be_skipped", flow.skipped_charges, 0),
        ("transfer", "to_be_skipped", flow.skipped_transfers, 0),
        ("transfer", "blocked", flow.blocked, 0),
        ("transfer", "waiting", flow.waiting, 0),
    )
    return (Tally(currency, *each) for each in figures if each[2])


async def on_day(unit: Unit, policy: RetryPolicy, day: date, *, after: str, limit: int) -> DayPage:
    """The occurrences of one day, at most `limit` behind the place `after` ("" for the begin)."""
    window(unit.account, unit.now, day, day)
    entries = [entry async for entry in _begun(unit, day, after, limit + 1)]
    if len(entries) <= limit and day >= unit.account.today(unit.now):
        place = "" if after.startswith(_OCCURRENCE) else after
        async for entry in _ahead(unit, policy, day, place):
            entries.append(entry)
            if len(entries) > limit:
                break
    following = _place(entries[limit - 1]) if len(entries) > limit else None
    return DayPage(tuple(entries[:limit]), following)


def _place(entry: Upcoming) -> str:
    return entry.schedule_id if entry.state in ("planned", "to_be_skipped") else entry.occurrence_id or ""


async def _begun(unit: Unit, day: date, after: str, rows_max: int) -> AsyncIterator[Upcoming]:
    """Occurrences with a record that is more than a plan. What is late stands on today."""
    if after and not after.startswith(_OCCURRENCE):
        return
    account = unit.account
    span = _span(account, day, day)
    is_today = day == account.today(unit.now)
    rows = await store.settled_on(
        unit.connection,
        account,
        span,
        open_since=FIRST_MOMENT if is_today else span.since,
        after=after,
        rows_max=rows_max,
    )
    for row in rows:
        yield _of_row(row, account)


def _of_row(row: dict[str, Any], account: Account) -> Upcoming:
    moment = row["processed_at"] or row["due_at"]
    return Upcoming(
        schedule_id=row["schedule_id"],
        kind=row["kind"],
        scheduled_on=row["scheduled_on"],
        runs_on=account.today(moment),
        due_at=row["due_at"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        occurrence_id=row["id"],
        state=row["state"],
        message=row["message"],
    )


async def _ahead(unit: Unit, policy: RetryPolicy, day: date, after: str) -> AsyncIterator[Upcoming]:
    """What schedules will do on a day, by their ids."""
    account, today = unit.account, unit.account.today(unit.now)
    until = _span(account, day, day).until
    while found := await store.candidates(
        unit.connection,
        account,
        day,
        until,
        is_today=day == today,
        after=after,
        rows_max=CANDIDATES_MAX,
    ):
        for each in await store.ahead(unit.connection, account, found, today=today):
            for entry in _entries(each, unit, policy, until):
                if entry.runs_on == day:
                    yield entry
        after = found[-1]


def _entries(each: Ahead, unit: Unit, policy: RetryPolicy, until: datetime) -> Iterator[Upcoming]:
    """The dates ahead of one schedule, in order of time."""
    for taken in play(each.lane, unit.account, now=unit.now, until=until, policy=policy):
        if taken.decision.step is not Step.CANCEL:
            yield _entry(each, taken, unit.account)


def _entry(each: Ahead, taken: Turn, account: Account) -> Upcoming:
    lane, day = each.lane, taken.due.scheduled_on
    amount = lane.amount_on(day)
    return Upcoming(
        schedule_id=lane.schedule_id,
        kind=lane.kind,
        scheduled_on=day,
        runs_on=account.today(taken.moment),
        due_at=taken.due.due_at,
        amount_minor=amount,
        currency=lane.currency,
        percentage=lane.percentage if amount is None else None,
        revision=each.revision,
        created_at=each.created_at,
        occurrence_id=each.occurrence_id if day == lane.scheduled_on else None,
        state="planned" if taken.runs else "to_be_skipped",
        message=taken.decision.message,
    )


async def upcoming(
    unit: Unit, policy: RetryPolicy, scope: Scope = Scope.ACCOUNT, scope_id: str | None = None
) -> list[Upcoming]:
    """The next dates that will run, at most 1,000 within 366 days, in order of time."""
    account, today = unit.account, unit.account.today(unit.now)
    until = _span(account, today, today + FEED_DAYS * ONE_DAY).until
    ids = await store.of_scope(unit.connection, account, scope, scope_id, rows_max=FEED_EVENTS_MAX)
    schedules = await store.ahead(unit.connection, account, ids, today=today)
    merged = heapq.merge(*(_entries(each, unit, policy, until) for each in schedules), key=_in_time)
    return _first(merged, FEED_EVENTS_MAX)


def _in_time(entry: Upcoming) -> tuple[datetime, str]:
    return entry.due_at, entry.schedule_id


def _first(entries: Iterator[Upcoming], count: int) -> list[Upcoming]:
    found: list[Upcoming] = []
    for entry in entries:
        if entry.state == "planned":
            found.append(entry)
        if len(found) == count:
            break
    return found


def _span(account: Account, first: date, last: date) -> Span:
    return Span(run_at(first, time(), account.zone), run_at(last + ONE_DAY, time(), account.zone))
