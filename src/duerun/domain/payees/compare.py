"""Names side by side: the name that was given, and the names that an account is held under.

A match is equality of letters under the rules of a profile; a likeness alone is never one.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.verdicts import Reason, Verdict


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


class PreparedHolder(msgspec.Struct, array_like=True, frozen=True):
    """Names of an account made ready for comparing, once; `plain` finds the usual equal name without further work."""

    plain: tuple[str, ...]
    kind: NameKind
    country: str
    names: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing: `matched_name` with a close match that may show one, `steps` in plain words."""

    verdict: Verdict
    reason: Reason
    matched_name: str | None = None
    steps: tuple[str, ...] = ()


def prepare(names: Sequence[HeldName], kind: NameKind, country: str) -> PreparedHolder:
    """Names of an account made ready; `country` is the account's, as two letters, or empty."""
    return PreparedHolder(
        plain=tuple(_plain(name.text) for name in names),
        kind=kind,
        country=country,
        names=tuple((name.text, name.is_alias) for name in names),
    )


def is_empty_name(text: str) -> bool:
    """Whether nothing is left of a name that could be compared."""
    return not any(character.isalnum() for character in unicodedata.normalize("NFKC", text))


def compare(given: str, held: PreparedHolder, rules: MatchRules) -> Comparison:
    """The best verdict over all names of an account."""
    plain = _plain(given)
    for text, (_, is_alias) in zip(held.plain, held.names, strict=True):
        if text == plain:
            return (
                Comparison(rules.alias, Reason.ALIAS) if is_alias else Comparison(Verdict.MATCH, Reason.EXACT)
            )
    return Comparison(Verdict.NO_MATCH, Reason.DIFFERENT)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
