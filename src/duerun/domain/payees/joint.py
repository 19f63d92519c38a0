"""Names that stand for several holders.

Source: the VOP wire specification, 12.1 (point 6) and 12.2 (point 4b).
"""

import re

from duerun.domain.payees.outcomes import RANK, Finding, least
from duerun.domain.payees.person_rules import compare_persons
from duerun.domain.payees.persons import Person, is_only_title, read_person
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.titles import COMMON_GROUND, JOINERS, WEAK_JOINERS
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.domain.payees.words import word_of

Shown = tuple[Verdict, Reason, str | None]
SIGNS = re.compile(r"[&+;/]")


def parts_of(text: str, *, is_joint: bool) -> list[str]:
    """A text parted at joining signs and words; single vowels, commas and the like only in joint accounts' names."""
    joiners = JOINERS
    if is_joint:
        joiners = JOINERS | WEAK_JOINERS
        if all(len(part.split()) > 1 for part in text.split(",")):
            text = text.replace(",", " & ")
    parts: list[list[str]] = [[]]
    for chunk in SIGNS.sub(" & ", text).split():
        if chunk == "&" or chunk.casefold() in joiners:
            parts.append([])
        else:
            parts[-1].append(chunk)
    return [" ".join(part) for part in parts if part]


def read_holders(text: str, country: str | None = None, *, is_joint: bool = True) -> tuple[Person, ...]:
    """The holders that a text names; one with a given name only takes the surname of the last."""
    persons = [
        person
        for part in parts_of(text, is_joint=is_joint)
        if not is_only_title(part) and (person := read_person(part, country)) is not None
    ]
    if not persons:
        whole = read_person(text, country)
        return () if whole is None else (whole,)
    if len(persons) == 1:
        return tuple(persons)
    return tuple(_with_surnames(persons, country))


def _with_surnames(persons: list[Person], country: str | None) -> list[Person]:
    last, first = persons[-1], persons[0]
    if len(last.tokens) > 1:
        surname = _surname_text(last)
        return [_joined(each, surname, country) if len(each.tokens) == 1 else each for each in persons]
    if len(first.tokens) > 1 and last.tokens and word_of(last.tokens[0]).is_known:
        surname = first.text.split()[0]
        return [_joined(each, surname, country) if len(each.tokens) == 1 else each for each in persons]
    return persons


def _surname_text(person: Person) -> str:
    """The surname at the end of a name, with its particles."""
    chunks = person.text.split()
    start = len(chunks) - 1
    while start > 1 and chunks[start - 1][:1].islower():
        start -= 1
    return " ".join(chunks[start:])


def _joined(person: Person, surname: str, country: str | None) -> Person:
    return read_person(f"{person.text} {surname}", country) or person


def compare_holders(
    given: tuple[Person, ...],
    held: tuple[Person, ...],
    whole: str,
    rules: MatchRules,
    steps: list[str] | None = None,
) -> Shown:
    """Each given holder takes the holder it fits best; one that fits nobody makes all of it no match."""
    if not given:
        return Verdict.NO_MATCH, Reason.FLOOR, None
    left = list(held)
    findings: list[tuple[Finding, Person]] = []
    for person in given:
        if not left:
            return Verdict.NO_MATCH, Reason.CONFLICT, None
        best, holder = _best(person, left, rules)
        if steps is not None:
            steps.append(f"'{person.text.strip()}' is nearest to the holder '{holder.text.strip()}'.")
            compare_persons(person, holder, rules, steps)
        if best[0] is Verdict.NO_MATCH:
            return Verdict.NO_MATCH, best[1], None
        left.remove(holder)
        findings.append((best, holder))
    verdict = least([finding[0] for finding, _ in findings])
    reason = next(finding[1] for finding, _ in findings if finding[0] is verdict)
    if left:
        lowered = least((verdict, rules.joint_holder))
        if verdict is Verdict.MATCH:
            verdict, reason = lowered, Reason.JOINT_HOLDER
        verdict = lowered
    shown = findings[0][1].text.strip() if len(findings) == 1 else whole
    return verdict, reason, shown if verdict is Verdict.CLOSE else None


def _best(person: Person, holders: list[Person], rules: MatchRules) -> tuple[Finding, Person]:
    found = [(compare_persons(person, holder, rules), holder) for holder in holders]
    return max(found, key=lambda each: RANK[each[0][0]])


def common_ground(text: str) -> str:
    """Names of practices with their short forms spelled out."""
    return " ".join(COMMON_GROUND.get(chunk.casefold().strip("."), chunk) for chunk in text.split())
