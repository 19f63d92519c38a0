"""What other rules of retries would have made of past failures: as far as that can be known. Pure.

What a try brings is known for the days on which one was made. On any other day nobody knows it: a rule that tries on
such a day is followed as if the try had failed, and what came of it is told as unknown.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duerun.domain.retries import RetryTable

Holidays = Callable[[date], frozenset[date]]


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt that had an outcome: its day, and why it failed."""

    day: date
    code: str | None
    is_paid: bool


@dataclass(frozen=True, slots=True)
class PastDate:
    """A date of a schedule whose first attempt failed, with all its tries in their order; some may still be to come."""

    tries: tuple[Try, ...]
    is_open: bool = False

    @property
    def first(self) -> Try:
        return self.tries[0]

    @property
    def paid_on(self) -> date | None:
        return next((each.day for each in self.tries if each.is_paid), None)


class Fate(StrEnum):
    """What would have become of a date."""

    PAID = "paid"
    LATER = "later"
    GIVEN_UP = "given_up"
    NOT_PAID = "not_paid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The days of the retries that a table makes for a date, if those of unknown outcome fail, and its fate."""

    days: tuple[date, ...]
    fate: Fate


def replay(past: PastDate, table: RetryTable, holidays: Holidays) -> Replayed:
    """Follow a table from the first failure on, by the code that plans retries."""
    known = {each.day: each for each in past.tries}
    paid_on, day, code = past.paid_on, past.first.day, past.first.code
    days: list[date] = []
    has_unknown = False
    while (following := table.of(code).day_after(day, len(days), holidays(day))) is not None:
        days.append(following)
        day = following
        told = known.get(day)
        if told is not None and told.is_paid:
            return Replayed(tuple(days), Fate.PAID)
        code = told.code if told is not None else code
        has_unknown = has_unknown or told is None
    return Replayed(tuple(days), _fate(paid_on, day, has_unknown=has_unknown))


def _fate(paid_on: date | None, last: date, *, has_unknown: bool) -> Fate:
    """The fate of a date for which no try fell on the day on which it was paid."""
    if paid_on is None:
        return Fate.UNKNOWN if has_unknown else Fate.NOT_PAID
    return Fate.LATER if last > paid_on else Fate.GIVEN_UP


@dataclass(slots=True)
class Tally:
    """What a table would have made of some dates. `tries` counts retries at most; `after_days` those by the days behind
    the first failure."""

    dates: int = 0
    retried: int = 0
    tries: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    after_days: Counter[int] = field(default_factory=Counter)

    def add(self, past: PastDate, found: Replayed) -> None:
        self.dates += 1
        self.retried += bool(found.days)
        self.tries += len(found.days)
        self.fates[found.fate] += 1
        self.after_days.update((day - past.first.day).days for day in found.days)


@dataclass(slots=True)
class CodeRow:
    """One failure code: how many dates failed first by it, how many were paid in the end, and two tables beside one
    another."""

    code: str
    dates: int = 0
    paid: int = 0
    present: Tally = field(default_factory=Tally)
    proposed: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class Backtest:
    """Past failures as they were, and as two tables would have gone about them. `open` dates are left out."""

    open: int = 0
    paid: int = 0
    tries: int = 0
    present: Tally = field(default_factory=Tally)
    proposed: Tally = field(default_factory=Tally)
    codes: dict[str, CodeRow] = field(default_factory=dict)

    @property
    def dates(self) -> int:
        return self.present.dates

    @property
    def after_days(self) -> list[int]:
        """The days behind the first failure on which one of the tables tries."""
        return sorted({*self.present.after_days, *self.proposed.after_days})

    @property
    def rows(self) -> list[CodeRow]:
        """The codes, the most frequent first."""
        return sorted(self.codes.values(), key=lambda each: (-each.dates, each.code))


def backtest(
    pasts: Iterable[PastDate], *, present: RetryTable, proposed: RetryTable, holidays: Holidays
) -> Backtest:
    """Hold two tables against the same past failures."""
    made = Backtest()
    for past in pasts:
        if past.is_open:
            made.open += 1
            continue
        is_paid = past.paid_on is not None
        made.paid += is_paid
        made.tries += len(past.tries) - 1
        row = made.codes.setdefault(past.first.code or "", CodeRow(past.first.code or ""))
        row.dates += 1
        row.paid += is_paid
        for table, whole, part in (
            (present, made.present, row.present),
            (proposed, made.proposed, row.proposed),
        ):
            found = replay(past, table, holidays)
            whole.add(past, found)
            part.add(past, found)
    return made
