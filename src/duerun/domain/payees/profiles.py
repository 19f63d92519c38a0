"""Match profiles: what banks disagree about, point by point (source: the VOP wire specification, 12.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.domain.payees.verdicts import Verdict

MATCH, CLOSE, NO_MATCH = Verdict.MATCH, Verdict.CLOSE, Verdict.NO_MATCH
DEFAULT_PROFILE = "balanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRules:
    """The answer to each question on which banks differ.

    `edits_max` bounds the letters that may differ over all words. `discloses_partial` lets a close match for part of
    a person's name carry the whole name.
    """

    word_order: Verdict
    form_missing: Verdict
    form_differs: Verdict
    partial_name: Verdict
    middle_name: Verdict
    joint_holder: Verdict
    initial: Verdict
    transposition: Verdict
    alias: Verdict
    unregistered: Verdict
    particle: Verdict
    extra_word: Verdict = CLOSE
    edits_max: int
    discloses_partial: bool = False


_BALANCED = MatchRules(
    word_order=MATCH,
    form_missing=MATCH,
    form_differs=CLOSE,
    partial_name=NO_MATCH,
    middle_name=CLOSE,
    joint_holder=MATCH,
    initial=CLOSE,
    transposition=CLOSE,
    alias=MATCH,
    unregistered=NO_MATCH,
    particle=CLOSE,
    edits_max=2,
)
PROFILES: Mapping[str, MatchRules] = {
    "strict": replace(
        _BALANCED,
        word_order=CLOSE,
        form_missing=CLOSE,
        form_differs=NO_MATCH,
        joint_holder=CLOSE,
        alias=CLOSE,
        extra_word=NO_MATCH,
        edits_max=1,
    ),
    "balanced": _BALANCED,
    "lenient": replace(_BALANCED, partial_name=CLOSE, edits_max=3),
}
POINTS = tuple(
    each.name for each in fields(MatchRules) if each.name not in ("edits_max", "discloses_partial")
)


def rules_of(
    profile: str, overrides: Mapping[str, str] | None = None, *, lenient_discloses: bool = False
) -> MatchRules:
    """The rules of a profile with single points set otherwise; `RejectedError` names what is unknown."""
    if profile not in PROFILES:
        raise RejectedError(f"vop_profile must be one of {', '.join(PROFILES)}")
    changed: dict[str, Any] = {name: _point(name, text) for name, text in (overrides or {}).items()}
    return replace(PROFILES[profile], discloses_partial=lenient_discloses, **changed)


def _point(name: str, text: str) -> Verdict:
    if name not in POINTS:
        raise RejectedError(f"vop_match.{name} is not a point of matching: there are {', '.join(POINTS)}")
    if text not in (MATCH, CLOSE, NO_MATCH):
        raise RejectedError(f"vop_match.{name} must be MTCH, CMTC or NMTC")
    return Verdict(text)
