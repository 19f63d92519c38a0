"""Accounts for which this server answers: looked up by IBAN, loaded whole or in part."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg

from duerun.domain.payees.accounts import HeldAccount, decode
from duerun.storage.database import Connection, Database, execute, fetch_all, fetch_one, sql

_TYPES = ("text", "text", "text", "bytea", "bytea")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to keep: `held` is the encoded account, `digest` tells whether it has changed."""

    iban: str
    remittance: str
    bank_code: str
    digest: bytes
    held: bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a load differs in size from what is kept."""

    accounts: int
    known: int
    missing: int


async def find(database: Database, ibans: Sequence[str]) -> dict[str, list[HeldAccount]]:
    """The accounts with some IBANs."""
    async with database.connection() as connection:
        cursor = connection.cursor(binary=True)
        await cursor.execute(sql("vop_accounts_find"), {"ibans": list(ibans)})
        rows = await cursor.fetchall()
    found: dict[str, list[HeldAccount]] = {}
    for row in rows:
        found.setdefault(row["iban"], []).append(decode(row["held"]))
    return found


async def banks(database: Database) -> frozenset[str]:
    """Country and bank code of each bank whose accounts are kept here."""
    async with database.connection() as connection:
        return frozenset(row["bank_code"] for row in await fetch_all(connection, "vop_banks_known"))


class Load:
    """A load within one transaction: rows go to a table of its own and are merged at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator["Writer"]:
        """Take rows."""
        await execute(self._connection, "vop_load_table")
        async with self._connection.cursor().copy(sql("vop_load_copy")) as copy:
            copy.set_types(_TYPES)
            yield Writer(copy)

    async def compare(self) -> Comparison:
        """Compare with what is kept; nobody else loads from here on."""
        await execute(self._connection, "vop_load_index")
        await execute(self._connection, "vop_load_analyze")
        await execute(self._connection, "vop_load_lock")
        row = await fetch_one(self._connection, "vop_load_counts")
        assert row is not None
        return Comparison(row["accounts"], row["known"], row["missing"])

    async def repeated(self) -> str | None:
        """An IBAN that stands twice in the load, if there is one."""
        row = await fetch_one(self._connection, "vop_load_repeated")
        return row["iban"] if row else None

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
        await self._copy.write_row(
            (account.iban, account.remittance, account.bank_code, account.digest, account.held)
        )
