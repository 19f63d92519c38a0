"""Where the installation lives, and whether it may send: one row, read in the transaction that commits an intent."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import UndefinedTable

from duerun.storage.database import Connection, execute, fetch_one


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is sent (None if it is), since when, and for how long the gateway has been asked.

    `has_attached`: some account has a processor of its own. `turn` grows with each freeze and each recovery that
    begins: whoever holds an older one thaws nothing.
    """

    reason: str | None
    frozen_at: datetime | None
    mark: str | None
    turn: int
    asked_seconds_ago: float | None
    has_attached: bool


async def hold_reason(connection: Connection) -> str | None:
    """Why nothing may be sent; until this transaction ends nobody else can freeze."""
    row = await fetch_one(connection, "installation_hold")
    return row["reason"] if row else None


async def read(connection: Connection) -> Hold | None:
    """What is known of the installation; None before its migration."""
    try:
        row = await fetch_one(connection, "installation_read")
    except UndefinedTable:
        return None
    if row is None:
        return None
    return Hold(**row)


async def lock(connection: Connection) -> None:
    """Wait until every transaction that may send has ended, and let none begin before this one ends."""
    await execute(connection, "installation_lock")


async def freeze(connection: Connection, reason: str, *, mark: str | None = None) -> None:
    """Let nothing be sent; this place becomes the installation's."""
    await execute(connection, "installation_freeze", reason=reason, mark=mark)


async def put_mark(connection: Connection, mark: str) -> None:
    await execute(connection, "installation_mark", mark=mark)


async def take(connection: Connection) -> int | None:
    """Begin to recover; the turn under which it may end, None where nothing is frozen."""
    row = await fetch_one(connection, "installation_take")
    return int(row["turn"]) if row else None


async def thaw(connection: Connection, turn: int) -> bool:
    """Let sends go on; False if somebody froze or began to recover meanwhile."""
    return await execute(connection, "installation_thaw", turn=turn) > 0
