"""The practice directory: accounts in which nobody lives, for trying everything out without a network.

An IBAN of a practice bank holds a number in its last digits. Up to `HOLDERS` it stands for a holder that is made of the
number alone; from `MAGIC` on it stands for an outcome; in between the name that is asked for decides (source: the VOP
wire specification, 12.4).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from duerun.domain.payees.accounts import HeldAccount, hold
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import HeldName, NameKind, prepare
from duerun.domain.payees.iban import bank_code
from duerun.domain.payees.questions import Identification, OtherId
from duerun.domain.payees.verdicts import Reason

# Of each country with practice accounts the bank's code; no bank has it.
BANKS = {"NL": "DUER", "DE": "99999999", "IE": "DUER"}
ACCOUNT_DIGITS = {"NL": 10, "DE": 10, "IE": 14}
HOLDERS = 1_000_000
MAGIC = 9_000_000
NUMBER_DIGITS = 7
ORGANISATION_EVERY, JOINT_EVERY = 10, 17
NAMES_CACHED_MAX = 65_536


class Delay(StrEnum):
    """How long a practice PSP takes: at once, three seconds, for ever."""

    NONE = "none"
    SLOW = "slow"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Magic:
    """An account that stands for an outcome: not applicable for a reason, or slow."""

    words: str
    reason: Reason | None = None
    delay: Delay = Delay.NONE


OUTCOMES = {
    MAGIC + 1: Magic("no such account", Reason.ACCOUNT_UNKNOWN),
    MAGIC + 2: Magic("closed account", Reason.ACCOUNT_CLOSED),
    MAGIC + 3: Magic("the PSP is unknown", Reason.PSP_UNKNOWN),
    MAGIC + 4: Magic("the PSP does not take part yet", Reason.PSP_NOT_READY),
    MAGIC + 5: Magic("the PSP holds no name", Reason.NO_DATA),
    MAGIC + 6: Magic("the PSP answers with an error", Reason.RESPONDER_ERROR),
    MAGIC + 7: Magic("the PSP is slow: the answer takes three seconds", delay=Delay.SLOW),
    MAGIC + 8: Magic("the PSP never answers", Reason.TIMEOUT, Delay.NEVER),
    MAGIC + 9: Magic("the PSP does not offer this check", Reason.NOT_OFFERED),
}
CLOSE_TEST_NAME, CLOSE_TEST_SHOWN = "john close match", "John Match"
NO_MATCH_TEST_NAME, UNAVAILABLE_TEST_NAME = "john no match", "john unavailable"

_GIVEN = (
    "Anna Maria",
    "Bram",
    "Carlos",
    "Dóra",
    "Élodie",
    "Friedrich",
    "Giulia",
    "Håkon",
    "Ivana",
    "Jürgen",
    "Katarzyna",
    "Łukasz",
    "Márta",
    "Niamh",
    "Óscar",
    "Päivi",
    "Γεώργιος",
    "Елена",
    "Иван",
    "Ελένη",
)
_SURNAMES = (
    "van den Berg",
    "Müller",
    "García López",
    "Ó Briain",
    "Lefèvre",
    "Szabó",
    "De Luca",
    "Ødegård",
    "Novák",
    "Strauß",
    "Wiśniewska",
    "Kowalczyk",
    "Nagy",
    "Groenen",
    "Sørensen",
    "Mäkelä",
    "Παπαδόπουλος",
    "Петрова",
    "Димитров",
    "Αλεξίου",
    "Becker",
    "Janssen",
    "Rossi",
)
_LATIN_GIVEN, _LATIN_SURNAMES = 16, 16
_FORMS = ("GmbH", "B.V.", "S.p.A.", "S.A.R.L.", "AS", "Sp. z o.o.", "S.L.", "Ltd", "Oy", "d.o.o.")
_WORDS = (
    "Noordzee",
    "Alpen",
    "Donau",
    "Atlantik",
    "Baltic",
    "Iberia",
    "Adria",
    "Egeo",
    "Vistula",
    "Rhein",
    "Loire",
    "Fjord",
)
_TRADES = ("Logistik", "Bakkerij", "Engineering", "Trading", "Consulting", "Textil", "Energie", "Medical")


def number_of(iban: str) -> int | None:
    """The number in a practice IBAN; None for an IBAN of a real bank."""
    if BANKS.get(iban[:2]) != bank_code(iban):
        return None
    digits = iban[-NUMBER_DIGITS:]
    return int(digits) if digits.isdecimal() and digits.isascii() else MAGIC - 1


def is_practice(iban: str) -> bool:
    """Whether an IBAN belongs to a practice bank."""
    return BANKS.get(iban[:2]) == bank_code(iban)


def iban_of(number: int, country: str = "NL") -> str:
    """The practice IBAN that holds a number.

    >>> iban_of(1)
    'NL74DUER0000000001'
    """
    bank = BANKS[country]
    bban = bank + f"{number:0{ACCOUNT_DIGITS[country]}d}"
    moved = "".join(str(int(sign, 36)) for sign in f"{bban}{country}00")
    return f"{country}{98 - int(moved) % 97:02d}{bban}"


def name_of(number: int) -> str:
    """The name of the holder that a number stands for; joint holders with an ampersand between."""
    if number % ORGANISATION_EVERY == 0:
        return _organisation(number // ORGANISATION_EVERY)
    if number % JOINT_EVERY == 0:
        return f"{_person(number)} & {_person(number + 1)}"
    return _person(number)


@lru_cache(maxsize=NAMES_CACHED_MAX)
def account_of(number: int) -> HeldAccount:
    """The account that a number up to `HOLDERS` stands for."""
    is_organisation = number % ORGANISATION_EVERY == 0
    is_joint = not is_organisation and number % JOINT_EVERY == 0
    kind = NameKind.ORGANISATION if is_organisation else NameKind.JOINT if is_joint else NameKind.PERSON
    identification = Identification(others=(OtherId(f"{number:09d}", "DUNS"),)) if is_organisation else None
    return hold(
        kind=HolderKind.ORGANISATION if is_organisation else HolderKind.PERSON,
        status=AccountStatus.ACTIVE,
        holder=prepare([HeldName(name_of(number))], kind, "NL"),
        identification=identification,
    )


def _person(number: int) -> str:
    """Given name and surname of one script, chosen by the number."""
    surname = number * 7 % len(_SURNAMES)
    given = (number // len(_SURNAMES) + number) % len(_GIVEN)
    if (given < _LATIN_GIVEN) != (surname < _LATIN_SURNAMES or surname >= 20):
        given = number % _LATIN_GIVEN
        surname = number % _LATIN_SURNAMES
    return f"{_GIVEN[given]} {_SURNAMES[surname]}"


def _organisation(number: int) -> str:
    word = _WORDS[number % len(_WORDS)]
    trade = _TRADES[number // len(_WORDS) % len(_TRADES)]
    return f"{word} {trade} {_FORMS[number % len(_FORMS)]}"
