"""What a rule will bring: how many dates, the last one, and how many in each month. Counted, not listed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from duerun.domain.recurrence import (
    DaysOfMonth,
    Rule,
    Weekdays,
    in_words,
    is_date,
    next_date,
    previous_date,
)

_OUTLOOKS_CACHED_MAX = 16_384
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A rule in words and its dates; `last_on` and `count` are None for a rule without an end."""

    words: str
    first_on: date | None
    second_on: date | None
    last_on: date | None
    count: int | None


@lru_cache(maxsize=_OUTLOOKS_CACHED_MAX)
def outlook(rule: Rule) -> Outlook:
    """What a rule will bring from its start to its end."""
    first = next_date(rule, None)
    second = None if first is None else next_date(rule, first)
    if rule.end_on is None:
        return Outlook(in_words(rule), first, second, None, None)
    last = rule.end_on if is_date(rule, rule.end_on) else previous_date(rule, rule.end_on)
    return Outlook(in_words(rule), first, second, last, count_between(rule, rule.start_on, rule.end_on))


def count_between(rule: Rule, first: date, last: date) -> int:
    """How many dates of the rule lie between two days, both inclusive. The work grows with neither."""
    first = max(first, rule.start_on)
    last = min(last, rule.end_on or date.max)
    if first > last:
        return 0
    on = rule.on
    if on is None:
        return _multiples(first - rule.start_on, last - rule.start_on, rule.every)
    if isinstance(on, Weekdays):
        monday = rule.start_on.toordinal() - rule.start_on.weekday()
        days = (first.toordinal() - monday, last.toordinal() - monday)
        span = 7 * rule.every
        return sum(_multiples_from(days[0] - day, days[1] - day, span) for day in on.weekdays)
    return _in_months(rule, first, last)


def _multiples(least: timedelta, most: timedelta, step: int) -> int:
    return _multiples_from(least.days, most.days, step)


def _multiples_from(least: int, most: int, step: int) -> int:
    """How many multiples of `step`, 0 among them, lie between two numbers, both inclusive."""
    return most // step - (max(least, 0) - 1) // step if most >= max(least, 0) else 0


def _in_months(rule: Rule, first: date, last: date) -> int:
    """Whole months hold the same number of dates each; the first and the last one are looked at."""
    start = _month_number(rule.start_on)
    months = (_month_number(first) - start, _month_number(last) - start)
    if months[0] == months[1]:
        return _of_month(rule, months[0] + start, first, last)
    inner = _multiples_from(months[0] + 1, months[1] - 1, rule.every)
    each = len(rule.on.days) if isinstance(rule.on, DaysOfMonth) else 1
    edges = _of_month(rule, months[0] + start, first, date.max) + _of_month(
        rule, months[1] + start, date.min, last
    )
    return inner * each + edges


def _of_month(rule: Rule, month: int, first: date, last: date) -> int:
    year, place = divmod(month, 12)
    begin = date(year, place + 1, 1)
    end = date(year, place + 1, monthrange(year, place + 1)[1])
    count, day = 0, next_date(rule, begin - _ONE_DAY) if begin > date.min else next_date(rule, None)
    while day is not None and day <= end:
        count += max(first, begin) <= day <= min(last, end)
        day = next_date(rule, day)
    return count


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def months_ahead(first: date, count: int) -> list[tuple[date, date]]:
    """The first and last days of some months from the month of `first` on."""
    months = []
    for number in range(_month_number(first), _month_number(first) + count):
        year, place = divmod(number, 12)
        months.append((date(year, place + 1, 1), date(year, place + 1, monthrange(year, place + 1)[1])))
    return months
