"""Bulk files: received whole or not at all, applied in chunks, reported row by row.

Source: the wire specification, 13. A chunk is a transaction and a checkpoint: whatever dies, the next worker
goes on behind the last chunk, and no row is applied twice.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.bulk_duplicates import DuplicateRule, settle_duplicates
from duerun.domain.bulk_jobs import BulkJob, JobState, report_name
from duerun.domain.bulk_rows import BulkRow, RowContext, check_row
from duerun.domain.csv_guard import guard
from duerun.domain.csv_records import REPORT_COLUMNS, Header, Record, RecordReader, parse_header
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services.unit import Runtime, Unit
from duerun.storage import accounts
from duerun.storage import bulk as store
from duerun.storage.database import Connection
from duerun.telemetry import logger

KIND = "recurring_export"

_log = logger("bulk")


class _DueAt(dict[date, datetime]):
    """The moment of each first date, computed once; a start today is due at once."""

    def __init__(self, account: Account, now: datetime) -> None:
        super().__init__()
        self._account, self._now, self._today = account, now, account.today(now)

    def __missing__(self, day: date) -> datetime:
        moment = self._now if day == self._today else self._account.due_at("charge", day)
        self[day] = moment
        return moment


class _Checker:
    """The records of one file, checked as they arrive."""

    def __init__(self, account: Account, today: date, *, rows_max: int) -> None:
        self.header: Header | None = None
        self.rows = 0
        self._context = RowContext.of_country(account.country, today=today)
        self._rows_max = rows_max

    def check(self, records: Sequence[Record]) -> list[BulkRow]:
        """The rows of some records; the first record of the file is its header."""
        if self.header is None and records:
            self.header, records = parse_header(records[0]), records[1:]
        if self.header is None:
            return []
        self.rows += len(records)
        if self.rows > self._rows_max:
            raise RejectedError(f"file has more than {self._rows_max} rows")
        header = self.header
        return [check_row(record, header, self._context) for record in records]


async def receive(unit: Unit, chunks: AsyncIterator[bytes], *, rows_max: int) -> BulkJob:
    """Stage a file while it arrives; a fault of its structure raises and leaves nothing behind."""
    reader, hasher = RecordReader(), hashlib.sha256()
    checker = _Checker(unit.account, unit.account.today(unit.now), rows_max=rows_max)
    chunks = _hashed(chunks, hasher)
    first = await _first_rows(reader, checker, chunks)
    header = checker.header or parse_header(None)
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
    async with store.staging(unit.connection, number, unit.now, _DueAt(unit.account, unit.now)) as staging:
        await staging.write(first)
        async for chunk in chunks:
            await staging.write(checker.check(reader.feed(chunk)))
        await staging.write(checker.check(reader.finish()))
    if not checker.rows:
        raise RejectedError("file has no rows")
    await store.received(
        unit.connection, unit.account, number, total_rows=checker.rows, line_end=reader.line_end
    )
    unit.touch(job_id, fingerprint=hasher.digest())
    return await get_job(unit, job_id)


async def _hashed(chunks: AsyncIterator[bytes], hasher: "hashlib._Hash") -> AsyncIterator[bytes]:
    async for chunk in chunks:
        hasher.update(chunk)
        yield chunk


async def _first_rows(reader: RecordReader, checker: _Checker, chunks: AsyncIterator[bytes]) -> list[BulkRow]:
    """Read until the header is known; the rows that came with it."""
    async for chunk in chunks:
        rows = checker.check(reader.feed(chunk))
        if checker.header is not None:
            return rows
    return checker.check(reader.finish())


async def get_job(unit: Unit, job_id: str) -> BulkJob:
    job = await store.fetch_job(unit.connection, unit.account, job_id)
    if job is None:
        raise NotFoundError(KIND, job_id)
    return job


async def get_kept_job(unit: Unit, job_id: str, *, retention_days: int) -> BulkJob:
    """A job that is not past its retention; told like one that never was."""
    job = await get_job(unit, job_id)
    if job.gone(unit.now, retention_days=retention_days):
        raise NotFoundError(KIND, job_id)
    return job


async def resume(unit: Unit, job_id: str) -> BulkJob:
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

    With an `account` only its own jobs count.
    """
    async with runtime.database.transaction() as connection:
        job = await store.claim_job(connection, account)
        if job is None:
            return 0
        owner = await accounts.fetch(connection, job.account_id, livemode=job.livemode)
        if owner is None:
            raise LookupError(f"job {job.id} has no account")
        unit = runtime.joined(connection, owner, owner.now(real_now))
        try:
            async with connection.transaction():
                return await _apply_chunk(unit, job, runtime)
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            _log.error("job %s stopped", job.id, exc_info=error)
            await store.fail_job(connection, job.number, type(error).__name__, unit.now)
            return 1


async def _apply_chunk(unit: Unit, job: BulkJob, runtime: Runtime) -> int:
    through = min(job.processed_rows + runtime.bulk.chunk_rows, job.total_rows)
    rule = DuplicateRule(runtime.bulk.duplicate_rule)
    candidates = await store.check_chunk(
        unit.connection,
        unit.account,
        job,
        through=through,
        today=unit.account.today(unit.now),
        by_terms=rule in (DuplicateRule.TERMS, DuplicateRule.TERMS_OR_KEY),
        by_key=rule in (DuplicateRule.KEY, DuplicateRule.TERMS_OR_KEY),
    )
    duplicates = sorted(settle_duplicates(candidates, rule=rule))
    await store.apply_chunk(
        unit.connection, unit.account, job, through=through, duplicates=duplicates, now=unit.now
    )
    if unit.extra_events and through == job.total_rows:
        await unit.record("recurring_export.complete", await get_job(unit, job.id))
    return through - job.processed_rows


def require_completed(job: BulkJob) -> None:
    """Raises `bad_request` for a job whose report is not there yet."""
    if job.state is not JobState.COMPLETED:
        raise RejectedError("job is not completed")


async def report(
    runtime: Runtime, job: BulkJob, *, only_failed: bool = False, spreadsheet_safe: bool = False
) -> AsyncIterator[bytes]:
    """The report of a completed job, some thousand rows at a time."""
    header = guard(job.header, ("customer",) * len(job.columns)) if spreadsheet_safe else job.header
    yield f"{header},{','.join(REPORT_COLUMNS)}{job.line_end}".encode()
    for after in range(0, job.total_rows, runtime.bulk.chunk_rows):
        through = after + runtime.bulk.chunk_rows
        async with runtime.database.connection() as connection:
            yield await _report_part(connection, job, after, through, only_failed, spreadsheet_safe)


async def _report_part(
    connection: Connection,
    job: BulkJob,
    after: int,
    through: int,
    only_failed: bool,
    spreadsheet_safe: bool,
) -> bytes:
    if not spreadsheet_safe:
        lines = await store.report_lines(
            connection, job, after=after, through=through, only_failed=only_failed
        )
        return lines.encode()
    rows = await store.report_rows(connection, job, after=after, through=through, only_failed=only_failed)
    return "".join(_guarded_line(job, **row) for row in rows).encode()


def _guarded_line(
    job: BulkJob, *, echo: str, error_code: str | None, error_message: str | None, schedule_id: str
) -> str:
    told = (
        f"success,{schedule_id},," if error_code is None else f"failed,,{error_code},{_cell(error_message)}"
    )
    return f"{guard(echo, job.columns)},{told}{job.line_end}"


def _cell(text: str | None) -> str:
    quoted = (text or "").replace('"', '""')
    return f'"{quoted}"' if "," in quoted or '"' in quoted else quoted


async def prune(runtime: Runtime, account: Account, now: datetime) -> int:
    """Drop jobs and reports past their retention, a bounded part at a time; how many rows and jobs."""
    before = now - timedelta(days=runtime.bulk.retention_days)
    async with runtime.database.transaction() as connection:
        return await store.prune(connection, account, before)
