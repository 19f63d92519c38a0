"""Due payments: claimed and committed as intents, sent outside of any transaction, settled in one.

The key of a send is the occurrence's id: a retry is an occurrence of its own, and a second send of the same
attempt carries the same key. What charges and transfers have of their own is a `PaymentKind` each.
Source: DESIGN of the money path, `docs/concepts/money-path.md`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from duerun.domain.accounts import Account
from duerun.domain.occurrences import BROKEN, OccurrenceState
from duerun.gateways.base import Asked, Outcome, OutcomeKind, PaymentRequest
from duerun.services import gateway_calls
from duerun.services.departures import Departure
from duerun.services.failed_runs import report_run
from duerun.services.freezing import is_held
from duerun.services.gateway_calls import Way
from duerun.services.halves import NOT_OF_A_ROW, by_halves
from duerun.services.payment_kinds import Claim, DueT, PaymentKind, ResultT
from duerun.services.settling import Ended, carry_on, end, settle, sort_out
from duerun.services.tally import OCCURRENCES, mode
from duerun.services.unit import Runtime, Unit
from duerun.storage import held as held_store
from duerun.storage import occurrences as store
from duerun.telemetry import logger

# A payment makes two events, its occurrence one, its schedule two; behind it a retry and a next date are planned.
PLACES_A_CLAIM_MAX = 8
FIRST_SEND = 1

_log = logger("services.due_payments")


async def run(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    *,
    until: datetime,
    turn: asyncio.Lock,
) -> int:
    """Run one batch of what is due by `until`; how many occurrences were taken up.

    Batches side by side share a `turn`: what each of them holds, and the order in which its events are told, is settled
    when it is claimed, however long it takes.
    """
    async with turn:
        departure = Departure()
        found, claims = await _take(kind, runtime, account, now, until)
        places = runtime.places.apart(account, now, len(claims) * PLACES_A_CLAIM_MAX)
    await _carry_out(kind, replace(runtime, places=places), account, now, claims, departure)
    return len(found)


async def run_first(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    schedule_id: str,
    day: date,
) -> None:
    """Run the first occurrence of a schedule that was created a moment ago."""
    departure = Departure()
    async with runtime.unit(account, now) as unit:
        if await is_held(unit.connection, runtime, account):
            return
        found = await store.lock_first(unit.connection, account, schedule_id, day)
        claims = await _claim(kind, unit, runtime, found)
    await _carry_out(kind, runtime, account, now, claims, departure)


async def rescue(kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask the gateway about sends that nobody settled; send again only what it surely never saw."""
    async with runtime.unit(account, now) as unit:
        found = await store.lock_uncertain(
            unit.connection,
            account,
            kind.name,
            lease_seconds=runtime.lease_seconds(account),
            rows_max=runtime.claim_rows(account),
        )
    claims = await _load_taken(kind, runtime, account, now, found)
    if not claims:
        return 0
    questions = [(_question(claim), claim.way) for claim in claims if claim.way is not None]
    answers = await gateway_calls.ask(runtime, account, questions)
    pairs = list(zip(claims, answers, strict=True))
    ended = (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)
    await _settle(kind, runtime, account, now, [pair for pair in pairs if pair[1].kind in ended])
    absent = [claim for claim, answer in pairs if _surely_absent(claim, answer)]
    again = [
        claim for claim, answer in pairs if answer.kind is OutcomeKind.UNKNOWN and _repeatable(kind, claim)
    ]
    settled = {claim.due.id for claim, answer in pairs if answer.kind in ended}
    taken = settled | {claim.due.id for claim in (*absent, *again)}
    await _lose(runtime, account, now, [claim for claim in claims if claim.due.id not in taken])
    if absent:
        await _resolve_absent(kind, runtime, account, now, absent)
    await _send_again(kind, runtime, account, now, again)
    return len(claims)


async def settle_taken(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    occurrence_id: str,
    outcome: Outcome,
) -> None:
    """Settle a send that was taken over with an outcome that is known from elsewhere."""
    async with runtime.unit(account, now) as unit:
        due = await kind.load(unit, [occurrence_id])
    pairs = [(Claim(each, kind.intended_minor(each)), outcome) for each in due]
    await _settle(kind, runtime, account, now, pairs)


async def adopt(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    found: Sequence[tuple[DueT, Outcome]],
) -> None:
    """Settle due payments that somebody else has sent, also with an unknown outcome. Their intents are committed first,
    as before any send."""
    outcomes = {due.id: outcome for due, outcome in found}
    async with runtime.unit(account, now) as unit:
        claims = [Claim(due, told.amount_minor or kind.expected_minor(due) or 0) for due, told in found]
        taken = await _intend(kind, unit, runtime, claims)
        await kind.hold(unit, taken)
    await _settle(kind, runtime, account, now, [(claim, outcomes[claim.due.id]) for claim in taken])


def _surely_absent(claim: Claim[DueT], answer: Outcome) -> bool:
    way, seconds = claim.way, claim.due.sent_seconds_ago or 0.0
    return way is not None and gateway_calls.may_send(answer, way, seconds)


def _repeatable(kind: PaymentKind[DueT, ResultT], claim: Claim[DueT]) -> bool:
    """Whether what may have arrived is sent under its key again: as long as it would be sent at all."""
    way, seconds = claim.way, claim.due.sent_seconds_ago or 0.0
    may = way is not None and gateway_calls.may_repeat(way, seconds)
    return may and claim.due.schedule_lives and not kind.stale(claim.due)


def _question(claim: Claim[DueT]) -> Asked:
    return Asked(claim.due.id, claim.amount_minor, claim.due.currency)


async def _resolve_absent(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Intents that surely never arrived: sent now, refused because they are stale, or withdrawn. From a copy none of
    this: the installation that it was copied from may still send."""
    async with runtime.unit(account, now) as unit:
        held = await _is_held(unit, runtime, claims)
    await _lose(runtime, account, now, claims if held else [])
    claims = [] if held else claims
    live = [claim for claim in claims if claim.due.schedule_lives]
    stale = [claim for claim in live if kind.stale(claim.due)]
    await _settle(kind, runtime, account, now, [(claim, Outcome(OutcomeKind.REFUSED)) for claim in stale])
    await _withdraw(kind, runtime, account, now, [each for each in claims if not each.due.schedule_lives])
    await _send_again(kind, runtime, account, now, [claim for claim in live if not kind.stale(claim.due)])


async def _send_again(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Send under the same keys, behind intents of their own."""
    if claims:
        departure = Departure()
        async with runtime.unit(account, now) as unit:
            held = await _is_held(unit, runtime, claims)
            # While the gateway was asked, a schedule may have ended, or a recipient changed.
            fresh = [] if held else await kind.load(unit, [claim.due.id for claim in claims])
            ready = {each.id for each in fresh if each.schedule_lives and not kind.stale(each)}
            again = await _intend(kind, unit, runtime, [each for each in claims if each.due.id in ready])
        await _lose(runtime, account, now, claims if held else [])
        await _carry_out(kind, runtime, account, now, again, departure)


async def _is_held(unit: Unit, runtime: Runtime, claims: Sequence[Claim[DueT]]) -> bool:
    gateways = [claim.way.gateway for claim in claims if claim.way]
    return await is_held(unit.connection, runtime, unit.account, gateways)


async def _take(
    kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime, until: datetime
) -> tuple[list[str], list[Claim[DueT]]]:
    """Claim a batch of what is due; the ids that were found, and what is to be sent of them."""
    found: list[str] = []
    try:
        async with runtime.unit(account, now) as unit:
            if await is_held(unit.connection, runtime, account):
                return [], []
            found = await store.lock_due(
                unit.connection, account, kind.name, until=until, rows_max=runtime.claim_rows(account)
            )
            return found, await _claim(kind, unit, runtime, found)
    except NOT_OF_A_ROW:
        raise
    except Exception:
        if not found:
            raise
    return found, await _claim_apart(kind, runtime, account, now, found)


async def _claim_apart(
    kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime, found: Sequence[str]
) -> list[Claim[DueT]]:
    """Claim a batch that cannot be claimed as a whole; what is broken is held for a person."""

    async def claim(some: Sequence[str]) -> list[Claim[DueT]]:
        async with runtime.unit(account, now) as unit:
            if await is_held(unit.connection, runtime, account):
                return []
            return await _claim(
                kind, unit, runtime, await store.lock_some_due(unit.connection, account, some)
            )

    async def set_aside(broken: str, error: Exception) -> None:
        _log.error("%s of occurrence %s cannot be made: it is held", kind.name, broken, exc_info=error)
        async with runtime.unit(account, now) as unit:
            held = await held_store.hold(unit.connection, account, [broken], BROKEN, now)
            unit.counts[f"{OCCURRENCES}_{OccurrenceState.HELD}", mode(livemode=account.livemode)] += held

    return await by_halves(found, claim, set_aside)


async def _load_taken(
    kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime, found: Sequence[str]
) -> list[Claim[DueT]]:
    """Sends that were taken over. One that cannot be read stays without an outcome, and hinders no other."""

    async def load(some: Sequence[str]) -> list[Claim[DueT]]:
        async with runtime.unit(account, now) as unit:
            due = await kind.load(unit, some)
            ways = await gateway_calls.ways(runtime, unit.connection, account, [each.id for each in due])
            return [Claim(each, kind.intended_minor(each), ways[each.id]) for each in due]

    async def leave(broken: str, error: Exception) -> None:
        _log.error("%s of occurrence %s cannot be read", kind.name, broken, exc_info=error)

    return await by_halves(found, load, leave)


async def _claim(
    kind: PaymentKind[DueT, ResultT], unit: Unit, runtime: Runtime, found: Sequence[str]
) -> list[Claim[DueT]]:
    """Decide what is done with locked occurrences, and write down the intents of those that are sent."""
    if not found:
        return []
    due = await kind.load(unit, found)
    running = set(await sort_out(unit, runtime.retries, due))
    if not running:
        return []
    claims, failed = await kind.reserve(unit, [each for each in due if each.id in running])
    await settle(unit, runtime.retries, failed)
    return await _intend(kind, unit, runtime, claims)


async def _intend(
    kind: PaymentKind[DueT, ResultT], unit: Unit, runtime: Runtime, claims: Sequence[Claim[DueT]]
) -> list[Claim[DueT]]:
    first = Way(runtime.gateway(unit.account))
    sent = [
        Claim(
            replace(each.due, token=each.due.token + 1, sends=each.due.sends + 1),
            each.amount_minor,
            each.way or first,
        )
        for each in claims
    ]
    ours = await store.send(
        unit.connection,
        unit.account,
        [kind.intent(claim) for claim in sent],
        unit.now,
        lease_seconds=runtime.lease_seconds(unit.account),
    )
    ready = [claim for claim in sent if claim.due.id in ours]
    if first.gateway.declared.keeps_requests:
        await _keep(kind, unit, runtime, [claim for claim in ready if claim.due.sends == FIRST_SEND])
    return ready


async def _keep(
    kind: PaymentKind[DueT, ResultT], unit: Unit, runtime: Runtime, claims: Sequence[Claim[DueT]]
) -> None:
    """What a first send tells of its payment is kept for the ones behind it."""
    today = unit.account.today(unit.now)
    requests = [(claim.due.id, _request(kind, unit.account, claim, today)) for claim in claims]
    await gateway_calls.keep(unit, runtime, kind.name, requests)


async def _carry_out(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
    departure: Departure,
) -> None:
    """Send what is claimed, and settle what is answered. What cannot be asked for is not sent, and stays unknown."""
    today, first = account.today(now), Way(runtime.gateway(account))
    asked: list[tuple[Claim[DueT], PaymentRequest]] = []
    for claim in claims:
        try:
            asked.append((claim, _request(kind, account, claim, today)))
        except Exception as error:
            _log.error("%s of occurrence %s cannot be asked for", kind.name, claim.due.id, exc_info=error)
            await _lose(runtime, account, now, [claim])
    if asked:
        sends = [(request, claim.way or first) for claim, request in asked]
        outcomes = await gateway_calls.send(runtime, account, kind.name, sends, departure)
        report_run(runtime, account, kind.name, outcomes)
        pairs = [(claim, outcome) for (claim, _), outcome in zip(asked, outcomes, strict=True)]
        await _settle(kind, runtime, account, now, pairs)


def _request(
    kind: PaymentKind[DueT, ResultT], account: Account, claim: Claim[DueT], today: date
) -> PaymentRequest:
    due = claim.due
    description, metadata = kind.told(due)
    request = PaymentRequest(
        key=due.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=claim.amount_minor,
        currency=due.currency,
        target=kind.target(due),
        subject=f"{due.schedule_id}:{due.scheduled_on}",
        attempt=due.attempt,
        sends=due.sends,
        card_expired=kind.card_expired(due, today),
        party=kind.party(due),
        description=description,
        metadata=metadata,
    )
    return claim.way.told(request) if claim.way and due.sends > FIRST_SEND else request


async def _settle(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    answered: Sequence[tuple[Claim[DueT], Outcome]],
) -> None:
    lost = [claim for claim, outcome in answered if outcome.kind is OutcomeKind.UNKNOWN]
    await _lose(runtime, account, now, lost)
    known = [pair for pair in answered if pair[1].kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)]

    async def write_down(some: Sequence[tuple[Claim[DueT], Outcome]]) -> Sequence[None]:
        await _write_down(kind, runtime, account, now, some)
        return ()

    async def lose(broken: tuple[Claim[DueT], Outcome], error: Exception) -> None:
        """The gateway is asked again later, and nothing is sent before that."""
        _log.error("%s of occurrence %s cannot be settled", kind.name, broken[0].due.id, exc_info=error)
        await _lose(runtime, account, now, [broken[0]])

    await by_halves(known, write_down, lose)


async def _write_down(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    known: Sequence[tuple[Claim[DueT], Outcome]],
) -> None:
    results = kind.results(account, now, known)
    ended = [
        _ended(kind, claim, outcome, result) for (claim, outcome), result in zip(known, results, strict=True)
    ]
    async with runtime.unit(account, now) as unit:
        settlement = await end(unit, runtime.retries, ended)
        made = [
            (claim, result)
            for (claim, _), result in zip(known, results, strict=True)
            if claim.due.id in settlement.ours
        ]
        await kind.write(unit, made)
        await carry_on(unit, settlement)


def _ended(
    kind: PaymentKind[DueT, ResultT], claim: Claim[DueT], outcome: Outcome, result: ResultT | None
) -> Ended:
    result_id = result.id if result else None
    if outcome.kind is OutcomeKind.SUCCEEDED:
        return Ended(claim.due, claim.due.token, OccurrenceState.SUCCESSFUL, None, result_id)
    return Ended(claim.due, claim.due.token, OccurrenceState.FAILED, kind.refused, result_id)


async def _withdraw(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Cancel intents that never reached the gateway and whose schedule has ended meanwhile."""
    if claims:
        ended = [Ended(each.due, each.due.token, OccurrenceState.CANCELLED) for each in claims]
        async with runtime.unit(account, now) as unit:
            settlement = await end(unit, runtime.retries, ended)
            await kind.give_back(unit, [each for each in claims if each.due.id in settlement.ours])


async def _lose(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim[DueT]]) -> None:
    """Mark sends whose outcome nobody knows: the gateway is asked about them after a while."""
    if claims:
        waits: dict[float, list[tuple[str, int]]] = {}
        for claim in claims:
            gateway = claim.way.gateway if claim.way else runtime.gateway(account)
            lost = waits.setdefault(gateway.declared.ask_again_seconds, [])
            lost.append((claim.due.id, claim.due.token))
        async with runtime.unit(account, now) as unit:
            for after, lost in waits.items():
                await store.lose(unit.connection, account, lost, now, ask_again_seconds=after)
