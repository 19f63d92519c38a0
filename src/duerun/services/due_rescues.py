"""Sends of due payments that nobody settled: asked about, and sent again under their keys where that is safe."""

from collections.abc import Sequence
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.occurrences import OccurrenceState
from duerun.gateways.base import Asked, Outcome, OutcomeKind
from duerun.services import due_payments, gateway_calls
from duerun.services.departures import Departure
from duerun.services.freezing import is_held
from duerun.services.halves import by_halves
from duerun.services.payment_kinds import Claim, DueT, PaymentKind, ResultT
from duerun.services.settling import Ended, end
from duerun.services.unit import Runtime, Unit
from duerun.services.waves import by_waves
from duerun.storage import occurrences as store
from duerun.telemetry import logger

_log = logger("services.due_rescues")


async def rescue(kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask the gateway about sends that nobody settled; send again only what it surely never saw, or did not take on."""
    async with runtime.unit(account, now) as unit:
        found = await store.lock_uncertain(
            unit.connection,
            account,
            kind.name,
            lease_seconds=runtime.lease_seconds(account),
            rows_max=runtime.claim_rows(account),
        )
    taken_over = await _load_taken(kind, runtime, account, now, found)
    put_off = [claim for claim in taken_over if _follows(kind, claim)]
    await _send_again(kind, runtime, account, now, put_off)
    followed = {claim.due.id for claim in put_off}
    claims = [claim for claim in taken_over if claim.due.id not in followed]

    async def find_out(part: Sequence[Claim[DueT]]) -> None:
        await _find_out(kind, runtime, account, now, part)

    if claims:
        await by_waves(claims, runtime.gateway(account).declared.wave_rows, find_out)
    return len(taken_over)


async def _find_out(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Ask what became of sends, and do what follows from the answers."""
    questions = [(_question(claim), claim.way) for claim in claims if claim.way is not None]
    answers = await gateway_calls.ask(runtime, account, questions)
    pairs = list(zip(claims, answers, strict=True))
    ended = (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)
    await due_payments.settle_outcomes(
        kind, runtime, account, now, [pair for pair in pairs if pair[1].kind in ended]
    )
    absent = [claim for claim, answer in pairs if _surely_absent(claim, answer)]
    again = [
        claim for claim, answer in pairs if answer.kind is OutcomeKind.UNKNOWN and _repeatable(kind, claim)
    ]
    settled = {claim.due.id for claim, answer in pairs if answer.kind in ended}
    taken = settled | {claim.due.id for claim in (*absent, *again)}
    await due_payments.lose(runtime, account, now, [claim for claim in claims if claim.due.id not in taken])
    if absent:
        await _resolve_absent(kind, runtime, account, now, absent)
    await _send_again(kind, runtime, account, now, again)


def _surely_absent(claim: Claim[DueT], answer: Outcome) -> bool:
    way, seconds = claim.way, claim.due.sent_seconds_ago or 0.0
    return way is not None and gateway_calls.may_send(answer, way, seconds)


def _repeatable(kind: PaymentKind[DueT, ResultT], claim: Claim[DueT]) -> bool:
    """Whether what may have arrived is sent under its key again: as long as it would be sent at all."""
    way, seconds = claim.way, claim.due.sent_seconds_ago or 0.0
    may = way is not None and gateway_calls.may_repeat(way, seconds)
    return may and claim.due.schedule_lives and not kind.stale(claim.due)


def _follows(kind: PaymentKind[DueT, ResultT], claim: Claim[DueT]) -> bool:
    """Whether it was not taken on, and would be sent still."""
    way, due = claim.way, claim.due
    if way is None or not due.is_put_off or not due.schedule_lives or kind.stale(due):
        return False
    return way.gateway.declared.may_follow(way.first_sent_seconds_ago(due.sent_seconds_ago or 0.0))


def _question(claim: Claim[DueT]) -> Asked:
    return Asked(claim.due.id, claim.amount_minor, claim.due.currency)


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
    await due_payments.lose(runtime, account, now, claims if held else [])
    claims = [] if held else claims
    live = [claim for claim in claims if claim.due.schedule_lives]
    stale = [claim for claim in live if kind.stale(claim.due)]
    await due_payments.settle_outcomes(
        kind, runtime, account, now, [(claim, Outcome(OutcomeKind.REFUSED)) for claim in stale]
    )
    await _withdraw(kind, runtime, account, now, [each for each in claims if not each.due.schedule_lives])
    await _send_again(kind, runtime, account, now, [claim for claim in live if not kind.stale(claim.due)])


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
            again = await due_payments.intend(
                kind, unit, runtime, [each for each in claims if each.due.id in ready]
            )
        await due_payments.lose(runtime, account, now, claims if held else [])
        await due_payments.carry_out(kind, runtime, account, now, again, departure)


async def _is_held(unit: Unit, runtime: Runtime, claims: Sequence[Claim[DueT]]) -> bool:
    gateways = [claim.way.gateway for claim in claims if claim.way]
    return await is_held(unit.connection, runtime, unit.account, gateways)
