"""What verdicts and reasons of checks mean, for people."""

from collections.abc import Mapping
from typing import NamedTuple

from duerun.domain.payees.practice import (
    BANKS,
    CLOSE_TEST_NAME,
    HOLDERS,
    JOINT_EVERY,
    NO_MATCH_TEST_NAME,
    ORGANISATION_EVERY,
    OUTCOMES,
    UNAVAILABLE_TEST_NAME,
    iban_of,
    name_of,
)
from duerun.domain.payees.verdicts import Reason

REFUSED = "refused"
# In the order in which they are shown: the word, and what it says about a payment.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "MTCH": ("Match", "the name belongs to the account"),
    "CMTC": ("Close match", "nearly: compare with the name that is shown"),
    "NMTC": ("No match", "the name does not belong to the account"),
    "NOAP": ("Not applicable", "nobody could say: decide without a check"),
    REFUSED: ("Not checked", "the row has a mistake"),
}

REASONS: Mapping[Reason, str] = {
    Reason.EXACT: "the names are the same",
    Reason.FORMAT: "the names differ in case, spaces or signs alone",
    Reason.ORDER: "the words stand in another order",
    Reason.TITLE: "a title was left aside",
    Reason.TRANSLITERATION: "the name is written in other letters",
    Reason.FORM_SPELLING: "the legal form is spelled otherwise",
    Reason.FORM_MISSING: "the legal form is missing",
    Reason.FORM_DIFFERS: "the legal form is another one",
    Reason.INITIAL: "a given name is an initial",
    Reason.MIDDLE_NAME: "a middle name is missing or added",
    Reason.TYPO: "a few letters differ",
    Reason.TRANSPOSITION: "two letters are exchanged",
    Reason.NICKNAME: "a given name is a listed short form",
    Reason.PARTICLE: "a particle of the surname differs",
    Reason.SUFFIX: "a suffix such as junior differs",
    Reason.HALF_SURNAME: "one of two surnames is given",
    Reason.PARTIAL_NAME: "a part of the name is given",
    Reason.EXTRA_WORD: "there is a word too many",
    Reason.JOINT_HOLDER: "it is one of several holders",
    Reason.ALIAS: "it is a listed other name of the holder",
    Reason.OTHER_KIND: "a person was asked for and an organisation holds the account, or the reverse",
    Reason.MIXED_SCRIPT: "letters of several scripts stand in one word",
    Reason.FLOOR: "too little of the name is left to compare",
    Reason.CONFLICT: "a part of the name contradicts",
    Reason.DIFFERENT: "the names are different",
    Reason.IDENTIFICATION: "the identification was compared",
    Reason.PEER: "the payee's PSP has answered so",
    Reason.ACCOUNT_UNKNOWN: "there is no such account",
    Reason.ACCOUNT_CLOSED: "the account is closed",
    Reason.PSP_UNKNOWN: "the payee's PSP is not known",
    Reason.PSP_NOT_READY: "the payee's PSP does not take part yet",
    Reason.NO_DATA: "the payee's PSP holds no name",
    Reason.TIMEOUT: "the payee's PSP did not answer in time",
    Reason.RESPONDER_ERROR: "the payee's PSP answered with an error",
    Reason.CHARSET: "the name has letters that the payee's PSP cannot read",
    Reason.COUNTRY: "no PSP of that country takes part",
    Reason.NOT_OFFERED: "this check is not offered, or too much was asked",
}


class Practice(NamedTuple):
    """A practice account to try: what it stands for, its IBAN, the name to ask for, and the number in the IBAN."""

    what: str
    iban: str
    name: str
    number: int


def holders() -> list[Practice]:
    """Some accounts with a holder: persons, organisations and joint holders of several countries."""
    chosen = [
        ("a person", 1, "NL"),
        ("a person", 13, "DE"),
        ("a person", 22, "IE"),
        ("an organisation", ORGANISATION_EVERY, "NL"),
        ("an organisation", 25 * ORGANISATION_EVERY, "DE"),
        ("joint holders", JOINT_EVERY, "NL"),
    ]
    return [
        Practice(what, iban_of(number, country), name_of(number), number) for what, number, country in chosen
    ]


def outcomes() -> list[Practice]:
    """The magic numbers: each stands for an outcome, whatever name is asked for."""
    return [
        Practice(magic.words, iban_of(number), "Anna Maria Müller", number)
        for number, magic in OUTCOMES.items()
    ]


def test_names() -> list[Practice]:
    """Names that have their outcome on any account between the holders and the magic numbers."""
    number = 5_000_001
    names = {
        CLOSE_TEST_NAME: "a close match",
        NO_MATCH_TEST_NAME: "no match",
        UNAVAILABLE_TEST_NAME: "no such account",
        "anybody else": "a match",
    }
    return [Practice(what, iban_of(number), name.title(), number) for name, what in names.items()]


BANKS_TOLD = ", ".join(f"{bank} ({country})" for country, bank in BANKS.items())
HOLDERS_TOLD = HOLDERS
