"""The judge's own calendar: plain arithmetic of dates, apart from all code of the product.

Source of the rules: the wire specification, 10.2 and 12.3, in the cases that the harness uses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
RETRIES_MAX = 2
TRANSFER_FAILURES_MAX = 3
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A schedule as it was asked for: every so many days, on weekdays, or on days of each month."""

    schedule_id: str
    account: str
    kind: str
    amount: int
    currency: str
    start: date
    period: str = "day"
    every: int = 1
    weekdays: tuple[str, ...] = ()
    days_of_month: tuple[int, ...] = ()

    def is_on(self, day: date) -> bool:
        if self.period == "week":
            return WEEKDAYS[day.weekday()] in self.weekdays
        if self.period == "month":
            return day.day in self.days_of_month
        return (day - self.start).days % self.every == 0


# A payment that is tried: the date it is for, and the number of the try.
Try = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Course:
    """What has to have happened: tries in order, and dates that gave way to a retry."""

    tries: tuple[Try, ...]
    skipped: tuple[date, ...]


def course(wanted: Wanted, until: date, was_refused: Callable[[Try], bool]) -> Course:
    """All tries up to a day, that day included, when the processor refused what it says that it refused."""
    tries: list[Try] = []
    skipped: list[date] = []
    pending: Try | None = None
    failures = 0
    for day in _days(wanted.start, until):
        is_on = wanted.is_on(day)
        now = pending or ((day, 0) if is_on else None)
        if pending and is_on:
            skipped.append(day)
        if now is None:
            continue
        tries.append(now)
        is_refused = was_refused(now)
        failures = failures + 1 if is_refused else 0
        pending = (now[0], now[1] + 1) if is_refused and wanted.kind == "charge" else None
        if pending and pending[1] > RETRIES_MAX:
            break
        if wanted.kind == "transfer" and failures == TRANSFER_FAILURES_MAX:
            break
    return Course(tuple(tries), tuple(skipped))


def _days(start: date, until: date) -> Iterator[date]:
    for number in range((until - start).days + 1):
        yield start + number * ONE_DAY
