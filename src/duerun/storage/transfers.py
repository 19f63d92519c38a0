"""Transfers: rows <-> values, and the marks that guard the call to the gateway.

Leases are measured by the database's own clock, never by a test clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.transfers import Transfer, target_digest
from duerun.storage import recipients
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, sql
from duerun.storage.lists import Page, fetch_page


@dataclass(frozen=True, slots=True)
class Claim:
    """A transfer whose outcome is not known; `waited_seconds` since it was last sent to `target_digest`."""

    transfer_id: str
    token: int
    sends: int
    waited_seconds: float
    target_digest: bytes | None
    amount_minor: int
    currency: str


async def insert(connection: Connection, account: Account, transfer: Transfer) -> bool:
    """A transfer that was not sent; False when its `idemp_key` is taken."""
    inserted = await execute(
        connection,
        "transfer_insert",
        id=transfer.id,
        account_id=account.id,
        livemode=account.livemode,
        recipient_id=transfer.recipient.id,
        amount_minor=transfer.amount_minor,
        currency=transfer.currency,
        fee_minor=transfer.fee_minor,
        fee_vat_minor=transfer.fee_vat_minor,
        fail_fast=transfer.fail_fast,
        idemp_key=transfer.idemp_key,
        metadata=Jsonb(transfer.metadata),
        failed_at=transfer.failed_at,
        failure_code=transfer.failure_code,
        failure_message=transfer.failure_message,
        gateway_state=transfer.gateway_state,
        now=transfer.created_at,
    )
    return inserted == 1


async def insert_many(
    connection: Connection,
    account: Account,
    transfers: Sequence[Transfer],
    *,
    occurrence_ids: Sequence[str],
    now: datetime,
) -> None:
    """Settled transfers, each of one occurrence, in one COPY; `now` is when their gateway was asked."""
    if not transfers:
        return
    async with connection.cursor() as cursor, cursor.copy(sql("transfers_copy")) as copy:
        for transfer, occurrence_id in zip(transfers, occurrence_ids, strict=True):
            await copy.write_row(_copied(account, transfer, occurrence_id, now))


def _copied(account: Account, transfer: Transfer, occurrence_id: str, now: datetime) -> tuple[Any, ...]:
    return (
        transfer.id,
        account.id,
        account.livemode,
        transfer.recipient.id,
        transfer.amount_minor,
        transfer.currency,
        transfer.fee_minor,
        transfer.fee_vat_minor,
        Jsonb(transfer.metadata),
        transfer.sent_at,
        transfer.failed_at,
        transfer.failure_code,
        transfer.failure_message,
        transfer.transaction_id,
        transfer.schedule_id,
        occurrence_id,
        transfer.gateway_state,
        1,
        now,
        transfer.created_at,
    )


async def fetch(
    connection: Connection, account: Account, transfer_id: str, *, lock: bool = False
) -> Transfer | None:
    """A transfer with its recipient, destroyed ones too; `lock` holds the row until the transaction ends."""
    cursor = await connection.execute(
        sql("transfer_fetch") + (" FOR UPDATE" if lock else ""),
        {"id": transfer_id, "account_id": account.id, "livemode": account.livemode},
    )
    return await _one(connection, account, await cursor.fetchone())


async def fetch_many(connection: Connection, account: Account, transfer_ids: Sequence[str]) -> list[Transfer]:
    """Some transfers by their ids, destroyed ones too."""
    rows = await fetch_all(
        connection,
        "transfers_fetch",
        ids=list(transfer_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return await _with_recipients(connection, account, rows)


async def by_idemp_key(connection: Connection, account: Account, idemp_key: str) -> Transfer | None:
    """The transfer that was made under a caller's key, destroyed ones too."""
    row = await fetch_one(
        connection,
        "transfer_by_idemp_key",
        idemp_key=idemp_key,
        account_id=account.id,
        livemode=account.livemode,
    )
    return await _one(connection, account, row)


async def list_transfers(connection: Connection, account: Account, query: ListQuery) -> Page[Transfer]:
    rows, total = await fetch_page(
        connection,
        "transfers_list",
        query,
        counted="transfers",
        account_id=account.id,
        livemode=account.livemode,
    )
    return Page(tuple(await _with_recipients(connection, account, rows)), total)


async def update(connection: Connection, account: Account, transfer: Transfer) -> None:
    """Write down what may change beside the call to the gateway."""
    await execute(
        connection,
        "transfer_update",
        id=transfer.id,
        account_id=account.id,
        livemode=account.livemode,
        amount_minor=transfer.amount_minor,
        metadata=Jsonb(transfer.metadata),
        paid_at=transfer.paid_at,
        deleted_at=transfer.deleted_at,
    )


async def instruct(
    connection: Connection, account: Account, transfer: Transfer, *, lease_seconds: float
) -> int | None:
    """Write down the intent to send; the token that guards its outcome, None when it was sent before."""
    row = await fetch_one(
        connection,
        "transfer_instruct",
        id=transfer.id,
        target_digest=target_digest(transfer.recipient),
        account_id=account.id,
        livemode=account.livemode,
        lease_seconds=lease_seconds,
    )
    return int(row["token"]) if row else None


async def instruct_again(
    connection: Connection, account: Account, transfer_id: str, token: int, *, lease_seconds: float
) -> bool:
    """Write down that the same key is sent once more; False when the claim was lost."""
    written = await execute(
        connection,
        "transfer_instruct_again",
        id=transfer_id,
        account_id=account.id,
        livemode=account.livemode,
        token=token,
        lease_seconds=lease_seconds,
    )
    return written == 1


async def settle(connection: Connection, account: Account, transfer: Transfer, token: int) -> bool:
    """Write the outcome down; False when another holder of the claim was faster."""
    settled = await execute(
        connection,
        "transfer_settle",
        id=transfer.id,
        account_id=account.id,
        livemode=account.livemode,
        token=token,
        sent_at=transfer.sent_at,
        failed_at=transfer.failed_at,
        failure_code=transfer.failure_code,
        failure_message=transfer.failure_message,
        transaction_id=transfer.transaction_id,
    )
    return settled == 1


async def lose(
    connection: Connection, account: Account, transfer_id: str, token: int, *, ask_again_seconds: float
) -> bool:
    """Write down that nobody can tell the outcome yet; False when the claim was lost.

    The gateway is asked after a while, which grows with the age of the send; without one when the lease ends.
    """
    written = await execute(
        connection,
        "transfer_lose",
        id=transfer_id,
        account_id=account.id,
        livemode=account.livemode,
        token=token,
        ask_again_seconds=ask_again_seconds,
    )
    return written == 1


async def claim_lapsed(
    connection: Connection, account: Account, *, rows_max: int, lease_seconds: float
) -> list[Claim]:
    """Take over transfers whose lease ran out before their outcome was written down."""
    rows = await fetch_all(
        connection,
        "transfers_claim_lapsed",
        account_id=account.id,
        livemode=account.livemode,
        rows_max=rows_max,
        lease_seconds=lease_seconds,
    )
    return [
        Claim(
            row["id"],
            row["token"],
            row["sends"],
            float(row["waited_seconds"]),
            row["target_digest"],
            row["amount_minor"],
            row["currency"],
        )
        for row in rows
    ]


async def _one(connection: Connection, account: Account, row: dict[str, Any] | None) -> Transfer | None:
    return (await _with_recipients(connection, account, [row]))[0] if row else None


async def _with_recipients(
    connection: Connection, account: Account, rows: Iterable[dict[str, Any]]
) -> list[Transfer]:
    rows = list(rows)
    found = await recipients.fetch_many(connection, account, {row["recipient_id"] for row in rows})
    return [Transfer(recipient=found[row.pop("recipient_id")], **row) for row in rows]
