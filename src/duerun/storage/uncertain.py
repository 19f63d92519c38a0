"""Sends without an outcome, of schedules and by hand: listed, and taken over one by one for a person's word."""

from typing import Any

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, fetch_all, fetch_one


async def list_open(connection: Connection, account: Account, *, rows_max: int) -> list[dict[str, Any]]:
    """What was sent and has no outcome, the oldest send first."""
    return await fetch_all(
        connection, "uncertain_list", rows_max=rows_max, account_id=account.id, livemode=account.livemode
    )


async def take_occurrence(
    connection: Connection, account: Account, occurrence_id: str, *, lease_seconds: float
) -> str | None:
    """Take over an occurrence that nobody is working on, under a new token; its kind, None if there is none."""
    row = await _take(connection, "uncertain_take_occurrence", account, occurrence_id, lease_seconds)
    return str(row["kind"]) if row else None


async def take_charge(
    connection: Connection, account: Account, charge_id: str, *, lease_seconds: float
) -> int | None:
    """Take over a charge that nobody is working on; its new token."""
    row = await _take(connection, "uncertain_take_charge", account, charge_id, lease_seconds)
    return int(row["token"]) if row else None


async def take_transfer(
    connection: Connection, account: Account, transfer_id: str, *, lease_seconds: float
) -> int | None:
    """Take over a transfer that nobody is working on; its new token."""
    row = await _take(connection, "uncertain_take_transfer", account, transfer_id, lease_seconds)
    return int(row["token"]) if row else None


async def _take(
    connection: Connection, query: str, account: Account, object_id: str, lease_seconds: float
) -> dict[str, Any] | None:
    return await fetch_one(
        connection,
        query,
        id=object_id,
        lease_seconds=lease_seconds,
        account_id=account.id,
        livemode=account.livemode,
    )
