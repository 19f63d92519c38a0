"""Occurrences: one attempt at one date of one schedule, and what follows when it is settled."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from duerun.domain.errors import RejectedError

PAUSED = "schedule is paused"
SKIP_ASKED = "skipped on request"
BROKEN = "could not be prepared"
MISSED = "missed while the engine was not running"


class OccurrenceState(StrEnum):
    """`due` waits for its moment, `held` for a person; `sent` has a committed intent; the last four are final."""

    DUE = "due"
    HELD = "held"
    SENT = "sent"
    UNKNOWN = "unknown"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class OccurrenceEvent(StrEnum):
    SEND = "send"
    HOLD = "hold"
    RELEASE = "release"
    LOSE = "lose"
    SUCCEED = "succeed"
    FAIL = "fail"
    SKIP = "skip"
    CANCEL = "cancel"


_S, _E = OccurrenceState, OccurrenceEvent
ARROWS = {
    (_S.DUE, _E.SEND): _S.SENT,
    (_S.DUE, _E.HOLD): _S.HELD,
    (_S.DUE, _E.FAIL): _S.FAILED,
    (_S.DUE, _E.SKIP): _S.SKIPPED,
    (_S.DUE, _E.CANCEL): _S.CANCELLED,
    (_S.HELD, _E.RELEASE): _S.DUE,
    (_S.HELD, _E.SKIP): _S.SKIPPED,
    (_S.HELD, _E.CANCEL): _S.CANCELLED,
    (_S.SENT, _E.LOSE): _S.UNKNOWN,
    (_S.SENT, _E.SUCCEED): _S.SUCCESSFUL,
    (_S.SENT, _E.FAIL): _S.FAILED,
    (_S.SENT, _E.CANCEL): _S.CANCELLED,
    (_S.UNKNOWN, _E.SEND): _S.SENT,
    (_S.UNKNOWN, _E.LOSE): _S.UNKNOWN,
    (_S.UNKNOWN, _E.SUCCEED): _S.SUCCESSFUL,
    (_S.UNKNOWN, _E.FAIL): _S.FAILED,
    (_S.UNKNOWN, _E.CANCEL): _S.CANCELLED,
}
VISIBLE = frozenset((_S.SUCCESSFUL, _S.FAILED, _S.SKIPPED))
OPEN = frozenset((_S.DUE, _S.HELD, _S.SENT, _S.UNKNOWN))


def apply(state: OccurrenceState, event: OccurrenceEvent) -> OccurrenceState:
    """The next state; raises `RejectedError` where no arrow leads."""
    try:
        return ARROWS[state, event]
    except KeyError:
        raise RejectedError(f"an occurrence that is {state} cannot {event}") from None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A processed occurrence as answers show it."""

    id: str
    livemode: bool
    schedule_id: str
    kind: str
    scheduled_on: date
    retry_on: date | None
    state: OccurrenceState
    message: str | None
    result_id: str | None
    amount_minor: int | None
    processed_at: datetime
    created_at: datetime
