"""Why an occurrence is in its state: the decisions about it, replayed and told. Pure.

A first attempt that is planned and waits has no line in the log; everything behind that has one each, whoever did it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import ARROWS, OccurrenceState
from duerun.domain.recurrence import Rule, in_words
from duerun.domain.schedules import ScheduleState

# What the log says of a send that the processor did not take on (migration 0098).
PUT_OFF = "put off"
_S = OccurrenceState
_LEADS = frozenset((before, after) for (before, _), after in ARROWS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the course of an occurrence has made of it so far."""

    state: OccurrenceState
    sends: int
    due_at: datetime
    retry_on: date | None
    released: bool
    amount_minor: int | None
    card_id: str | None
    message: str | None
    result_id: str | None
    processed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log: where the course stood before it, and what it became.

    `account_clock` is the account's own moment, None where nobody told it; `decided_at` the database's. `actor` is the
    person who decided, None for the engine and the API. `token` rises with each claim and each question.
    """

    number: int
    before: OccurrenceState | None
    due_before: datetime | None
    course: Course
    token: int
    rule: str | None
    actor: str | None
    account_clock: datetime | None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands about an occurrence outside of its log. `gateway` 0 is the server's own processor."""

    id: str
    schedule_id: str
    kind: str
    scheduled_on: date
    attempt: int
    course: Course
    rule: Rule
    planned_by: str | None
    schedule_state: ScheduleState
    schedule_ended_at: datetime | None
    currency: str
    customer_id: str | None
    recipient_id: str | None
    bulk_job_id: str | None
    approved_by: str | None
    failure_code: str | None
    failure_message: str | None
    gateway: int | None
    request_hash: bytes | None
    tried_before: str | None
    tried_again: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision as it is told: what happened, why, and with which inputs."""

    what: str
    why: str
    before: OccurrenceState | None
    state: OccurrenceState
    at: datetime
    account_clock: datetime | None
    actor: str | None
    inputs: dict[str, str | int]


def is_whole(
    attempt: int,
    state: OccurrenceState,
    log: Sequence[Line],
    *,
    created_at: datetime,
    log_began_at: datetime | None,
) -> bool:
    """Whether the lines about an occurrence, which is in a state now, begin where it began: not if it is older.

    `log_began_at` is None for a log of which nothing was dropped.
    """
    if log_began_at is not None and created_at < log_began_at:
        return False
    if not log:
        return attempt == 0 and state is _S.DUE
    return log[0].before is None or (attempt == 0 and log[0].before is _S.DUE)


def replay(log: Sequence[Line]) -> Course | None:
    """The course that the lines lead to; None where there are none.

    Raises `RejectedError` where a line does not follow from the one before it: no arrow leads there, or something
    happened in between that was not written down.
    """
    course: Course | None = None
    for line in log:
        if course is not None and (line.before, line.due_before) != (course.state, course.due_at):
            raise RejectedError(f"line {line.number} begins where no line ended")
        if line.before not in (None, line.course.state) and (line.before, line.course.state) not in _LEADS:
            raise RejectedError(
                f"line {line.number}: nothing leads from {line.before} to {line.course.state}"
            )
        course = line.course
    return course


def differences(row: Course, replayed: Course) -> list[str]:
    """The names of what a row says otherwise than its log."""
    return [name for name in Course.__dataclass_fields__ if getattr(row, name) != getattr(replayed, name)]


def explain(facts: Facts, log: Sequence[Line]) -> list[Step]:
    """All steps of an occurrence, in their order."""
    first = [] if log and log[0].before is None else [_planned(facts, log)]
    return [*first, *(_step(facts, line) for line in log)]


def _planned(facts: Facts, log: Sequence[Line]) -> Step:
    due_at = log[0].due_before if log else facts.course.due_at
    inputs: dict[str, str | int] = {"rule": in_words(facts.rule), "start_on": f"{facts.rule.start_on}"}
    if due_at is not None:
        inputs["due_at"] = due_at.isoformat()
    inputs |= _origin(facts)
    why = facts.planned_by or f"{facts.scheduled_on} is a date of its schedule"
    return Step(
        what="planned",
        why=why,
        before=None,
        state=_S.DUE,
        at=facts.created_at,
        account_clock=facts.created_at,
        actor=None,
        inputs=inputs,
    )


def _origin(facts: Facts) -> dict[str, str | int]:
    told = {
        "bulk_job": facts.bulk_job_id,
        "approved_by": facts.approved_by,
        "tried_before": facts.tried_before,
    }
    return {name: value for name, value in told.items() if value is not None}


def _step(facts: Facts, line: Line) -> Step:
    what, why = _told(facts, line)
    return Step(
        what=what,
        why=why,
        before=line.before,
        state=line.course.state,
        at=line.decided_at,
        account_clock=line.account_clock,
        actor=line.actor,
        inputs=_inputs(facts, line),
    )


def _told(facts: Facts, line: Line) -> tuple[str, str]:
    state = line.course.state
    if line.before is None:
        what = "planned" if state is _S.DUE else f"recorded as {state}"
        return what, line.rule or line.course.message or "a date of its schedule"
    if line.before is state and state is not _S.SENT:
        moved = line.due_before != line.course.due_at
        return ("moved", "its moment was changed") if moved else ("noted", "its particulars were changed")
    return _TELLERS[state](facts, line)


def _released(_: Facts, __: Line) -> tuple[str, str]:
    return "released", "a person let it run"


def _held(_: Facts, line: Line) -> tuple[str, str]:
    return "held for a person", line.course.message or "no reason is kept"


def _sent(_: Facts, line: Line) -> tuple[str, str]:
    if line.before is _S.DUE:
        return "sent", "it was released by a person" if line.course.released else "its moment had come"
    return "sent again", "the processor did not have it, or knows its key: it got the same key again"


def _lost(_: Facts, line: Line) -> tuple[str, str]:
    if line.rule == PUT_OFF:
        return "put off", "the processor did not take it on yet: the same request follows"
    return "outcome unknown", "the processor gave no definite answer: it is asked what became of the key"


def _succeeded(_: Facts, line: Line) -> tuple[str, str]:
    return "succeeded", _answered(line, "confirmed it")


def _failed(facts: Facts, line: Line) -> tuple[str, str]:
    reason = facts.failure_code or line.course.message or "no reason was given"
    if line.before is _S.DUE:
        return "failed", f"{line.course.message or reason}: nothing was sent"
    return "failed", f"{_answered(line, 'refused it')}: {reason}"


def _skipped(_: Facts, line: Line) -> tuple[str, str]:
    reason = "a person gave it up" if line.before is _S.HELD else None
    return "skipped", reason or line.course.message or "no reason is kept"


def _cancelled(facts: Facts, line: Line) -> tuple[str, str]:
    never = "" if line.before in (_S.DUE, _S.HELD) else "the processor never received it, and "
    return "cancelled", f"{never}{_ended(facts)}"


_TELLERS: dict[OccurrenceState, Callable[[Facts, Line], tuple[str, str]]] = {
    _S.DUE: _released,
    _S.HELD: _held,
    _S.SENT: _sent,
    _S.UNKNOWN: _lost,
    _S.SUCCESSFUL: _succeeded,
    _S.FAILED: _failed,
    _S.SKIPPED: _skipped,
    _S.CANCELLED: _cancelled,
}


def _answered(line: Line, did: str) -> str:
    if line.actor is not None:
        return f"a person found out that the processor {did}"
    return f"the processor {did} when it was asked" if line.before is _S.UNKNOWN else f"the processor {did}"


def _ended(facts: Facts) -> str:
    if facts.schedule_state is ScheduleState.ACTIVE:
        return "the schedule no longer has this date"
    at = f" at {facts.schedule_ended_at.isoformat()}" if facts.schedule_ended_at else ""
    return f"the schedule was {facts.schedule_state}{at}"


def _inputs(facts: Facts, line: Line) -> dict[str, str | int]:
    course = line.course
    found: dict[str, str | int | None] = {}
    if line.before is None:
        found = {"retry_on": _text(course.retry_on), "due_at": course.due_at.isoformat(), **_origin(facts)}
    elif line.before is course.state and line.due_before is not None:
        found = {"due_before": line.due_before.isoformat(), "due_at": course.due_at.isoformat()}
    if course.state is _S.SENT:
        found |= {
            "key": facts.id,
            "fencing_token": line.token,
            "sends": course.sends,
            "amount": course.amount_minor,
            "currency": facts.currency,
            "card": course.card_id,
            "customer": facts.customer_id,
            "recipient": facts.recipient_id,
            "gateway": facts.gateway,
            "request_sha256": facts.request_hash.hex() if facts.request_hash else None,
        }
    elif course.state in (_S.SUCCESSFUL, _S.FAILED):
        found |= {"result": course.result_id, "message": course.message}
        if course.state is _S.FAILED:
            found |= {
                "failure_code": facts.failure_code,
                "failure_message": facts.failure_message,
                "tried_again": facts.tried_again,
            }
    return {name: value for name, value in found.items() if value is not None}


def _text(day: date | None) -> str | None:
    return None if day is None else f"{day}"


def follows(facts: Facts) -> str:
    """What comes of it, in a sentence."""
    state = facts.course.state
    if state is _S.FAILED and facts.tried_again:
        return f"it is tried again as {facts.tried_again}"
    if state is _S.FAILED and facts.schedule_state is ScheduleState.SUSPENDED:
        return "no retry is left, and the schedule is suspended"
    waits = {
        _S.DUE: f"it runs at {facts.course.due_at.isoformat()}",
        _S.HELD: "a person has to decide: duerun catchup run or skip",
        _S.SENT: "the processor's answer is awaited",
        _S.UNKNOWN: "the processor is asked again; a person can settle it by duerun uncertain settle",
    }
    return waits.get(state, "nothing: this is final")
