"""The fields of a rule, as people fill them in: how often, on which days, from when until when."""

import re
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.domain.recurrence import (
    DAY_OF_MONTH_MAX,
    WEEKDAY_NAMES,
    DaysOfMonth,
    On,
    Period,
    WeekdayOfMonth,
    Weekdays,
    parse_on_parts,
)
from duerun.services.schedules import RuleOrder
from duerun.web.console import fields
from duerun.web.console.visit import Visit

EVERY_MAX = 9_999
ORDINALS = ("1st", "2nd", "3rd", "4th", "last")
BAD_DAYS = f"days of the month must be numbers from 1 to {DAY_OF_MONTH_MAX}, such as 1, 15"
_SEPARATORS = re.compile(r"[\s,;]+")


def values_of(on: On) -> dict[str, Any]:
    """What the fields of the days show for a rule."""
    weekday_of_month = on.format().partition("_") if isinstance(on, WeekdayOfMonth) else ("", "", "")
    return {
        "weekdays": on.names() if isinstance(on, Weekdays) else [],
        "days_of_month": ", ".join(map(str, on.days)) if isinstance(on, DaysOfMonth) else "",
        "ordinal": weekday_of_month[0],
        "weekday": weekday_of_month[2],
    }


def sent_values(visit: Visit) -> dict[str, Any]:
    """What the fields of the days held when the form was sent."""
    return {
        "weekdays": [name for name in WEEKDAY_NAMES if visit.form.get(f"on_{name}")],
        **{name: visit.form.get(name, "").strip() for name in ("days_of_month", "ordinal", "weekday")},
    }


def parts(visit: Visit, period: Period) -> dict[str, Any]:
    """The days of a rule, in the parts that the API has. Raises `RejectedError`."""
    sent = sent_values(visit)
    if period is Period.WEEK:
        if not sent["weekdays"]:
            raise RejectedError("at least one day of the week must be chosen")
        return {"weekdays": sent["weekdays"]}
    return _month_parts(sent) if period is Period.MONTH else {}


def _month_parts(sent: dict[str, Any]) -> dict[str, Any]:
    days, ordinal, weekday = sent["days_of_month"], sent["ordinal"], sent["weekday"]
    if days and (ordinal or weekday):
        raise RejectedError("only one of days of the month and a weekday of the month may be filled in")
    if days:
        numbers = [part for part in _SEPARATORS.split(days) if part]
        if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in numbers):
            raise RejectedError(BAD_DAYS)
        if not numbers or not all(1 <= int(part) <= DAY_OF_MONTH_MAX for part in numbers):
            raise RejectedError(BAD_DAYS)
        return {"days_of_month": [int(part) for part in numbers]}
    if ordinal not in ORDINALS or weekday not in WEEKDAY_NAMES:
        raise RejectedError("days of the month, or which weekday of the month, must be filled in")
    return {"weekday_of_month": f"{ordinal}_{weekday}"}


def order(visit: Visit) -> RuleOrder:
    """The whole rule of a new schedule. Raises `RejectedError`."""
    period = visit.field("period")
    if period not in list(Period):
        raise RejectedError(f"period must be one of {', '.join(Period)}")
    every = visit.field("every")
    if not (every.isascii() and every.isdigit() and 1 <= int(every[:9]) <= EVERY_MAX):
        raise RejectedError(f"every must be a whole number from 1 to {EVERY_MAX:,}")
    return RuleOrder(
        every=int(every),
        period=Period(period),
        on=parse_on_parts(Period(period), **parts(visit, Period(period))),
        start_on=fields.day(visit, "start_on"),
        end_on=fields.day(visit, "end_on") if visit.form.get("end_on", "").strip() else None,
    )
