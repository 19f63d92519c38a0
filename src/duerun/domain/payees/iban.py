"""IBANs: their form, the countries that are served, and the bank code within.

Source: the VOP wire specification, section 10.1; lengths and bank codes of other countries follow ISO 13616.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from duerun.domain.errors import RejectedError


class _Shape(NamedTuple):
    """An IBAN's whole length, and where its bank code begins and ends."""

    length: int
    start: int
    end: int


def _shapes(table: str) -> dict[str, _Shape]:
    """Of entries such as `DE22:8`, or `IT27:2-6` for a bank code that is not the beginning of the account number."""
    shapes = {}
    for entry in table.split():
        head, _, part = entry.partition(":")
        first, _, last = part.rpartition("-")
        shapes[head[:2]] = _Shape(int(head[2:]), 3 + int(first or 1), 4 + int(last))
    return shapes


_SERVED = _shapes(
    """
    AD24:4 AL28:3 AT20:5 BE16:3 BG22:4 CH21:5 CY28:3 CZ24:4 DE22:8 DK18:4 EE20:2 ES24:4 FI18:3 FR27:5 GB22:4 GI23:4
    GR27:3 HR21:7 HU28:3 IE22:4 IS26:2 IT27:2-6 LI21:5 LT20:5 LU20:3 LV21:4 MC27:5 MD24:2 ME22:3 MK19:3 MT31:4 NL18:4
    NO15:4 PL28:8 PT25:4 RO24:4 RS22:3 SE24:3 SI19:5 SK24:4 SM27:2-6 VA22:3
    """
)
_OTHERS = _shapes(
    """
    AE23:3 AZ28:4 BA20:3 BH22:4 BI27:5 BR29:8 BY28:4 CR22:4 DJ27:5 DO28:4 EG29:4 FK18:2 FO18:4 GE22:2 GL18:4 GT28:4
    HN28:4 IL23:3 IQ23:4 JO30:4 KW30:4 KZ20:3 LB28:4 LC32:4 LY25:3 MN20:4 MR27:5 MU30:6 NI28:4 OM23:3 PK24:4 PS29:4
    QA29:4 RU33:9 SA24:2 SC31:6 SD18:2 SO23:4 ST25:4 SV28:4 TL23:3 TN24:2 TR26:5 UA29:6 VG24:4 XK20:2 YE30:4
    """
)
_ALL = {**_SERVED, **_OTHERS}

_RUN_DIGITS = 8
_PATTERN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{1,30}")
_SPACES = str.maketrans("", "", " \u00a0\u202f")
_DIGITS = {ord(sign): str(int(sign, 36)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def parse_iban(text: str) -> str:
    """The IBAN in upper case without spaces. The message of the RejectedError is the rule alone.

    >>> parse_iban("nl91 abna 0417 1643 00")
    'NL91ABNA0417164300'
    """
    iban = text if _PATTERN.fullmatch(text) else text.translate(_SPACES)
    if not _PATTERN.fullmatch(iban):
        raise RejectedError("is not an IBAN")
    iban = iban.upper()
    shape = _ALL.get(iban[:2])
    if shape is not None and len(iban) != shape.length:
        raise RejectedError(f"must have {shape.length} characters for {iban[:2]}")
    if int((iban[4:] + iban[:4]).translate(_DIGITS)) % 97 != 1:
        raise RejectedError("has a wrong check digit")
    return iban


def country(iban: str) -> str:
    """The two letters of an IBAN's country."""
    return iban[:2]


def is_served(iban: str) -> bool:
    """Whether the country of an IBAN takes part in the checks."""
    return iban[:2] in _SERVED


def bank_code(iban: str) -> str:
    """The national code of the bank; empty for a country whose IBANs are not described.

    >>> bank_code("IT60X0542811101000000123456")
    '05428'
    """
    shape = _ALL.get(iban[:2])
    return iban[shape.start : shape.end] if shape else ""


def longest_run(ibans: Iterable[str]) -> int:
    """How many IBANs of one bank follow one another by their account numbers, at most.

    >>> longest_run(["NL18ABNA0123456789", "NL88ABNA0123456790", "NL91ABNA0417164300"])
    2
    """
    numbers = {
        (iban[:2] + iban[4:-_RUN_DIGITS], int(iban[-_RUN_DIGITS:]))
        for iban in ibans
        if iban[-_RUN_DIGITS:].isdecimal()
    }
    longest = length = 0
    before = ("", -1)
    for place in sorted(numbers):
        length = length + 1 if place == (before[0], before[1] + 1) else 1
        longest, before = max(longest, length), place
    return longest
