"""Accounts for which this server answers: looked up by IBAN, loaded whole or in part."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import psycopg
from psycopg.rows import tuple_row

from duerun.domain.payees.accounts import HeldAccount, decode
from duerun.storage.database import Connection, Database, execute, fetch_all, fetch_one, grant_time, sql

LOAD_SECONDS_MAX = 3_600
LOADS_TOLD_MAX = 10

_TYPES = ("text", "text", "text", "bytea", "bytea", "int4", "int4")


class NewAccount(NamedTuple):
    """An account to keep: `held` is the encoded account, `digest` tells whether it has changed.

    `file` and `line` are where it stands in what is loaded; nothing keeps them.
    """

    iban: str
    remittance: str
    bank_code: str
    digest: bytes
    held: bytes
    file: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a load differs in size from what is kept."""

    accounts: int
    known: int
    missing: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """Accounts that stand in a load more than once: how many times too many, and where the first of these is."""

    count: int
    file: int
    line: int


@dataclass(frozen=True, slots=True)
class PastLoad:
    """A load that was done, with its counts."""

    file_name: str
    is_complete: bool
    accounts: int
    added: int
    changed: int
    removed: int
    loaded_at: datetime


async def find(database: Database, ibans: Sequence[str]) -> dict[str, list[HeldAccount]]:
    """The accounts with some IBANs."""
    async with database.connection() as connection:
        cursor = connection.cursor(binary=True, row_factory=tuple_row)
        await cursor.execute(sql("vop_accounts_find"), {"ibans": list(ibans)})
        rows = await cursor.fetchall()
    found: dict[str, list[HeldAccount]] = {}
    for iban, held in rows:
        found.setdefault(iban, []).append(decode(held))
    return found


async def banks(database: Database) -> frozenset[str]:
    """Country and bank code of each bank whose accounts are kept here."""
    async with database.connection() as connection:
        return frozenset(row["bank_code"] for row in await fetch_all(connection, "vop_banks_known"))


async def bank_counts(database: Database) -> list[tuple[str, int]]:
    """Country and bank code of each bank whose accounts are kept here, and how many they are."""
    async with database.connection() as connection:
        rows = await fetch_all(connection, "vop_banks_list")
    return [(row["bank_code"], row["accounts"]) for row in rows]


async def last_loads(database: Database) -> list[PastLoad]:
    """The last loads, the latest first."""
    async with database.connection() as connection:
        return [PastLoad(**row) for row in await fetch_all(connection, "vop_loads_last", most=LOADS_TOLD_MAX)]


class Load:
    """A load within one transaction: rows go to a table of its own and are merged at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator["Writer"]:
        """Take rows, and much time."""
        grant_time(self._connection, LOAD_SECONDS_MAX)
        await execute(self._connection, "vop_load_time", timeout=f"{LOAD_SECONDS_MAX}s")
        await execute(self._connection, "vop_load_table")
        async with self._connection.cursor().copy(sql("vop_load_copy")) as copy:
            copy.set_types(_TYPES)
            yield Writer(copy)

    async def repeats(self) -> Repeats | None:
        """Accounts that stand in the load twice, if there are any."""
        await execute(self._connection, "vop_load_index")
        await execute(self._connection, "vop_load_analyze")
        row = await fetch_one(self._connection, "vop_load_repeats")
        return Repeats(**row) if row else None

    async def compare(self) -> Comparison:
        """Compare with what is kept; nobody else loads from here on."""
        await execute(self._connection, "vop_load_lock")
        row = await fetch_one(self._connection, "vop_load_counts")
        assert row is not None
        return Comparison(row["accounts"], row["known"], row["missing"])

    async def merge(
        self, file_name: str, *, is_complete: bool, accounts: int, now: datetime
    ) -> dict[str, int]:
        """Make the load the directory, or a part of it: how many accounts were added, changed, removed."""
        removed = await execute(self._connection, "vop_load_remove") if is_complete else 0
        changed = await execute(self._connection, "vop_load_change")
        added = await execute(self._connection, "vop_load_add")
        counts = {"added": added, "changed": changed, "removed": removed}
        await execute(
            self._connection,
            "vop_load_insert",
            file_name=file_name,
            is_complete=is_complete,
            accounts=accounts,
            now=now,
            **counts,
        )
        await execute(self._connection, "vop_banks_clear")
        await execute(self._connection, "vop_banks_count")
        return counts


class Writer:
    """Takes the rows of a load."""

    def __init__(self, copy: psycopg.AsyncCopy) -> None:
        self._copy = copy

    async def write(self, account: NewAccount) -> None:
        await self._copy.write_row(account)
