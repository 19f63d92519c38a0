"""What files for people have in common: a row of payees, whatever form it came in.

Source: the VOP wire specification, sections 8.2 and 8.3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.iban import parse_iban
from duerun.domain.payees.organisation_ids import parse_org_id
from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.web.payees.faults import (
    INVALID_FIELD,
    INVALID_PARTY_AGENT_BIC,
    Fault,
    field_fault,
    name_rule,
    text_rule,
)
from duerun.web.payees.record_reading import parse_uuid

REFERENCE_CHARACTERS_MAX = 64
FORMAT_ERROR = "FORMAT_ERROR"
INTERNAL_ERROR = "INTERNAL_ERROR"

_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """One payee of a file. `number` is 1 for the first row after the header, or the first transaction.

    `question` is None exactly when there are faults. The given texts are what a report shows again; `group` is the
    id of the payment in a file that has such, else empty.
    """

    number: int
    reference: str
    uetr: str
    question: PayeeQuestion | None
    faults: tuple[Fault, ...]
    given_iban: str
    given_name: str
    given_id: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class RowContext:
    """What all rows of a file share: who asks, and how an id is made for a row that has none."""

    requesting_bic: str
    make_uetr: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Labels:
    """What the fields of a row are called in its file; faults name them so."""

    reference: str
    iban: str
    name: str
    org_id: str
    agent: str = ""


@dataclass(slots=True)
class Given:
    """A row's texts as the file has them, without spaces around; empty for what is not there.

    `identification` is set by a form that has members of its own for it; else `org_id` is read.
    """

    reference: str = ""
    uetr: str = ""
    iban: str = ""
    name: str = ""
    org_id: str = ""
    agent: str = ""
    identification: Identification | None = None


class Outcome(NamedTuple):
    """What a report's columns say of a row; `suggestion` is the name of a close match."""

    name_match: str = ""
    id_match: str = ""
    suggestion: str = ""
    status: str = ""
    kind: str = ""
    code: str = ""


def build_row(
    number: int,
    given: Given,
    labels: Labels,
    context: RowContext,
    *,
    extra: tuple[Fault, ...] = (),
    group: str = "",
) -> PayeeRow:
    """The row of a file's texts, with all faults; `extra` are those that the form itself has found."""
    faults = list(extra)
    uetr = parse_uuid(given.uetr) or parse_uuid(given.reference) or context.make_uetr()
    if given.reference and (rule := text_rule(given.reference, REFERENCE_CHARACTERS_MAX)) is not None:
        faults.append(field_fault(labels.reference, rule))
    question = _question(given, labels, context, faults)
    return PayeeRow(
        number=number,
        reference=given.reference or uetr,
        uetr=uetr,
        question=None if faults else question,
        faults=tuple(faults),
        given_iban=given.iban,
        given_name=given.name,
        given_id=given.org_id,
        group=group,
    )


def blank_row(number: int, context: RowContext) -> PayeeRow:
    """A row without any text: it is refused with its number."""
    uetr = context.make_uetr()
    return PayeeRow(number, uetr, uetr, None, (Fault(INVALID_FIELD, f"Row {number} is blank"),), "", "", "")


def outcome(row: PayeeRow, answer: Answer | None) -> Outcome:
    """What is told of a row; a sound row without an answer has met a fault of the server."""
    if row.faults:
        return Outcome(status="400", kind=row.faults[0].title[:70], code=FORMAT_ERROR)
    if answer is None:
        return Outcome(status="500", kind="INTERNAL_SERVER_ERROR", code=INTERNAL_ERROR)
    verdict = answer.verdict.value
    if answer.by_identification:
        return Outcome(id_match=verdict)
    return Outcome(name_match=verdict, suggestion=suggested_name(answer))


def suggested_name(answer: Answer) -> str:
    """The name to show: with a close match only."""
    return (answer.matched_name or "")[:140] if answer.verdict is Verdict.CLOSE else ""


def shown_identification(lei: str | None, any_bic: str | None, others: tuple[OtherId, ...]) -> str:
    """The first of an organisation's identifications as a cell shows it."""
    if lei or any_bic:
        return lei or any_bic or ""
    if not others:
        return ""
    first = others[0]
    return f"{first.scheme}:{first.identification}" if first.scheme else first.identification


def guarded(cell: str, *, guard: bool) -> str:
    """A cell that a spreadsheet would run as a formula, defused by an apostrophe before it.

    >>> guarded("=1+1", guard=True), guarded("Anna", guard=True), guarded("=1+1", guard=False)
    ("'=1+1", 'Anna', '=1+1')
    """
    return f"'{cell}" if guard and cell.startswith(_GUARDED) else cell


def _question(given: Given, labels: Labels, context: RowContext, faults: list[Fault]) -> PayeeQuestion | None:
    iban = _iban(given.iban, labels, faults)
    identification = _identification(given, labels, faults)
    name = given.name or None
    if name is not None and (rule := name_rule(name)) is not None:
        faults.append(field_fault(labels.name, rule))
    if name is None and identification is None and not given.org_id:
        faults.append(field_fault(labels.name, f"is mandatory without '{labels.org_id}'"))
    agent = _agent(given.agent, labels, faults)
    if iban is None:
        return None
    return PayeeQuestion(iban, name, identification, agent, context.requesting_bic)


def _iban(text: str, labels: Labels, faults: list[Fault]) -> str | None:
    if not text:
        faults.append(field_fault(labels.iban, "is mandatory"))
        return None
    try:
        return parse_iban(text)
    except RejectedError as error:
        faults.append(field_fault(labels.iban, error.message))
        return None


def _identification(given: Given, labels: Labels, faults: list[Fault]) -> Identification | None:
    if given.identification is not None or not given.org_id:
        return given.identification
    if given.name:
        faults.append(field_fault(labels.org_id, f"must not stand beside '{labels.name}'"))
        return None
    rule = text_rule(given.org_id, 256)
    try:
        return parse_org_id(given.org_id) if rule is None else _refuse(rule)
    except RejectedError as error:
        faults.append(field_fault(labels.org_id, error.message))
        return None


def _refuse(rule: str) -> Identification:
    raise RejectedError(rule)


def _agent(text: str, labels: Labels, faults: list[Fault]) -> str | None:
    if not text:
        return None
    try:
        return parse_bic(text)
    except RejectedError as error:
        faults.append(field_fault(labels.agent, error.message, INVALID_PARTY_AGENT_BIC))
        return None
