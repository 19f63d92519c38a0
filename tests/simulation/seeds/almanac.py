"""The dates of a schedule by counting days, written without a look at the product's own calendar."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_COUNTED_MAX = 4_000


@dataclass(frozen=True)
class Terms:
    """One schedule as its creator knows it: what it pays, when, and by whose clocks."""

    kind: str
    account: str
    amount_minor: int
    currency: str
    zone: ZoneInfo
    run_time: time
    period: str
    every: int
    days: tuple[int, ...]
    first_day: date
    last_day: date | None

    def is_date(self, day: date) -> bool:
        """Whether the schedule pays on this day."""
        if day < self.first_day or (self.last_day is not None and day > self.last_day):
            return False
        if self.period == "day":
            return (day - self.first_day).days % self.every == 0
        if self.period == "week":
            return day.weekday() in self.days
        return day.day in self.days and day.day <= calendar.monthrange(day.year, day.month)[1]

    def dates(self, until: datetime) -> Iterator[date]:
        """All dates whose moment has come by `until`."""
        for number in range(DAYS_COUNTED_MAX):
            day = self.first_day + timedelta(days=number)
            if self.moment(day) > until:
                return
            if self.is_date(day):
                yield day

    def moment(self, day: date) -> datetime:
        """When the payment of a day may leave at the earliest: the local time, the earlier one of two."""
        local = datetime.combine(day, self.run_time)
        candidates = [local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        there = [each for each in candidates if each.astimezone(self.zone).replace(tzinfo=None) == local]
        # A time that the clocks leave out is taken by the offset before the change.
        return min(there) if there else max(candidates)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


@dataclass
class Schedule:
    """A schedule and what its users did to it; `deleted_at` in seconds of the simulation."""

    id: str
    terms: Terms
    was_paused: bool = False
    deleted_at: float | None = None
    deletion_asked: bool = False
