"""What was asked of processors, kept with the intents; which processor an account is attached to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.gateway_terms import AttachedTerms
from duerun.storage.accounts import attached_terms
from duerun.storage.database import Connection, execute, fetch_all, fetch_one


class NewRequest(NamedTuple):
    """A request to keep: what the key stands for, and the digest of all of it."""

    payment_id: str
    key: str
    reference: str
    amount_minor: int
    currency: str
    digest: bytes
    description: str | None
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it was first sent. `terms` is None for the server's own processor."""

    payment_id: str
    gateway: int
    terms: AttachedTerms | None
    digest: bytes
    description: str | None
    metadata: Mapping[str, object]
    first_sent_seconds_ago: float


async def keep(
    connection: Connection, account: Account, gateway: int, kind: str, requests: Sequence[NewRequest]
) -> None:
    """Keep requests together with their intents, at their first sends."""
    if not requests:
        return
    columns = [list(column) for column in zip(*requests, strict=True)]
    ids, keys, references, amounts, currencies, digests, descriptions, metadata = columns
    await execute(
        connection,
        "gateway_requests_insert",
        payment_ids=ids,
        keys=keys,
        reference_texts=references,
        amounts=amounts,
        currencies=currencies,
        digests=digests,
        descriptions=descriptions,
        # As text: what comes back is to the letter what was sent.
        metadata=[json.dumps(each, sort_keys=True) for each in metadata],
        kind=kind,
        gateway=gateway,
        account_id=account.id,
        livemode=account.livemode,
    )


async def fetch(connection: Connection, payment_ids: Sequence[str]) -> dict[str, Kept]:
    """What is kept of these payments, by payment; nothing for those of a gateway that keeps none."""
    if not payment_ids:
        return {}
    rows = await fetch_all(connection, "gateway_requests_fetch", ids=list(payment_ids))
    return {row["payment_id"]: _kept(row) for row in rows}


def _kept(row: dict[str, Any]) -> Kept:
    return Kept(
        row["payment_id"],
        row["gateway"],
        attached_terms(row) if row["gateway_number"] is not None else None,
        bytes(row["request_hash"]),
        row["description"],
        json.loads(row["metadata"]),
        row["first_sent_seconds_ago"],
    )


async def lock_current(connection: Connection, account_id: int, *, livemode: bool) -> dict[str, Any] | None:
    """The processor that an account is attached to, held until the transaction ends: number, url, token, terms."""
    return await fetch_one(connection, "gateway_lock", account_id=account_id, livemode=livemode)


async def attach(
    connection: Connection, account_id: int, *, livemode: bool, url: str, token: bytes, terms: dict[str, Any]
) -> None:
    """Attach an account to a processor at another address; the one before goes on being asked."""
    await detach(connection, account_id, livemode=livemode)
    await execute(
        connection,
        "gateway_insert",
        account_id=account_id,
        livemode=livemode,
        url=url,
        token=token,
        terms=Jsonb(terms),
    )


async def detach(connection: Connection, account_id: int, *, livemode: bool) -> None:
    """Let the account use the server's own processor from now on."""
    await execute(connection, "gateway_retire", account_id=account_id, livemode=livemode)


async def set_terms(connection: Connection, number: int, *, token: bytes, terms: dict[str, Any]) -> None:
    """Change what does not make it another processor."""
    await execute(connection, "gateway_update", number=number, token=token, terms=Jsonb(terms))
