"""Requesters of checks: who they are, what they may do, and how they are answered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from duerun.domain.errors import RejectedError
from duerun.domain.payees.profiles import MatchRules, rules_of

CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{3,64}")


class Scope(StrEnum):
    """What a token is good for (source: the VOP wire specification, section 1)."""

    WRITE = "vop:bulk:write"
    READ = "vop:bulk:read"
    SINGLE = "vop:single"


class Offering(StrEnum):
    """How much an answer tells (source: the VOP wire specification, section 6)."""

    STANDARD = "standard"
    PLUS = "plus"


@dataclass(frozen=True, slots=True)
class Defaults:
    """The server's settings, for what a client has none of its own."""

    offering: Offering = Offering.STANDARD
    profile: str = "balanced"
    match: Mapping[str, str] = field(default_factory=dict)
    lenient_discloses: bool = False


@dataclass(frozen=True, slots=True)
class VopClient:
    """A requester. `offering` and `profile` are None where the server's setting counts."""

    number: int
    client_id: str
    livemode: bool
    scopes: frozenset[Scope]
    bics: tuple[str, ...]
    offering: Offering | None
    profile: str | None
    match: Mapping[str, str]
    is_disabled: bool

    def rules(self, defaults: Defaults) -> MatchRules:
        """How names are compared for this client: its own points over those of the server."""
        return rules_of(
            self.profile or defaults.profile,
            {**defaults.match, **self.match},
            lenient_discloses=defaults.lenient_discloses,
        )

    def sees_more(self, defaults: Defaults) -> bool:
        """Whether answers carry the further members of the offering Plus."""
        return (self.offering or defaults.offering) is Offering.PLUS


def check_client_id(text: str) -> str:
    """Raises `RejectedError` for what cannot be a client's name."""
    if not CLIENT_ID.fullmatch(text):
        raise RejectedError("client id must have 3 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'")
    return text


def parse_scopes(text: str) -> frozenset[Scope]:
    """Scopes with blanks or commas between; raises `RejectedError` that names an unknown one."""
    return frozenset(_scope(each) for each in text.replace(",", " ").split())


def format_scopes(scopes: Iterable[Scope]) -> str:
    """Scopes with blanks between, in a fixed order."""
    known = set(scopes)
    return " ".join(each for each in Scope if each in known)


def parse_match(text: str) -> dict[str, str]:
    """Points of matching as `name=MTCH`, with commas between; `RejectedError` names what is unknown."""
    points = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, verdict = part.partition("=")
        points[name.strip()] = verdict.strip().upper()
    rules_of("balanced", points)
    return points


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        raise RejectedError(f"scope must be one of {', '.join(Scope)}") from None
