"""The sandbox gateway's book, in a schema of its own and in transactions of its own.

Entries are plain tuples here, since gateways and storage do not know each other: key, kind, account, livemode,
amount_minor, currency, target, outcome, code.
"""

from collections.abc import Sequence
from typing import Any

from duerun.storage.database import Database, execute, fetch_all

Entry = tuple[str, str, str, bool, int, str, str, str, str | None]
_COLUMNS = ("key", "kind", "account", "livemode", "amount_minor", "currency", "target", "outcome", "code")


async def record(database: Database, entries: Sequence[Entry]) -> list[Entry]:
    """Write the entries whose key is new, then answer what stands under all of their keys."""
    if not entries:
        return []
    columns: dict[str, Any] = {
        name: list(column) for name, column in zip(_COLUMNS, zip(*entries, strict=True), strict=True)
    }
    async with database.connection() as connection:
        written = await execute(connection, "sandbox_record", **columns)
        if written == len(entries):
            return list(entries)
        return await _find(connection, columns["key"])


async def find(database: Database, keys: Sequence[str]) -> list[Entry]:
    """What stands under these keys."""
    async with database.connection() as connection:
        return await _find(connection, keys)


async def _find(connection: Any, keys: Sequence[str]) -> list[Entry]:
    rows = await fetch_all(connection, "sandbox_find", keys=list(keys))
    return [tuple(row[name] for name in _COLUMNS) for row in rows]
