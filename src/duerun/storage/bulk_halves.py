"""What keeps the two halves of a chunk apart, which are applied in two transactions at once."""

from datetime import datetime

from psycopg.errors import LockNotAvailable

from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import BulkJob
from duerun.storage import bulk
from duerun.storage.database import Connection, execute, fetch_one


class EntangledError(Exception):
    """A half of a chunk waited too long for a row that the other half, or somebody else, holds."""


async def is_in_counted_time(connection: Connection, job: BulkJob, since: datetime) -> bool:
    """Whether what a job creates since a moment changes counts of lists: its halves would wait for one another."""
    row = await fetch_one(
        connection,
        "bulk_in_counted_time",
        account_id=job.account_id,
        livemode=job.livemode,
        created_at=since,
    )
    return row is not None and bool(row["is_counted"])


async def apply_half(
    connection: Connection, account: Account, job: BulkJob, *, now: datetime, made_from: datetime
) -> int:
    """`apply_chunk` for a half of a chunk; raises `EntangledError` instead of waiting for long."""
    try:
        await execute(connection, "bulk_half_patience")
        return await bulk.apply_chunk(connection, account, job, now=now, made_from=made_from)
    except LockNotAvailable as error:
        raise EntangledError from error


async def are_apart(
    connection: Connection, job: BulkJob, *, middle: int, through: int, by_terms: bool, by_key: bool
) -> bool:
    """Whether no row of the next ones up to `middle` has to do with one behind it up to `through`.

    The transaction is for this and for locks alone: it sets how its statements are planned.
    """
    await execute(connection, "bulk_plan_hashed")
    row = await fetch_one(
        connection,
        "bulk_apart",
        number=job.number,
        after=job.processed_rows,
        middle=middle,
        through=through,
        by_terms=by_terms,
        by_key=by_key,
    )
    return row is not None and bool(row["apart"])
