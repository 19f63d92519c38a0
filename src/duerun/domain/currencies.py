"""Currencies, and the limits of an account's country (source: the wire specification, 15.2 and 15.3)."""

from dataclasses import dataclass

from duerun.domain.errors import RejectedError

CHARGE_CURRENCIES = frozenset(
    ("AUD", "CAD", "CHF", "CNY", "DKK", "EUR", "GBP", "HKD", "IDR", "JPY", "MYR", "SGD", "THB", "USD")
)
NOT_IN_JAPAN = frozenset(("CAD", "DKK", "HKD", "MYR"))
AMOUNT_MINOR_MAX = 10**15


@dataclass(frozen=True, slots=True)
class Limits:
    """The smallest and largest amounts of one country, in the smallest unit of its currency."""

    charge_min: int
    charge_max: int
    transfer_min: int
    transfer_max: int


LIMITS = {
    "TH": Limits(2_000, 15_000_000, 3_000, 5_000_000_000),
    "JP": Limits(100, 6_000_000, 260, 1_000_000_000),
    "SG": Limits(100, 2_000_000, 100, 1_000_000_000),
    "MY": Limits(100, 10_000_000, 100, 1_000_000_000),
}
CURRENCY_OF = {"TH": "THB", "JP": "JPY", "SG": "SGD", "MY": "MYR"}
TIMEZONE_OF = {"TH": "Asia/Bangkok", "JP": "Asia/Tokyo", "SG": "Asia/Singapore", "MY": "Asia/Kuala_Lumpur"}


def accepted(country: str) -> frozenset[str]:
    """The currencies in which an account of `country` may charge."""
    return CHARGE_CURRENCIES - NOT_IN_JAPAN if country == "JP" else CHARGE_CURRENCIES


def validate_charge_currency(country: str, currency: str) -> str:
    """The currency in upper case; raises `invalid_charge` for one that the country does not take."""
    # Upper case makes a plain S of the long s of old prints.
    code = currency.upper() if currency.isascii() else currency
    if code not in accepted(country):
        raise RejectedError("currency is currently not supported", code="invalid_charge")
    return code


def validate_charge_amount(country: str, amount_minor: int) -> int:
    """The amount; raises `invalid_charge` outside the limits of the country."""
    limits = LIMITS[country]
    return _within(amount_minor, limits.charge_min, limits.charge_max, country, code="invalid_charge")


def validate_transfer_amount(country: str, amount_minor: int) -> int:
    """The amount; raises `invalid_amount` outside the limits of the country."""
    limits = LIMITS[country]
    return _within(amount_minor, limits.transfer_min, limits.transfer_max, country, code="invalid_amount")


def _within(amount_minor: int, least: int, most: int, country: str, *, code: str) -> int:
    unit = f"({CURRENCY_OF[country].lower()} subunits)"
    if amount_minor < least:
        raise RejectedError(f"amount must be greater than or equal to {least} {unit}", code=code)
    if amount_minor > most:
        raise RejectedError(f"amount must be less than or equal to {most} {unit}", code=code)
    return amount_minor
