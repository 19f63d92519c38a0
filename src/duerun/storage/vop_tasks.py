"""Files of checks: a task and its parts, claimed with a lease and settled under the token of the claim."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from duerun.domain.payees.tasks import Counts, TaskStatus, VopTask
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

PRUNED_TASKS_MAX = 20
RUN_OUT_TASKS_MAX = 100


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a task in somebody's hands. `first_line` counts from 1 in the file; `lines` are sealed."""

    task_number: int
    chunk_number: int
    first_line: int
    records: int
    repeated_lines: frozenset[int]
    lines: bytes
    token: int


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A part to keep; `lines` are sealed."""

    chunk_number: int
    first_line: int
    records: int
    repeated_lines: Sequence[int]
    lines: bytes


async def insert(
    connection: Connection,
    client_number: int,
    task_id: UUID,
    *,
    end_user: str | None,
    language: str | None,
    now: datetime,
    deadline_at: datetime,
) -> VopTask:
    """A new task that is being received."""
    row = await fetch_one(
        connection,
        "vop_task_insert",
        client_number=client_number,
        task_id=task_id,
        end_user=end_user,
        language=language,
        now=now,
        deadline_at=deadline_at,
    )
    assert row is not None
    return task_of(row)


async def open_count(connection: Connection, client_number: int) -> int:
    """How many tasks of a client have not ended."""
    row = await fetch_one(connection, "vop_tasks_open_count", client_number=client_number)
    return int(row["count"]) if row else 0


async def insert_chunk(connection: Connection, task_number: int, chunk: NewChunk) -> None:
    await execute(
        connection,
        "vop_chunk_insert",
        task_number=task_number,
        chunk_number=chunk.chunk_number,
        first_line=chunk.first_line,
        records=chunk.records,
        repeated_lines=list(chunk.repeated_lines),
        lines=chunk.lines,
    )


async def accept(
    connection: Connection, task_number: int, *, records: int, chunks: int, deadline_at: datetime
) -> VopTask | None:
    """Let a received task be worked on; None if it is not being received any more."""
    row = await fetch_one(
        connection,
        "vop_task_accept",
        task_number=task_number,
        records=records,
        chunks=chunks,
        deadline_at=deadline_at,
    )
    if row is not None:
        await execute(connection, "vop_chunks_open", task_number=task_number)
    return task_of(row) if row else None


async def end(
    connection: Connection, task_number: int, status: TaskStatus, detail: str, now: datetime
) -> VopTask | None:
    """End a task before its time and drop its parts; None if it had ended before."""
    row = await fetch_one(
        connection, "vop_task_end", task_number=task_number, status=status, detail=detail, now=now
    )
    if row is not None:
        await execute(connection, "vop_chunks_drop", task_number=task_number)
    return task_of(row) if row else None


async def abandon(connection: Connection, task_number: int) -> None:
    """Forget a task that was never accepted, and its parts."""
    await execute(connection, "vop_task_abandon", task_number=task_number)


async def fetch(connection: Connection, client_number: int, task_id: UUID) -> VopTask | None:
    """A task of a client; those of others and those that are being received are unknown."""
    row = await fetch_one(connection, "vop_task_fetch", client_number=client_number, task_id=task_id)
    return task_of(row) if row else None


async def by_number(connection: Connection, task_number: int) -> VopTask | None:
    row = await fetch_one(connection, "vop_task_by_number", task_number=task_number)
    return task_of(row) if row else None


async def claim(
    connection: Connection,
    holder: str,
    *,
    now: datetime,
    lease_seconds: float,
    only_small: bool,
    small_records: int,
) -> Chunk | None:
    """Take the open part that stands nearest to the front of its file, and mark its task as begun."""
    row = await fetch_one(
        connection,
        "vop_chunk_claim",
        holder=holder,
        now=now,
        lease_seconds=lease_seconds,
        only_small=only_small,
        small_records=small_records,
    )
    if row is None:
        return None
    await execute(connection, "vop_task_start", task_number=row["task_number"])
    return Chunk(
        task_number=row["task_number"],
        chunk_number=row["chunk_number"],
        first_line=row["first_line"],
        records=row["records"],
        repeated_lines=frozenset(row["repeated_lines"]),
        lines=row["lines"],
        token=row["token"],
    )


async def settle(connection: Connection, chunk: Chunk, results: bytes) -> bool:
    """Keep the sealed results of a part; False if somebody else has taken it over."""
    return bool(await execute(connection, "vop_chunk_settle", results=results, **_place(chunk)))


async def release(connection: Connection, chunk: Chunk) -> None:
    """Give a part back, for anybody to take at once."""
    await execute(connection, "vop_chunk_release", **_place(chunk))


async def let_go(connection: Connection, holder: str | None) -> int:
    """Give back what a dead holder has, or everybody has; how many parts."""
    return await execute(connection, "vop_chunks_let_go", holder=holder)


async def progress(connection: Connection, task_number: int, counts: Counts, now: datetime) -> VopTask | None:
    """Count a settled part; None if the task has ended meanwhile."""
    row = await fetch_one(connection, "vop_task_progress", task_number=task_number, now=now, **asdict(counts))
    return task_of(row) if row else None


async def run_out(connection: Connection, detail: str, now: datetime) -> list[VopTask]:
    """End some tasks whose time is over."""
    rows = await fetch_all(
        connection, "vop_tasks_run_out", detail=detail, now=now, rows_max=RUN_OUT_TASKS_MAX
    )
    for row in rows:
        await execute(connection, "vop_chunks_drop", task_number=row["number"])
    return [task_of(row) for row in rows]


async def results(connection: Connection, task_number: int, chunk_number: int) -> bytes | None:
    """The sealed results of a part."""
    row = await fetch_one(connection, "vop_chunk_results", task_number=task_number, chunk_number=chunk_number)
    return row["results"] if row else None


async def is_waiting(connection: Connection, *, small_records: int, since: datetime) -> bool:
    """Whether there is more to check than small parts, or a file is arriving that began after `since`."""
    row = await fetch_one(connection, "vop_chunks_wait", small_records=small_records, since=since)
    return bool(row and row["waits"])


async def prune(connection: Connection, *, ended_before: datetime, now: datetime) -> int:
    """Drop some tasks that ended before, and those that were never received whole."""
    return await execute(
        connection, "vop_tasks_prune", ended_before=ended_before, now=now, rows_max=PRUNED_TASKS_MAX
    )


async def claim_key(
    connection: Connection, task: VopTask, key_hash: bytes, digest: bytes, now: datetime
) -> bool:
    """Bind an Idempotency-Key to a task; False if it is bound already."""
    return bool(
        await execute(
            connection,
            "vop_task_key_claim",
            client_number=task.client_number,
            key_hash=key_hash,
            digest=digest,
            task_number=task.number,
            now=now,
        )
    )


async def of_key(connection: Connection, client_number: int, key_hash: bytes) -> tuple[UUID, bytes] | None:
    """The task that a key is bound to, and the digest of its file."""
    row = await fetch_one(connection, "vop_task_key_fetch", client_number=client_number, key_hash=key_hash)
    return (row["task_id"], row["digest"]) if row else None


async def prune_keys(connection: Connection, before: datetime) -> int:
    return await execute(connection, "vop_task_keys_prune", before=before)


def _place(chunk: Chunk) -> dict[str, int]:
    return {
        "task_number": chunk.task_number,
        "chunk_number": chunk.chunk_number,
        "token": chunk.token,
    }


def task_of(row: dict[str, Any]) -> VopTask:
    """A task as it is stored."""
    counts = Counts(*(row[name] for name in ("matched", "close", "unmatched", "not_applicable", "faulty")))
    return VopTask(
        number=row["number"],
        task_id=row["task_id"],
        client_number=row["client_number"],
        status=TaskStatus(row["status"]),
        detail=row["detail"],
        end_user=row["end_user"],
        language=row["language"],
        records=row["records"],
        chunks=row["chunks"],
        chunks_done=row["chunks_done"],
        counts=counts,
        created_at=row["created_at"],
        deadline_at=row["deadline_at"],
        ended_at=row["ended_at"],
    )
