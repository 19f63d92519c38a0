"""A request that is sent twice takes effect once (source: the wire specification, 1.4).

What took effect is noted in its own transaction: should the process die before it answers, the next request with the
key is answered with the object as it is, and nothing is done again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.services.unit import EFFECT, Effect, Runtime
from duerun.storage import idempotency as store
from duerun.storage.idempotency import Hold, Kept

LEASE_SECONDS = 60.0


async def claim(
    runtime: Runtime, account: Account, digest: bytes, fingerprint: bytes | None
) -> Hold | Kept | None:
    """Take a key: a `Hold` to run the request under, or what is kept of an earlier one; None if that just went."""
    async with runtime.database.connection() as connection:
        hold = await store.claim(connection, account, digest, fingerprint, lease_seconds=LEASE_SECONDS)
        return hold or await store.fetch(connection, account, digest)


@asynccontextmanager
async def holding(runtime: Runtime, account: Account, hold: Hold) -> AsyncIterator[Effect]:
    """Note what the request changes; the key is given back if it ends without `finish`."""
    effect = Effect(hold)
    token = EFFECT.set(effect)
    try:
        yield effect
    finally:
        EFFECT.reset(token)
        if not effect.is_finished:
            await asyncio.shield(_release(runtime, account, hold))


async def _release(runtime: Runtime, account: Account, hold: Hold) -> None:
    async with runtime.database.connection() as connection:
        await store.release(connection, account, hold)


async def finish(runtime: Runtime, account: Account, effect: Effect, *, status: int, body: bytes) -> None:
    """Keep the answer of a request for as long as its key counts."""
    async with runtime.database.connection() as connection:
        await store.finish(
            connection, account, effect.hold, status=status, body=body, fingerprint=effect.fingerprint
        )
    effect.is_finished = True


async def prune(runtime: Runtime, real_now: datetime) -> int:
    """Forget keys that have had their time; how many."""
    before = real_now - timedelta(hours=runtime.idempotency_hours)
    async with runtime.database.connection() as connection:
        return await store.prune(connection, before)
