"""What the database tells about itself."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.errors import UndefinedTable

from duerun.domain.errors import UnavailableError
from duerun.storage.database import Connection, fetch_all, fetch_one

CONNECT_SECONDS_MAX = 10


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The server's version, whether it waits for the disk (`fsync`), and its clock."""

    version: str
    fsync: bool
    now: datetime


async def require_reachable(dsn: str) -> None:
    """Connect once; raises `UnavailableError` that says why not, which a pool would only try again."""
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.Error as error:
        raise UnavailableError(f"the database cannot be reached: {' '.join(str(error).split())}") from error
    await connection.close()


async def database_facts(connection: Connection) -> DatabaseFacts:
    row = await fetch_one(connection, "database_facts")
    if row is None:
        raise LookupError("the database told nothing about itself")
    return DatabaseFacts(row["version"], row["fsync"], row["now"])


@dataclass(frozen=True, slots=True)
class UncertainSends:
    """How many sends of all accounts have no outcome, and how long ago the oldest of them was sent."""

    count: int
    oldest_seconds: float


async def uncertain_sends(connection: Connection) -> UncertainSends:
    row = await fetch_one(connection, "uncertain_facts") or {"sends": 0, "oldest_seconds": 0.0}
    return UncertainSends(row["sends"], row["oldest_seconds"])


async def count_live_keys(connection: Connection, now: datetime) -> int:
    """How many keys let somebody into live mode at this moment."""
    row = await fetch_one(connection, "keys_live_count", now=now)
    return int(row["live"]) if row else 0


async def is_writable(connection: Connection) -> bool:
    """Whether the database takes changes: not as a standby, and not when it was set so.

    If not, the connection is closed: a session keeps what was set when it began, and the next one may differ.
    """
    row = await fetch_one(connection, "database_writable")
    if row and row["is_writable"]:
        return True
    await connection.close()
    return False


async def applied_migrations(connection: Connection) -> set[int]:
    """The numbers of the migrations that the database has."""
    try:
        return {row["number"] for row in await fetch_all(connection, "migrations_applied")}
    except UndefinedTable:
        return set()
