"""Telling clients that a task has ended, with a token from their own token endpoint.

Source: the VOP wire specification, 8.1. Tries follow the waits of webhooks, for three days at most.
"""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from duerun.domain.payees.tasks import NoticeState
from duerun.domain.webhooks import ERROR_CHARACTERS_MAX, Reply, next_try_at
from duerun.services.unit import Runtime
from duerun.services.vop_clients import SECRET_PLACE
from duerun.storage import vop_clients
from duerun.storage import vop_notices as store
from duerun.storage.vop_clients import Target
from duerun.storage.vop_notices import Notice

CLAIM_ROWS = 50
LEASE_SECONDS = 60.0
TELL_FOR = timedelta(days=3)
NO_TARGET = Reply(error="the client wants to be told no more")


class _Token(msgspec.Struct):
    access_token: str


class _Body(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What a client is told; no name and no IBAN is in it."""

    task_id: str
    status: str
    detail: str | None = None


async def deliver(runtime: Runtime, now: datetime) -> int:
    """Tell about some tasks; how many were tried."""
    async with runtime.database.transaction() as connection:
        notices = await store.claim(connection, now=now, claim_rows=CLAIM_ROWS, lease_seconds=LEASE_SECONDS)
    await asyncio.gather(*(_deliver(runtime, notice) for notice in notices))
    return len(notices)


async def _deliver(runtime: Runtime, notice: Notice) -> None:
    async with runtime.database.connection() as connection:
        target = await vop_clients.fetch_target(connection, notice.client_number)
    reply = await _tell(runtime, notice, target) if target else NO_TARGET
    now = runtime.clock.now()
    next_at = None
    state = NoticeState.DELIVERED
    if reply.status is None or not 200 <= reply.status <= 299:
        next_at = _next_at(runtime, notice, now) if target else None
        state = NoticeState.PENDING if next_at else NoticeState.GIVEN_UP
    error = (reply.error or "")[:ERROR_CHARACTERS_MAX] or None
    async with runtime.database.transaction() as connection:
        await store.settle(connection, notice, state, next_at=next_at, status=reply.status, error=error)


def _next_at(runtime: Runtime, notice: Notice, now: datetime) -> datetime | None:
    moment = next_try_at(notice.attempt, notice.first_at, now, retries=runtime.webhooks.retries)
    return moment if moment and moment <= notice.first_at + TELL_FOR else None


async def _tell(runtime: Runtime, notice: Notice, target: Target) -> Reply:
    secret = runtime.payees.seal.open(target.secret, SECRET_PLACE.format(notice.client_number)).decode()
    user = f"{quote(target.client_id, safe='')}:{quote(secret, safe='')}"
    granted = await runtime.webhooks.sender.post(
        target.token_uri,
        b"grant_type=client_credentials",
        {
            "Authorization": f"Basic {base64.b64encode(user.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
    )
    token = _token_of(granted)
    if token is None:
        return Reply(error=granted.error or f"the token endpoint answered {granted.status} without a token")
    body = _Body(task_id=str(notice.task_id), status=notice.status, detail=notice.detail)
    headers: dict[str, Any] = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return await runtime.webhooks.sender.post(target.uri, msgspec.json.encode(body), headers)


def _token_of(reply: Reply) -> str | None:
    """The bearer token of a token endpoint's answer, if it can stand in a header."""
    if reply.status != 200:
        return None
    try:
        token = msgspec.json.decode(reply.body, type=_Token).access_token
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return token if token.isascii() and token.isprintable() and token else None
