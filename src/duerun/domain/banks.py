"""Banks by country, and what a bank account must look like (source: the wire specification, 15.4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from duerun.domain.errors import RejectedError

CODE = "invalid_bank_account"
ACCOUNT_NUMBER_DIGITS_MIN = 5
ACCOUNT_NUMBER_DIGITS_MAX = 20
ACCOUNT_TYPES = ("normal", "current")
TEST_BRAND = "test"
TEST_BANK_JAPAN = "0000"

THAI_BANKS = {
    "baac": "Bank for Agriculture and Agricultural Cooperatives",
    "bay": "Bank of Ayudhya",
    "bbl": "Bangkok Bank",
    "bnp": "BNP Paribas",
    "boa": "Bank of America",
    "cacib": "Crédit Agricole Corporate and Investment Bank",
    "cimb": "CIMB Thai Bank",
    "citi": "Citibank",
    "db": "Deutsche Bank",
    "ghb": "Government Housing Bank",
    "gsb": "Government Savings Bank",
    "hsbc": "The Hongkong and Shanghai Banking Corporation",
    "ibank": "Islamic Bank of Thailand",
    "icbc": "Industrial and Commercial Bank of China (Thai)",
    "jpm": "J.P. Morgan",
    "kbank": "Kasikornbank",
    "kk": "Kiatnakin Bank",
    "ktb": "Krungthai Bank",
    "lhb": "Land and Houses Bank",
    "mb": "Mizuho Bank",
    "mega": "Mega International Commercial Bank",
    "mufg": "MUFG Bank",
    "rbs": "Royal Bank of Scotland",
    "sc": "Standard Chartered Bank (Thai)",
    "scb": "Siam Commercial Bank",
    "smbc": "Sumitomo Mitsui Banking Corporation",
    "tcrb": "Thai Credit Retail Bank",
    "tisco": "TISCO Bank",
    "ttb": "TMBThanachart Bank",
    "uob": "United Overseas Bank (Thai)",
}
THAI_BANKS_BEFORE_2021 = {"tmb": "TMB Bank", "tbank": "Thanachart Bank"}
THAI_BANK_NUMBERS = {
    "002": "bbl", "004": "kbank", "005": "rbs", "006": "ktb", "008": "jpm", "010": "mufg", "011": "tmb", "014": "scb",
    "017": "citi", "018": "smbc", "020": "sc", "022": "cimb", "024": "uob", "025": "bay", "026": "mega", "027": "boa",
    "028": "cacib", "030": "gsb", "031": "hsbc", "032": "db", "033": "ghb", "034": "baac", "039": "mb", "045": "bnp",
    "065": "tbank", "066": "ibank", "067": "tisco", "069": "kk", "070": "icbc", "071": "tcrb", "073": "lhb",
}  # fmt: skip
SINGAPORE_BANKS = (
    "7047", "7056", "7065", "7083", "7092", "7108", "7126", "7135", "7153", "7171", "7199", "7214",
)  # fmt: skip
_NAMES = {**THAI_BANKS, **THAI_BANKS_BEFORE_2021}

_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_THREE_DIGITS = re.compile(r"[0-9]{3}")
_MALAYSIAN = re.compile(r"[0-9a-z]{2,12}")
_DIGITS = re.compile(rf"[0-9]{{{ACCOUNT_NUMBER_DIGITS_MIN},{ACCOUNT_NUMBER_DIGITS_MAX}}}")


@dataclass(frozen=True, slots=True)
class Bank:
    """Where an account is kept: a code, and in Japan a branch. `brand` is the code where the country uses brands."""

    brand: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None


def validate_bank(country: str, given: Bank, *, livemode: bool) -> Bank:
    """The bank in its country's form; raises `invalid_bank_account` for one that the country does not know.

    >>> validate_bank("TH", Bank(brand="BBL"), livemode=False)
    Bank(brand='bbl', bank_code='bbl', branch_code=None)
    """
    return _VALIDATORS[country](given, livemode)


def _thai(given: Bank, livemode: bool) -> Bank:
    written = (given.brand or given.bank_code or "").lower()
    code = THAI_BANK_NUMBERS.get(written, written)
    known = code in THAI_BANKS or code in THAI_BANKS_BEFORE_2021 or (code == TEST_BRAND and not livemode)
    return _branded(code, known)


def _japanese(given: Bank, livemode: bool) -> Bank:
    code, branch = given.bank_code or given.brand or "", given.branch_code or ""
    if not _FOUR_DIGITS.fullmatch(code) or (livemode and code == TEST_BANK_JAPAN):
        raise RejectedError("bank_code is not a known bank", code=CODE)
    if not _THREE_DIGITS.fullmatch(branch):
        raise RejectedError("branch_code must be three digits", code=CODE)
    return Bank(None, code, branch)


def _singaporean(given: Bank, livemode: bool) -> Bank:
    code = given.brand or given.bank_code or ""
    return _branded(code, _FOUR_DIGITS.fullmatch(code) is not None)


def _malaysian(given: Bank, livemode: bool) -> Bank:
    code = (given.brand or given.bank_code or "").lower()
    return _branded(code, _MALAYSIAN.fullmatch(code) is not None)


def _branded(code: str, known: bool) -> Bank:
    if not known:
        raise RejectedError("brand is not a known bank", code=CODE)
    return Bank(code, code)


_VALIDATORS: dict[str, Callable[[Bank, bool], Bank]] = {
    "TH": _thai,
    "JP": _japanese,
    "SG": _singaporean,
    "MY": _malaysian,
}


def validate_account_number(written: str) -> str:
    """The digits of an account number; spaces and dashes between them are dropped.

    >>> validate_account_number("123-4-56789-0")
    '1234567890'
    """
    number = written.replace("-", "").replace(" ", "")
    if not _DIGITS.fullmatch(number):
        raise RejectedError(
            f"number must be {ACCOUNT_NUMBER_DIGITS_MIN} to {ACCOUNT_NUMBER_DIGITS_MAX} digits", code=CODE
        )
    return number


def validate_account_type(written: str | None) -> str | None:
    """`normal` or `current`, where it is given at all."""
    if written is not None and written not in ACCOUNT_TYPES:
        raise RejectedError(f"type must be one of {', '.join(ACCOUNT_TYPES)}", code=CODE)
    return written


def name_of(code: str) -> str:
    """The name of a bank; the code itself where no name is known.

    >>> name_of("bbl"), name_of("7171")
    ('Bangkok Bank', '7171')
    """
    return _NAMES.get(code, code)


def codes_of(country: str, *, livemode: bool) -> list[str]:
    """The codes of the banks that are known in a country; empty where every well-formed code is taken."""
    if country == "TH":
        return sorted(THAI_BANKS) + ([] if livemode else [TEST_BRAND])
    return list(SINGAPORE_BANKS) if country == "SG" else []
