"""The practice directory: sound IBANs of banks that no one has, holders made of a number alone."""

import pytest
from stdnum import iban as oracle

from duerun.domain.payees import practice
from duerun.domain.payees.compare import compare
from duerun.domain.payees.iban import parse_iban
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

SOME = (1, 2, 10, 17, 999_999, practice.HOLDERS, practice.MAGIC + 1, practice.MAGIC - 1)


@pytest.mark.parametrize("country", practice.BANKS)
@pytest.mark.parametrize("number", SOME)
def test_a_practice_iban_holds_its_number(country: str, number: int) -> None:
    iban = practice.iban_of(number, country)

    assert parse_iban(iban) == iban
    assert oracle.is_valid(iban, check_country=False)
    assert practice.is_practice(iban)
    assert practice.number_of(iban) == number


@pytest.mark.parametrize(
    "iban", ["NL91ABNA0417164300", "DE02120300000000202051", "FR1420041010050500013M02606"]
)
def test_accounts_of_real_banks_are_no_practice(iban: str) -> None:
    assert not practice.is_practice(iban)
    assert practice.number_of(iban) is None


def test_holders_are_of_several_kinds_and_scripts() -> None:
    names = [practice.name_of(number) for number in range(1, 2_000)]

    assert any("&" in name for name in names)
    assert any(name.endswith("GmbH") for name in names)
    assert any(any("\u0370" <= letter <= "\u03ff" for letter in name) for name in names)
    assert any(any("\u0400" <= letter <= "\u04ff" for letter in name) for name in names)
    assert len(set(names)) > 300


@pytest.mark.parametrize("profile", PROFILES)
def test_every_holder_matches_its_own_name(profile: str) -> None:
    for number in range(1, 1_000):
        holder = practice.account_of(number).holder
        assert holder
        assert compare(practice.name_of(number), holder, PROFILES[profile]).verdict is Verdict.MATCH
