"""How many charges may fail: a band from the outcomes that an account has had.

The share of failures among so many outcomes lies between two bounds with a confidence of 95 %: the score interval of
E. B. Wilson (1927), which needs neither many outcomes nor many failures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, sqrt

from duerun.domain.retries import RetryRule

# Of fewer outcomes nothing is said.
OUTCOMES_MIN = 30
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of attempts: how many had an outcome, how many of these failed."""

    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class Band:
    """A number between two bounds."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """The shares of first attempts and of retries that fail."""

    first: Band
    retry: Band


@dataclass(frozen=True, slots=True)
class Expected:
    """What may fail on a day, and how many retries may run: the lower numbers rounded down, the higher ones up."""

    failures_low: int
    failures_high: int
    failed_minor_low: int
    failed_minor_high: int
    retries_low: int
    retries_high: int

    def __add__(self, other: "Expected") -> "Expected":
        return Expected(
            self.failures_low + other.failures_low,
            self.failures_high + other.failures_high,
            self.failed_minor_low + other.failed_minor_low,
            self.failed_minor_high + other.failed_minor_high,
            self.retries_low + other.retries_low,
            self.retries_high + other.retries_high,
        )


def wilson(outcomes: Outcomes) -> Band:
    """The bounds of a share with a confidence of 95 %; without outcomes from 0 to 1.

    >>> band = wilson(Outcomes(100, 10))
    >>> round(band.low, 4), round(band.high, 4)
    (0.0552, 0.1744)
    """
    n = outcomes.count
    if n == 0:
        return Band(0.0, 1.0)
    share, z2 = outcomes.failed / n, Z_95 * Z_95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Band(max(middle - reach, 0.0), min(middle + reach, 1.0))


def rates_of(history: Mapping[int, Outcomes]) -> Rates | None:
    """The shares that fail, by the outcomes of each attempt; None when there are too few.

    Retries count together. Without any, the share of first attempts stands for theirs.
    """
    first = history.get(0, Outcomes(0, 0))
    if first.count < OUTCOMES_MIN:
        return None
    later = [each for attempt, each in history.items() if attempt > 0]
    retries = Outcomes(sum(each.count for each in later), sum(each.failed for each in later))
    return Rates(wilson(first), wilson(retries) if retries.count else wilson(first))


def expected(
    first_attempts: Mapping[date, tuple[int, int]],
    rates: Rates,
    *,
    rule: RetryRule,
    holidays: Callable[[date], frozenset[date]],
) -> dict[date, Expected]:
    """What may fail on each day, by the number and the sum of its first attempts.

    A failed charge is tried again as `rule` says; nobody knows by which failure code it will fail.
    """
    lows, highs = (
        _failing(first_attempts, *bounds, rule, holidays)
        for bounds in ((rates.first.low, rates.retry.low), (rates.first.high, rates.retry.high))
    )
    return {
        day: Expected(
            floor(lows[day][0]), ceil(highs[day][0]),
            floor(lows[day][1]), ceil(highs[day][1]),
            floor(lows[day][2]), ceil(highs[day][2]),
        )
        for day in lows
    }  # fmt: skip


def _failing(
    first_attempts: Mapping[date, tuple[int, int]],
    first: float,
    retry: float,
    rule: RetryRule,
    holidays: Callable[[date], frozenset[date]],
) -> dict[date, Sequence[float]]:
    """Failures, their sum and retries by day."""
    days: dict[date, list[float]] = {}
    for day, (count, amount) in first_attempts.items():
        failed, sum_minor = count * first, amount * first
        _add(days, day, failed, sum_minor, 0.0)
        for tried_on in rule.days_after(day, holidays):
            tried = failed
            failed, sum_minor = failed * retry, sum_minor * retry
            _add(days, tried_on, failed, sum_minor, tried)
    return {day: [round(value, 9) for value in values] for day, values in days.items()}


def _add(days: dict[date, list[float]], day: date, *values: float) -> None:
    known = days.setdefault(day, [0.0, 0.0, 0.0])
    for place, value in enumerate(values):
        known[place] += value
