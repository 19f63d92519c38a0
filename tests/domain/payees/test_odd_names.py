"""Names of odd parts in any order: whatever is compared, an answer comes, and a name only with a close match."""

from random import Random

import pytest

from duerun.domain.payees.compare import HeldName, NameKind, compare, explain, prepare
from duerun.domain.payees.kinds import kind_of
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

PAIRS = 400
PARTS = """
    van von de der den la le el al bin ben y und and & / ; + , v.d. v. M. A B. Anna Maria Jean-Luc O'Brien Müller
    Mueller Иван Петрова Γεώργιος Παππάς gmbh GmbH Co. KG s.r.o. Sp. z o.o. S.A. SA Ltd LLC jr. III Dr. Prof. Mr 3 2 1st
    Bank Stichting Hold- -x 't Ÿ İstanbul ışık ß ﬁ Ⅳ ١ 李 伟 \u202e \u200b . .. - ' ’ d' L' Mc St. AG UAB Oy
    ООО ЕООД ΑΕ Ε.Π.Ε. Becker Beker Becekr Schmidt J JC J.C. annamaria the of für Söhne père
"""


def odd_name(dice: Random) -> str:
    return " ".join(dice.choice(PARTS.split()) for _ in range(dice.randint(1, 5)))


def changed(name: str, dice: Random) -> str:
    """The name with its parts shuffled, one replaced, or two letters exchanged."""
    parts = name.split()
    dice.shuffle(parts)
    if dice.random() < 0.4:
        parts[dice.randrange(len(parts))] = dice.choice(PARTS.split())
    found = " ".join(parts)
    place = dice.randrange(len(found))
    return (
        found[:place] + found[place : place + 2][::-1] + found[place + 2 :] if dice.random() < 0.4 else found
    )


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_comes_whatever_is_compared(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - the same names in every run
    for _ in range(PAIRS):
        given = odd_name(dice)
        account = changed(given, dice) if dice.random() < 0.6 else odd_name(dice)
        for kind in {*NameKind, kind_of(account)}:
            held = prepare([HeldName(account), HeldName(odd_name(dice), is_alias=True)], kind, "DE")
            for rules in PROFILES.values():
                found = compare(given, held, rules)
                assert found.matched_name is None or found.verdict is Verdict.CLOSE
            assert explain(given, held, PROFILES["balanced"]).verdict in Verdict


def test_particles_that_are_shortened_alone_are_no_other_name() -> None:
    held = prepare([HeldName("Maria van der Meer")], NameKind.PERSON, "NL")

    assert compare("Maria v.d. Meer", held, PROFILES["balanced"]).verdict is Verdict.CLOSE
