"""What a gateway lists, compared with what we asked for: how far it was read, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from duerun.domain.gateway_terms import AttachedTerms
from duerun.domain.reconciliation import Ours, Sibling
from duerun.storage.accounts import attached_terms
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

MISSING_A_WALK_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Walk:
    """A reading of a list that was taken up: from `since`, at `cursor`; `begun_at` is None for a new one."""

    gateway: int
    since: datetime
    cursor: str | None
    begun_at: datetime | None
    holder: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What we asked for under a key, and whose it is."""

    ours: Ours
    account_id: int
    livemode: bool


class NewFinding(NamedTuple):
    """A difference to keep; `effect_id` is "" for an effect that is not there."""

    kind: str
    key: str
    effect_id: str
    reference: str
    amount_minor: int
    currency: str
    account_id: int | None
    livemode: bool | None


async def take(connection: Connection, gateway: int, now: datetime, *, lease_seconds: float) -> Walk | None:
    """Take the reading of a gateway's list up; None while another process reads, or while there is no list."""
    row = await fetch_one(
        connection, "gateway_walk_take", gateway=gateway, now=now, lease_seconds=lease_seconds
    )
    return Walk(gateway, row["since"], row["cursor"], row["begun_at"], row["holder"]) if row else None


async def put(
    connection: Connection,
    walk: Walk,
    *,
    is_over: bool,
    ended_at: datetime | None = None,
    pause_seconds: float | None = None,
) -> bool:
    """Keep how far the reading came; False if another process has taken it over."""
    kept = await execute(
        connection,
        "gateway_walk_put",
        gateway=walk.gateway,
        holder=walk.holder,
        since=walk.since,
        cursor=walk.cursor,
        begun_at=walk.begun_at,
        ended_at=ended_at,
        is_over=is_over,
        pause_seconds=pause_seconds,
    )
    return kept == 1


async def attached(
    connection: Connection, *, after: int, retired_since: datetime, rows_max: int
) -> list[AttachedTerms]:
    """The processors of single accounts, with those that were given up lately, by number."""
    rows = await fetch_all(
        connection, "gateway_numbers", after=after, retired_since=retired_since, rows_max=rows_max
    )
    return [attached_terms(row) for row in rows]


async def asked(connection: Connection, keys: Sequence[str]) -> dict[str, Asked]:
    """What we asked for under these keys."""
    rows = await fetch_all(connection, "gateway_effects_match", keys=list(keys))
    return {
        row["key"]: Asked(
            Ours(row["kind"], row["amount_minor"], row["currency"], row["effect_id"], row["state"]),
            row["account_id"],
            row["livemode"],
        )
        for row in rows
    }


async def siblings(connection: Connection, references: Sequence[str]) -> dict[str, tuple[Sibling, ...]]:
    """The effects that were seen before, by reference."""
    rows = await fetch_all(connection, "gateway_effects_siblings", references=list(references))
    found: dict[str, tuple[Sibling, ...]] = {}
    for row in rows:
        seen = Sibling(row["key"], row["effect_id"])
        found[row["reference"]] = (*found.get(row["reference"], ()), seen)
    return found


async def see(connection: Connection, gateway: int, seen: Sequence[tuple[str, str]]) -> None:
    """Note which effect belongs to which key, the first one of each; what was missing is found by this."""
    keys, ids = [key for key, _ in seen], [effect_id for _, effect_id in seen]
    await execute(connection, "gateway_effects_see", keys=keys, ids=ids)
    await execute(connection, "gateway_findings_resolve", gateway=gateway, keys=keys)


async def missing(
    connection: Connection, gateway: int, *, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """What counts as paid here, was sent between two moments, and is not in the list."""
    return await fetch_all(
        connection,
        "gateway_effects_missing",
        gateway=gateway,
        since=since,
        until=until,
        rows_max=MISSING_A_WALK_MAX,
    )


async def insert(connection: Connection, gateway: int, found: Sequence[NewFinding]) -> list[dict[str, Any]]:
    """Keep findings; those that are new, each with kind, key and effect."""
    if not found:
        return []
    kinds, keys, effect_ids, references, amounts, currencies, account_ids, livemodes = (
        list(column) for column in zip(*found, strict=True)
    )
    return await fetch_all(
        connection,
        "gateway_findings_insert",
        gateway=gateway,
        kinds=kinds,
        keys=keys,
        effect_ids=effect_ids,
        reference_texts=references,
        amounts=amounts,
        currencies=currencies,
        account_ids=account_ids,
        livemodes=livemodes,
    )


async def list_findings(connection: Connection, *, is_all: bool, rows_max: int) -> list[dict[str, Any]]:
    """The findings, the newest first: open ones, or all."""
    return await fetch_all(connection, "gateway_findings_list", is_all=is_all, rows_max=rows_max)


async def acknowledge(connection: Connection, ids: Sequence[int], now: datetime, *, note: str | None) -> int:
    """Note that a person has looked at findings; how many were open."""
    return await execute(connection, "gateway_findings_acknowledge", ids=list(ids), now=now, note=note)
