"""Calls to gateways: each payment is asked about, and sent again, where it was sent first, as it was sent first."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from duerun.domain.accounts import Account
from duerun.gateways.base import UNKNOWN, Asked, Gateway, Outcome, OutcomeKind, PaymentRequest
from duerun.services.departures import Departure
from duerun.services.tally import GATEWAY_CONFLICTS, mode
from duerun.services.unit import SETTLE_SECONDS_MAX, Runtime, Unit
from duerun.storage import gateway_requests as store
from duerun.storage.database import Connection
from duerun.storage.gateway_requests import Kept, NewRequest
from duerun.telemetry import logger

CHARGE, TRANSFER = "charge", "transfer"
# What is sent under a key must be what the key stands for; who finds something else must not send it.
CHANGED = "the request is not the one that was sent under this key before: it is not sent"

_log = logger("services.gateway_calls")


@dataclass(frozen=True, slots=True)
class Way:
    """The gateway of one payment, and what is kept of its first send, where the gateway has that."""

    gateway: Gateway
    kept: Kept | None = None

    def first_sent_seconds_ago(self, sent_seconds_ago: float) -> float:
        return self.kept.first_sent_seconds_ago if self.kept else sent_seconds_ago

    def told(self, request: PaymentRequest) -> PaymentRequest:
        """The request for another send, with what was told of it at the first one."""
        description, metadata = (self.kept.description, self.kept.metadata) if self.kept else (None, {})
        return replace(request, description=description, metadata=metadata)


async def keep(
    unit: Unit, runtime: Runtime, kind: str, requests: Sequence[tuple[str, PaymentRequest]]
) -> None:
    """Keep requests, each with its payment's id, in the transaction that commits their intents."""
    if not requests or not runtime.gateway(unit.account).declared.keeps_requests:
        return
    rows = [
        NewRequest(
            payment_id,
            each.key,
            each.subject,
            each.amount_minor,
            each.currency,
            each.digest(kind),
            each.description,
            each.metadata,
        )
        for payment_id, each in requests
    ]
    attached = unit.account.gateway
    await store.keep(unit.connection, unit.account, attached.number if attached else 0, kind, rows)


async def ways(
    runtime: Runtime, connection: Connection, account: Account, payment_ids: Sequence[str]
) -> dict[str, Way]:
    """Where each of these payments was sent to."""
    kept = await store.fetch(connection, payment_ids)
    return {each: way_of(runtime, account, kept.get(each)) for each in payment_ids}


def way_of(runtime: Runtime, account: Account, kept: Kept | None) -> Way:
    if kept is not None and kept.terms is not None:
        return Way(runtime.attached.at(kept.terms), kept)
    return Way(runtime.server_gateway(livemode=account.livemode), kept)


async def ask(runtime: Runtime, account: Account, questions: Sequence[tuple[Asked, Way]]) -> list[Outcome]:
    """What became of each key; unknown where the gateway cannot be asked."""

    async def lookup(gateway: Gateway, asked: Sequence[Asked]) -> Sequence[Outcome]:
        return await gateway.lookup(asked) if gateway.declared.lookup_by_reference else [UNKNOWN] * len(asked)

    answers = [UNKNOWN] * len(questions)
    groups = _by_gateway([way for _, way in questions])
    calls = (
        _bounded(runtime, account, gateway, lookup(gateway, [questions[place][0] for place in places]))
        for gateway, places in groups
    )
    for (_, places), outcomes in zip(groups, await asyncio.gather(*calls), strict=True):
        for place, outcome in zip(places, outcomes or [UNKNOWN] * len(places), strict=True):
            answers[place] = outcome
    return answers


def may_send(outcome: Outcome, way: Way, sent_seconds_ago: float) -> bool:
    """Whether an answer proves that the payment never arrived."""
    first = way.first_sent_seconds_ago(sent_seconds_ago)
    is_absent = outcome.kind is OutcomeKind.NOT_FOUND
    return is_absent and way.gateway.declared.may_send_again(sent_seconds_ago, first)


def may_repeat(way: Way, sent_seconds_ago: float) -> bool:
    """Whether a payment that may have arrived can be sent once more under its key, since nobody can be asked."""
    return way.gateway.declared.may_repeat(way.first_sent_seconds_ago(sent_seconds_ago))


async def send(
    runtime: Runtime,
    account: Account,
    kind: str,
    sends: Sequence[tuple[PaymentRequest, Way]],
    departure: Departure,
) -> list[Outcome]:
    """Send requests, each on its way. What differs from its first send is unknown, and an alarm, and is not sent; what
    comes too late behind its intent is unknown as well.
    """
    answers = [UNKNOWN] * len(sends)
    ready = [
        place
        for place, (request, way) in enumerate(sends)
        if not departure.is_missed(way.gateway) and _is_the_same(runtime, account, kind, request, way)
    ]
    groups = _by_gateway([sends[place][1] for place in ready])
    calls = (
        _bounded(runtime, account, gateway, _move(gateway, kind, [sends[ready[each]][0] for each in places]))
        for gateway, places in groups
    )
    for (_, places), outcomes in zip(groups, await asyncio.gather(*calls), strict=True):
        for place, outcome in zip(places, outcomes or [UNKNOWN] * len(places), strict=True):
            answers[ready[place]] = outcome
    conflicts = sum(each.is_conflict for each in answers)
    if conflicts:
        runtime.tally.add({(GATEWAY_CONFLICTS, mode(livemode=account.livemode)): conflicts})
    return answers


async def _move(gateway: Gateway, kind: str, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
    return await (gateway.transfer(requests) if kind == TRANSFER else gateway.charge(requests))


def _is_the_same(runtime: Runtime, account: Account, kind: str, request: PaymentRequest, way: Way) -> bool:
    if way.kept is None or request.digest(kind) == way.kept.digest:
        return True
    _log.error("%s: %s", request.key, CHANGED)
    runtime.tally.add({(GATEWAY_CONFLICTS, mode(livemode=account.livemode)): 1})
    return False


def _by_gateway(found: Sequence[Way]) -> list[tuple[Gateway, list[int]]]:
    """The places of the payments of each gateway, in order."""
    groups: dict[int, tuple[Gateway, list[int]]] = {}
    for place, way in enumerate(found):
        groups.setdefault(id(way.gateway), (way.gateway, []))[1].append(place)
    return list(groups.values())


async def _bounded(
    runtime: Runtime, account: Account, gateway: Gateway, call: Coroutine[Any, Any, Sequence[Outcome]]
) -> Sequence[Outcome] | None:
    """The answers; None where the gateway of an earlier time took longer than the leases of today allow."""
    if runtime.has_gateway(account) and gateway is runtime.gateway(account):
        return await call
    try:
        async with asyncio.timeout(max(runtime.lease_seconds(account) - SETTLE_SECONDS_MAX, 1.0)):
            return await call
    except TimeoutError:
        return None
