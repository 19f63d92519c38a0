"""The names that an account is held under, put together from their parts (source: the VOP wire specification, 8.4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from duerun.domain.payees.compare import HeldName, NameKind, PreparedHolder, is_empty_name, prepare

NAME_CHARACTERS_MAX = 140
JOINED_BY = " & "


@dataclass(frozen=True, slots=True)
class PersonNames:
    """A natural person's names; empty for what is not held. `prefix` belongs to the surname, as in `van den`."""

    given_names: str = ""
    prefix: str = ""
    surname: str = ""
    birth_name: str = ""
    aliases: tuple[str, ...] = ()


def persons_holder(account_name: str, persons: Sequence[PersonNames], country: str) -> PreparedHolder | None:
    """The holder of a person's account, or of a joint one; None where no name is held.

    A surname alone stands for its holder only where the account has no name of its own.
    """
    own = [_own_name(each) for each in persons if each.given_names or not account_name]
    names = [HeldName(text) for text in (account_name, *_joined(filter(_is_name, own)))]
    for person in persons:
        others = (_birth_variant(person, account_name, alone=len(persons) == 1), *person.aliases)
        names += (HeldName(text, is_alias=True) for text in others)
    return _prepared(names, NameKind.JOINT if len(persons) > 1 else NameKind.PERSON, country)


def organisation_holder(
    account_name: str, legal_name: str, commercial_names: Sequence[str], country: str
) -> PreparedHolder | None:
    """The holder of an organisation's account; None where no name is held."""
    names = [HeldName(account_name), HeldName(legal_name)]
    names += (HeldName(text, is_alias=True) for text in commercial_names)
    return _prepared(names, NameKind.ORGANISATION, country)


def _prepared(names: Iterable[HeldName], kind: NameKind, country: str) -> PreparedHolder | None:
    """Each name once: an alias that is the own name, too, is left out."""
    kept: dict[str, HeldName] = {}
    for name in names:
        if _is_name(name.text):
            kept.setdefault(name.text, name)
    return prepare(list(kept.values()), kind, country) if kept else None


def _is_name(text: str) -> bool:
    return not is_empty_name(text)


def _own_name(person: PersonNames) -> str:
    """Given names and surname; empty without any surname, which a given name alone does not replace."""
    if person.surname:
        return _composed(person.given_names, person.prefix, person.surname)
    return _composed(person.given_names, person.birth_name) if person.birth_name else ""


def _birth_variant(person: PersonNames, account_name: str, *, alone: bool) -> str:
    """The name with the surname at birth; where no given name is held it is taken from the account's own name."""
    if not person.birth_name:
        return ""
    if person.given_names or not account_name:
        return _composed(person.given_names, person.birth_name)
    words, folded = account_name.split(), account_name.casefold().split()
    for surname in (f"{person.prefix} {person.surname}", person.surname):
        part = surname.casefold().split()
        places = [place for place in range(len(words)) if part and folded[place : place + len(part)] == part]
        if alone and len(places) == 1 and len(part) < len(words):
            place = places[0]
            return _composed(*words[:place], person.birth_name, *words[place + len(part) :])
    return ""


def _composed(*parts: str) -> str:
    return " ".join(" ".join(parts).split())[:NAME_CHARACTERS_MAX]


def _joined(names: Iterable[str]) -> Iterator[str]:
    """Holders side by side, as many in one name as its length allows."""
    text = ""
    for name in names:
        longer = f"{text}{JOINED_BY}{name}" if text else name
        if len(longer) > NAME_CHARACTERS_MAX:
            yield text
            longer = name
        text = longer
    if text:
        yield text
