"""What the database tells about itself."""

from dataclasses import dataclass
from datetime import datetime

from duerun.storage.database import Connection, fetch_one


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The server's version, whether it waits for the disk (`fsync`), and its clock."""

    version: str
    fsync: bool
    now: datetime


async def database_facts(connection: Connection) -> DatabaseFacts:
    row = await fetch_one(connection, "database_facts")
    if row is None:
        raise LookupError("the database told nothing about itself")
    return DatabaseFacts(row["version"], row["fsync"], row["now"])


async def count_live_keys(connection: Connection, now: datetime) -> int:
    """How many keys let somebody into live mode at this moment."""
    row = await fetch_one(connection, "keys_live_count", now=now)
    return int(row["live"]) if row else 0
