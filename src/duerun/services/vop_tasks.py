"""A file of checks from its first byte to the last result that is fetched."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.payees import tasks
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.tasks import TaskEvent, TaskStatus, VopTask, apply
from duerun.services.unit import Runtime
from duerun.storage import vop_notices
from duerun.storage import vop_tasks as store
from duerun.storage.vop_tasks import NewChunk


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole lines of a file. `first_line` counts from 1 in the file."""

    number: int
    first_line: int
    records: int
    repeated_lines: Sequence[int]
    lines: bytes


class KeyReusedError(RejectedError):
    """The Idempotency-Key belongs to another file."""

    def __init__(self) -> None:
        super().__init__("Idempotency-Key was already used with another file")


class TooManyTasksError(RejectedError):
    """The client has as many open tasks as it may."""


class TaskOpenError(RejectedError):
    """The task has no results: it goes on, or it ended without."""


async def require_room(runtime: Runtime, client: VopClient) -> None:
    """Raises `TooManyTasksError` if the client may not begin another task."""
    async with runtime.database.connection() as connection:
        if await store.open_count(connection, client.number) >= runtime.payees.policy.open_tasks_max:
            raise TooManyTasksError("too many tasks are waiting")


async def begin(
    runtime: Runtime, client: VopClient, *, end_user: str | None, language: str | None, now: datetime
) -> VopTask:
    """A task that is being received; nobody sees it before it is accepted."""
    async with runtime.database.transaction() as connection:
        return await store.insert(
            connection,
            client.number,
            uuid4(),
            end_user=end_user,
            language=language,
            now=now,
            deadline_at=now + timedelta(seconds=runtime.payees.policy.task_seconds_max),
        )


async def add(runtime: Runtime, task: VopTask, part: Part) -> None:
    """Keep a part of the file, as it came."""
    sealed = runtime.payees.seal.close(part.lines, place(task.number, part.number))
    chunk = NewChunk(part.number, part.first_line, part.records, part.repeated_lines, sealed)
    async with runtime.database.transaction() as connection:
        await store.insert_chunk(connection, task.number, chunk)


async def finish(
    runtime: Runtime,
    task: VopTask,
    *,
    records: int,
    chunks: int,
    failure: str | None,
    key: str | None,
    digest: bytes,
    now: datetime,
) -> UUID:
    """Accept a file that has arrived whole, or keep why it is none; the id of the task.

    With an `Idempotency-Key` that was used for the same file, its task is the answer, and this one is forgotten.
    """
    apply(task.status, TaskEvent.FAIL if failure else TaskEvent.ACCEPT)
    async with runtime.database.transaction() as connection:
        if key is not None:
            hashed = sha256(key.encode()).digest()
            if not await store.claim_key(connection, task, hashed, digest, now):
                known = await store.of_key(connection, task.client_number, hashed)
                await store.abandon(connection, task.number)
                if known is None or known[1] != digest:
                    raise KeyReusedError
                return known[0]
        if failure:
            await store.end(connection, task.number, TaskStatus.FAILED, failure, now)
            await vop_notices.insert(connection, task.number, now)
        else:
            deadline = now + timedelta(seconds=runtime.payees.policy.task_seconds_max)
            await store.accept(connection, task.number, records=records, chunks=chunks, deadline_at=deadline)
    return task.task_id


async def abandon(runtime: Runtime, task: VopTask) -> None:
    """Forget a file that did not arrive whole."""
    async with runtime.database.transaction() as connection:
        await store.abandon(connection, task.number)


async def get(runtime: Runtime, client: VopClient, task_id: UUID) -> VopTask:
    """A task of the client; raises `NotFoundError` for those of others alike."""
    async with runtime.database.connection() as connection:
        task = await store.fetch(connection, client.number, task_id)
    if task is None:
        raise NotFoundError("task", str(task_id))
    return task


def require_results(task: VopTask) -> None:
    """Raises `TaskOpenError` where there are none."""
    if task.status is not TaskStatus.PROCESSED:
        raise TaskOpenError(f"status is {task.status}")


async def results(runtime: Runtime, task: VopTask) -> AsyncIterator[bytes]:
    """The lines of the results, some thousand at a time; the same bytes each time."""
    for chunk_number in range(task.chunks):
        async with runtime.database.connection() as connection:
            sealed = await store.results(connection, task.number, chunk_number)
        if sealed is None:
            raise NotFoundError("task", str(task.task_id))
        yield runtime.payees.seal.open(sealed, place(task.number, chunk_number))


async def cancel(runtime: Runtime, client: VopClient, task_id: UUID, now: datetime) -> VopTask:
    """End a task that goes on; what was checked is dropped. One that has ended stays as it is."""
    task = await get(runtime, client, task_id)
    if task.status in tasks.ENDED:
        raise RejectedError(f"status is {task.status}")
    async with runtime.database.transaction() as connection:
        ended = await store.end(connection, task.number, TaskStatus.FAILED, tasks.CANCELLED, now)
        if ended is not None:
            await vop_notices.insert(connection, task.number, now)
    return ended or await get(runtime, client, task_id)


async def run_out(runtime: Runtime, now: datetime) -> int:
    """End the tasks whose time is over; how many."""
    detail = tasks.not_finished(runtime.payees.policy.task_seconds_max)
    async with runtime.database.transaction() as connection:
        ended = await store.run_out(connection, detail, now)
        for task in ended:
            await vop_notices.insert(connection, task.number, now)
    return len(ended)


async def prune(runtime: Runtime, now: datetime) -> int:
    """Drop some tasks with their files and results once they were kept for long enough; how many."""
    policy = runtime.payees.policy
    async with runtime.database.connection() as connection:
        await store.prune_keys(connection, now - timedelta(hours=policy.idempotency_hours))
        return await store.prune(
            connection, ended_before=now - timedelta(days=policy.retention_days), now=now
        )


def place(task_number: int, chunk_number: int) -> str:
    """What a sealed part of a file is bound to."""
    return f"task {task_number} part {chunk_number}"
