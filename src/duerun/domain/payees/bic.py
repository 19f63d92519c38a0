"""BICs: their form, and when two of them mean one bank (source: the VOP wire specification, section 10.2)."""

import re

from duerun.domain.errors import RejectedError
from duerun.domain.payees.countries import COUNTRIES

_PATTERN = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_HEAD_OFFICE = "XXX"


def parse_bic(text: str) -> str:
    """The BIC without spaces around it. The message of the RejectedError is the rule alone.

    >>> parse_bic(" ABNANL2A ")
    'ABNANL2A'
    """
    bic = text.strip(" ")
    if not _PATTERN.fullmatch(bic):
        raise RejectedError("is not a BIC")
    if bic[4:6] not in COUNTRIES:
        raise RejectedError("has an unknown country")
    return bic


def bic8(bic: str) -> str:
    """The bank's part of a BIC, without a branch."""
    return bic[:8]


def without_head_office(bic: str) -> str:
    """A BIC whose branch XXX, which means none, is left out; another branch stays.

    >>> without_head_office("ABNANL2AXXX"), without_head_office("ABNANL2A123")
    ('ABNANL2A', 'ABNANL2A123')
    """
    return bic[:8] if bic[8:] == _HEAD_OFFICE else bic
