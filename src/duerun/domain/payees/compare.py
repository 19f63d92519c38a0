"""Names side by side: the name that was given, and the names that an account is held under.

A match is equality of letters under the rules of a profile; a likeness alone is never one.
"""

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import msgspec
from rapidfuzz.distance import OSA

from duerun.domain.payees.joint import SIGNS, Shown, common_ground, compare_holders, read_holders
from duerun.domain.payees.legal_forms import form_of, may_end_with_form
from duerun.domain.payees.organisations import Organisation, compare_organisations, read_organisation
from duerun.domain.payees.outcomes import RANK
from duerun.domain.payees.person_rules import compare_persons
from duerun.domain.payees.persons import Person, read_person
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.titles import BUSINESS_WORDS, JOINERS
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.domain.payees.words import joined_dots, normal, tokens_of, word_of


class NameKind(StrEnum):
    """How an account is held."""

    PERSON = "person"
    ORGANISATION = "organisation"
    JOINT = "joint"


@dataclass(frozen=True, slots=True)
class HeldName:
    """A name of an account as it is kept; `is_alias` for trade names and other names beside the holder's own."""

    text: str
    is_alias: bool = False


class ReadName(msgspec.Struct, array_like=True, frozen=True):
    """A held name that was read once: as an organisation's, or as one or several persons'."""

    organisation: Organisation | None = None
    persons: tuple[Person, ...] = ()
    is_joint: bool = False


class PreparedHolder(msgspec.Struct, array_like=True, frozen=True):
    """Names of an account made ready for comparing, once; `plain` finds the usual equal name without further work."""

    plain: tuple[str, ...]
    kind: NameKind
    country: str
    names: tuple[tuple[str, bool], ...]
    read: tuple[ReadName, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing: `matched_name` with a close match that may show one, `steps` in plain words."""

    verdict: Verdict
    reason: Reason
    matched_name: str | None = None
    steps: tuple[str, ...] = ()


_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_EXACT = Comparison(Verdict.MATCH, Reason.EXACT)
_EMPTY = Comparison(Verdict.NO_MATCH, Reason.FLOOR)
_NOTHING: Shown = (Verdict.NO_MATCH, Reason.FLOOR, None)


def prepare(names: Sequence[HeldName], kind: NameKind, country: str) -> PreparedHolder:
    """Names of an account made ready; `country` is the account's, as two letters, or empty."""
    return PreparedHolder(
        plain=tuple(_plain(normal(name.text)) for name in names),
        kind=kind,
        country=country,
        names=tuple((name.text, name.is_alias) for name in names),
        read=tuple(_read(name, kind, country) for name in names),
    )


def _plain(normalised: str) -> str:
    return " ".join(normalised.split())


def _read(name: HeldName, kind: NameKind, country: str) -> ReadName:
    if kind is NameKind.ORGANISATION or (name.is_alias and _is_of_business(name.text)):
        return ReadName(organisation=read_organisation(name.text))
    if kind is NameKind.JOINT:
        return ReadName(persons=read_holders(common_ground(name.text), country), is_joint=True)
    persons = read_holders(name.text, country, is_joint=False)
    return ReadName(persons=persons, is_joint=len(persons) > 1)


def _is_of_business(text: str) -> bool:
    words = [word_of(token) for token in tokens_of(joined_dots(normal(text)))]
    return form_of(words) is not None or any(not BUSINESS_WORDS.isdisjoint(word.keys) for word in words)


def is_empty_name(text: str) -> bool:
    """Whether nothing is left of a name that could be compared."""
    if _LETTER_OR_DIGIT.search(text):
        return False
    return not any(character.isalnum() for character in unicodedata.normalize("NFKC", text))


def own_names(held: PreparedHolder) -> tuple[str, ...]:
    """The names of an account that are no aliases, as `is_one_of` compares them."""
    return tuple(plain for plain, (_, is_alias) in zip(held.plain, held.names, strict=True) if not is_alias)


def is_one_of(given: str, names: Container[str]) -> bool:
    """Whether a name is equal to one of an account's own but for case and spaces: then `compare` finds a match."""
    return _plain(normal(given)) in names


def compare(given: str, held: PreparedHolder, rules: MatchRules) -> Comparison:
    """The best verdict over all names of an account."""
    return _compared(given, held, rules, None)


def explain(given: str, held: PreparedHolder, rules: MatchRules) -> Comparison:
    """What `compare` says, with the steps that led there in plain words."""
    steps: list[str] = []
    found = _compared(given, held, rules, steps)
    return Comparison(found.verdict, found.reason, found.matched_name, tuple(steps))


def _compared(given: str, held: PreparedHolder, rules: MatchRules, steps: list[str] | None) -> Comparison:
    normalised = normal(given)
    plain = _plain(normalised)
    if steps is None and plain in held.plain and not held.names[held.plain.index(plain)][1]:
        return _EXACT
    best: Shown | None = None
    for held_plain, name, (text, is_alias) in zip(held.plain, held.read, held.names, strict=True):
        if steps is not None and len(held.names) > 1:
            steps.append(f"Against '{text}'{', another name of the holder' if is_alias else ''}:")
        if plain == held_plain:
            found: Shown = (Verdict.MATCH, Reason.EXACT, None)
            if steps is not None:
                steps.append("The names are equal but for case and spaces.")
        else:
            found = _against(given, normalised, name, text, rules, steps)
        if is_alias and found[0] is Verdict.MATCH:
            found = (rules.alias, Reason.ALIAS, text)
        best = found if best is None else _better(best, found, plain)
    return _EMPTY if best is None else _shown(best, rules)


def _better(best: Shown, found: Shown, plain: str) -> Shown:
    if RANK[found[0]] != RANK[best[0]]:
        return found if RANK[found[0]] > RANK[best[0]] else best
    if found[0] is Verdict.CLOSE and _nearness(found[2], plain) > _nearness(best[2], plain):
        return found
    return best


def _nearness(text: str | None, plain: str) -> float:
    return OSA.normalized_similarity(_plain(normal(text or "")), plain)


def _shown(found: Shown, rules: MatchRules) -> Comparison:
    """The answer, with a name only where a close match may carry one."""
    verdict, reason, text = found
    if verdict is not Verdict.CLOSE or (reason is Reason.PARTIAL_NAME and not rules.discloses_partial):
        text = None
    return Comparison(verdict, reason, text) if text is not None else _nameless(verdict, reason)


@cache
def _nameless(verdict: Verdict, reason: Reason) -> Comparison:
    return Comparison(verdict, reason)


def _against(
    given: str, normalised: str, name: ReadName, text: str, rules: MatchRules, steps: list[str] | None
) -> Shown:
    if name.organisation is not None:
        organisation = read_organisation(given, normalised)
        if organisation is None:
            return _NOTHING
        verdict, reason = compare_organisations(organisation, name.organisation, rules, steps)
        return verdict, reason, text
    if not name.persons:
        return _NOTHING
    if name.is_joint:
        return compare_holders(read_holders(common_ground(given)), name.persons, text, rules, steps)
    return _against_person(given, normalised, name.persons[0], text, rules, steps)


def _against_person(
    given: str, normalised: str, held: Person, text: str, rules: MatchRules, steps: list[str] | None
) -> Shown:
    tokens = tokens_of(normalised)
    if not tokens:
        return _NOTHING
    if may_end_with_form(tokens[-1]) and (trimmed := _without_form(normalised)) is not None:
        whole = read_person(given, None, normalised)
        if whole is None or compare_persons(whole, held, rules)[0] is not Verdict.MATCH:
            return _of_other_kind(trimmed, held, text, rules, steps)
    if not JOINERS.isdisjoint(tokens) or SIGNS.search(normalised):
        return compare_holders(read_holders(given, is_joint=False), (held,), text, rules, steps)
    person = read_person(given, None, normalised, tokens)
    if person is None:
        return _NOTHING
    verdict, reason = compare_persons(person, held, rules, steps)
    return verdict, reason, text


def _without_form(normalised: str) -> str | None:
    """The words before a legal form of three letters or more: shorter ones are syllables of persons' names too."""
    words = [word_of(token) for token in tokens_of(joined_dots(normalised))]
    form = form_of(words)
    if form is None or form.is_front or len(form.spelling) < 3:
        return None
    return " ".join(word.token for word in words[: form.end])


def _of_other_kind(
    trimmed: str, held: Person, text: str, rules: MatchRules, steps: list[str] | None
) -> Shown:
    """A person's name with a legal form behind it: close at most, and only where all words are equal."""
    if steps is not None:
        steps.append("The given name carries a legal form, and a person holds the account.")
    person = read_person(trimmed)
    if person is None:
        return _NOTHING
    verdict, _ = compare_persons(person, held, rules, steps)
    if verdict is not Verdict.MATCH:
        return Verdict.NO_MATCH, Reason.OTHER_KIND, None
    return Verdict.CLOSE, Reason.OTHER_KIND, text
