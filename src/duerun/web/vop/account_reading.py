"""An account of the responder's account file, member by member (source: the VOP wire specification, 8.4).

Members that are null or empty count as absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from duerun.domain.payees.accounts import HeldAccount, hold
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.holders import (
    NAME_CHARACTERS_MAX,
    PersonNames,
    organisation_holder,
    persons_holder,
)
from duerun.domain.payees.iban import country, parse_iban
from duerun.domain.payees.organisation_ids import parse_lei
from duerun.domain.payees.questions import Identification
from duerun.web.payees.member_reading import MemberReading, Members

PERSONS, ORGANISATION = "personalAccountHolders", "organisationAccountHolder"

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Organisation:
    """What an account file tells of an organisation; `discloses` lets its name be told on a no match."""

    legal_name: str = ""
    commercial_names: tuple[str, ...] = ()
    identification: Identification | None = None
    discloses: bool = False


class AccountReading(MemberReading):
    """Reads the members of one account."""

    def __init__(self, members: Members) -> None:
        super().__init__(_present(members))

    def account(self) -> tuple[str, HeldAccount] | None:
        """The IBAN, and what is held of its account; None after a fault."""
        iban = self._checked(self._members, "iban", "iban", parse_iban, is_mandatory=True)
        status = self._word("status", AccountStatus)
        kind = self._word("accountHolderType", HolderKind)
        account_name = self._name(self._members, "accountName", "accountName")
        persons = self._persons(kind)
        organisation = self._organisation(kind)
        remittance = self._remittance()
        if self.faults or iban is None or status is None or kind is None:
            return None
        if kind is HolderKind.PERSON:
            holder = persons_holder(account_name, persons, country(iban))
        else:
            names = organisation.commercial_names
            holder = organisation_holder(account_name, organisation.legal_name, names, country(iban))
        identification, discloses = organisation.identification, organisation.discloses
        return iban, hold(
            kind,
            status,
            holder,
            identification=identification,
            remittance=remittance,
            discloses=discloses,
        )

    def _word(self, key: str, words: type[_Word]) -> _Word | None:
        text = self._text(self._members, key, key, None)
        if text is None:
            return None
        try:
            return words(text)
        except ValueError:
            self._blame(key, f"must be one of {', '.join(words)}")
            return None

    def _persons(self, kind: HolderKind | None) -> list[PersonNames]:
        if PERSONS in self._members and kind is HolderKind.ORGANISATION:
            self._blame(PERSONS, f"must not stand beside the accountHolderType {kind}")
        items = self._array(self._members, PERSONS, PERSONS)
        return [self._person(item, f"{PERSONS}[{place}]") for place, item in enumerate(items)]

    def _person(self, item: object, path: str) -> PersonNames:
        if not self._is_object(item, path) or not isinstance(item, dict):
            return PersonNames()
        members = _present(item)
        aliases = self._array(members, "aliases", f"{path}.aliases")
        return PersonNames(
            given_names=self._name(members, "givenNames", f"{path}.givenNames"),
            prefix=self._name(members, "prefix", f"{path}.prefix"),
            surname=self._name(members, "surname", f"{path}.surname"),
            birth_name=self._name(members, "birthName", f"{path}.birthName"),
            aliases=self._names(aliases, f"{path}.aliases"),
        )

    def _organisation(self, kind: HolderKind | None) -> _Organisation:
        given = self._object(self._members, ORGANISATION, ORGANISATION, is_mandatory=False)
        if given is None:
            return _Organisation()
        if kind is HolderKind.PERSON:
            self._blame(ORGANISATION, f"must not stand beside the accountHolderType {kind}")
        members = _present(given)
        legal_names = [members["legalName"]] if "legalName" in members else []
        commercial_names = self._array(members, "commercialNames", f"{ORGANISATION}.commercialNames")
        return _Organisation(
            legal_name="".join(self._names(legal_names, f"{ORGANISATION}.legalName", is_one=True)),
            commercial_names=self._names(commercial_names, f"{ORGANISATION}.commercialNames"),
            identification=self._identification(members),
            discloses=self._flag(members, "nomatchSuggestionAllowed"),
        )

    def _identification(self, members: Members) -> Identification | None:
        lei = self._checked(members, "lei", f"{ORGANISATION}.lei", parse_lei)
        path = f"{ORGANISATION}.otherIds"
        items = [
            _present(item) if isinstance(item, dict) else item
            for item in self._array(members, "otherIds", path)
        ]
        others = self._others({"otherIds": items}, "otherIds", path) if items else ()
        return Identification(lei=lei, others=others) if lei or others else None

    def _flag(self, members: Members, key: str) -> bool:
        value = members.get(key, False)
        if not isinstance(value, bool):
            self._blame(f"{ORGANISATION}.{key}", "must be true or false")
        return value is True

    def _array(self, members: Members, key: str, path: str) -> list[Any]:
        items = members.get(key, [])
        if isinstance(items, list):
            return items
        self._blame(path, "must be an array")
        return []

    def _names(self, items: list[Any], path: str, *, is_one: bool = False) -> tuple[str, ...]:
        """Names that are texts, or objects with a name and its language; empty ones are left out."""
        names = []
        for place, item in enumerate(items):
            at = path if is_one else f"{path}[{place}]"
            members = _present(item) if isinstance(item, dict) else _present({"name": item})
            names.append(self._name(members, "name", f"{at}.name" if isinstance(item, dict) else at))
        return tuple(filter(None, names))

    def _name(self, members: Members, key: str, path: str) -> str:
        """A name without spaces around; empty where there is none."""
        text = self._text(members, key, path, NAME_CHARACTERS_MAX, is_mandatory=False)
        return text.strip() if text else ""


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value not in (None, "", [])}
