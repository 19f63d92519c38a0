"""Notices to clients that a task has ended: claimed with a lease, settled under the number of their attempt."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from duerun.domain.payees.tasks import NoticeState, TaskStatus
from duerun.storage.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True)
class Notice:
    """A task that has ended, to be told to its client; `attempt` counts this try."""

    task_number: int
    attempt: int
    first_at: datetime
    task_id: UUID
    status: TaskStatus
    detail: str | None
    client_number: int


async def insert(connection: Connection, task_number: int, now: datetime) -> None:
    """Tell the client about a task, if it wants to be told."""
    await execute(connection, "vop_notice_insert", task_number=task_number, now=now)


async def claim(
    connection: Connection, *, now: datetime, claim_rows: int, lease_seconds: float
) -> list[Notice]:
    """Take some notices that are due."""
    rows = await fetch_all(
        connection, "vop_notices_claim", now=now, claim_rows=claim_rows, lease_seconds=lease_seconds
    )
    return [Notice(**row | {"status": TaskStatus(row["status"])}) for row in rows]


async def settle(
    connection: Connection,
    notice: Notice,
    state: NoticeState,
    *,
    next_at: datetime | None,
    status: int | None,
    error: str | None,
) -> None:
    """Write down what came of a try; one that was claimed again meanwhile is left alone."""
    await execute(
        connection,
        "vop_notice_settle",
        task_number=notice.task_number,
        attempt=notice.attempt,
        state=state,
        next_at=next_at,
        status=status,
        error=error,
    )
