"""The names under which an account is held."""

import pytest

from duerun.domain.payees.compare import NameKind, PreparedHolder
from duerun.domain.payees.holders import PersonNames, organisation_holder, persons_holder

ANNA = PersonNames(given_names="Anna Maria", prefix="van den", surname="Berg", birth_name="Jansen")
HENRI = PersonNames(given_names="Henri", surname="Groenen")


def own(holder: PreparedHolder | None) -> list[str]:
    assert holder
    return [text for text, is_alias in holder.names if not is_alias]


def aliases(holder: PreparedHolder | None) -> list[str]:
    assert holder
    return [text for text, is_alias in holder.names if is_alias]


def test_the_name_of_the_account_comes_first_and_then_the_composed_one() -> None:
    holder = persons_holder("A.M. v.d. Berg", [ANNA], "NL")

    assert own(holder) == ["A.M. v.d. Berg", "Anna Maria van den Berg"]
    assert holder
    assert (holder.kind, holder.country) == (NameKind.PERSON, "NL")


def test_the_name_at_birth_and_other_names_are_aliases() -> None:
    person = PersonNames("Anna", "", "Berg", "Jansen", aliases=("Anneke Berg",))

    assert aliases(persons_holder("", [person], "NL")) == ["Anna Jansen", "Anneke Berg"]


@pytest.mark.parametrize(
    ("account_name", "person", "variant"),
    [
        ("H. Groenen", PersonNames(surname="Groenen", birth_name="Smit"), ["H. Smit"]),
        ("Groenen, H.", PersonNames(surname="Groenen", birth_name="Smit"), []),
        ("A van den Berg", PersonNames(prefix="van den", surname="Berg", birth_name="Smit"), ["A Smit"]),
        ("A VAN DEN BERG", PersonNames(surname="van den Berg", birth_name="Smit"), ["A Smit"]),
        ("Groenen Groenen", PersonNames(surname="Groenen", birth_name="Smit"), []),
        ("Groenen", PersonNames(surname="Groenen", birth_name="Smit"), []),
        ("A Berg", PersonNames(birth_name="Smit"), []),
    ],
)
def test_without_a_given_name_the_name_at_birth_takes_the_place_of_the_surname(
    account_name: str, person: PersonNames, variant: list[str]
) -> None:
    holder = persons_holder(account_name, [person], "NL")

    assert own(holder) == [account_name]
    assert aliases(holder) == variant


def test_a_surname_alone_stands_for_its_holder_only_where_the_account_has_no_name() -> None:
    person = PersonNames(surname="Groenen")

    assert own(persons_holder("H. Groenen", [person], "NL")) == ["H. Groenen"]
    assert own(persons_holder("", [person], "NL")) == ["Groenen"]


def test_a_given_name_alone_stands_for_nobody() -> None:
    assert persons_holder("", [PersonNames(given_names="Anna")], "NL") is None


def test_several_holders_are_one_joint_name_and_their_other_names_stand_alone() -> None:
    holder = persons_holder("Groenen en van den Berg", [HENRI, ANNA], "NL")

    assert holder
    assert holder.kind is NameKind.JOINT
    assert own(holder) == ["Groenen en van den Berg", "Henri Groenen & Anna Maria van den Berg"]
    assert aliases(holder) == ["Anna Maria Jansen"]


def test_joint_names_that_grow_too_long_go_on_in_a_further_name() -> None:
    persons = [PersonNames(given_names=f"Person{number:02d}", surname="x" * 40) for number in range(5)]

    names = own(persons_holder("", persons, "NL"))

    assert [name.count(" & ") for name in names] == [1, 1, 0]
    assert all(len(name) <= 140 for name in names)


def test_names_that_hold_nothing_and_names_twice_are_left_out() -> None:
    person = PersonNames("Anna", "", "Berg", "Berg", aliases=("-", "Anna Berg", "Anneke"))
    holder = persons_holder("...", [person], "NL")

    assert own(holder) == ["Anna Berg"]
    assert aliases(holder) == ["Anneke"]


@pytest.mark.parametrize("name", ["", " ", "...", "- & -"])
def test_a_holder_without_any_name_is_none(name: str) -> None:
    assert persons_holder(name, [], "NL") is None
    assert organisation_holder(name, "", [name], "NL") is None


def test_an_organisation_has_its_legal_name_and_trade_names_as_aliases() -> None:
    holder = organisation_holder("ACME HOLDING", "Acme Holding B.V.", ["Acme", "Acme"], "NL")

    assert own(holder) == ["ACME HOLDING", "Acme Holding B.V."]
    assert aliases(holder) == ["Acme"]
    assert holder
    assert holder.kind is NameKind.ORGANISATION
