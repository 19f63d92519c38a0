"""Payees at the practice banks, one for each outcome and over again: for files to try checks with.

The same place always stands for the same payee. Slow and silent PSPs are left out: a file with them would wait.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import cycle, islice
from uuid import UUID

from duerun.domain.payees.practice import (
    BANKS,
    CLOSE_TEST_NAME,
    HOLDERS,
    JOINT_EVERY,
    MAGIC,
    NO_MATCH_TEST_NAME,
    ORGANISATION_EVERY,
    OUTCOMES,
    UNAVAILABLE_TEST_NAME,
    Delay,
    iban_of,
    name_of,
)
from duerun.domain.payees.questions import Identification, OtherId

FOREIGN_LETTERS_FROM = "\u0370"
TEST_NAMES_FROM = 5_000_000
SCHEME = "DUNS"


@dataclass(frozen=True, slots=True)
class PracticePayee:
    """A payee of a file. `iban` may have a wrong check digit; either a name or an identification is given."""

    reference: str
    uetr: str
    iban: str
    name: str | None
    identification: Identification | None = None


Make = Callable[[int, str], tuple[str, str | None, Identification | None]]


def practice_payees(count: int, countries: Sequence[str] = tuple(BANKS)) -> Iterator[PracticePayee]:
    """The first `count` payees, with accounts of the countries in turn."""
    makers = cycle(_MAKERS)
    places = zip(range(1, count + 1), makers, cycle(countries), strict=False)
    for place, make, country in islice(places, count):
        iban, name, identification = make(place, country)
        yield PracticePayee(f"PRACTICE-{place:07d}", _uetr(place), iban, name, identification)


def _uetr(place: int) -> str:
    return str(UUID(bytes=blake2b(b"practice payee %d" % place, digest_size=16).digest(), version=4))


def _person(place: int) -> int:
    """The number of a single person with Latin letters, near to a place."""
    return _next(place, lambda number: _is_single(number) and name_of(number) < FOREIGN_LETTERS_FROM)


def _foreigner(place: int) -> int:
    """The number of a single person with Greek or Cyrillic letters."""
    return _next(place, lambda number: _is_single(number) and name_of(number) >= FOREIGN_LETTERS_FROM)


def _joint(place: int) -> int:
    return _next(place, lambda number: number % JOINT_EVERY == 0 and number % ORGANISATION_EVERY != 0)


def _organisation(place: int) -> int:
    return _next(place, lambda number: number % ORGANISATION_EVERY == 0)


def _is_single(number: int) -> bool:
    return number % ORGANISATION_EVERY != 0 and number % JOINT_EVERY != 0


def _next(place: int, suits: Callable[[int], bool]) -> int:
    number = place % (HOLDERS - 1_000) + 1
    while not suits(number):
        number += 1
    return number


def _named(choose: Callable[[int], int], change: Callable[[str], str]) -> Make:
    """A holder whose name is given in another way."""

    def make(place: int, country: str) -> tuple[str, str | None, Identification | None]:
        number = choose(place)
        return iban_of(number, country), change(name_of(number)), None

    return make


def _identified(wrong_by: int) -> Make:
    """An organisation that is asked for by its number, which may be wrong."""

    def make(place: int, country: str) -> tuple[str, str | None, Identification | None]:
        number = _organisation(place)
        other = OtherId(f"{number + wrong_by:09d}", SCHEME)
        return iban_of(number, country), None, Identification(others=(other,))

    return make


def _test_name(name: str) -> Make:
    return lambda place, country: (iban_of(TEST_NAMES_FROM + place % HOLDERS, country), name.title(), None)


def _outcome(place: int, country: str) -> tuple[str, str | None, Identification | None]:
    """One of the accounts that stand for an outcome, in turn."""
    return (
        iban_of(_AT_ONCE[place // len(_MAKERS) % len(_AT_ONCE)], country),
        name_of(place % HOLDERS + 1),
        None,
    )


def _wrong_digits(place: int, country: str) -> tuple[str, str | None, Identification | None]:
    """A right name, and an IBAN whose check digits are not."""
    number = _person(place)
    iban = iban_of(number, country)
    return f"{iban[:2]}{(int(iban[2:4]) - 1) % 97 + 2:02d}{iban[4:]}", name_of(number), None


def _same(name: str) -> str:
    return name


def _plain_capitals(name: str) -> str:
    """Capitals without marks, as forms are filled in."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)
    ).upper()


def _exchanged(name: str) -> str:
    """Two neighbouring letters of the last word exchanged."""
    return f"{name[:-3]}{name[-2]}{name[-3]}{name[-1]}"


def _dropped(name: str) -> str:
    """The first word without its last letter but one."""
    first, _, rest = name.partition(" ")
    return f"{first[:-2]}{first[-1]} {rest}"


def _given_otherwise(name: str) -> str:
    return f"Jan {name.partition(' ')[2]}"


def _initial(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first[0]}. {rest}"


def _turned(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{rest} {first}"


def _first_holder(name: str) -> str:
    return name.partition(" & ")[0]


def _without_form(name: str) -> str:
    return " ".join(name.split()[:2])


_AT_ONCE = [number for number, outcome in OUTCOMES.items() if number >= MAGIC and outcome.delay is Delay.NONE]
_MAKERS: tuple[Make, ...] = (
    _named(_person, _same),
    _named(_person, _plain_capitals),
    _named(_person, _exchanged),
    _named(_person, _initial),
    _named(_person, _turned),
    _named(_person, _given_otherwise),
    _named(_person, lambda _: "Maria Gonzaga"),
    _named(_joint, _same),
    _named(_joint, _first_holder),
    _named(_organisation, _same),
    _named(_organisation, _without_form),
    _named(_organisation, _dropped),
    _identified(0),
    _identified(1),
    _named(_foreigner, _same),
    _test_name(CLOSE_TEST_NAME),
    _test_name(NO_MATCH_TEST_NAME),
    _test_name(UNAVAILABLE_TEST_NAME),
    _outcome,
    _wrong_digits,
)
