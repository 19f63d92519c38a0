"""When a schedule falls due: rules of days, weeks and months, and the dates that they yield.

Every answer is computed from the rule and its start, never from the previous run, so nothing drifts.
Source: the wire specification, 5.2, 10.2 and 11.
"""

import re
from bisect import bisect_left
from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache

from duerun.domain.errors import RejectedError

NEXT_DATES_MAX = 30
DAY_OF_MONTH_MAX = 28
LAST = -1
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

ON_WITHOUT_WEEKDAYS = "on must contain weekdays"
ON_WITHOUT_MONTH_DAYS = "on must contain one of days_of_month, weekday_of_month"
ON_WITH_TWO_KINDS_OF_DAYS = "on must contain exactly one of days_of_month, weekday_of_month"
BAD_WEEKDAYS = "on [weekdays] must be an array of weekday names"
BAD_DAYS_OF_MONTH = "on [days_of_month] must be an array of integer values (1 - 28)"
BAD_WEEKDAY_OF_MONTH = "on [weekday_of_month] must be an ordinal and a weekday"
BAD_EVERY = "every must be an integer greater than or equal to 1"

_RULES_CACHED_MAX = 16_384
# Many schedules of a page have one rule between them.
_LISTS_CACHED_MAX = 4_096
_ONE_DAY = timedelta(days=1)
_LAST_DAY_NUMBER = date.max.toordinal()
_DAYS_IN_MONTH = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_TEXT = re.compile(r"0?[1-9]|1[0-9]|2[0-8]")
_WEEKDAYS = {name: number for number, name in enumerate(WEEKDAY_NAMES)}
_ORDINAL_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_ORDINAL_TEXTS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", LAST: "last"}
_ORDINALS = {text: ordinal for ordinal, text in _ORDINAL_TEXTS.items()} | {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
}


class Period(StrEnum):
    """The unit that `every` multiplies."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of a week, 0 for Monday to 6 for Sunday; kept sorted and unique."""

    weekdays: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekdays", _normalised(self.weekdays, lowest=0, highest=6))

    def names(self) -> list[str]:
        """Lower-case names, Monday first."""
        return [WEEKDAY_NAMES[weekday] for weekday in self.weekdays]

    def format(self) -> str:
        return ";".join(self.names())

    def in_words(self) -> str:
        return _listed([name.capitalize() for name in self.names()])


@dataclass(frozen=True, slots=True)
class DaysOfMonth:
    """Days of a month, 1 to 28, so that no month is too short; kept sorted and unique."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", _normalised(self.days, lowest=1, highest=DAY_OF_MONTH_MAX))

    def first_from(self, year: int, month: int, day: int) -> int:
        """The first day of this month's dates that is `day` or later; 0 when there is none."""
        place = bisect_left(self.days, day)
        return self.days[place] if place < len(self.days) else 0

    def format(self) -> str:
        return ";".join(map(str, self.days))

    def in_words(self) -> str:
        return "the " + _listed([_ordinal_number(day) for day in self.days])


@dataclass(frozen=True, slots=True)
class WeekdayOfMonth:
    """One weekday of a month: `ordinal` 1 to 4 or LAST, `weekday` 0 for Monday to 6 for Sunday."""

    ordinal: int
    weekday: int

    def __post_init__(self) -> None:
        if self.ordinal not in _ORDINAL_TEXTS or not 0 <= self.weekday <= 6:
            raise ValueError(f"no such weekday of a month: {self.ordinal}, {self.weekday}")

    def first_from(self, year: int, month: int, day: int) -> int:
        """This month's day if it is `day` or later; else 0."""
        found = self._day_in(year, month)
        return found if found >= day else 0

    def _day_in(self, year: int, month: int) -> int:
        earliest = 1 + (self.weekday - date(year, month, 1).weekday()) % 7
        if self.ordinal != LAST:
            return earliest + 7 * (self.ordinal - 1)
        fifth = earliest + 28
        return fifth if fifth <= _days_in_month(year, month) else fifth - 7

    def format(self) -> str:
        return f"{_ORDINAL_TEXTS[self.ordinal]}_{WEEKDAY_NAMES[self.weekday]}"

    def in_words(self) -> str:
        return f"the {_ORDINAL_TEXTS[self.ordinal]} {WEEKDAY_NAMES[self.weekday].capitalize()}"


On = Weekdays | DaysOfMonth | WeekdayOfMonth | None

_ON_BELONGS: dict[Period, tuple[type, ...]] = {
    Period.DAY: (type(None),),
    Period.WEEK: (Weekdays,),
    Period.MONTH: (DaysOfMonth, WeekdayOfMonth),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Every N periods from `start_on` to `end_on`, both inclusive; `on` is None for `day`."""

    every: int
    period: Period
    on: On
    start_on: date
    end_on: date | None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise RejectedError(BAD_EVERY)
        if not isinstance(self.on, _ON_BELONGS[self.period]):
            raise ValueError(f"{self.on!r} does not belong to the period {self.period}")


def next_date(rule: Rule, after: date | None) -> date | None:
    """The first date of the rule later than `after` (None: its very first date); None when there is none.

    The work does not grow with the distance from the start.
    """
    if after is None or after < rule.start_on:
        return _first_from(rule, rule.start_on)
    if after >= (rule.end_on or date.max):
        return None
    return _first_from(rule, after + _ONE_DAY)


def dates_after(rule: Rule, after: date | None, *, limit: int = NEXT_DATES_MAX) -> list[date]:
    """The next dates of the rule later than `after`, ascending, at most `limit`."""
    return list(_dates_after(rule, after, limit))


@lru_cache(maxsize=_LISTS_CACHED_MAX)
def _dates_after(rule: Rule, after: date | None, limit: int) -> tuple[date, ...]:
    dates: list[date] = []
    while len(dates) < limit and (after := next_date(rule, after)) is not None:
        dates.append(after)
    return tuple(dates)


def previous_date(rule: Rule, day: date) -> date | None:
    """The last date of the rule before `day`; None when there is none."""
    span = _ONE_DAY
    while day > rule.start_on:
        # A doubled span holds the dates of one round of the rule at most: the half behind them had none.
        start = max(day - span, rule.start_on)
        earlier = [
            each for each in dates_after(rule, start - _ONE_DAY, limit=2 * NEXT_DATES_MAX) if each < day
        ]
        if earlier or start == rule.start_on:
            return earlier[-1] if earlier else None
        span = min(2 * span, day - rule.start_on)
    return None


def is_date(rule: Rule, day: date) -> bool:
    """Whether the rule falls on this day."""
    return day >= rule.start_on and _first_from(rule, day) == day


def in_words(rule: Rule) -> str:
    """The rule as the wire says it, such as `Every 1 month(s) on the 1st and 16th`.

    Source: the wire specification, 11.3.
    """
    words = f"Every {rule.every} {rule.period}(s)"
    return words if rule.on is None else f"{words} on {rule.on.in_words()}"


def format_on(rule: Rule) -> str:
    """Compact text for storage: ``''``, ``'monday;friday'``, ``'1;15'``, ``'2nd_monday'``."""
    return "" if rule.on is None else rule.on.format()


@lru_cache(maxsize=_RULES_CACHED_MAX)
def parse_on(period: Period, text: str) -> On:
    """The inverse of `format_on`. Raises RejectedError as the parser of the period's part does."""
    if period == Period.DAY:
        return None
    parts = text.split(";") if text else []
    if period == Period.WEEK:
        return parse_weekdays(parts)
    return parse_weekday_of_month(text) if "_" in text else parse_days_of_month(parts)


def parse_on_parts(
    period: Period,
    *,
    weekdays: object = None,
    days_of_month: object = None,
    weekday_of_month: object = None,
) -> On:
    """The `on` of a request, whose parts are None or empty when not given.

    Parts that do not belong to the period are ignored; a month takes exactly one of its two.
    Raises RejectedError. Source: the wire specification, 10.2.
    """
    if period == Period.DAY:
        return None
    if period == Period.WEEK:
        return parse_weekdays([] if weekdays is None else weekdays)
    if _is_given(days_of_month) and _is_given(weekday_of_month):
        raise RejectedError(ON_WITH_TWO_KINDS_OF_DAYS)
    if not (_is_given(days_of_month) or _is_given(weekday_of_month)):
        raise RejectedError(ON_WITHOUT_MONTH_DAYS)
    if _is_given(days_of_month):
        return parse_days_of_month(days_of_month)
    return parse_weekday_of_month(weekday_of_month)


def parse_weekdays(names: object) -> Weekdays:
    """An array of weekday names in any letter case. Raises RejectedError."""
    if not isinstance(names, list | tuple):
        raise RejectedError(BAD_WEEKDAYS)
    if not names:
        raise RejectedError(ON_WITHOUT_WEEKDAYS)
    return Weekdays(tuple({_weekday(name, error=BAD_WEEKDAYS) for name in names}))


def parse_days_of_month(values: object) -> DaysOfMonth:
    """An array of integers 1 to 28, or texts that hold them. Raises RejectedError."""
    if not isinstance(values, list | tuple):
        raise RejectedError(BAD_DAYS_OF_MONTH)
    if not values:
        raise RejectedError(ON_WITHOUT_MONTH_DAYS)
    return DaysOfMonth(tuple({_day_of_month(value) for value in values}))


def parse_weekday_of_month(text: object) -> WeekdayOfMonth:
    """`2nd_monday`, `second_monday` or `last_friday` in any letter case. Raises RejectedError."""
    if not isinstance(text, str):
        raise RejectedError(BAD_WEEKDAY_OF_MONTH)
    ordinal_text, _, weekday_text = text.strip().lower().partition("_")
    ordinal = _ORDINALS.get(ordinal_text)
    if ordinal is None:
        raise RejectedError(BAD_WEEKDAY_OF_MONTH)
    return WeekdayOfMonth(ordinal, _weekday(weekday_text, error=BAD_WEEKDAY_OF_MONTH))


@lru_cache(maxsize=_RULES_CACHED_MAX)
def rule_of(*, every: int, period: str, on_text: str, start_on: date, end_on: date | None) -> Rule:
    """A rule from its stored columns; equal columns give the same object."""
    unit = Period(period)
    return Rule(every=every, period=unit, on=parse_on(unit, on_text), start_on=start_on, end_on=end_on)


def _first_from(rule: Rule, earliest: date) -> date | None:
    """The rule's first date that is `earliest` or later; `earliest` is never before the start."""
    on = rule.on
    if on is None:
        found = _first_in_days(rule, earliest)
    elif isinstance(on, Weekdays):
        found = _first_in_weeks(rule, on.weekdays, earliest)
    else:
        found = _first_in_months(rule, on, earliest)
    if found is None or (rule.end_on is not None and found > rule.end_on):
        return None
    return found


def _first_in_days(rule: Rule, earliest: date) -> date | None:
    day = earliest.toordinal()
    return _date_of(day + (rule.start_on.toordinal() - day) % rule.every)


def _first_in_weeks(rule: Rule, weekdays: Sequence[int], earliest: date) -> date | None:
    """Week 0 is the week, Monday to Sunday, that holds the start."""
    monday = rule.start_on.toordinal() - rule.start_on.weekday()
    weeks, weekday = divmod(earliest.toordinal() - monday, 7)
    weeks_over = weeks % rule.every
    if weeks_over == 0 and weekdays[-1] >= weekday:
        return _date_of(monday + 7 * weeks + weekdays[bisect_left(weekdays, weekday)])
    return _date_of(monday + 7 * (weeks - weeks_over + rule.every) + weekdays[0])


def _first_in_months(rule: Rule, on: DaysOfMonth | WeekdayOfMonth, earliest: date) -> date | None:
    """Month 0 is the month of the start."""
    year, month = earliest.year, earliest.month
    start = rule.start_on
    months_over = (12 * (year - start.year) + month - start.month) % rule.every
    if months_over == 0 and (day := on.first_from(year, month, earliest.day)):
        return date(year, month, day)
    years, month_index = divmod(month - 1 - months_over + rule.every, 12)
    year, month = year + years, month_index + 1
    return date(year, month, on.first_from(year, month, 1)) if year <= MAXYEAR else None


def _date_of(day_number: int) -> date | None:
    return date.fromordinal(day_number) if day_number <= _LAST_DAY_NUMBER else None


def _days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS_IN_MONTH[month]


def _normalised(values: Iterable[int], *, lowest: int, highest: int) -> tuple[int, ...]:
    unique = tuple(sorted(set(values)))
    if not unique or unique[0] < lowest or unique[-1] > highest:
        raise ValueError(f"expected values from {lowest} to {highest}, got {unique}")
    return unique


def _is_given(part: object) -> bool:
    return part is not None and part not in ("", [], ())


def _weekday(name: object, *, error: str) -> int:
    weekday = _WEEKDAYS.get(name.strip().lower()) if isinstance(name, str) else None
    if weekday is None:
        raise RejectedError(error)
    return weekday


def _day_of_month(value: object) -> int:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and _DAY_TEXT.fullmatch(text):
        return int(text)
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    if isinstance(text, int) and not isinstance(text, bool) and 1 <= text <= DAY_OF_MONTH_MAX:
        return text
    raise RejectedError(BAD_DAYS_OF_MONTH)


def _listed(words: Sequence[str]) -> str:
    if len(words) > 2:
        return f"{', '.join(words[:-1])}, and {words[-1]}"
    return " and ".join(words)


def _ordinal_number(number: int) -> str:
    suffix = "th" if 11 <= number <= 13 else _ORDINAL_SUFFIXES.get(number % 10, "th")
    return f"{number}{suffix}"
