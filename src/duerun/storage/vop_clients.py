"""Requesters of checks, their tokens, and where they want to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.payees.clients import Offering, Scope, VopClient
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

ROWS_MAX = 1_000
PRUNED_ROWS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class NewClient:
    """A requester to make; `secret_hash` is the SHA-256 of a random secret."""

    client_id: str
    livemode: bool
    secret_hash: bytes
    scopes: Sequence[Scope]
    bics: Sequence[str]
    offering: Offering | None
    profile: str | None
    match: dict[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be set otherwise; None leaves as it is."""

    secret_hash: bytes | None = None
    scopes: Sequence[Scope] | None = None
    bics: Sequence[str] | None = None
    offering: Offering | None = None
    profile: str | None = None
    match: dict[str, str] | None = None
    is_disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a client is told that a task has ended; `secret` is sealed."""

    uri: str
    token_uri: str
    client_id: str
    secret: bytes
    livemode: bool


async def insert(connection: Connection, new: NewClient, now: datetime) -> VopClient | None:
    """Keep a new client; None if the name is taken."""
    row = await fetch_one(
        connection,
        "vop_client_insert",
        client_id=new.client_id,
        livemode=new.livemode,
        secret_hash=new.secret_hash,
        scopes=list(map(str, new.scopes)),
        bics=list(new.bics),
        offering=new.offering,
        profile=new.profile,
        match=Jsonb(new.match),
        now=now,
    )
    return _client(row) if row else None


async def update(connection: Connection, client_id: str, changes: Changes) -> VopClient | None:
    """Set some things otherwise; None if there is no such client."""
    row = await fetch_one(
        connection,
        "vop_client_update",
        client_id=client_id,
        secret_hash=changes.secret_hash,
        scopes=None if changes.scopes is None else list(map(str, changes.scopes)),
        bics=None if changes.bics is None else list(changes.bics),
        offering=changes.offering,
        profile=changes.profile,
        match=Jsonb(changes.match or {}),
        is_disabled=changes.is_disabled,
    )
    return _client(row) if row else None


async def set_target(connection: Connection, client_id: str, target: Target | None) -> bool:
    """Set where a client is told, or nowhere; whether there is such a client."""
    return bool(
        await execute(
            connection,
            "vop_client_webhook",
            client_id=client_id,
            webhook_uri=target and target.uri,
            webhook_token_uri=target and target.token_uri,
            webhook_client_id=target and target.client_id,
            webhook_secret=target and target.secret,
        )
    )


async def fetch_target(connection: Connection, client_number: int) -> Target | None:
    """Where a client is told; the only place that reads the secret."""
    row = await fetch_one(connection, "vop_client_target", client_number=client_number)
    if row is None or row["webhook_uri"] is None:
        return None
    return Target(
        row["webhook_uri"],
        row["webhook_token_uri"],
        row["webhook_client_id"],
        row["readable_webhook_secret"],
        row["livemode"],
    )


async def by_id(connection: Connection, client_id: str) -> tuple[VopClient, bytes] | None:
    """A client by its name, and the hash of its secret."""
    row = await fetch_one(connection, "vop_client_by_id", client_id=client_id)
    return (_client(row), row["secret_hash"]) if row else None


async def by_number(connection: Connection, client_number: int) -> VopClient | None:
    row = await fetch_one(connection, "vop_client_by_number", client_number=client_number)
    return _client(row) if row else None


async def list_clients(connection: Connection) -> list[VopClient]:
    """Clients in the order in which they were made."""
    return [_client(row) for row in await fetch_all(connection, "vop_clients_list", rows_max=ROWS_MAX)]


async def insert_token(
    connection: Connection,
    client_number: int,
    token_hash: bytes,
    scopes: Sequence[Scope],
    *,
    expires_at: datetime,
) -> None:
    await execute(
        connection,
        "vop_token_insert",
        token_hash=token_hash,
        client_number=client_number,
        scopes=list(map(str, scopes)),
        expires_at=expires_at,
    )


async def of_token(
    connection: Connection, token_hash: bytes, now: datetime
) -> tuple[VopClient, frozenset[Scope]] | None:
    """Whose token it is, and what it is good for; None if it is unknown or has expired."""
    row = await fetch_one(connection, "vop_token_client", token_hash=token_hash, now=now)
    return (_client(row), frozenset(map(Scope, row["token_scopes"]))) if row else None


async def end_tokens(connection: Connection, client_number: int) -> None:
    """End all tokens of a client."""
    await execute(connection, "vop_tokens_end", client_number=client_number)


async def prune_tokens(connection: Connection, now: datetime) -> int:
    return await execute(connection, "vop_tokens_prune", now=now, rows_max=PRUNED_ROWS_MAX)


def _client(row: dict[str, Any]) -> VopClient:
    return VopClient(
        number=row["number"],
        client_id=row["client_id"],
        livemode=row["livemode"],
        scopes=frozenset(map(Scope, row["scopes"])),
        bics=tuple(row["bics"]),
        offering=Offering(row["offering"]) if row["offering"] else None,
        profile=row["profile"],
        match=row["match"],
        is_disabled=row["is_disabled"],
    )
