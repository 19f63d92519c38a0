"""Webhook deliveries as people look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, fetch_all


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How far an event has come. `created_at` is a moment of the account's clock, the others are real ones."""

    event_id: str
    key: str
    object_id: str
    uri: str
    state: str
    attempt: int
    status: int | None
    error: str | None
    next_at: datetime | None
    tried_at: datetime | None
    created_at: datetime


async def fetch(connection: Connection, account: Account, ids: Sequence[str]) -> dict[str, DeliveryRow]:
    """The deliveries of these events, by event."""
    rows = await fetch_all(
        connection,
        "console_deliveries_fetch",
        ids=list(ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return {row["event_id"]: DeliveryRow(**row) for row in rows}


async def events_between(
    connection: Connection,
    account: Account,
    since: datetime,
    until: datetime,
    *,
    only_failed: bool,
    rows_max: int,
) -> list[str]:
    """The ids of events from `since` on and before `until`, the oldest first."""
    rows = await fetch_all(
        connection,
        "console_events_between",
        account_id=account.id,
        livemode=account.livemode,
        since=since,
        until=until,
        only_failed=only_failed,
        rows_max=rows_max,
    )
    return [row["id"] for row in rows]
