"""Pairs of names with the verdicts that each profile may give, read from the files beside this one."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duerun.domain.payees.compare import Comparison, HeldName, NameKind, PreparedHolder, compare, prepare
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """A given name, a held one, and the verdicts that are right by profile."""

    given: str
    held: str
    kind: NameKind
    country: str
    allowed: dict[str, frozenset[Verdict]]
    note: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A case with what came of it under a profile."""

    case: Case
    profile: str
    found: Comparison

    @property
    def is_right(self) -> bool:
        return self.found.verdict in self.case.allowed[self.profile]

    @property
    def is_false_match(self) -> bool:
        return self.found.verdict is Verdict.MATCH and not self.is_right

    @property
    def is_false_no_match(self) -> bool:
        only_match = self.case.allowed[self.profile] == {Verdict.MATCH}
        return only_match and self.found.verdict is Verdict.NO_MATCH

    @property
    def is_of_stranger(self) -> bool:
        return self.case.allowed[self.profile] == {Verdict.NO_MATCH}

    @property
    def discloses(self) -> bool:
        return self.is_of_stranger and self.found.matched_name is not None


@cache
def cases(file: str) -> tuple[Case, ...]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return tuple(
            Case(
                given=row["given_name"],
                held=row["account_name"],
                kind=NameKind(row["account_type"]),
                country=row["country"],
                allowed={profile: _verdicts(row[profile]) for profile in PROFILES},
                note=row["note"],
            )
            for row in csv.DictReader(lines)
        )


def _verdicts(label: str) -> frozenset[Verdict]:
    return frozenset(Verdict(each) for each in label.split("|") if each)


def held(text: str, kind: NameKind = NameKind.PERSON, country: str = "") -> PreparedHolder:
    return prepare([HeldName(text)], kind, country)


def answered(file: str, profile: str) -> Iterator[Answered]:
    """Every labelled case of a file under a profile."""
    for case in cases(file):
        if case.allowed[profile]:
            found = compare(case.given, held(case.held, case.kind, case.country), PROFILES[profile])
            yield Answered(case, profile, found)
