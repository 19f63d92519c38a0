"""Bulk jobs: a file on its way from upload to report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class JobState(StrEnum):
    """`failed` is only for a fault of the server; rows that cannot be applied do not fail a job."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BulkJob:
    """One uploaded file. Rows up to `processed_rows` are applied or have failed, in the order of the file."""

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

    @property
    def successful_rows(self) -> int:
        return self.processed_rows - self.failed_rows

    @property
    def progress_percentage(self) -> int:
        """0 to 100; 100 only when every row is done."""
        return self.processed_rows * 100 // self.total_rows if self.total_rows else 0

    def gone(self, now: datetime, *, retention_days: int) -> bool:
        """Whether job and report are past their retention."""
        return self.completed_at is not None and now >= self.completed_at + timedelta(days=retention_days)


def report_name(team_id: str, now: datetime, *, livemode: bool) -> str:
    """The file name of a report (source: the wire specification, 13.2)."""
    prefix = "" if livemode else "test-"
    return f"{prefix}{team_id}-batch_recurring_report_{now:%Y-%m-%dT%H-%M-%SZ}.csv"
