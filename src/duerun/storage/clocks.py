"""Test clocks: the offset of one account's test mode to real time. It only grows, and it survives restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, slots=True)
class Hold:
    """A clock that was taken: its offset then, and the number that proves who holds it."""

    offset: timedelta
    holder: int


async def take(connection: Connection, account: Account, *, lease_seconds: float) -> Hold | None:
    """Take the clock for an advance; None while another advance holds it."""
    row = await fetch_one(connection, "clock_take", account_id=account.id, lease_seconds=lease_seconds)
    return Hold(timedelta(microseconds=row["offset_microseconds"]), row["holder"]) if row else None


async def move(
    connection: Connection, account: Account, hold: Hold, offset: timedelta, *, lease_seconds: float
) -> bool:
    """Put the clock forward, never back, and hold it a while longer; False if another advance holds it now."""
    moved = await execute(
        connection,
        "clock_move",
        account_id=account.id,
        holder=hold.holder,
        offset_microseconds=offset // timedelta(microseconds=1),
        lease_seconds=lease_seconds,
    )
    return moved == 1


async def renew(connection: Connection, account: Account, hold: Hold, *, lease_seconds: float) -> None:
    """Hold the clock a while longer, if it is still held."""
    await execute(
        connection, "clock_renew", account_id=account.id, holder=hold.holder, lease_seconds=lease_seconds
    )


async def let_go(connection: Connection) -> None:
    """End all advances and all leases of sends: for a process that knows itself alone on the database."""
    await execute(connection, "clocks_let_go")


async def release(connection: Connection, account: Account, hold: Hold) -> None:
    """End an advance, if it still is this one: the engine takes over again."""
    await execute(connection, "clock_release", account_id=account.id, holder=hold.holder)


async def is_held(connection: Connection, account: Account) -> bool:
    """Whether an advance is under way, in any process."""
    row = await fetch_one(connection, "clock_is_held", account_id=account.id)
    return bool(row and row["is_held"])


async def happened(
    connection: Connection, account: Account, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Counts and sums of what was settled behind `since` and up to `until`, by kind, state and currency."""
    return await fetch_all(connection, "clock_happened", **_between(account, since, until))


async def schedules_ended(
    connection: Connection, account: Account, since: datetime, until: datetime
) -> dict[str, int]:
    """How many schedules were suspended and expired behind `since` and up to `until`."""
    rows = await fetch_all(connection, "clock_schedules_ended", **_between(account, since, until))
    return {row["state"]: row["count"] for row in rows}


def _between(account: Account, since: datetime, until: datetime) -> dict[str, Any]:
    return {"account_id": account.id, "livemode": account.livemode, "since": since, "until": until}
