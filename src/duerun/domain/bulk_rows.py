"""The rows of a bulk file: what each asks for, and the first of its own mistakes.

Only what a row shows by itself is checked here. Whether its customer and card exist, and whether its
schedule is there already, is asked of the storage; `error_rank` says which of the two answers counts.
Source: the wire specification, 13.1, 13.3 and 15.3.
"""

import re
from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from duerun.domain.card_numbers import DIGITS_MIN, contains_card_number
from duerun.domain.csv_records import Header, Record
from duerun.domain.currencies import CURRENCY_OF, LIMITS, accepted
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
from duerun.domain.schedules import terms_hash

CUSTOMER_KEY_CHARACTERS_MAX = 255
DESCRIPTION_CHARACTERS_MAX = 4_096
ID_CHARACTERS_MAX = 64
EVERY_MAX = 2**31 - 1

# `error_rank`: the ranks between and above are those of the look-ups and of the duplicates.
NO_ERROR = 0
BEFORE_LOOK_UPS = 1
AFTER_LOOK_UPS = 3

NO_CUSTOMER = ""
DEFAULT_CARD = ""
NO_CARD = "invalid"

_INTEGER_DIGITS_MAX = 18
_BEYOND_EVERY_LIMIT = 10**_INTEGER_DIGITS_MAX
_DATE_CHARACTERS_MAX = 10
_CACHED_CELL_CHARACTERS_MAX = 128
_TERMS_CACHED_MAX = 16_384
_DATES_CACHED_MAX = 8_192
_TERM_CELLS = slice(5, 12)

_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DIGIT = re.compile(r"\d")
# Wider than what counts as a card number, but never past a comma, a quote or a line end.
_LONG_RUN_OF_DIGITS = re.compile(rf'\d(?:[^\w,"\r\n]?\d){{{DIGITS_MIN - 1},}}')
_MASKED_RUN_DIGITS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the rows of a file are checked against.

    `today` in the account's zone; `currency` of the account, in upper case; `limits` has the least and
    the largest amount (smallest unit of the account's currency) for each currency that is accepted.
    """

    today: date
    currency: str
    limits: Mapping[str, tuple[int, int]]

    @classmethod
    def of_country(cls, country: str, *, today: date) -> "RowContext":
        """The context of an account of `country`, one of TH, JP, SG, MY."""
        limits = (LIMITS[country].charge_min, LIMITS[country].charge_max)
        return cls(today, CURRENCY_OF[country], dict.fromkeys(accepted(country), limits))


class BulkRow(NamedTuple):
    """One row as it is staged; the order of the fields is the order in which they are copied.

    A row with an error of its own has None from `amount_minor` to `terms_hash`. `echo` is the row's text
    for the report. `customer_id` is '' for a cell that cannot be an id; `card` is '' for the default
    card and 'invalid' for a cell that cannot be an id. `second_on` is None when `first_on` is the last.
    """

    row_no: int
    echo: str
    customer_key: str
    customer_id: str
    card: str
    amount_minor: int | None
    currency: str | None
    description: str | None
    every: int | None
    period: str | None
    on_text: str | None
    start_on: date | None
    end_on: date | None
    first_on: date | None
    second_on: date | None
    terms_hash: int | None
    error_rank: int
    error_code: str | None
    error_message: str | None


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
    second_on: date | None


NO_KEY = RowError("missing_customer_key", "Customer key is missing")
LONG_KEY = RowError(
    "invalid_customer_key", f"Customer key is longer than {CUSTOMER_KEY_CHARACTERS_MAX} characters"
)
CARD_NUMBER = RowError("card_number_refused", "Row must not contain a card number")
BAD_AMOUNT = RowError("invalid_amount", "Amount must be a positive integer")
BAD_CURRENCY = RowError("invalid_currency", "Currency is currently not supported")
BAD_PERIOD = RowError("invalid_period", "Period must be day, week, or month")
BAD_EVERY = RowError("invalid_period", "Every must be a positive integer")
BAD_DAYS_OF_MONTH = RowError("invalid_days_of_month", f"Days of month must be values 1-{DAY_OF_MONTH_MAX}")
BAD_WEEKDAYS = RowError("invalid_days_of_month", "Weekdays must be weekday names")
BAD_WEEKDAY_OF_MONTH = RowError(
    "invalid_days_of_month", "Weekday of month must be an ordinal and a weekday"
)
TWO_KINDS_OF_DAYS = RowError(
    "invalid_days_of_month", "Only one of days of month and weekday of month may be given"
)
BAD_DATE = RowError("invalid_date_format", "Date must be in YYYY-MM-DD format")
START_IN_PAST = RowError("start_date_in_past", "Start date is in the past")
END_BEFORE_START = RowError("end_date_before_start", "End date is before start date")
NO_OCCURRENCES = RowError(
    "end_date_before_start", "Schedule has no occurrences between start date and end date"
)
LONG_DESCRIPTION = RowError(
    "invalid_description", f"Description is longer than {DESCRIPTION_CHARACTERS_MAX} characters"
)


def check_row(record: Record, header: Header, context: RowContext) -> BulkRow:
    """The row, with the first of its own mistakes if it has one.

    Raises RejectedError only for a wrong number of cells, which is a mistake of the file.
    """
    header.require_width(record)
    selected = header.select(record.cells)
    key, customer, card_cell, amount, description = selected[:5]
    customer_id = customer if _is_id(customer, "cust_") else NO_CUSTOMER
    card = card_cell if not card_cell or _is_id(card_cell, ("card_", "tokn_")) else NO_CARD
    if _holds_card_number(record.cells, (customer_id, card)):
        return _refused_row(record.row_no, header.echo(record.raw), key)
    echo = header.echo(record.raw)
    if not key or len(key) > CUSTOMER_KEY_CHARACTERS_MAX:
        error = LONG_KEY if key else NO_KEY
        key = key[:CUSTOMER_KEY_CHARACTERS_MAX]
        return _failed_row(record.row_no, echo, key, customer_id, card, BEFORE_LOOK_UPS, error)
    amount_minor = _integer(amount)
    currency = selected[12].upper() or context.currency
    terms = _terms_of(selected[_TERM_CELLS], context.today)
    failure = _amount_error(amount_minor, currency, context) or _terms_error(terms, description)
    if failure is not None or isinstance(terms, RowError):
        error = failure or BAD_DATE
        return _failed_row(record.row_no, echo, key, customer_id, card, AFTER_LOOK_UPS, error)
    return BulkRow(
        record.row_no,
        echo,
        key,
        customer_id,
        card,
        amount_minor,
        currency,
        description or None,
        *terms,
        terms_hash(),
        NO_ERROR,
        None,
        None,
    )
