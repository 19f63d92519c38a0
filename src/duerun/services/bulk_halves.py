"""Both halves of a chunk at once: two transactions, for which the database works side by side.

They are committed in order, and each is a checkpoint: whatever dies, a job stands behind the last row that counts.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import BulkJob
from duerun.domain.errors import UnavailableError
from duerun.services.bulk_steps import KIND, check, duplicate_rule, get_job
from duerun.services.unit import Runtime, Unit
from duerun.storage import accounts
from duerun.storage import bulk as store
from duerun.storage import bulk_halves as halves_store
from duerun.storage.database import Connection
from duerun.telemetry import logger

# Three are taken at once, and others have to go on.
CONNECTIONS_MIN = 8

_log = logger("services.bulk_halves")


class _StoppedError(Exception):
    """The job was paused or cancelled behind the first half, of `rows` rows: the second one does not count."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.rows = rows


@dataclass(frozen=True, slots=True)
class _Halves:
    """Rows behind `after` up to `middle`, and behind that up to `through`."""

    job: BulkJob
    middle: int
    through: int

    @property
    def after(self) -> int:
        return self.job.processed_rows


async def process(runtime: Runtime, real_now: datetime, account: Account | None) -> int | None:
    """Apply the next chunk of the job that waited longest; the number of rows that count.

    None where it has to be taken as a whole: it is small, only tried, its rows have to do with one another or change
    the same counts of lists, or one half fails for whatever reason.
    """
    if runtime.database.connections_max < CONNECTIONS_MIN:
        return None
    try:
        return await _process(runtime, real_now, account)
    except _StoppedError as stopped:
        return stopped.rows
    except UnavailableError:
        raise
    except Exception as error:
        _log.warning("a chunk is not applied in halves", exc_info=error)
        return None


async def _process(runtime: Runtime, real_now: datetime, account: Account | None) -> int | None:
    async with AsyncExitStack() as behind:
        async with runtime.database.transaction() as connection:
            job = await store.claim_job(connection, account)
            if job is None:
                return 0
            halves = _halves(job, runtime)
            owner = await accounts.fetch(connection, job.account_id, livemode=job.livemode)
            if halves is None or owner is None:
                return None
            made_from = job.made_from(owner.now(real_now), through=halves.through)
            first_at = made_from + timedelta(microseconds=halves.after + 1)
            if await halves_store.is_in_counted_time(connection, job, first_at):
                return None
            behind.enter_context(runtime.under_way.begun())
            # Both halves are checked against what was there before: nobody else checks until the second one counts.
            held = await behind.enter_async_context(runtime.database.transaction())
            await store.lock_account(held, owner)
            if not await _are_apart(held, runtime, halves):
                return None
            other = await behind.enter_async_context(runtime.database.transaction())
            first, second = (runtime.joined(each, owner, owner.now(real_now)) for each in (connection, other))
            failed_first, failed_second = await _both(
                _apply(first, runtime, job, halves.middle, made_from),
                _apply(
                    second, runtime, replace(job, processed_rows=halves.middle), halves.through, made_from
                ),
            )
            await _move_on(first, job, halves.after, halves.middle, failed_first)
        if not await _move_on(second, job, halves.middle, halves.through, failed_second):
            raise _StoppedError(halves.middle - halves.after)
        if second.extra_events and halves.through == job.total_rows:
            await second.record(f"{KIND}.complete", await get_job(second, job.id))
    return halves.through - halves.after


def _halves(job: BulkJob, runtime: Runtime) -> _Halves | None:
    through = min(job.processed_rows + runtime.bulk.chunk_rows, job.total_rows)
    rows = through - job.processed_rows
    if job.dry_run or rows < runtime.bulk.halves_rows_min:
        return None
    return _Halves(job, job.processed_rows + rows // 2, through)


async def _are_apart(connection: Connection, runtime: Runtime, halves: _Halves) -> bool:
    _, by_terms, by_key = duplicate_rule(runtime)
    return await halves_store.are_apart(
        connection,
        halves.job,
        middle=halves.middle,
        through=halves.through,
        by_terms=by_terms,
        by_key=by_key,
    )


async def _apply(unit: Unit, runtime: Runtime, job: BulkJob, through: int, made_from: datetime) -> int:
    """Create what rows ask for; how many failed."""
    await check(unit, job, through, runtime, locked=True)
    return await halves_store.apply_half(
        unit.connection, unit.account, job, now=unit.now, made_from=made_from
    )


async def _move_on(unit: Unit, job: BulkJob, after: int, through: int, failed_rows: int) -> bool:
    return await store.move_on(
        unit.connection, job, after=after, through=through, failed_rows=failed_rows, now=unit.now
    )


async def _both(first: Coroutine[Any, Any, int], second: Coroutine[Any, Any, int]) -> tuple[int, int]:
    """Both to their ends, so that no statement is under way when their transactions end; the first error counts."""
    outcomes = await asyncio.gather(first, second, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    found = [outcome for outcome in outcomes if isinstance(outcome, int)]
    return found[0], found[1]
