"""Bulk jobs and their staged rows: copied in, applied in chunks, echoed in the report."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.bulk_duplicates import Candidate
from duerun.domain.bulk_jobs import BulkJob, JobState
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, keeps_sessions, sql


class Group(NamedTuple):
    """Sound rows that share rule, currency and kind: how many, and the sum of their amounts."""

    every: int
    period: str
    on_text: str
    start_on: date
    end_on: date | None
    currency: str
    is_transfer: bool
    schedules: int
    amount_minor: int


class Changed(NamedTuple):
    """A row that has changed, and how."""

    row_number: int
    told: str


PRUNED_ROWS_MAX = 10_000
_JOB_COLUMNS = tuple(field.name for field in fields(BulkJob))


def _job(row: dict[str, Any]) -> BulkJob:
    values = {name: row[name] for name in _JOB_COLUMNS}
    return BulkJob(**values | {"state": JobState(row["state"]), "columns": tuple(row["columns"])})


async def insert_job(
    connection: Connection,
    account: Account,
    *,
    job_id: str,
    name: str,
    header: str,
    columns: Sequence[str],
    now: datetime,
) -> int:
    """A job that waits for its rows; its number."""
    row = await fetch_one(
        connection,
        "bulk_job_insert",
        id=job_id,
        name=name,
        id_head="_" if account.livemode else "_test_",
        header=header,
        columns=list(columns),
        line_end="\n",
        api_version=account.api_version,
        now=now,
        **of_account(account),
    )
    if row is None:
        raise LookupError("the job was not inserted")
    return int(row["number"])


async def received(
    connection: Connection,
    account: Account,
    job: BulkJob,
    *,
    line_end: str,
    digest: bytes,
    state: JobState,
) -> None:
    """The file is whole: the job may be processed once this commits, if its state says so."""
    await execute(
        connection,
        "bulk_job_received",
        number=job.number,
        total_rows=job.total_rows,
        amount_minor=job.amount_minor,
        open_transfers=job.open_transfers,
        line_end=line_end,
        dry_run=job.dry_run,
        uploaded_by=job.uploaded_by,
        digest=digest,
        state=state,
        **of_account(account),
    )


async def same_file(
    connection: Connection,
    account: Account,
    job: BulkJob,
    digest: bytes,
    *,
    after: datetime,
    completed_after: datetime,
) -> str | None:
    """The id of an earlier job of the same bytes that is open, or whose rows all succeeded and whose schedules run."""
    row = await fetch_one(
        connection,
        "bulk_job_same_file",
        number=job.number,
        digest=digest,
        after=after,
        completed_after=completed_after,
        **of_account(account),
    )
    return str(row["id"]) if row else None


async def fetch_job(
    connection: Connection, account: Account, job_id: str, *, lock: bool = False
) -> BulkJob | None:
    cursor = await connection.execute(
        sql("bulk_job_fetch") + (" FOR UPDATE" if lock else ""), {"id": job_id, **of_account(account)}
    )
    row = await cursor.fetchone()
    return _job(row) if row else None


async def count_open(connection: Connection, account: Account) -> int:
    """How many jobs of the account are not done yet."""
    row = await fetch_one(connection, "bulk_jobs_open", **of_account(account))
    return int(row["open"]) if row else 0


async def claim_job(connection: Connection, account: Account | None = None) -> BulkJob | None:
    """Lock the open job that waited longest, of one account or of all; None when nothing is open."""
    scope = of_account(account) if account else {"account_id": None, "livemode": None}
    row = await fetch_one(connection, "bulk_job_claim", **scope)
    return _job(row) if row else None


async def lock_account(connection: Connection, account: Account) -> None:
    """Let nobody else check rows of this account until the transaction ends."""
    await execute(connection, "bulk_account_lock", **of_account(account))


async def check_chunk(
    connection: Connection,
    account: Account,
    job: BulkJob,
    *,
    through: int,
    today: date,
    by_terms: bool,
    by_key: bool,
) -> list[Candidate]:
    """Look up customers, cards, tokens and schedules for the next rows; the rows that may repeat one another.

    Whoever checks holds the account (`lock_account`) until what comes of it is committed.
    """
    if not keeps_sessions(connection):
        # Another version may have made one of other columns in the session that a pooler has given.
        await execute(connection, "bulk_chunk_drop")
    await execute(connection, "bulk_chunk_table")
    await execute(
        connection,
        "bulk_check",
        number=job.number,
        after=job.processed_rows,
        through=through,
        today=today,
        by_terms=by_terms,
        by_key=by_key,
        in_full=job.dry_run,
        **of_account(account),
    )
    await execute(connection, "bulk_check_tokens")
    await execute(connection, "bulk_tell")
    await execute(connection, "bulk_name_duplicates", **of_account(account))
    if not (by_terms or by_key):
        return []
    rows = await fetch_all(connection, "bulk_collisions")
    return [
        Candidate(
            row["row_number"],
            row["customer_key"],
            (row["customer_id"], row["terms_hash"]) if row["terms_hash"] is not None else row["row_number"],
            row["start_on"],
            row["end_on"],
        )
        for row in rows
    ]


async def mark_duplicates(connection: Connection, duplicates: Mapping[int, int]) -> None:
    """Note rows of the chunk that repeat an earlier row of the file: each with that."""
    if duplicates:
        await execute(
            connection,
            "bulk_mark_duplicates",
            row_numbers=list(duplicates),
            earlier=list(duplicates.values()),
        )


async def tell_other_duplicates(
    connection: Connection, account: Account, *, by_terms: bool, by_key: bool
) -> None:
    """Note among the other mistakes of failing rows of the chunk that they would be duplicates as well."""
    if by_terms or by_key:
        scope = of_account(account)
        await execute(connection, "bulk_other_duplicates", by_terms=by_terms, by_key=by_key, **scope)
    if by_key:
        await execute(connection, "bulk_other_repeats")


async def amounts(connection: Connection) -> list[Group]:
    """The sound rows of the chunk, those that differ in the customer alone taken together."""
    return [Group(**row) for row in await fetch_all(connection, "bulk_amounts")]


async def note_chunk(
    connection: Connection, account: Account, job: BulkJob, *, totals: list[dict[str, Any]], now: datetime
) -> None:
    """Keep what a dry run found about all rows, and end the job."""
    row = await fetch_one(connection, "bulk_note", number=job.number)
    await execute(
        connection, "bulk_job_totals", number=job.number, totals=Jsonb(totals), **of_account(account)
    )
    failed_rows = int(row["failed_rows"]) if row else 0
    await move_on(connection, job, after=0, through=job.total_rows, failed_rows=failed_rows, now=now)


async def first_changed(connection: Connection, job: BulkJob, *, today: date) -> Changed | None:
    """The first row of the chunk that is not what the dry run found."""
    row = await fetch_one(connection, "bulk_changed", number=job.number, today=today)
    if row is None:
        return None
    if row["code"] is not None:
        return Changed(row["row_number"], row["error_message"] or row["code"])
    if row["was"] is not None:
        return Changed(row["row_number"], f"{row['was']} is mended")
    passed = row["first_on"] < today
    told = f"its first date {row['first_on']} has passed" if passed else "its card is another one"
    return Changed(row["row_number"], told)


async def commit_job(
    connection: Connection, account: Account, number: int, *, state: JobState, now: datetime
) -> None:
    """Let a dry run be applied from its first row on."""
    await execute(connection, "bulk_job_commit", number=number, state=state, now=now, **of_account(account))


async def step_job(
    connection: Connection,
    account: Account,
    number: int,
    *,
    state: JobState,
    approved_by: str | None,
    now: datetime,
) -> None:
    """Put a job into another state."""
    await execute(
        connection,
        "bulk_job_step",
        number=number,
        state=state,
        approved_by=approved_by,
        now=now,
        **of_account(account),
    )


async def apply_chunk(
    connection: Connection, account: Account, job: BulkJob, *, now: datetime, made_from: datetime
) -> int:
    """Create what the checked rows ask for, and note what failed; how many rows did. `made_from` as of the job."""
    if job.committed_at is not None:
        await execute(connection, "bulk_hold", number=job.number)
    await execute(connection, "bulk_attach_tokens", now=now, **of_account(account))
    row = await fetch_one(
        connection,
        "bulk_apply",
        number=job.number,
        job_id=job.id,
        id_head=job.id_head,
        created_at=made_from,
        api_version=job.api_version,
        **of_account(account),
    )
    await _announce(connection, account, job, made_from)
    return int(row["failed_rows"]) if row else 0


async def move_on(
    connection: Connection, job: BulkJob, *, after: int, through: int, failed_rows: int, now: datetime
) -> bool:
    """Move a job on from one row to another; False where it does not stand there any more, or was stopped."""
    moved = await execute(
        connection,
        "bulk_job_progress",
        number=job.number,
        after=after,
        processed_rows=through,
        failed_rows=failed_rows,
        now=now,
    )
    return moved == 1


async def _announce(connection: Connection, account: Account, job: BulkJob, made_from: datetime) -> None:
    """The events of the chunk are to be delivered if somebody listens."""
    if account.webhook_uri is not None:
        await execute(
            connection,
            "deliveries_of_chunk",
            uri=account.webhook_uri,
            id_head=job.id_head,
            created_at=made_from,
            **of_account(account),
        )


async def fail_job(connection: Connection, number: int, failure: str, now: datetime) -> None:
    """Stop a job for a fault of ours; what is done stays."""
    await execute(connection, "bulk_job_fail", number=number, failure=failure, now=now)


async def resume_job(connection: Connection, account: Account, number: int, now: datetime) -> bool:
    """Let a failed job go on behind its last finished chunk; False for one that did not fail."""
    return await execute(connection, "bulk_job_resume", number=number, now=now, **of_account(account)) == 1


async def report_lines(connection: Connection, job: BulkJob, *, after: int, through: int, only: str) -> str:
    """The finished lines of some rows, each with its line end."""
    row = await fetch_one(
        connection,
        "bulk_report_lines",
        number=job.number,
        id_head=job.id_head,
        line_end=job.line_end,
        after=after,
        through=through,
        only=only,
        processed=job.processed_rows,
    )
    return str(row["lines"]) if row else ""


async def report_rows(
    connection: Connection, job: BulkJob, *, after: int, through: int, only: str
) -> list[dict[str, Any]]:
    """The rows behind those lines: echo, error code and message, id of the schedule."""
    return await fetch_all(
        connection,
        "bulk_report_rows",
        number=job.number,
        id_head=job.id_head,
        after=after,
        through=through,
        only=only,
        processed=job.processed_rows,
    )


async def failed_rows(
    connection: Connection, job: BulkJob, *, after: int, rows_max: int
) -> list[dict[str, Any]]:
    """The first failed rows behind one, in the form of `report_rows`."""
    return await fetch_all(connection, "bulk_failed_rows", number=job.number, after=after, rows_max=rows_max)


async def newest(
    connection: Connection,
    account: Account,
    *,
    before: int,
    state: JobState | None,
    kept_since: datetime,
    rows_max: int,
) -> list[BulkJob]:
    """Jobs with a number below one, the newest first; those past their retention are not there."""
    rows = await fetch_all(
        connection,
        "console_jobs",
        before=before,
        state=state,
        kept_since=kept_since,
        rows_max=rows_max,
        **of_account(account),
    )
    return [_job(row) for row in rows]


async def prune(connection: Connection, account: Account, before: datetime) -> int:
    """Drop some rows of the oldest job that was completed before a moment, and with the last of them the job."""
    row = await fetch_one(
        connection, "bulk_prune_rows", before=before, rows_max=PRUNED_ROWS_MAX, **of_account(account)
    )
    return int(row["dropped"]) if row else 0
