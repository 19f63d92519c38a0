"""The filters of a search: what each scope has, and how they are read (source: the wire specification, 9).

`docs/reference/search.md` is written from the table here.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.local_time import run_at
from duerun.domain.search import Scope
from duerun.web.omise import params

FILTER_CHARS_MAX = 255
SCHEDULE_WORDS = ("active", "expiring", "expired", "suspended", "deleted", "paused", "running")

FILTERS: dict[Scope, dict[str, str | tuple[str, ...]]] = {
    Scope.CHARGE: {
        "amount": "amount",
        "authorized": "boolean",
        "captured": "boolean",
        "captured_at": "date",
        "card_last_digits": "text",
        "created": "date",
        "currency": "currency",
        "customer": "text",
        "expired": "boolean",
        "failure_code": "text",
        "refund_amount": "amount",
        "refunded": "boolean",
        "reversed": "boolean",
        "schedule": "text",
        "status": ("successful", "failed", "pending", "expired", "reversed"),
        "voided": "boolean",
    },
    Scope.CHARGE_SCHEDULE: {
        "active": "boolean",
        "amount": "amount",
        "card_last_digits": "text",
        "created": "date",
        "status": SCHEDULE_WORDS,
    },
    Scope.CUSTOMER: {
        "card_last_digits": "text",
        "created": "date",
        "default_card": "boolean",
        "email": "text",
    },
    Scope.EVENT: {"created": "date", "key": "text"},
    Scope.RECEIPT: {"issued_on": "date", "total": "amount"},
    Scope.RECIPIENT: {
        "active": "boolean",
        "bank_last_digits": "text",
        "created": "date",
        "email": "text",
        "type": ("individual", "corporation"),
        "verified": "boolean",
    },
    Scope.REFUND: {
        "amount": "amount",
        "card_last_digits": "text",
        "charge": "text",
        "created": "date",
        "voided": "boolean",
    },
    Scope.TRANSACTION: {
        "amount": "amount",
        "created": "date",
        "direction": ("credit", "debit"),
        "key": "text",
        "origin": "text",
    },
    Scope.TRANSFER: {
        "amount": "amount",
        "bank_last_digits": "text",
        "created": "date",
        "currency": "currency",
        "failed": "boolean",
        "failure_code": "text",
        "paid": "boolean",
        "recipient": "text",
        "schedule": "text",
        "sent": "boolean",
        "sent_at": "date",
    },
    Scope.TRANSFER_SCHEDULE: {"active": "boolean", "created": "date", "status": SCHEDULE_WORDS},
}


@dataclass(frozen=True, slots=True)
class _Given:
    """One filter as it was given; `name` is how a refusal calls it."""

    name: str
    value: Any
    account: Account
    today: dt.date

    def part(self, written: Any) -> dict[str, Any]:
        """A piece of the value, as the readers of parameters take it."""
        return {self.name: written}


def criteria(given: Mapping[str, Any], scope: Scope, account: Account, now: dt.datetime) -> dict[str, Any]:
    """All criteria of a scope; None for those that are not given. Raises `invalid_filters`."""
    known = FILTERS[scope]
    for name in given:
        if name not in known:
            message = (
                f"filters[{name[:FILTER_CHARS_MAX]}] is not a filter of {scope}: there are {', '.join(known)}"
            )
            raise RejectedError(message, code="invalid_filters")
    found: dict[str, Any] = {}
    with told_as("invalid_filters"):
        for name, kind in known.items():
            found |= _read(
                name, kind, _Given(f"filters[{name}]", given.get(name), account, account.today(now))
            )
    return found


@contextmanager
def told_as(code: str) -> Iterator[None]:
    """A refusal of a parameter under this code."""
    try:
        yield
    except RejectedError as error:
        raise RejectedError(error.message, code=code) from None


def _read(name: str, kind: str | tuple[str, ...], given: _Given) -> dict[str, Any]:
    is_given = given.value not in (None, "")
    if isinstance(kind, tuple):
        return {name: _word(given, kind) if is_given else None}
    if kind in _SPANS:
        first, last = _SPANS[kind](given) if is_given else (None, None)
        return {f"{name}_from": first, f"{name}_to": last}
    return {name: _VALUES[kind](given) if is_given else None}


def _word(given: _Given, words: tuple[str, ...]) -> str:
    word = _text(given).lower()
    if word not in words:
        raise RejectedError(f"{given.name} must be one of {', '.join(words)}")
    return "active" if word == "running" else word


def _text(given: _Given) -> str:
    return params.digits(given.part(given.value), given.name, chars_max=FILTER_CHARS_MAX) or ""


def _boolean(given: _Given) -> bool | None:
    return params.boolean(given.part(given.value), given.name, search=True)


def _amounts(given: _Given) -> tuple[Decimal | None, Decimal | None]:
    message = f"{given.name} must be an amount in main units or a range such as 1000..2000"
    first, last = (
        params.decimal(given.part(part), given.name, message=message) for part in _ends(given, message)
    )
    if first is not None and last is not None and first > last:
        raise RejectedError(message)
    return first, last


def _dates(given: _Given) -> tuple[dt.datetime | None, dt.datetime | None]:
    message = f"{given.name} must be a date, a datetime, a range of them, or one of {', '.join(_DAYS)}"
    word = str(given.value).lower().replace(" ", "_")
    if word in _DAYS:
        first_day, last_day = _DAYS[word](given.today)
        return _midnight(given, first_day), _midnight(given, last_day + dt.timedelta(days=1))
    try:
        first, last = (None if part is None else _span(given, part) for part in _ends(given, message))
    except OverflowError:
        raise RejectedError(message) from None
    if first is not None and last is not None and first[0] > last[0]:
        raise RejectedError(message)
    return first and first[0], last and last[1]


def _ends(given: _Given, message: str) -> tuple[Any, Any]:
    """Both ends of a range; an open end is None, and a single value is both."""
    if not isinstance(given.value, str):
        return given.value, given.value
    first, dots, last = given.value.partition("..")
    if not dots:
        return first, first
    if not (first or last):
        raise RejectedError(message)
    return first.strip() or None, last.strip() or None


def _span(given: _Given, written: Any) -> tuple[dt.datetime, dt.datetime]:
    """From when to before when a date or a datetime lasts: a day of the account's zone, or a second."""
    part = given.part(written.replace("/", "-") if isinstance(written, str) else written)
    if isinstance(written, str) and ":" in written:
        second = params.required(params.moment(part, given.name), given.name).replace(microsecond=0)
        return second, second + dt.timedelta(seconds=1)
    day = params.required(params.date(part, given.name), given.name)
    return _midnight(given, day), _midnight(given, day + dt.timedelta(days=1))


def _midnight(given: _Given, day: dt.date) -> dt.datetime:
    return run_at(day, dt.time(), given.account.zone)


def _week(day: dt.date) -> tuple[dt.date, dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def _month(day: dt.date) -> tuple[dt.date, dt.date]:
    next_first = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return day.replace(day=1), next_first - dt.timedelta(days=1)


_DAYS: dict[str, Callable[[dt.date], tuple[dt.date, dt.date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - dt.timedelta(days=1),) * 2,
    "this_week": _week,
    "last_week": lambda today: _week(today - dt.timedelta(days=7)),
    "this_month": _month,
    "last_month": lambda today: _month(today.replace(day=1) - dt.timedelta(days=1)),
}
_SPANS: dict[str, Callable[[_Given], tuple[Any, Any]]] = {"amount": _amounts, "date": _dates}
_VALUES: dict[str, Callable[[_Given], Any]] = {
    "boolean": _boolean,
    "currency": lambda given: _text(given).upper(),
    "text": _text,
}
