"""What an operator may set of an account: names, how a text is read, and what is refused."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duerun.domain.accounts import VERSIONS
from duerun.domain.currencies import AMOUNT_MINOR_MAX
from duerun.domain.errors import RejectedError
from duerun.domain.gateway_terms import GATEWAY_OPTIONS, TOKEN
from duerun.domain.retries import CatchUp

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
RATE_MAX = Decimal(100)
COUNT_MAX = 10**9
SETTLEMENT_DAYS_MAX = 365


def parse_gateway_option(name: str, text: str) -> Any:
    """The value of an option of an account's own processor; None for an empty text, which takes it away."""
    rule, read = GATEWAY_OPTIONS[name]
    if not text.strip() and name != TOKEN:
        return None
    try:
        return read(text.strip())
    except (ValueError, KeyError):
        raise RejectedError(f"{name} must be {rule}") from None


def parse_option(name: str, text: str) -> Any:
    """The value of an option, ready to be stored as JSON; raises `RejectedError` that names the option and the rule.

    >>> parse_option("charge_run_time", "9:05"), parse_option("vat_rate", "7")
    ('09:05', '7')
    """
    if name not in OPTIONS:
        raise RejectedError(f"{name} is not an option of an account: there are {_names()}")
    rule, read = OPTIONS[name]
    try:
        return read(text.strip())
    except (ValueError, KeyError, InvalidOperation, ZoneInfoNotFoundError):
        raise RejectedError(f"{name} must be {rule}") from None


def _names() -> str:
    return ", ".join(sorted([*OPTIONS, *GATEWAY_OPTIONS]))


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    return f"{time(int(hour), int(minute)):%H:%M}"


def _zone(text: str) -> str:
    return ZoneInfo(text).key


def _version(text: str) -> str:
    return VERSIONS[VERSIONS.index(text)]


def _rate(text: str) -> str:
    rate = Decimal(text)
    if not 0 <= rate <= RATE_MAX:
        raise ValueError(text)
    return f"{rate:f}"


def _minor(text: str) -> int:
    amount = int(text)
    if not 0 <= amount <= AMOUNT_MINOR_MAX:
        raise ValueError(text)
    return amount


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= SETTLEMENT_DAYS_MAX:
        raise ValueError(text)
    return days


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= COUNT_MAX:
        raise ValueError(text)
    return count


def _word(text: str) -> bool:
    return WORDS[text.lower()]


def _catch_up(text: str) -> str | None:
    return None if text == "server" else CatchUp(text).value


def _dates(text: str) -> list[str]:
    return sorted({date.fromisoformat(part.strip()).isoformat() for part in text.split(",") if part.strip()})


COLUMNS = ("timezone", "charge_run_time", "transfer_run_time", "api_version")
_CATCH_UP = "latest, all, ask, or server for what the server's options say"
_MINOR = "a whole amount of 0 or more in the smallest unit"
OPTIONS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "timezone": ("a time zone such as Asia/Bangkok", _zone),
    "charge_run_time": ("a time such as 08:30", _time),
    "transfer_run_time": ("a time such as 08:05", _time),
    "api_version": (f"one of {', '.join(VERSIONS)}", _version),
    "charge_fee_rate": ("a rate from 0 to 100 in per cent", _rate),
    "vat_rate": ("a rate from 0 to 100 in per cent", _rate),
    "transfer_fee": (_MINOR, _minor),
    "transfer_fee_vat": (_MINOR, _minor),
    "settlement_days": (f"a number of days from 0 to {SETTLEMENT_DAYS_MAX}", _days),
    "auto_verify_recipients": ("true or false", _word),
    "auto_activate_recipients": ("true or false", _word),
    "bulk_approval_rows": ("a number of rows, 0 for no limit", _count),
    "bulk_approval_amount": (f"{_MINOR}, 0 for no limit", _minor),
    "catch_up_charges": (_CATCH_UP, _catch_up),
    "catch_up_transfers": (_CATCH_UP, _catch_up),
    "catch_up_max": ("a number of dates, 0 for no limit", _count),
    "holidays": ("dates such as 2027-04-13,2027-04-14", _dates),
}
