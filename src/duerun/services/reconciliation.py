"""Gateways' own ledgers compared with ours: duplicates, strangers, wrong amounts, and what is not there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from duerun.domain.audit_chain import Note
from duerun.domain.errors import DuerunError, NotFoundError, UnavailableError
from duerun.domain.reconciliation import FindingKind, Ours, Told, findings
from duerun.gateways.base import (
    Effect,
    EffectsNotOfferedError,
    EffectsUnavailableError,
    Gateway,
    ListsEffects,
)
from duerun.services import audit_log
from duerun.services.unit import Runtime
from duerun.storage import reconciliation as store
from duerun.storage.database import Connection
from duerun.storage.reconciliation import Asked, NewFinding, Walk
from duerun.telemetry import logger

SERVER_GATEWAY = 0
GATEWAYS_A_ROUND_MAX = 1_000
GATEWAYS_AT_ONCE_MAX = 8
PAGES_A_ROUND_MAX = 50
ROUND_SECONDS_MAX = 45.0
LEASE_SECONDS = 120.0
# A gateway without the list is asked for it again after this.
NOT_OFFERED_SECONDS = 3_600.0
# Each reading begins this long before the one before it, so that clocks may be apart and effects may come late.
OVERLAP = timedelta(minutes=15)
# What was sent in the first part of a reading may have its effect before it, by the gateway's clock.
MARGIN = timedelta(minutes=5)
# Behind the processing time, so that the list itself may be behind.
SETTLED_SECONDS = 60.0
RETIRED_DAYS = 7
SHOWN_MAX = 1_000

_log = logger("services.reconciliation")


@dataclass(slots=True)
class Compared:
    """What one round did with one gateway. `trouble` tells why its list was not read."""

    gateway: int
    effects: int = 0
    found: int = 0
    is_whole: bool = False
    trouble: str = ""


async def compare_all(runtime: Runtime, now: datetime, *, since: datetime | None = None) -> list[Compared]:
    """One bounded round over all gateways at the real moment `now`; `since` reads from there once more."""
    places = asyncio.Semaphore(GATEWAYS_AT_ONCE_MAX)

    async def one(number: int, gateway: Gateway) -> Compared:
        async with places:
            try:
                return await compare(runtime, number, gateway, now, since=since)
            except UnavailableError as error:
                return Compared(number, trouble=error.message)

    found = await _gateways(runtime, now)
    return list(await asyncio.gather(*(one(number, gateway) for number, gateway in found)))


async def compare(
    runtime: Runtime, number: int, gateway: Gateway, now: datetime, *, since: datetime | None = None
) -> Compared:
    """Read on in the list of one gateway, for a while."""
    compared = Compared(number)
    async with runtime.database.transaction() as connection:
        walk = await store.take(connection, number, now, lease_seconds=LEASE_SECONDS)
    if walk is None or not isinstance(gateway, ListsEffects):
        compared.trouble = "its list is being read, or it has none"
        return compared
    if since is not None:
        walk = replace(walk, since=since, cursor=None, begun_at=None)
    walk = walk if walk.begun_at else replace(walk, begun_at=now, cursor=None)
    try:
        async with asyncio.timeout(ROUND_SECONDS_MAX):
            await _read_on(runtime, walk, gateway, gateway.declared.proof_seconds, compared)
    except EffectsNotOfferedError:
        compared.trouble = "it has no list of effects"
        _log.warning("gateway %d has no list of effects: its ledger is not compared", number)
        await _put(runtime, replace(walk, begun_at=None), is_over=True, pause_seconds=NOT_OFFERED_SECONDS)
    except (EffectsUnavailableError, TimeoutError) as error:
        compared.trouble = f"{error}" or "it took too long"
        _log.warning("the list of gateway %d was not read to its end: %s", number, compared.trouble)
        await _put(runtime, replace(walk, begun_at=None, cursor=None), is_over=True)
    return compared


async def _gateways(runtime: Runtime, now: datetime) -> list[tuple[int, Gateway]]:
    """All that list their effects, with their numbers."""
    # One processor moves the money of both modes.
    found = [(SERVER_GATEWAY, gateway) for gateway in list(runtime.gateways.values())[:1]]
    async with runtime.database.connection() as connection:
        attached = await store.attached(
            connection,
            after=0,
            retired_since=now - timedelta(days=RETIRED_DAYS),
            rows_max=GATEWAYS_A_ROUND_MAX,
        )
    for terms in attached:
        try:
            found.append((terms.number, runtime.attached.at(terms)))
        except DuerunError as error:
            _log.error("gateway %d cannot be compared: %s", terms.number, error.message)
    return [(number, gateway) for number, gateway in found if gateway.declared.lists_effects]


async def _read_on(
    runtime: Runtime, walk: Walk, gateway: ListsEffects, proof_seconds: float, compared: Compared
) -> None:
    for _ in range(PAGES_A_ROUND_MAX):
        page = await gateway.list_effects(walk.since, walk.cursor)
        if page.next_cursor is not None and page.next_cursor == walk.cursor:
            raise EffectsUnavailableError("a page is its own next one")
        async with runtime.database.transaction() as connection:
            compared.found += await _judge(connection, walk.gateway, page.effects)
            walk = replace(walk, cursor=page.next_cursor)
            if page.next_cursor is None:
                compared.found += await _judge_missing(connection, walk, proof_seconds)
                compared.is_whole = True
                await _end(connection, walk)
            elif not await store.put(connection, walk, is_over=False):
                return
        compared.effects += len(page.effects)
        if compared.is_whole:
            return
    await _put(runtime, walk, is_over=True)


async def _end(connection: Connection, walk: Walk) -> None:
    begun_at = walk.begun_at or walk.since
    through = max(walk.since, begun_at - OVERLAP)
    await store.put(
        connection, replace(walk, since=through, cursor=None, begun_at=None), is_over=True, ended_at=begun_at
    )


async def _put(runtime: Runtime, walk: Walk, *, is_over: bool, pause_seconds: float | None = None) -> None:
    async with runtime.database.transaction() as connection:
        await store.put(connection, walk, is_over=is_over, pause_seconds=pause_seconds)


async def _judge(connection: Connection, gateway: int, effects: Sequence[Effect]) -> int:
    """Compare some effects, one behind the other; how many findings are new."""
    keys = sorted({each.key for each in effects})
    await store.see(connection, gateway, [(each.key, each.id) for each in effects])
    asked = await store.asked(connection, keys)
    seen = await store.siblings(connection, sorted({each.reference for each in effects}))
    found = [
        _finding(kind, told, asked.get(told.key))
        for told in map(_told, effects)
        for kind in findings(told, _ours(asked.get(told.key)), seen.get(told.reference, ()))
    ]
    return await _keep(connection, gateway, found)


def _told(effect: Effect) -> Told:
    return Told(effect.id, effect.key, effect.reference, effect.kind, effect.amount_minor, effect.currency)


def _ours(asked: Asked | None) -> Ours | None:
    return asked.ours if asked else None


def _finding(kind: FindingKind, told: Told, asked: Asked | None) -> NewFinding:
    return NewFinding(
        kind.value,
        told.key,
        told.id,
        told.reference,
        told.amount_minor,
        told.currency,
        asked.account_id if asked else None,
        asked.livemode if asked else None,
    )


async def _judge_missing(connection: Connection, walk: Walk, proof_seconds: float) -> int:
    begun_at = walk.begun_at or walk.since
    settled = timedelta(seconds=SETTLED_SECONDS + proof_seconds)
    rows = await store.missing(connection, walk.gateway, since=walk.since + MARGIN, until=begun_at - settled)
    kind = FindingKind.MISSING.value
    found = [
        NewFinding(
            kind,
            row["key"],
            "",
            row["reference"],
            row["amount_minor"],
            row["currency"],
            row["account_id"],
            row["livemode"],
        )
        for row in rows
    ]
    return await _keep(connection, walk.gateway, found)


async def _keep(connection: Connection, gateway: int, found: Sequence[NewFinding]) -> int:
    fresh = await store.insert(connection, gateway, list(dict.fromkeys(found)))
    for row in fresh:
        _log.error(
            "gateway %d: %s, key %s, effect %s: see duerun reconcile list",
            gateway,
            row["kind"],
            row["key"],
            row["effect_id"] or "none",
        )
    return len(fresh)


async def list_findings(runtime: Runtime, *, is_all: bool = False) -> list[dict[str, Any]]:
    """The findings that nobody has acknowledged and that have not gone by themselves, or all; the newest first."""
    async with runtime.database.connection() as connection:
        return await store.list_findings(connection, is_all=is_all, rows_max=SHOWN_MAX)


async def acknowledge(
    runtime: Runtime, ids: Sequence[int], now: datetime, *, note: str | None = None
) -> None:
    """Note that a person has looked at findings. All of them, or none and `NotFoundError`."""
    async with runtime.database.transaction() as connection:
        if await store.acknowledge(connection, ids, now, note=note) != len(set(ids)):
            raise NotFoundError("open finding", ", ".join(map(str, ids)))
        facts = {"note": note} if note else {}
        told = [Note("payments.acknowledge_finding", str(each), facts) for each in dict.fromkeys(ids)]
        await audit_log.tell(connection, runtime.clock.now(), *told)
