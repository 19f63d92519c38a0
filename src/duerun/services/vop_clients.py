"""Requesters of checks: made, changed, and known again by their secret or token."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from duerun import ids
from duerun.domain.audit_chain import Note, public_address
from duerun.domain.errors import NotAuthenticatedError, NotFoundError, RejectedError
from duerun.domain.payees.clients import Offering, Scope, VopClient, check_client_id
from duerun.domain.webhooks import check_uri
from duerun.services import audit_log
from duerun.services.unit import Runtime
from duerun.storage import vop_clients as store
from duerun.storage.vop_clients import Changes, NewClient, Target

SECRET_CHARACTERS = 40
TOKEN_CHARACTERS = 50
NO_HASH = bytes(32)
SECRET_PLACE = "webhook secret of {}"  # noqa: S105 - what a sealed secret is bound to, not a secret


async def create(
    runtime: Runtime,
    client_id: str,
    *,
    livemode: bool,
    now: datetime,
    bics: Sequence[str] = (),
    scopes: Sequence[Scope] = tuple(Scope),
    offering: Offering | None = None,
    profile: str | None = None,
    match: dict[str, str] | None = None,
    secret: str | None = None,
) -> str:
    """A new client; its secret, which is shown once. Raises `RejectedError` if the name is taken."""
    chosen = secret or ids.random_text(SECRET_CHARACTERS)
    new = NewClient(
        client_id=check_client_id(client_id),
        livemode=livemode,
        secret_hash=_hashed(chosen),
        scopes=scopes,
        bics=bics,
        offering=offering,
        profile=profile,
        match=match or {},
    )
    async with runtime.database.transaction() as connection:
        if await store.insert(connection, new, now) is None:
            raise RejectedError(f"client {client_id} exists already")
        facts = {"scopes": ", ".join(sorted(scopes)), "bics": ", ".join(bics)}
        note = Note("keys.create_client", client_id, facts, livemode=livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return chosen


async def change(runtime: Runtime, client_id: str, changes: Changes) -> VopClient:
    """Set some things of a client otherwise."""
    async with runtime.database.transaction() as connection:
        client = await store.update(connection, client_id, changes)
        if client is None:
            raise NotFoundError("client", client_id)
        note = Note("keys.change_client", client_id, _facts(changes), livemode=client.livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return client


def _facts(changes: Changes) -> dict[str, str]:
    """What is set otherwise, without secrets."""
    named = {
        "scopes": changes.scopes,
        "bics": changes.bics,
        "offering": changes.offering,
        "profile": changes.profile,
        "match": changes.match,
        "is_disabled": changes.is_disabled,
    }
    return {name: str(value) for name, value in named.items() if value is not None}


async def roll_secret(runtime: Runtime, client_id: str) -> str:
    """A new secret in place of the old one, which ends at once with all tokens that were given for it."""
    secret = ids.random_text(SECRET_CHARACTERS)
    async with runtime.database.transaction() as connection:
        client = await store.update(connection, client_id, Changes(secret_hash=_hashed(secret)))
        if client is None:
            raise NotFoundError("client", client_id)
        await store.end_tokens(connection, client.number)
        note = Note("keys.roll_client", client_id, {}, livemode=client.livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return secret


async def tell_at(
    runtime: Runtime, client_id: str, uri: str, *, token_uri: str, webhook_client_id: str, secret: str
) -> None:
    """Have a client told at its own address when a task ends, with a token from its own token endpoint."""
    async with runtime.database.transaction() as connection:
        found = await store.by_id(connection, client_id)
        if found is None:
            raise NotFoundError("client", client_id)
        client, _ = found
        for each in (uri, token_uri):
            check_uri(each, runtime.webhooks.allow, livemode=client.livemode)
        sealed = runtime.payees.seal.close(secret.encode(), SECRET_PLACE.format(client.number))
        target = Target(uri, token_uri, webhook_client_id, sealed, client.livemode)
        await store.set_target(connection, client_id, target)
        facts = {"address": public_address(uri)}
        note = Note("webhooks.set_client_address", client_id, facts, livemode=client.livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)


async def tell_nowhere(runtime: Runtime, client_id: str) -> None:
    """Have a client told no more."""
    async with runtime.database.transaction() as connection:
        if not await store.set_target(connection, client_id, None):
            raise NotFoundError("client", client_id)
        note = Note("webhooks.set_client_address", client_id, {"address": "none"})
        await audit_log.tell(connection, runtime.clock.now(), note)


async def list_all(runtime: Runtime) -> list[VopClient]:
    """All clients, in the order in which they were made."""
    async with runtime.database.connection() as connection:
        return await store.list_clients(connection)


async def authenticate(runtime: Runtime, client_id: str, secret: str) -> VopClient:
    """Who has this name and secret; unknown, wrong and disabled are told alike."""
    async with runtime.database.connection() as connection:
        found = await store.by_id(connection, client_id) if "\x00" not in client_id else None
    client, known = found or (None, NO_HASH)
    is_right = hmac.compare_digest(_hashed(secret), known)
    if client is None or not is_right or client.is_disabled:
        raise NotAuthenticatedError
    return client


async def issue_token(
    runtime: Runtime, client: VopClient, scopes: frozenset[Scope], now: datetime
) -> tuple[str, int]:
    """A bearer token and the seconds for which it counts; kept as a hash."""
    token = ids.random_text(TOKEN_CHARACTERS)
    seconds = runtime.payees.policy.token_seconds
    async with runtime.database.transaction() as connection:
        await store.insert_token(
            connection,
            client.number,
            _hashed(token),
            sorted(scopes),
            expires_at=now + timedelta(seconds=seconds),
        )
    return token, seconds


async def of_token(runtime: Runtime, token: str, now: datetime) -> tuple[VopClient, frozenset[Scope]]:
    """Whose token it is and what it is good for; raises `NotAuthenticatedError`."""
    async with runtime.database.connection() as connection:
        found = await store.of_token(connection, _hashed(token), now)
    if found is None:
        raise NotAuthenticatedError
    return found


async def admit_dev_client(
    runtime: Runtime, client_id: str, secret: str, bics: Sequence[str], now: datetime
) -> None:
    """The client of `duerun dev`: made once, in test mode."""
    async with runtime.database.connection() as connection:
        known = await store.by_id(connection, client_id)
    if known is None:
        await create(
            runtime,
            client_id,
            livemode=False,
            now=now,
            bics=bics,
            offering=Offering.PLUS,
            secret=secret,
        )


async def prune(runtime: Runtime, now: datetime) -> int:
    """Drop some tokens that have expired."""
    async with runtime.database.connection() as connection:
        return await store.prune_tokens(connection, now)


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
