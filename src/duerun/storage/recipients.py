"""Recipients: rows <-> values. Every statement names the account and the mode."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Recipient
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, sql
from duerun.storage.lists import Page, fetch_page


async def insert(connection: Connection, account: Account, recipient: Recipient) -> None:
    await execute(connection, "recipient_insert", **_row(recipient), account_id=account.id)


async def fetch(
    connection: Connection, account: Account, recipient_id: str, *, lock: bool = False
) -> Recipient | None:
    """A recipient, destroyed ones too; `lock` holds the row until the transaction ends."""
    cursor = await connection.execute(
        sql("recipient_fetch") + (" FOR UPDATE" if lock else ""),
        {"id": recipient_id, "account_id": account.id, "livemode": account.livemode},
    )
    row = await cursor.fetchone()
    return Recipient(**row) if row else None


async def fetch_many(
    connection: Connection, account: Account, recipient_ids: Collection[str]
) -> dict[str, Recipient]:
    """Some recipients by their ids, destroyed ones too; unknown ids are left out."""
    if not recipient_ids:
        return {}
    rows = await fetch_all(
        connection,
        "recipients_fetch",
        ids=list(recipient_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return {row["id"]: Recipient(**row) for row in rows}


async def fetch_default(connection: Connection, account: Account) -> Recipient | None:
    """The recipient that gets what names no recipient."""
    row = await fetch_one(connection, "recipient_default", account_id=account.id, livemode=account.livemode)
    return Recipient(**row) if row else None


async def list_recipients(connection: Connection, account: Account, query: ListQuery) -> Page[Recipient]:
    rows, total = await fetch_page(
        connection,
        "recipients_list",
        query,
        counted="recipients",
        account_id=account.id,
        livemode=account.livemode,
    )
    return Page(tuple(Recipient(**row) for row in rows), total)


async def update(connection: Connection, account: Account, recipient: Recipient) -> None:
    await execute(connection, "recipient_update", **_row(recipient), account_id=account.id)


def _row(recipient: Recipient) -> dict[str, Any]:
    return {**asdict(recipient), "metadata": Jsonb(recipient.metadata)}
