"""Bulk jobs: a file on its way from upload to report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from duerun.domain.errors import RejectedError


class JobState(StrEnum):
    """`failed` is only for a fault of the server; rows that cannot be applied do not fail a job."""

    AWAITING_APPROVAL = "awaiting_approval"
    PENDING = "pending"
    PROCESSING = "processing"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


ENDED = frozenset((JobState.COMPLETED, JobState.CANCELLED))


class JobEvent(StrEnum):
    """What a person does to a job, by the word that refusals use."""

    APPROVE = "approved"
    PAUSE = "paused"
    RESUME = "resumed"
    CANCEL = "cancelled"
    COMMIT = "committed"


_S, _E = JobState, JobEvent
ARROWS = {
    (_S.AWAITING_APPROVAL, _E.APPROVE): _S.PENDING,
    (_S.AWAITING_APPROVAL, _E.CANCEL): _S.CANCELLED,
    (_S.PENDING, _E.PAUSE): _S.PAUSED,
    (_S.PROCESSING, _E.PAUSE): _S.PAUSED,
    (_S.PAUSED, _E.PAUSE): _S.PAUSED,
    (_S.PAUSED, _E.RESUME): _S.PENDING,
    (_S.PENDING, _E.RESUME): _S.PENDING,
    (_S.PROCESSING, _E.RESUME): _S.PROCESSING,
    (_S.PENDING, _E.CANCEL): _S.CANCELLED,
    (_S.PROCESSING, _E.CANCEL): _S.CANCELLED,
    (_S.PAUSED, _E.CANCEL): _S.CANCELLED,
    (_S.CANCELLED, _E.CANCEL): _S.CANCELLED,
}


def apply(state: JobState, event: JobEvent) -> JobState:
    """The next state; raises `RejectedError` where no arrow leads."""
    try:
        return ARROWS[state, event]
    except KeyError:
        raise RejectedError(f"a job that is {state} cannot be {event}") from None


@dataclass(frozen=True, slots=True)
class BulkJob:
    """One uploaded file. Rows up to `processed_rows` are applied or have failed, in the order of the file.

    A `dry_run` applies nothing until it is committed; `totals` is what its sound rows would move, by month and
    currency. `amount_minor` sums up single charges and transfers in the currency in which there is most;
    `open_transfers` tells that some take a share of the balance, whatever it is then.
    """

    id: str
    number: int
    account_id: int
    livemode: bool
    state: JobState
    name: str
    id_head: str
    header: str
    columns: tuple[str, ...]
    line_end: str
    api_version: str
    total_rows: int
    processed_rows: int
    failed_rows: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    failure: str | None = None
    dry_run: bool = False
    committed_at: datetime | None = None
    totals: list[dict[str, Any]] | None = None
    amount_minor: int = 0
    open_transfers: bool = False
    uploaded_by: str = ""
    approved_by: str | None = None

    @property
    def successful_rows(self) -> int:
        return self.processed_rows - self.failed_rows

    @property
    def progress_percentage(self) -> int:
        """0 to 100; 100 only when every row is done."""
        return self.processed_rows * 100 // self.total_rows if self.total_rows else 0

    def made_from(self, now: datetime, *, through: int) -> datetime:
        """What the moments of the next rows, up to `through`, are counted from: row n is made n microseconds behind it.

        The last of them is made just before `now`, and each row behind those of earlier chunks, also where the clock
        has not moved since or is behind that of another worker.
        """
        step = timedelta(microseconds=1)
        behind_earlier = self.updated_at - step * (self.processed_rows + 1)
        return max(now - step * (through + 1), behind_earlier, self.created_at)

    def gone(self, now: datetime, *, retention_days: int) -> bool:
        """Whether job and report are past their retention."""
        return self.completed_at is not None and now >= self.completed_at + timedelta(days=retention_days)


def report_name(team_id: str, now: datetime, *, livemode: bool) -> str:
    """The file name of a report (source: the wire specification, 13.2)."""
    prefix = "" if livemode else "test-"
    return f"{prefix}{team_id}-batch_recurring_report_{now:%Y-%m-%dT%H-%M-%SZ}.csv"
