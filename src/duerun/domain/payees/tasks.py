"""A file of checks as a task: its states and what moves it on (source: the VOP wire specification, section 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from duerun.domain.errors import RejectedError
from duerun.domain.payees.verdicts import Verdict


class TaskStatus(StrEnum):
    """Where a task is. `RECEIVING` is before its acceptance and never shown."""

    RECEIVING = "RECEIVING"
    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"


class TaskEvent(StrEnum):
    """What happens to a task."""

    ACCEPT = "accept"
    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    RUN_OUT = "run_out"


class ChunkState(StrEnum):
    """Where a part of a task is: kept, to be checked, checked."""

    RECEIVED = "received"
    OPEN = "open"
    DONE = "done"


class NoticeState(StrEnum):
    """Whether a client has been told that its task has ended."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


ENDED = frozenset({TaskStatus.PROCESSED, TaskStatus.FAILED, TaskStatus.TIMED_OUT})
ARROWS: Mapping[tuple[TaskStatus, TaskEvent], TaskStatus] = {
    (TaskStatus.RECEIVING, TaskEvent.ACCEPT): TaskStatus.NOT_STARTED,
    (TaskStatus.RECEIVING, TaskEvent.FAIL): TaskStatus.FAILED,
    (TaskStatus.NOT_STARTED, TaskEvent.START): TaskStatus.IN_PROGRESS,
    (TaskStatus.NOT_STARTED, TaskEvent.FAIL): TaskStatus.FAILED,
    (TaskStatus.NOT_STARTED, TaskEvent.RUN_OUT): TaskStatus.TIMED_OUT,
    (TaskStatus.IN_PROGRESS, TaskEvent.FINISH): TaskStatus.PROCESSED,
    (TaskStatus.IN_PROGRESS, TaskEvent.FAIL): TaskStatus.FAILED,
    (TaskStatus.IN_PROGRESS, TaskEvent.RUN_OUT): TaskStatus.TIMED_OUT,
}
NO_RECORDS = "file contains no records"
GZIP_ENDED = "file is corrupt: gzip stream ended early"
GZIP_BROKEN = "file is corrupt: gzip stream cannot be read"
GZIP_RATIO = "file is corrupt: gzip stream grows beyond measure"
CANCELLED = "cancelled by the client"


def apply(status: TaskStatus, event: TaskEvent) -> TaskStatus:
    """The next state; ends are final. Raises `RejectedError` where there is no such arrow."""
    try:
        return ARROWS[status, event]
    except KeyError:
        raise RejectedError(f"a task that is {status} cannot {event.replace('_', ' ')}") from None


def too_many_records(records_max: int) -> str:
    return f"file exceeds the maximum of {records_max} records"


def too_many_bytes(bytes_max: int) -> str:
    return f"file exceeds the maximum of {bytes_max} bytes"


def no_object(line: int) -> str:
    return f"invalid format: line {line} is not a JSON object"


def line_too_long(line: int, bytes_max: int) -> str:
    return f"invalid format: line {line} is longer than {bytes_max} bytes"


def not_finished(seconds: int) -> str:
    return f"not finished within {seconds} seconds"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records got which answer; `faulty` ones could not be checked."""

    matched: int = 0
    close: int = 0
    unmatched: int = 0
    not_applicable: int = 0
    faulty: int = 0


def count(verdicts: Iterable[Verdict], faulty: int) -> Counts:
    """Verdicts, counted."""
    by = dict.fromkeys(Verdict, 0)
    for verdict in verdicts:
        by[verdict] += 1
    return Counts(
        by[Verdict.MATCH], by[Verdict.CLOSE], by[Verdict.NO_MATCH], by[Verdict.NOT_APPLICABLE], faulty
    )


@dataclass(frozen=True, slots=True)
class VopTask:
    """A file of checks. `records` and `chunks` are known from its acceptance on."""

    number: int
    task_id: UUID
    client_number: int
    status: TaskStatus
    detail: str | None
    end_user: str | None
    language: str | None
    records: int
    chunks: int
    chunks_done: int
    counts: Counts
    created_at: datetime
    deadline_at: datetime
    ended_at: datetime | None
