"""The calendar checked from outside: each date of each rule has its row, each row its date, each end its payment.

It reads only, and trusts nothing that the engine has noted but the rows themselves.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from duerun.domain.accounts import Account
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.recurrence import Rule, is_date, next_date
from duerun.domain.schedules import ScheduleState
from duerun.services.unit import Runtime
from duerun.services.workload import account_at
from duerun.storage import audit as store
from duerun.storage.audit import OpenRow, ScheduleRows
from duerun.storage.workload import Place

AGE_SECONDS_DEFAULT = 3600.0
ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What may be wrong with a date."""

    NO_ROW = "date_without_row"
    NO_DATE = "row_without_date"
    TWICE = "two_rows_for_one_date"
    NO_FIRST_TRY = "retry_without_first_try"
    TOO_OLD = "open_too_long"
    ENDED = "open_row_of_ended_schedule"
    PAYMENT = "state_and_payment_differ"
    STRAY = "payment_without_occurrence"
    RULE = "rule_unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be; `day` is the date of the schedule, None where there is none."""

    kind: Kind
    schedule_id: str
    day: date | None
    account: str
    livemode: bool


@dataclass(slots=True)
class Seen:
    """How much was looked at."""

    schedules: int = 0
    rows: int = 0
    differences: int = 0


class Calendar:
    """An audit of all accounts in both modes; `seen` grows while the differences are read."""

    def __init__(
        self,
        runtime: Runtime,
        now: datetime,
        *,
        age_seconds: float = AGE_SECONDS_DEFAULT,
        schedules_a_page: int = store.SCHEDULES_A_PAGE,
    ) -> None:
        self._runtime, self._now = runtime, now
        self._age_seconds = age_seconds
        self._schedules_a_page = schedules_a_page
        self._accounts: dict[Place, Account | None] = {}
        self.seen = Seen()

    async def differences(self) -> AsyncIterator[Difference]:
        """Each difference, schedule by schedule; memory does not grow with their number."""
        database = self._runtime.database
        async for page in store.schedules(database, schedules_a_page=self._schedules_a_page):
            # A test clock may have moved since the page before.
            self._accounts.clear()
            for each in page:
                self.seen.schedules += 1
                self.seen.rows += len(each.rows)
                account = await self._account(each.place)
                for kind, day in () if account is None else self._of_schedule(each, account):
                    yield await self._told(kind, each.id, day, each.place)
        for payment in ("charge", "transfer"):
            async for stray in store.stray_payments(database, payment):
                yield await self._told(Kind.STRAY, stray.schedule_id, None, stray.place)

    async def _told(self, kind: Kind, schedule_id: str, day: date | None, place: Place) -> Difference:
        self.seen.differences += 1
        account = await self._account(place)
        return Difference(kind, schedule_id, day, account.public_id if account else "", place.livemode)

    async def _account(self, place: Place) -> Account | None:
        if place not in self._accounts:
            self._accounts[place] = await account_at(self._runtime, place)
        return self._accounts[place]

    def _of_schedule(self, found: ScheduleRows, account: Account) -> Iterator[tuple[Kind, date | None]]:
        yield from ((Kind.PAYMENT, day) for day in found.unpaid)
        yield from _of_tries(found)
        if found.rule is None:
            yield Kind.RULE, None
        elif found.state is ScheduleState.ACTIVE:
            yield from _of_dates(found, found.rule)
            yield from self._of_next(found, found.rule, account)
        now = account.now(self._now)
        for row in found.open:
            if self._is_too_old(row, now):
                yield Kind.TOO_OLD, row.day
            if found.state is not ScheduleState.ACTIVE and row.state in (
                OccurrenceState.DUE,
                OccurrenceState.HELD,
            ):
                yield Kind.ENDED, row.day

    def _is_too_old(self, row: OpenRow, now: datetime) -> bool:
        if row.state is OccurrenceState.DUE:
            return (now - row.due_at).total_seconds() > self._age_seconds
        return (row.sent_seconds_ago or 0.0) > self._age_seconds

    def _of_next(
        self, found: ScheduleRows, rule: Rule, account: Account
    ) -> Iterator[tuple[Kind, date | None]]:
        """The date behind all rows. While one of them is under way it is not needed before its time."""
        first_tries = {day for day, attempt in found.rows if attempt == 0}
        open_days = [row for row in found.open if row.day in first_tries]
        if any(row.state is OccurrenceState.DUE for row in open_days):
            return
        day = next_date(rule, _latest(found))
        if day is None:
            return
        late = account.now(self._now) - account.due_at(found.kind, day)
        if not open_days or late.total_seconds() > self._age_seconds:
            yield Kind.NO_ROW, day


def _latest(found: ScheduleRows) -> date | None:
    days = [day for day, _ in found.rows]
    return max([*days, *([found.rule_after] if found.rule_after else [])], default=None)


def _of_dates(found: ScheduleRows, rule: Rule) -> Iterator[tuple[Kind, date | None]]:
    """Rows against the dates of the rule, as far as there are rows."""
    standing = {day for day, attempt in found.rows if attempt == 0}
    floor = found.rule_after
    for day in sorted(standing - found.cancelled):
        if (floor is None or day > floor) and not is_date(rule, day):
            yield Kind.NO_DATE, day
    last = max((day for day, _ in found.rows), default=None)
    day_ = next_date(rule, floor)
    while last is not None and day_ is not None and day_ <= last:
        if day_ not in standing:
            yield Kind.NO_ROW, day_
        day_ = next_date(rule, day_)


def _of_tries(found: ScheduleRows) -> Iterator[tuple[Kind, date | None]]:
    """Each try of a date stands once, behind the try before it."""
    before: tuple[date, int] | None = None
    for day, attempt in found.rows:
        if (day, attempt) == before:
            yield Kind.TWICE, day
        elif attempt > 0 and before != (day, attempt - 1):
            yield Kind.NO_FIRST_TRY, day
        before = day, attempt
