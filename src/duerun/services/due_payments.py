"""Due payments: claimed and committed as intents, sent outside of any transaction, settled in one.

The key of a send is the occurrence's id: a retry is an occurrence of its own, and a second send of the same
attempt carries the same key. What charges and transfers have of their own is a `PaymentKind` each.
Source: DESIGN of the money path, `docs/concepts/money-path.md`.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from duerun.domain.accounts import Account
from duerun.domain.occurrences import BROKEN, OccurrenceState
from duerun.gateways.base import Outcome, OutcomeKind, PaymentRequest
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
from duerun.services.waves import by_waves
from duerun.storage import held as held_store
from duerun.storage import occurrences as store
from duerun.storage.occurrences import Lost
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
    await carry_out(kind, replace(runtime, places=places), account, now, claims, departure)
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
    await carry_out(kind, runtime, account, now, claims, departure)


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
    await settle_outcomes(kind, runtime, account, now, pairs)


async def adopt(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    found: Sequence[tuple[DueT, Outcome]],
) -> None:
    """Settle due payments that somebody else has sent, also with an unknown outcome. Their intents are committed first,
    as before any send. They ran when they were due: a retry keeps its day, and a refusal's retry is dated from there.
    What is not due yet was moved to an earlier day, or ran by a test clock that stands at an earlier moment again.
    """
    outcomes = {due.id: outcome for due, outcome in found}
    async with runtime.unit(account, now) as unit:
        claims = [
            Claim(
                due,
                told.amount_minor or kind.expected_minor(due) or 0,
                ran_at=min(due.due_at, now) if account.livemode else due.due_at,
            )
            for due, told in found
        ]
        taken = await intend(kind, unit, runtime, claims, moves_retries=False)
        await kind.hold(unit, taken)
    await settle_outcomes(kind, runtime, account, now, [(claim, outcomes[claim.due.id]) for claim in taken])


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
    return await intend(kind, unit, runtime, claims)


async def intend(
    kind: PaymentKind[DueT, ResultT],
    unit: Unit,
    runtime: Runtime,
    claims: Sequence[Claim[DueT]],
    *,
    moves_retries: bool = True,
) -> list[Claim[DueT]]:
    """Write down intents, each with a token of its own, before anything is sent; those that are still ours."""
    first = Way(runtime.gateway(unit.account))
    sent = [
        replace(
            each,
            due=replace(each.due, token=each.due.token + 1, sends=each.due.sends + 1),
            way=each.way or first,
        )
        for each in claims
    ]
    ours = await store.send(
        unit.connection,
        unit.account,
        [kind.intent(claim) for claim in sent],
        unit.now,
        lease_seconds=runtime.lease_seconds(unit.account),
        moves_retries=moves_retries,
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


async def carry_out(
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
            await lose(runtime, account, now, [claim])

    async def send(part: Sequence[tuple[Claim[DueT], PaymentRequest]]) -> list[Outcome]:
        sends = [(request, claim.way or first) for claim, request in part]
        outcomes = await gateway_calls.send(runtime, account, kind.name, sends, departure)
        pairs = [(claim, outcome) for (claim, _), outcome in zip(part, outcomes, strict=True)]
        await settle_outcomes(kind, runtime, account, now, pairs)
        return outcomes

    if asked:
        told = await by_waves(asked, first.gateway.declared.wave_rows, send)
        report_run(runtime, account, kind.name, [outcome for outcomes in told for outcome in outcomes])
        runtime.went_well(account)


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


async def settle_outcomes(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    answered: Sequence[tuple[Claim[DueT], Outcome]],
) -> None:
    """Write down what gateways answered; what is unknown is asked about later, and what was not taken on follows."""
    lost = [pair for pair in answered if pair[1].kind is OutcomeKind.UNKNOWN]
    put_off = {claim.due.id for claim, outcome in lost if outcome.not_taken}
    await lose(runtime, account, now, [claim for claim, _ in lost], put_off=put_off)
    known = [pair for pair in answered if pair[1].kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)]

    async def write_down(some: Sequence[tuple[Claim[DueT], Outcome]]) -> Sequence[None]:
        await _write_down(kind, runtime, account, now, some)
        return ()

    async def leave(broken: tuple[Claim[DueT], Outcome], error: Exception) -> None:
        """The gateway is asked again later, and nothing is sent before that."""
        _log.error("%s of occurrence %s cannot be settled", kind.name, broken[0].due.id, exc_info=error)
        await lose(runtime, account, now, [broken[0]])

    await by_halves(known, write_down, leave)


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
    return Ended(
        claim.due,
        claim.due.token,
        OccurrenceState.FAILED,
        kind.refused,
        result_id,
        code=outcome.code,
        failed_at=claim.ran_at,
    )


async def lose(
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
    *,
    put_off: Collection[str] = (),
) -> None:
    """Mark sends whose outcome nobody knows: the gateway is asked about them after a while. What is `put_off` was not
    taken on, and follows without a question."""
    if claims:
        waits: dict[float, list[Lost]] = {}
        for claim in claims:
            gateway = claim.way.gateway if claim.way else runtime.gateway(account)
            lost = waits.setdefault(gateway.declared.ask_again_seconds, [])
            lost.append(Lost(claim.due.id, claim.due.token, claim.due.id in put_off))
        async with runtime.unit(account, now) as unit:
            for after, lost in waits.items():
                await store.lose(unit.connection, account, lost, now, ask_again_seconds=after)
