"""Idempotency keys: claimed, noted with what took effect, finished with the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, execute, fetch_one

PRUNED_ROWS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Hold:
    """A claimed key. `object_id` is what an earlier holder, who died, has made or changed."""

    digest: bytes
    holder: int
    object_id: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A key that somebody used before; without a `status` its request is still running."""

    fingerprint: bytes | None
    status: int | None
    body: bytes | None


def _scope(account: Account, digest: bytes) -> dict[str, Any]:
    return {"account_id": account.id, "livemode": account.livemode, "digest": digest}


async def claim(
    connection: Connection,
    account: Account,
    digest: bytes,
    fingerprint: bytes | None,
    *,
    lease_seconds: float,
) -> Hold | None:
    """Take a key that is new, or whose request died; None for one that is finished, running or used otherwise."""
    row = await fetch_one(
        connection,
        "idempotency_claim",
        **_scope(account, digest),
        fingerprint=fingerprint,
        lease_seconds=lease_seconds,
    )
    return Hold(digest, row["holder"], row["object_id"]) if row else None


async def fetch(connection: Connection, account: Account, digest: bytes) -> Kept | None:
    row = await fetch_one(connection, "idempotency_fetch", **_scope(account, digest))
    return Kept(row["fingerprint"], row["status"], row["body"]) if row else None


async def note(
    connection: Connection, account: Account, hold: Hold, object_id: str, fingerprint: bytes | None
) -> bool:
    """Write down what took effect; False when the key was taken over meanwhile."""
    noted = await execute(
        connection,
        "idempotency_note",
        **_scope(account, hold.digest),
        holder=hold.holder,
        object_id=object_id,
        fingerprint=fingerprint,
    )
    return noted == 1


async def finish(
    connection: Connection,
    account: Account,
    hold: Hold,
    *,
    status: int,
    body: bytes,
    fingerprint: bytes | None,
) -> None:
    """Keep the answer."""
    await execute(
        connection,
        "idempotency_finish",
        **_scope(account, hold.digest),
        holder=hold.holder,
        status=status,
        body=body,
        fingerprint=fingerprint,
    )


async def release(connection: Connection, account: Account, hold: Hold) -> None:
    """Give a key back whose request came to no answer."""
    await execute(connection, "idempotency_release", **_scope(account, hold.digest), holder=hold.holder)


async def prune(connection: Connection, before: datetime) -> int:
    """Drop some keys of all accounts that were first used before a moment; how many."""
    return await execute(connection, "idempotency_prune", before=before, rows_max=PRUNED_ROWS_MAX)
