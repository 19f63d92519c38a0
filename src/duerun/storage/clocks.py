"""Test clocks: the offset of one account's test mode to real time. It only grows, and it survives restarts."""

from datetime import timedelta

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, execute, fetch_one


async def take(connection: Connection, account: Account, *, lease_seconds: float) -> timedelta | None:
    """Take the clock for an advance; its offset, or None while another advance holds it."""
    row = await fetch_one(connection, "clock_take", account_id=account.id, lease_seconds=lease_seconds)
    return timedelta(microseconds=row["offset_microseconds"]) if row else None


async def move(connection: Connection, account: Account, offset: timedelta, *, lease_seconds: float) -> None:
    """Put the clock forward, never back, and hold it a while longer."""
    await execute(
        connection,
        "clock_move",
        account_id=account.id,
        offset_microseconds=offset // timedelta(microseconds=1),
        lease_seconds=lease_seconds,
    )


async def renew(connection: Connection, account: Account, *, lease_seconds: float) -> None:
    """Hold the clock a while longer."""
    await execute(connection, "clock_renew", account_id=account.id, lease_seconds=lease_seconds)


async def let_go(connection: Connection) -> None:
    """End all advances: for a process that knows itself alone on the database."""
    await execute(connection, "clocks_let_go")


async def release(connection: Connection, account: Account) -> None:
    """End an advance: the engine takes over again."""
    await execute(connection, "clock_release", account_id=account.id)
