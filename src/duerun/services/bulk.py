"""Bulk files: received whole or not at all, applied in chunks, reported row by row.

Source: the wire specification, 13. A chunk is a transaction and a checkpoint: whatever dies, the next worker
goes on behind the last chunk, and no row is applied twice.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import ENDED, BulkJob, JobState, report_name
from duerun.domain.csv_records import RecordReader
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import bulk_halves
from duerun.services.bulk_checkers import FileChecks, checking
from duerun.services.bulk_checks import CheckPlan, header_of
from duerun.services.bulk_steps import KIND, check, get_job, same_file, state_to_begin_with, try_out
from duerun.services.unit import Runtime, Unit
from duerun.storage import accounts
from duerun.storage import bulk as store
from duerun.storage.bulk_staging import staging
from duerun.telemetry import logger

# About a hundred rows of a usual file.
PIECE_BYTES_MAX = 8_192

_log = logger("bulk")


@dataclass(frozen=True, slots=True)
class Upload:
    """How a file is taken: who sends it, whether it is only tried, and whether the same file may be taken twice."""

    user: str = ""
    dry_run: bool = False
    again: bool = False


def fingerprint(digest: bytes, how: Upload) -> bytes:
    """What stands for an upload under an idempotency key: its bytes, and what is asked for them."""
    asked = [name for name in ("dry_run", "again") if getattr(how, name)]
    return hashlib.sha256(digest + " ".join(asked).encode()).digest() if asked else digest


class SameFileError(Exception):
    """The file was uploaded before; nothing of this upload is kept."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


async def receive(
    runtime: Runtime,
    account: Account,
    now: datetime,
    chunks: AsyncIterator[bytes],
    how: Callable[[], Upload],
) -> BulkJob:
    """Stage a file while it arrives; a fault of its structure raises and leaves nothing behind. `how` is asked
    once the file has arrived, since what is asked for may stand behind it.

    Raises SameFileError for bytes that an earlier job stands for. A dry run is made anew each time: what it finds out
    may have changed.
    """
    async with runtime.unit(account, now) as unit:
        job = await _receive(unit, chunks, how, runtime)
    runtime.file_came.ring()
    return job


async def received_before(unit: Unit, same: SameFileError) -> BulkJob:
    """The job that stands for the bytes of an upload."""
    unit.touch(same.job_id)
    return await get_job(unit, same.job_id)


async def _receive(
    unit: Unit, chunks: AsyncIterator[bytes], ask: Callable[[], Upload], runtime: Runtime
) -> BulkJob:
    reader, hasher = RecordReader(), hashlib.sha256()
    texts = _texts(reader, _hashed(chunks, hasher))
    first: list[str] = await anext(texts, [])
    header = header_of(first[0] if first else None)
    job_id = unit.new_id("recr")
    number = await store.insert_job(
        unit.connection,
        unit.account,
        job_id=job_id,
        name=report_name(unit.account.team_id, unit.now, livemode=unit.account.livemode),
        header=header.echo_header,
        columns=[header.columns[place] for place in header.kept],
        now=unit.now,
    )
    plan = CheckPlan.of(unit.account, unit.now, number=number, header=first[0])
    async with staging(unit.connection) as write, checking(plan, write, runtime.bulk_places) as checks:
        await _check_all(first[1:], texts, checks, rows_max=runtime.bulk.rows_max)
    if not checks.rows:
        raise RejectedError("file has no rows")
    how = ask()
    unit.touch(job_id, fingerprint=fingerprint(hasher.digest(), how))
    return await _received(unit, job_id, checks, reader.line_end, hasher.digest(), how, runtime)


async def _check_all(
    first: list[str] | None, texts: AsyncIterator[list[str]], checks: FileChecks, *, rows_max: int
) -> None:
    """Of faults, that of the first row is told: what was read before one is checked first."""
    rows, more = 0, first
    try:
        while more is not None:
            rows += len(more)
            if rows > rows_max:
                await checks.take(more[: rows_max - rows])
                raise RejectedError(f"file has more than {rows_max} rows")
            await checks.take(more)
            more = await anext(texts, None)
    except RejectedError:
        await checks.finish()
        raise
    await checks.finish()


async def _received(
    unit: Unit, job_id: str, checks: FileChecks, line_end: str, digest: bytes, how: Upload, runtime: Runtime
) -> BulkJob:
    job = replace(
        await get_job(unit, job_id),
        total_rows=checks.rows,
        amount_minor=max(checks.sums.values(), default=0),
        open_transfers=checks.open_transfers,
        dry_run=how.dry_run,
        uploaded_by=how.user,
    )
    if not (how.dry_run or how.again) and (earlier := await same_file(unit, job, digest, runtime)):
        raise SameFileError(earlier)
    state = JobState.PENDING if how.dry_run else state_to_begin_with(unit, job)
    await store.received(unit.connection, unit.account, job, line_end=line_end, digest=digest, state=state)
    return await get_job(unit, job_id)


async def _hashed(chunks: AsyncIterator[bytes], hasher: "hashlib._Hash") -> AsyncIterator[bytes]:
    """The file in small pieces, between which others are served: to check rows takes longer than to receive them."""
    async for chunk in chunks:
        hasher.update(chunk)
        for place in range(0, len(chunk), PIECE_BYTES_MAX):
            yield chunk[place : place + PIECE_BYTES_MAX]
            await asyncio.sleep(0)


async def _texts(reader: RecordReader, pieces: AsyncIterator[bytes]) -> AsyncIterator[list[str]]:
    """The texts of the records, as they come; no list is empty."""
    async for piece in pieces:
        if texts := reader.feed_texts(piece):
            yield texts
    if texts := reader.finish_texts():
        yield texts


async def get_kept_job(unit: Unit, job_id: str, *, retention_days: int) -> BulkJob:
    """A job that is not past its retention; told like one that never was."""
    job = await get_job(unit, job_id)
    if job.gone(unit.now, retention_days=retention_days):
        raise NotFoundError(KIND, job_id)
    return job


async def newest(
    unit: Unit, *, before: int, state: JobState | None, rows_max: int, retention_days: int
) -> list[BulkJob]:
    """Kept jobs with a number below one, the newest first."""
    kept_since = unit.now - timedelta(days=retention_days)
    return await store.newest(
        unit.connection, unit.account, before=before, state=state, kept_since=kept_since, rows_max=rows_max
    )


async def resume_failed(unit: Unit, job_id: str) -> BulkJob:
    """Let a job go on that a fault of the server had stopped; `RejectedError` for any other."""
    job = await get_job(unit, job_id)
    if not await store.resume_job(unit.connection, unit.account, job.number, unit.now):
        raise RejectedError(f"job is {job.state}: only a failed one can be resumed")
    return await get_job(unit, job_id)


async def count_open(runtime: Runtime, account: Account) -> int:
    """How many jobs of the account are not done yet."""
    async with runtime.database.connection() as connection:
        return await store.count_open(connection, account)


async def process_pending(runtime: Runtime, real_now: datetime, *, account: Account | None = None) -> int:
    """Apply the next chunk of the job that waited longest; the number of rows, 0 when no job is free.

    With an `account` only its own jobs count. Beside other work a chunk is small, and taken in one piece.
    """
    if runtime.under_way.is_busy:
        rows = min(runtime.bulk.chunk_rows, runtime.bulk.chunk_rows_beside_work)
        small = replace(runtime, bulk=replace(runtime.bulk, chunk_rows=rows))
        return await _process_whole(small, real_now, account)
    count = await bulk_halves.process(runtime, real_now, account)
    return await _process_whole(runtime, real_now, account) if count is None else count


async def _process_whole(runtime: Runtime, real_now: datetime, account: Account | None) -> int:
    async with runtime.database.transaction() as connection:
        job = await store.claim_job(connection, account)
        if job is None:
            return 0
        owner = await accounts.fetch(connection, job.account_id, livemode=job.livemode)
        if owner is None:
            raise LookupError(f"job {job.id} has no account")
        unit = runtime.joined(connection, owner, owner.now(real_now))
        try:
            with runtime.under_way.begun():
                async with connection.transaction():
                    return await _apply_chunk(unit, job, runtime)
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            _log.error("job %s stopped", job.id, exc_info=error)
            await store.fail_job(connection, job.number, type(error).__name__, unit.now)
            return 1


async def _apply_chunk(unit: Unit, job: BulkJob, runtime: Runtime) -> int:
    if job.dry_run:
        return await try_out(unit, job, runtime)
    through = min(job.processed_rows + runtime.bulk.chunk_rows, job.total_rows)
    await check(unit, job, through, runtime)
    failed_rows = await store.apply_chunk(
        unit.connection,
        unit.account,
        job,
        now=unit.now,
        made_from=job.made_from(unit.now, through=through),
    )
    after = job.processed_rows
    await store.move_on(
        unit.connection, job, after=after, through=through, failed_rows=failed_rows, now=unit.now
    )
    if unit.extra_events and through == job.total_rows:
        await unit.record("recurring_export.complete", await get_job(unit, job.id))
    return through - job.processed_rows


def require_ended(job: BulkJob) -> None:
    """Raises `bad_request` for a job whose report is not there yet."""
    if job.state not in ENDED:
        raise RejectedError("job is not completed")


async def prune(runtime: Runtime, account: Account, now: datetime) -> int:
    """Drop jobs and reports past their retention, a bounded part at a time; how many rows and jobs."""
    before = now - timedelta(days=runtime.bulk.retention_days)
    async with runtime.database.transaction() as connection:
        return await store.prune(connection, account, before)
