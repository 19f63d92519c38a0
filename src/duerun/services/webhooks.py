"""Webhooks: events on their way to a receiver, and the secrets that sign them (source: the wire specification, 14)."""

import asyncio
import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.events import Event
from duerun.domain.lists import ListQuery
from duerun.domain.webhooks import (
    ROTATION,
    SECRET_BYTES,
    Delivery,
    DeliveryState,
    Outcome,
    Reply,
    WebhookSecret,
    check_uri,
    headers,
    judge,
)
from duerun.services.reports import events_data
from duerun.services.unit import THE_API, Runtime, Unit
from duerun.storage import accounts
from duerun.storage import webhooks as store
from duerun.storage.installation import hold_reason
from duerun.storage.lists import Page
from duerun.storage.webhooks import Claimed

KIND = "webhook_secret"
SWITCHED_OFF = "the account has no webhook address"
GIVE_UP_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Batch:
    """How many deliveries were taken up, and whether each of them arrived."""

    count: int
    all_arrived: bool


@dataclass(frozen=True, slots=True)
class _Letter:
    claimed: Claimed
    body: bytes


async def deliver(runtime: Runtime, account: Account, now: datetime) -> Batch:
    """Try one batch of what is due at the real moment `now`: claim, send outside any transaction, settle."""
    uri = account.webhook_uri
    if uri is None:
        return await _give_up(runtime, account, now)
    async with runtime.database.transaction() as connection:
        # Receivers of live mode hear nothing from a copy.
        if account.livemode and await hold_reason(connection) is not None:
            return Batch(0, all_arrived=False)
        claimed = await store.claim(
            connection,
            account,
            uri,
            now=now,
            claim_rows=runtime.webhooks.at_once,
            lease_seconds=runtime.webhooks.lease_seconds,
        )
    if not claimed:
        return Batch(0, all_arrived=False)
    letters, secrets = await _written(runtime, account, claimed, now)
    refusal = _refusal(runtime, account, uri)
    outcomes = await asyncio.gather(
        *(_send(runtime, uri, each, secrets, now, refusal=refusal) for each in letters)
    )
    await _settle(runtime, account, uri, list(zip(claimed, outcomes, strict=True)), now)
    return Batch(len(claimed), all(each.state is DeliveryState.DELIVERED for each in outcomes))


async def _give_up(runtime: Runtime, account: Account, now: datetime) -> Batch:
    async with runtime.database.connection() as connection:
        count = await store.give_up(connection, account, SWITCHED_OFF, now=now, claim_rows=GIVE_UP_ROWS)
    return Batch(count, all_arrived=True)


async def _written(
    runtime: Runtime, account: Account, claimed: Sequence[Claimed], now: datetime
) -> tuple[list[_Letter], list[str]]:
    """The bodies to send, and the secrets to sign them with."""
    async with runtime.unit(account, account.now(now)) as unit:
        secrets = await store.signing_secrets(unit.connection, account, unit.now)
        data = await events_data(unit, [each.event for each in claimed])
        letters = [
            _Letter(each, runtime.webhooks.write(each.event, data[each.event.id], account))
            for each in claimed
        ]
    return letters, secrets


def _refusal(runtime: Runtime, account: Account, uri: str) -> Reply | None:
    """Why nothing may be sent to an address that was good when it was set: since then the settings have changed."""
    try:
        check_uri(uri, runtime.webhooks.allow, livemode=account.livemode)
    except RejectedError as error:
        return Reply(error=error.message)
    return None


async def _send(
    runtime: Runtime,
    uri: str,
    letter: _Letter,
    secrets: Sequence[str],
    now: datetime,
    *,
    refusal: Reply | None,
) -> Outcome:
    claimed, webhooks = letter.claimed, runtime.webhooks
    signed = headers(claimed.event.id, letter.body, secrets=secrets, now=now, form=webhooks.form)
    reply = refusal or await webhooks.sender.post(uri, letter.body, signed)
    return judge(reply, attempt=claimed.attempt, first_at=claimed.first_at, now=now, retries=webhooks.retries)


async def _settle(
    runtime: Runtime,
    account: Account,
    uri: str,
    settled: Sequence[tuple[Claimed, Outcome]],
    now: datetime,
) -> None:
    async with runtime.database.transaction() as connection:
        await store.settle(connection, account, settled, now=now)
        if any(outcome.gone for _, outcome in settled):
            await accounts.switch_webhook_off(connection, account, uri)


async def prune(runtime: Runtime, real_now: datetime) -> int:
    """Drop some deliveries whose retention is over; how many. Their events stay."""
    before = real_now - timedelta(days=runtime.webhooks.retention_days)
    async with runtime.database.connection() as connection:
        return await store.prune(connection, before)


async def deliveries_of(unit: Unit, events: Sequence[Event]) -> dict[str, Delivery]:
    """How far each of these events has come, by event; without those that were never tried."""
    return await store.of_events(unit.connection, unit.account, [event.id for event in events])


async def create_secret(unit: Unit) -> tuple[WebhookSecret, str]:
    """A new secret and its text, which is never shown again. The secret before it signs for 24 hours more."""
    text = base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    made = WebhookSecret(unit.new_id("whsc"), unit.account.livemode, text[-4:], unit.now)
    await store.retire_secrets(unit.connection, unit.account, now=unit.now, expires_at=unit.now + ROTATION)
    await store.insert_secret(
        unit.connection,
        unit.account,
        secret_id=made.id,
        secret=text,
        last_digits=made.last_digits,
        now=unit.now,
    )
    unit.note("webhooks.create_secret", made.id, by=THE_API)
    return made, text


async def list_secrets(unit: Unit, query: ListQuery) -> Page[WebhookSecret]:
    return await store.list_secrets(unit.connection, unit.account, query, unit.now)


async def get_secret(unit: Unit, secret_id: str) -> WebhookSecret:
    secret = await store.fetch_secret(unit.connection, unit.account, secret_id, unit.now)
    if secret is None:
        raise NotFoundError(KIND, secret_id)
    return secret


async def delete_secret(unit: Unit, secret_id: str) -> WebhookSecret:
    """End a secret at once."""
    secret = await get_secret(unit, secret_id)
    await store.delete_secret(unit.connection, unit.account, secret_id)
    unit.note("webhooks.delete_secret", secret_id, by=THE_API)
    return secret
