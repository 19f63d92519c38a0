"""Webhook deliveries: claimed with a lease, settled under the number of their attempt; and the signing secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.events import Event
from duerun.domain.lists import ListQuery
from duerun.domain.webhooks import (
    ORDERED_TRIES,
    SECRETS_MAX,
    Delivery,
    DeliveryState,
    Outcome,
    WebhookSecret,
)
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.lists import Page, fetch_page

PRUNED_ROWS_MAX = 10_000
_EVENT_COLUMNS = ("id", "livemode", "key", "object_id", "api_version", "created_at", "data")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event to deliver now. `attempt` counts this try; `first_at` is the real moment of the first one."""

    event: Event
    attempt: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery in a list: `next_at` is the real moment of its next try, `error` that of the last one."""

    event_id: str
    key: str
    object_id: str
    state: DeliveryState
    attempt: int
    status: int | None
    error: str | None
    next_at: datetime | None


async def claim(
    connection: Connection,
    account: Account,
    uri: str,
    *,
    now: datetime,
    claim_rows: int,
    lease_seconds: float,
) -> list[Claimed]:
    """Take some deliveries that are due at the real moment `now`, at most one of each object."""
    rows = await fetch_all(
        connection,
        "deliveries_claim",
        uri=uri,
        now=now,
        account_now=account.now(now),
        claim_rows=claim_rows,
        lease_seconds=lease_seconds,
        ordered_tries=ORDERED_TRIES,
        **of_account(account),
    )
    return [
        Claimed(Event(**{name: row[name] for name in _EVENT_COLUMNS}), row["attempt"], row["first_at"])
        for row in rows
        if not row["waits"]
    ]


async def settle(
    connection: Connection,
    account: Account,
    settled: Sequence[tuple[Claimed, Outcome]],
    *,
    now: datetime,
) -> None:
    """Write down what came of some tries; one that was claimed again meanwhile is left alone."""
    await execute(
        connection,
        "deliveries_settle",
        ids=[claimed.event.id for claimed, _ in settled],
        attempts=[claimed.attempt for claimed, _ in settled],
        states=[str(outcome.state) for _, outcome in settled],
        next_at=[outcome.next_at for _, outcome in settled],
        statuses=[outcome.status for _, outcome in settled],
        errors=[outcome.error for _, outcome in settled],
        now=now,
        **of_account(account),
    )
    through = [
        claimed.event.object_id for claimed, outcome in settled if outcome.state is not DeliveryState.PENDING
    ]
    if through:
        await execute(connection, "deliveries_release", object_ids=through, now=now, **of_account(account))


async def give_up(
    connection: Connection, account: Account, error: str, *, now: datetime, claim_rows: int
) -> int:
    """End some deliveries that are due and have no address any more; how many."""
    return await execute(
        connection, "deliveries_give_up", error=error, now=now, claim_rows=claim_rows, **of_account(account)
    )


async def list_deliveries(
    connection: Connection, account: Account, *, only_failed: bool, rows_max: int
) -> list[Listed]:
    """Some deliveries, those of the newest events first."""
    name = "deliveries_list_failed" if only_failed else "deliveries_list"
    rows = await fetch_all(connection, name, rows_max=rows_max, **of_account(account))
    return [Listed(**row | {"state": DeliveryState(row["state"])}) for row in rows]


async def replay(
    connection: Connection, account: Account, event_ids: Sequence[str], uri: str, *, now: datetime
) -> set[str]:
    """Deliver events from the beginning, also those without a delivery; which of them there are."""
    rows = await fetch_all(
        connection, "deliveries_replay", ids=sorted(set(event_ids)), uri=uri, now=now, **of_account(account)
    )
    return {row["event_id"] for row in rows}


async def prune(connection: Connection, before: datetime) -> int:
    """Drop some deliveries that ended before the real moment `before`, of all accounts; how many."""
    return await execute(connection, "deliveries_prune", before=before, rows_max=PRUNED_ROWS_MAX)


async def of_events(
    connection: Connection, account: Account, event_ids: Sequence[str]
) -> dict[str, Delivery]:
    """The deliveries of some events that were tried at least once, by event."""
    rows = await fetch_all(connection, "deliveries_of_events", ids=list(event_ids), **of_account(account))
    return {row["event_id"]: Delivery(**row | {"state": DeliveryState(row["state"])}) for row in rows}


async def insert_secret(
    connection: Connection, account: Account, *, secret_id: str, secret: str, last_digits: str, now: datetime
) -> None:
    await execute(
        connection,
        "webhook_secret_insert",
        id=secret_id,
        readable_secret=secret,
        last_digits=last_digits,
        now=now,
        **of_account(account),
    )


async def retire_secrets(
    connection: Connection, account: Account, *, now: datetime, expires_at: datetime
) -> None:
    """Give the newest secret its last hours and end the older ones."""
    await execute(connection, "webhook_secrets_retire", now=now, expires_at=expires_at, **of_account(account))


async def signing_secrets(connection: Connection, account: Account, now: datetime) -> list[str]:
    """The secrets to sign with, the newest first. The only place that reads them."""
    rows = await fetch_all(
        connection, "webhook_secrets_signing", now=now, secrets_max=SECRETS_MAX, **of_account(account)
    )
    return [row["readable_secret"] for row in rows]


async def list_secrets(
    connection: Connection, account: Account, query: ListQuery, now: datetime
) -> Page[WebhookSecret]:
    """What may be shown of the secrets that still sign."""
    rows, total = await fetch_page(connection, "webhook_secrets_list", query, now=now, **of_account(account))
    return Page(tuple(WebhookSecret(**row) for row in rows), total)


async def fetch_secret(
    connection: Connection, account: Account, secret_id: str, now: datetime
) -> WebhookSecret | None:
    row = await fetch_one(connection, "webhook_secret_fetch", id=secret_id, now=now, **of_account(account))
    return WebhookSecret(**row) if row else None


async def delete_secret(connection: Connection, account: Account, secret_id: str) -> None:
    await execute(connection, "webhook_secret_delete", id=secret_id, **of_account(account))
