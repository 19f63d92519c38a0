"""What an operator may set of an account: names, how a text is read, and what is refused."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duerun.domain.accounts import VERSIONS, Account
from duerun.domain.currencies import AMOUNT_MINOR_MAX
from duerun.domain.errors import RejectedError
from duerun.domain.gateway_terms import GATEWAY_OPTIONS, TERMS, TOKEN
from duerun.domain.retries import (
    RETRIES_MAX,
    RETRY_CODES_MAX,
    WAIT_DAYS_MAX,
    CatchUp,
    parse_single_wait,
    parse_table,
)

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# What an option says that is left to the server's options.
SERVER = "server"
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
    return None if text.lower() == SERVER else CatchUp(text).value


def _table(text: str) -> str | None:
    return None if text.lower() == SERVER else str(parse_table(text))


def _single_wait(text: str) -> str | None:
    return None if text.lower() == SERVER else str(parse_single_wait(text))


def _failed_dates(text: str) -> int | None:
    return None if text.lower() == SERVER else _count(text)


def _dates(text: str) -> list[str]:
    return sorted({date.fromisoformat(part.strip()).isoformat() for part in text.split(",") if part.strip()})


def told(account: Account) -> dict[str, str]:
    """The options of an account as texts, in their order; those of its processor are apart."""
    shown = {
        "timezone": account.timezone,
        "charge_run_time": f"{account.charge_run_time:%H:%M}",
        "transfer_run_time": f"{account.transfer_run_time:%H:%M}",
        "api_version": account.api_version,
        "charge_fee_rate": f"{account.fees.charge_rate} %",
        "vat_rate": f"{account.fees.vat_rate} %",
        "transfer_fee": f"{account.fees.transfer_minor}",
        "transfer_fee_vat": f"{account.fees.transfer_vat_minor}",
        "settlement_days": f"{account.settlement_days}",
        "auto_verify_recipients": f"{account.auto_verify_recipients}".lower(),
        "auto_activate_recipients": f"{account.auto_activate_recipients}".lower(),
        "bulk_approval_rows": str(account.bulk_approval_rows),
        "bulk_approval_amount": str(account.bulk_approval_amount),
        "catch_up_charges": account.catch_up_charges or SERVER,
        "catch_up_transfers": account.catch_up_transfers or SERVER,
        "catch_up_max": str(account.catch_up_max),
        "retry_charges": str(account.retry_charges or SERVER),
        "retry_transfers": str(account.retry_transfers or SERVER),
        "transfer_suspend_after": SERVER
        if account.transfer_suspend_after is None
        else str(account.transfer_suspend_after),
        "holidays": ", ".join(sorted(map(str, account.holidays))) or "none",
    }
    return {name: shown[name] for name in OPTIONS}


def told_gateway(account: Account) -> dict[str, str]:
    """The account's own processor in its mode; its token is not shown."""
    own = account.gateway
    if own is None:
        return {"gateway_url": "none: the server's gateway"}
    all_told = {f"gateway_{name}": getattr(own, name) for name in TERMS}
    shown = {name: f"{value}".lower() for name, value in all_told.items() if value is not None}
    return {"gateway_url": own.url, "gateway_token": "kept"} | shown


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
    "retry_charges": (
        f"rows such as *: 1, 1; insufficient_fund: 1, 3, 7 business; stolen_or_lost_card: stop, with at most "
        f"{RETRIES_MAX} waits of 1 to {WAIT_DAYS_MAX} days each and at most {RETRY_CODES_MAX} codes, or server",
        _table,
    ),
    "retry_transfers": (
        f"a number of days from 1 to {WAIT_DAYS_MAX} such as 2 or 1 business, or server",
        _single_wait,
    ),
    "transfer_suspend_after": ("a number of dates, 0 for never, or server", _failed_dates),
    "holidays": ("dates such as 2027-04-13,2027-04-14", _dates),
}
