"""Days on which banks move money: Monday to Friday without the holidays of a calendar.

Source: the wire specification, 12.3.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_YEAR_MIN = 2000


class _Fixed(NamedTuple):
    """A holiday on the same date each year, from `since` to `until`, both inclusive."""

    month: int
    day: int
    since: int = _YEAR_MIN
    until: int = 9999


_FIXED_HOLIDAYS = {
    "TH": (
        _Fixed(1, 1),  # New Year's Day
        _Fixed(4, 6),  # Chakri Memorial Day
        _Fixed(4, 13),  # Songkran
        _Fixed(4, 14),
        _Fixed(4, 15),
        _Fixed(5, 1),  # Labour Day
        _Fixed(5, 5, until=2016),  # Coronation Day of King Rama IX
        _Fixed(5, 4, since=2020),  # Coronation Day of King Rama X
        _Fixed(6, 3, since=2019),  # Queen Suthida's Birthday
        _Fixed(7, 28, since=2017),  # King Rama X's Birthday
        _Fixed(8, 12),  # Queen Sirikit's Birthday, Mother's Day
        _Fixed(10, 13, since=2017),  # King Rama IX Memorial Day
        _Fixed(10, 23),  # Chulalongkorn Day
        _Fixed(12, 5),  # King Rama IX's Birthday, Father's Day
        _Fixed(12, 10),  # Constitution Day
        _Fixed(12, 31),  # New Year's Eve
    ),
    "JP": (
        _Fixed(1, 1),  # New Year's Day
        _Fixed(2, 11),  # National Foundation Day
        _Fixed(2, 23, since=2020),  # The Emperor's Birthday
        _Fixed(4, 29),  # Showa Day
        _Fixed(5, 3),  # Constitution Memorial Day
        _Fixed(5, 4),  # Greenery Day
        _Fixed(5, 5),  # Children's Day
        _Fixed(8, 11, since=2016, until=2019),  # Mountain Day, elsewhere in the Olympic years
        _Fixed(8, 11, since=2022),
        _Fixed(11, 3),  # Culture Day
        _Fixed(11, 23),  # Labour Thanksgiving Day
        _Fixed(12, 23, until=2018),  # The Emperor's Birthday in the Heisei era
    ),
    "SG": (
        _Fixed(1, 1),  # New Year's Day
        _Fixed(5, 1),  # Labour Day
        _Fixed(8, 9),  # National Day
        _Fixed(12, 25),  # Christmas Day
    ),
    "MY": (
        _Fixed(5, 1),  # Labour Day
        _Fixed(8, 31),  # National Day
        _Fixed(9, 16, since=2010),  # Malaysia Day
        _Fixed(12, 25),  # Christmas Day
    ),
}


def is_business_day(day: date, holidays: frozenset[date]) -> bool:
    """Whether the day is a Monday to Friday and none of the holidays."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_business_day(day: date, holidays: frozenset[date]) -> date:
    """The first business day later than `day`.

    Raises OverflowError when the calendar ends before one comes.
    """
    day += _ONE_DAY
    while not is_business_day(day, holidays):
        day += _ONE_DAY
    return day


@lru_cache(maxsize=1_024)
def holidays(country: str, year: int) -> frozenset[date]:
    """The nationwide holidays of a country (ISO 3166 alpha-2) that fall on the same date each year.

    Known are TH, JP, SG and MY from the year 2000 on; anything else has none. Movable holidays (of the
    lunar calendars, of the n-th Monday, substitutes for weekends, one-time decrees) and those of single
    states are not here: they come from the account's own setting.
    """
    fixed = _FIXED_HOLIDAYS.get(country, ())
    return frozenset(date(year, each.month, each.day) for each in fixed if each.since <= year <= each.until)
