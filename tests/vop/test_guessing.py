"""A million guesses of names on accounts bring out no name without evidence.

The evidence is judged here by other means than the matcher's: letters without marks, and a count of edits.
"""

import random
import unicodedata
from collections import Counter
from datetime import UTC, datetime

import pytest
from rapidfuzz.distance import OSA

from duerun.domain.payees import practice
from duerun.domain.payees.accounts import HeldAccount
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.responders.base import Terms
from duerun.responders.directory import DirectoryResponder, Find

GUESSES = 1_000_000
GUESSES_A_CALL = 5_000
HOLDERS = 5_000
GIVEN_NAMES = """
    Anna Maria Bram Carlos Dora Elodie Friedrich Giulia Hakon Ivana Jurgen Jan Katarzyna Lukasz Marta Niamh Oscar Paivi
    Peter Paul Thomas Sofia Elena Ivan Giorgos Eleni Ana Mario Luca Emma Noah Anton Toni Hans Johannes A. J. M. B K L
"""
FAMILY_NAMES = """
    Berg Muller Mueller Garcia Lopez Briain Lefevre Szabo Luca Odegard Novak Strauss Wisniewska Kowalczyk Nagy Groenen
    Sorensen Makela Papadopoulos Petrova Dimitrov Alexiou Becker Janssen Rossi Schmidt Smith Jones Dubois Silva M. B.
"""
GIVEN, SURNAMES = GIVEN_NAMES.split(), FAMILY_NAMES.split()
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae"}) | str.maketrans(
    "абвгдезийклмнопрстуфцяαβγδεζηθικλμνξοπρστυφωςώόάί", "abvgdeziiklmnoprstufcaabgdeziqiklmnxoprstifosooai"
)


def folded(text: str) -> list[str]:
    """The words of a name in plain small letters."""
    plain = unicodedata.normalize("NFD", text.casefold().translate(_FOLDED))
    kept = "".join(
        each if each.isalpha() or each.isspace() else " " for each in plain if not unicodedata.combining(each)
    )
    return kept.split()


def guess(dice: random.Random) -> str:
    """A name as somebody would try it who knows nobody: whole, halved, shortened, turned round."""
    given, surname = dice.choice(GIVEN), dice.choice(SURNAMES)
    forms = (
        f"{given} {surname}",
        f"{surname} {given}",
        surname,
        given,
        f"{given[0]} {surname}",
        f"{given} {surname[0]}",
        f"{given[:2]} {surname[:3]}",
        f"{given} {given} {surname}",
        f"{surname} & {given}",
        f"{given[0]}{surname[0]}",
    )
    return dice.choice(forms)


def is_evidence(asked: str, shown: str) -> bool:
    """Whether two words of the guess stand for two words of the name, one of them whole within two letters."""
    left, right = folded(asked), folded(shown)
    whole = {word for word in right for each in left if len(each) > 2 and OSA.distance(word, each) <= 2}
    begun = {word for word in right for each in left if word[0] == each[0]}
    return bool(whole) and len(whole | begun) >= 2


@pytest.mark.parametrize("profile", ["strict", "balanced"])
async def test_guesses_bring_out_no_name_without_evidence(profile: str) -> None:
    numbers = [number for number in range(1, HOLDERS) if number % practice.ORGANISATION_EVERY]
    accounts = {practice.iban_of(number): [practice.account_of(number)] for number in numbers}
    responder = DirectoryResponder(_finding(accounts))
    terms = Terms(PROFILES[profile], datetime(2026, 11, 25, tzinfo=UTC))
    dice = random.Random(7)  # noqa: S311 - the same guesses in every run
    ibans = list(accounts)
    verdicts: Counter[Verdict] = Counter()

    for _ in range(GUESSES // 2 // GUESSES_A_CALL):
        asked = [
            PayeeQuestion(dice.choice(ibans), guess(dice), None, None, "ABNANL2A")
            for _ in range(GUESSES_A_CALL)
        ]
        for question, answer in zip(asked, await responder.verify(asked, terms), strict=True):
            verdicts[answer.verdict] += 1
            assert (answer.matched_name is not None) == (answer.verdict is Verdict.CLOSE)
            if answer.matched_name is not None:
                assert is_evidence(question.name or "", answer.matched_name), (question, answer)

    assert verdicts.total() == GUESSES // 2
    assert 0 < verdicts[Verdict.CLOSE] < GUESSES // 100
    assert verdicts[Verdict.NO_MATCH] > 0.95 * verdicts.total()


def _finding(accounts: dict[str, list[HeldAccount]]) -> Find:
    async def find(_: object) -> dict[str, list[HeldAccount]]:
        return accounts

    return find
