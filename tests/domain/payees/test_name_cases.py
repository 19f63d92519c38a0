"""The pairs of names that the profiles are held to: shares right, and errors that may not happen."""

import pytest

from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

from .cases import Answered, answered

FILES = ("name-cases.csv", "own-cases.csv")
RIGHT_MIN = 0.97
FALSE_NO_MATCH_MAX = 0.01
DISCLOSED_MAX = 0.04

pytestmark = pytest.mark.parametrize("file", FILES)


def told(wrong: list[Answered]) -> str:
    return "\n".join(f"{each.case.given} | {each.case.held}: {each.found}" for each in wrong)


@pytest.mark.parametrize("profile", PROFILES)
def test_nearly_all_pairs_get_a_verdict_that_is_allowed(file: str, profile: str) -> None:
    every = list(answered(file, profile))
    wrong = [each for each in every if not each.is_right]
    assert len(wrong) <= (1 - RIGHT_MIN) * len(every), told(wrong)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_pair_is_a_match_by_mistake(file: str, profile: str) -> None:
    assert not [told([each]) for each in answered(file, profile) if each.is_false_match]


def test_hardly_a_right_payee_is_lost(file: str) -> None:
    required = [
        each for each in answered(file, "balanced") if each.case.allowed["balanced"] == {Verdict.MATCH}
    ]
    lost = [each for each in required if each.is_false_no_match]
    assert len(lost) <= FALSE_NO_MATCH_MAX * len(required), told(lost)


def test_hardly_a_name_is_shown_to_a_stranger(file: str) -> None:
    strangers = [each for each in answered(file, "balanced") if each.is_of_stranger]
    shown = [each for each in strangers if each.discloses]
    assert len(shown) <= DISCLOSED_MAX * len(strangers), told(shown)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_name_is_shown_with_a_close_match_only(file: str, profile: str) -> None:
    for each in answered(file, profile):
        if each.found.matched_name is not None:
            assert each.found.verdict is Verdict.CLOSE
