"""Identifications of organisations: their forms, and whether two of them agree.

Source: the VOP wire specification, sections 4, 8.2 and 10.2. Messages of errors are the rule alone.
"""

import re

from stdnum import luhn
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import parse_bic, without_head_office
from duerun.domain.payees.questions import Identification, OtherId

TAX_SCHEME = "TXID"
SCHEMES = frozenset(
    ("BANK", "CBID", "CHID", "CINC", "COID", "CUST", "DUNS", "EMPL", "GS1G", "SREN", "SRET", "TXID", "BDID", "BOID")
)  # fmt: skip
VAT_PREFIXES = frozenset(state.upper() for state in vat.MEMBER_STATES) - {"GR"} | {"EL"}

_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_SIGNS = re.compile(r"[A-Z0-9]+")
_LEFT_OUT = re.compile(r"[\s.\-]")
_LETTERS = {ord(sign): str(int(sign, 36)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_REGISTER_DIGITS = {"SREN": 9, "SRET": 14}
_LA_POSTE = "356000000"


def normalise(scheme: str | None, identification: str) -> str:
    """What is compared: upper case without spaces, dots and hyphens; Greek tax numbers with the prefix EL.

    >>> normalise("TXID", "nl 0044.95.445-B01")
    'NL004495445B01'
    """
    plain = _LEFT_OUT.sub("", identification).upper()
    if scheme == TAX_SCHEME and plain.startswith("GR"):
        return "EL" + plain[2:]
    return plain


def parse_lei(text: str) -> str:
    """An LEI of 20 characters, ISO 17442."""
    if not _LEI.fullmatch(text):
        raise RejectedError("is not an LEI")
    if int(text.translate(_LETTERS)) % 97 != 1:
        raise RejectedError("has a wrong check digit")
    return text


def parse_vat_number(text: str) -> str:
    """A VAT number of the EU with its prefix, in the form in which it is compared."""
    number = _LEFT_OUT.sub("", text).upper()
    if number[:2] not in VAT_PREFIXES or not _SIGNS.fullmatch(number):
        raise RejectedError("is not a VAT number of the EU")
    try:
        vat.validate(number)
    except ValidationError:
        raise RejectedError("is not a VAT number of its country") from None
    return number


def check_other(scheme: str | None, identification: str) -> None:
    """Raises RejectedError for an identification that its scheme does not allow; most schemes allow all.

    A tax number without a prefix of the EU may be of any country and is not checked.
    """
    if scheme in _REGISTER_DIGITS:
        _check_register_number(normalise(scheme, identification), _REGISTER_DIGITS[scheme])
    if scheme == TAX_SCHEME:
        number = _LEFT_OUT.sub("", identification).upper()
        if number[:2] in VAT_PREFIXES:
            parse_vat_number(number)
        elif number.startswith("GR"):
            raise RejectedError("must begin with EL for Greece")


def _check_register_number(number: str, digits: int) -> None:
    if len(number) != digits or not (number.isascii() and number.isdigit()):
        raise RejectedError(f"must have {digits} digits")
    # The offices of La Poste are numbered so that the plain sum of the digits is a multiple of five.
    if number.startswith(_LA_POSTE) and digits == _REGISTER_DIGITS["SRET"] and sum(map(int, number)) % 5 == 0:
        return
    if not luhn.is_valid(number):
        raise RejectedError("has a wrong check digit")


def agree(asked: Identification, held: Identification) -> bool | None:
    """True for a match, False for none, None when the holder has nothing in a scheme that was asked.

    Of several identifications, those in schemes that both sides have must all agree.
    """
    found = (
        _same(asked.lei, held.lei),
        _same_bic(asked.any_bic, held.any_bic),
        *(_held_as(other, held.others) for other in asked.others),
    )
    known = [each for each in found if each is not None]
    return all(known) if known else None


def _same(asked: str | None, held: str | None) -> bool | None:
    if asked is None or held is None:
        return None
    return normalise(None, asked) == normalise(None, held)


def _same_bic(asked: str | None, held: str | None) -> bool | None:
    if asked is None or held is None:
        return None
    return without_head_office(normalise(None, asked)) == without_head_office(normalise(None, held))


def _held_as(asked: OtherId, held: tuple[OtherId, ...]) -> bool | None:
    number = normalise(asked.scheme, asked.identification)
    numbers = [normalise(each.scheme, each.identification) for each in held if _same_scheme(asked, each)]
    if not numbers:
        return None
    if asked.scheme == TAX_SCHEME and not asked.is_proprietary:
        return any(_same_tax_number(number, each) for each in numbers)
    return number in numbers


def _same_scheme(one: OtherId, other: OtherId) -> bool:
    """An issuer that one side does not name tells nothing."""
    if one.is_proprietary != other.is_proprietary:
        return False
    if _plain(one.scheme) != _plain(other.scheme):
        return False
    return one.issuer is None or other.issuer is None or _plain(one.issuer) == _plain(other.issuer)


def _plain(text: str | None) -> str | None:
    return None if text is None else normalise(None, text)


def _same_tax_number(one: str, other: str) -> bool:
    if one == other:
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[:2] in VAT_PREFIXES and longer[2:] == shorter


def parse_org_id(text: str) -> Identification:
    """The identification of a file's cell: `SCHEME:value`, else an LEI, a BIC or a VAT number by its form.

    >>> parse_org_id("SREN:732 829 320").others
    (OtherId(identification='732 829 320', scheme='SREN', is_proprietary=False, issuer=None),)
    """
    head, colon, rest = text.strip().partition(":")
    if colon:
        return _in_scheme(head.strip().upper(), rest.strip())
    number = normalise(None, text)
    if _LEI.fullmatch(number):
        return Identification(lei=parse_lei(number))
    try:
        return Identification(any_bic=parse_bic(number))
    except RejectedError:
        pass
    if number[:2] not in VAT_PREFIXES:
        raise RejectedError("is not an LEI, a BIC or a VAT number")
    return Identification(others=(OtherId(parse_vat_number(number), TAX_SCHEME),))


def _in_scheme(scheme: str, value: str) -> Identification:
    if scheme == "LEI":
        return Identification(lei=parse_lei(normalise(None, value)))
    if scheme in ("BIC", "ANYBIC"):
        return Identification(any_bic=parse_bic(normalise(None, value)))
    if scheme not in SCHEMES:
        raise RejectedError("names an unknown scheme")
    if not value:
        raise RejectedError("has no value")
    check_other(scheme, value)
    return Identification(others=(OtherId(value, scheme),))
