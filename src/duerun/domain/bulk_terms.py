"""When a bulk file's row runs, read from its cells: a repeated reading is remembered.

Source: the wire specification, 11, 13.1 and 13.3.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from duerun.domain.errors import RejectedError
from duerun.domain.recurrence import (
    DAY_OF_MONTH_MAX,
    DaysOfMonth,
    On,
    Period,
    Rule,
    Weekdays,
    format_on,
    next_date,
    parse_days_of_month,
    parse_weekday_of_month,
    parse_weekdays,
)

EVERY_MAX = 2**31 - 1

Value = TypeVar("Value")

_INTEGER_DIGITS_MAX = 18
_BEYOND_EVERY_LIMIT = 10**_INTEGER_DIGITS_MAX
_DATE_CHARACTERS_MAX = 10
_CACHED_CELL_CHARACTERS_MAX = 128
_TERMS_CACHED_MAX = 16_384
_DATES_CACHED_MAX = 8_192

_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


class RowError(NamedTuple):
    """Why a row fails: the report's `error_code` and `error_message`."""

    code: str
    message: str


class Terms(NamedTuple):
    """When a row's schedule runs."""

    every: int
    period: str
    on_text: str
    start_on: date
    end_on: date | None
    first_on: date


class _TermCells(NamedTuple):
    every: str
    period: str
    days_of_month: str
    start_date: str
    end_date: str
    weekdays: str
    weekday_of_month: str


BAD_PERIOD = RowError("invalid_period", "Period must be day, week, or month")
BAD_EVERY = RowError("invalid_period", "Every must be a positive integer")
LARGE_EVERY = RowError("invalid_period", f"Every must be at most {EVERY_MAX}")
BAD_DAYS_OF_MONTH = RowError("invalid_days_of_month", f"Days of month must be values 1-{DAY_OF_MONTH_MAX}")
BAD_WEEKDAYS = RowError("invalid_days_of_month", "Weekdays must be weekday names")
BAD_WEEKDAY_OF_MONTH = RowError("invalid_days_of_month", "Weekday of month must be an ordinal and a weekday")
TWO_KINDS_OF_DAYS = RowError(
    "invalid_days_of_month", "Only one of days of month and weekday of month may be given"
)
BAD_DATE = RowError("invalid_date_format", "Date must be in YYYY-MM-DD format")
START_IN_PAST = RowError("start_date_in_past", "Start date is in the past")
END_BEFORE_START = RowError("end_date_before_start", "End date is before start date")
NO_OCCURRENCES = RowError(
    "end_date_before_start", "Schedule has no occurrences between start date and end date"
)


def parse_integer(cell: str) -> int:
    """The number that ASCII digits alone spell, capped beyond every limit; 0 for any other text."""
    if not (cell.isascii() and cell.isdigit()):
        return 0
    return int(cell) if len(cell) <= _INTEGER_DIGITS_MAX else _BEYOND_EVERY_LIMIT


def terms_of(cells: Sequence[str], today: date) -> Terms | RowError:
    """When a row runs, of its cells from `every` to `weekday_of_month` in the order of the bulk columns.

    The first mistake in the documented order, for a row that has one.
    """
    term_cells = _TermCells(*cells)
    if max(map(len, term_cells)) > _CACHED_CELL_CHARACTERS_MAX:
        return _terms(term_cells, today)
    return _cached_terms(term_cells, today)


def term_mistakes(cells: Sequence[str], today: date) -> list[RowError]:
    """All mistakes of those cells, in the documented order; those that follow from an earlier one are left out."""
    term_cells = _TermCells(*cells)
    found: list[RowError] = []
    period = _tried(found, _period, term_cells.period)
    every = _tried(found, _every, term_cells.every)
    on = None if period is None else _tried(found, _given_on, period, term_cells)
    start_on = _tried(found, _date, term_cells.start_date) if term_cells.start_date else today
    end_on = _tried(found, _date, term_cells.end_date) if term_cells.end_date else None
    if start_on is not None and start_on < today:
        found.append(START_IN_PAST)
    if start_on is not None and end_on is not None and end_on < start_on:
        found.append(END_BEFORE_START)
    if not found and period is not None and every is not None and start_on is not None:
        on = on or _tried(found, _on_of_start, period, start_on)
    if not found:
        told = _terms(term_cells, today)
        found += [told] if isinstance(told, RowError) else []
    return found


def _tried(found: list[RowError], step: Callable[..., Value], *given: object) -> Value | None:
    """What a step reads; its mistake goes to those that were found."""
    try:
        return step(*given)
    except _RowFaultError as fault:
        found.append(fault.error)
        return None


def _terms(cells: _TermCells, today: date) -> Terms | RowError:
    try:
        return _terms_of_rule(_rule(cells, today))
    except _RowFaultError as fault:
        return fault.error


_cached_terms = lru_cache(maxsize=_TERMS_CACHED_MAX)(_terms)


class _RowFaultError(Exception):
    """Carries the first mistake out of the steps that find it."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error


def _terms_of_rule(rule: Rule) -> Terms:
    first_on = next_date(rule, None)
    if first_on is None:
        raise _RowFaultError(NO_OCCURRENCES)
    return Terms(rule.every, rule.period.value, format_on(rule), rule.start_on, rule.end_on, first_on)


def _rule(cells: _TermCells, today: date) -> Rule:
    """The rule of a row; the order of the steps is the order of the codes."""
    period, every = _period(cells.period), _every(cells.every)
    on = _given_on(period, cells)
    start_on = _date(cells.start_date) if cells.start_date else today
    end_on = _date(cells.end_date) if cells.end_date else None
    if on is None:
        on = _on_of_start(period, start_on)
    if start_on < today:
        raise _RowFaultError(START_IN_PAST)
    if end_on is not None and end_on < start_on:
        raise _RowFaultError(END_BEFORE_START)
    return Rule(every=every, period=period, on=on, start_on=start_on, end_on=end_on)


def _period(cell: str) -> Period:
    try:
        return Period(cell)
    except ValueError:
        raise _RowFaultError(BAD_PERIOD) from None


def _every(cell: str) -> int:
    every = parse_integer(cell)
    if every < 1:
        raise _RowFaultError(BAD_EVERY)
    if every > EVERY_MAX:
        raise _RowFaultError(LARGE_EVERY)
    return every


def _given_on(period: Period, cells: _TermCells) -> On:
    """What the row says about days; None when it says nothing. Days of another period are ignored."""
    if period is Period.WEEK and cells.weekdays:
        return _parsed(parse_weekdays, cells.weekdays.split(";"), BAD_WEEKDAYS)
    if period is not Period.MONTH:
        return None
    if cells.days_of_month and cells.weekday_of_month:
        raise _RowFaultError(TWO_KINDS_OF_DAYS)
    if cells.days_of_month:
        return _parsed(parse_days_of_month, cells.days_of_month.split(";"), BAD_DAYS_OF_MONTH)
    if cells.weekday_of_month:
        return _parsed(parse_weekday_of_month, cells.weekday_of_month, BAD_WEEKDAY_OF_MONTH)
    return None


def _parsed(parse: Callable[[object], On], value: object, error: RowError) -> On:
    try:
        return parse(value)
    except RejectedError:
        raise _RowFaultError(error) from None


def _on_of_start(period: Period, start_on: date) -> On:
    """Without days, a week's row runs on the weekday of its start and a month's on the day of it."""
    if period is Period.WEEK:
        return Weekdays((start_on.weekday(),))
    if period is Period.DAY:
        return None
    if start_on.day > DAY_OF_MONTH_MAX:
        raise _RowFaultError(BAD_DAYS_OF_MONTH)
    return DaysOfMonth((start_on.day,))


def _date(cell: str) -> date:
    day = _calendar_date(cell) if len(cell) <= _DATE_CHARACTERS_MAX else None
    if day is None:
        raise _RowFaultError(BAD_DATE)
    return day


@lru_cache(maxsize=_DATES_CACHED_MAX)
def _calendar_date(cell: str) -> date | None:
    match = _DATE.fullmatch(cell)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
