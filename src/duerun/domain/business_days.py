"""Days on which banks move money: Monday to Friday without the holidays of a calendar.

Source: the wire specification, 12.3.
"""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_COUNTRIES = frozenset(("TH", "JP", "SG", "MY"))
_CATEGORIES = frozenset(("public", "bank"))


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
    """The nationwide holidays of TH, JP, SG and MY in a year, with those of banks and substitutes for weekends.

    Any other country has none, and so has a year that no calendar is known for. What is decreed for a single year,
    and the holidays of single states, come from the account's own setting.
    """
    if country not in _COUNTRIES:
        return frozenset()
    calendar = country_holidays(country)
    categories = tuple(sorted(_CATEGORIES & set(calendar.supported_categories)))
    return frozenset(country_holidays(country, years=year, categories=categories))
