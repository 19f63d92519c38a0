"""Between dates of an account's time zone and moments in UTC."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

_MOMENTS_CACHED_MAX = 8_192
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


@lru_cache(maxsize=_MOMENTS_CACHED_MAX)
def run_at(day: date, time_of_day: time, zone: ZoneInfo) -> datetime:
    """The moment, aware and in UTC, of this local time on this day in this zone.

    A time that a clock change leaves out is taken with the offset before the change; one that it
    repeats is its first. At the calendar's ends the moment stays within what a datetime can hold.
    Source: the wire specification, 11.4.
    """
    # An unset fold is the offset before the change, in the gap as in the repetition.
    local = datetime.combine(day, time_of_day.replace(fold=0), zone)
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return _nearer_end(day)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date that calendars in this zone show at this moment.

    Raises ValueError for a moment without an offset.
    """
    if moment.tzinfo is None:
        raise ValueError("the moment has no offset")
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return _nearer_end(moment.date()).date()


def _nearer_end(day: date) -> datetime:
    return _LAST_MOMENT if day.year > 1 else _FIRST_MOMENT
