"""Due charges: claimed and committed as intents, sent outside of any transaction, settled in one.

The key of a send is the occurrence's id: a retry is an occurrence of its own, and a second send of the same
attempt carries the same key. Source: DESIGN of the money path, `docs/concepts/money-path.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.charges import Charge, Refusal, settled_charge, transaction_of
from duerun.domain.occurrences import OccurrenceState
from duerun.gateways.base import Outcome, OutcomeKind, PaymentRequest
from duerun.services.settling import Ended, carry_on, end, settle, sort_out
from duerun.services.unit import Runtime, Unit
from duerun.storage import charges as charge_store
from duerun.storage import money
from duerun.storage import occurrences as store
from duerun.storage.occurrences import DueCharge, Intent

NOT_CAPTURED = "charge could not be captured"
NO_CARD = "customer has no card"
KIND = "charge"


async def run(runtime: Runtime, account: Account, now: datetime, *, until: datetime) -> int:
    """Run one batch of what is due by `until`; how many occurrences were taken up."""
    async with runtime.unit(account, now) as unit:
        found = await store.lock_due(
            unit.connection, account, KIND, until=until, rows_max=runtime.engine.claim_rows
        )
        claims = await _claim(unit, runtime, found)
    await _carry_out(runtime, account, now, claims)
    return len(found)


async def run_first(runtime: Runtime, account: Account, now: datetime, schedule_id: str, day: date) -> None:
    """Run the first occurrence of a schedule that was created a moment ago."""
    async with runtime.unit(account, now) as unit:
        found = await store.lock_first(unit.connection, account, schedule_id, day)
        claims = await _claim(unit, runtime, found)
    await _carry_out(runtime, account, now, claims)


async def rescue(runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask the gateway about sends that nobody settled; send again only what it surely never saw."""
    gateway = runtime.gateway(account)
    async with runtime.unit(account, now) as unit:
        found = await store.lock_uncertain(
            unit.connection,
            account,
            KIND,
            lease_seconds=runtime.engine.lease_seconds,
            rows_max=runtime.engine.claim_rows,
        )
        claims = await store.due_charges(unit.connection, account, found)
    if not claims:
        return 0
    answers = await gateway.lookup([claim.id for claim in claims])
    known = [pair for pair in zip(claims, answers, strict=True) if pair[1].kind is not OutcomeKind.NOT_FOUND]
    await _settle(runtime, account, now, known)
    absent = [
        claim for claim, answer in zip(claims, answers, strict=True) if answer.kind is OutcomeKind.NOT_FOUND
    ]
    sure = [each for each in absent if (each.sent_seconds_ago or 0) >= gateway.ask_after_seconds]
    await _send_again(runtime, account, now, [each for each in sure if each.schedule_lives])
    await _withdraw(runtime, account, now, [each for each in sure if not each.schedule_lives])
    waiting = [each for each in absent if (each.sent_seconds_ago or 0) < gateway.ask_after_seconds]
    await _lose(runtime, account, now, waiting)
    return len(claims)


async def _claim(unit: Unit, runtime: Runtime, found: Sequence[str]) -> list[DueCharge]:
    """Decide what is done with locked occurrences, and write down the intents of those that are sent."""
    if not found:
        return []
    due = await store.due_charges(unit.connection, unit.account, found)
    running = set(await sort_out(unit, runtime.retries, due))
    claims = [each for each in due if each.id in running]
    without_card = [
        Ended(each, each.token, OccurrenceState.FAILED, NO_CARD) for each in claims if not _payable(each)
    ]
    await settle(unit, runtime.retries, without_card)
    return await _intend(unit, runtime, [each for each in claims if _payable(each)])


def _payable(due: DueCharge) -> bool:
    return due.card is not None and due.card.deleted_at is None and not due.customer_deleted


async def _intend(unit: Unit, runtime: Runtime, due: Sequence[DueCharge]) -> list[DueCharge]:
    claims = [replace(each, token=each.token + 1, sends=each.sends + 1) for each in due]
    intents = [
        Intent(each.id, each.token, each.amount_minor, each.card.id if each.card else None) for each in claims
    ]
    ours = await store.send(
        unit.connection, unit.account, intents, lease_seconds=runtime.engine.lease_seconds
    )
    return [claim for claim in claims if claim.id in ours]


async def _send_again(runtime: Runtime, account: Account, now: datetime, due: Sequence[DueCharge]) -> None:
    if due:
        async with runtime.unit(account, now) as unit:
            claims = await _intend(unit, runtime, due)
        await _carry_out(runtime, account, now, claims)


async def _withdraw(runtime: Runtime, account: Account, now: datetime, claims: Sequence[DueCharge]) -> None:
    """Cancel intents that never reached the gateway and whose schedule has ended meanwhile."""
    if claims:
        ended = [Ended(each, each.token, OccurrenceState.CANCELLED) for each in claims]
        async with runtime.unit(account, now) as unit:
            await settle(unit, runtime.retries, ended)


async def _carry_out(runtime: Runtime, account: Account, now: datetime, claims: Sequence[DueCharge]) -> None:
    if claims:
        outcomes = await runtime.gateway(account).charge([_request(account, claim) for claim in claims])
        await _settle(runtime, account, now, list(zip(claims, outcomes, strict=True)))


def _request(account: Account, claim: DueCharge) -> PaymentRequest:
    return PaymentRequest(
        key=claim.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=claim.amount_minor,
        currency=claim.currency,
        target=claim.card.gateway_reference if claim.card else "",
        subject=f"{claim.schedule_id}:{claim.scheduled_on}",
        attempt=claim.attempt,
        sends=claim.sends,
    )


async def _settle(
    runtime: Runtime, account: Account, now: datetime, answered: Sequence[tuple[DueCharge, Outcome]]
) -> None:
    known = [pair for pair in answered if pair[1].kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)]
    await _lose(
        runtime, account, now, [claim for claim, outcome in answered if outcome.kind is OutcomeKind.UNKNOWN]
    )
    if not known:
        return
    made = _charges(account, now, known)
    async with runtime.unit(account, now) as unit:
        ended = [_end(claim, outcome, charge) for (claim, outcome), charge in zip(known, made, strict=True)]
        settlement = await end(unit, runtime.retries, ended)
        kept = [
            (claim, charge)
            for (claim, _), charge in zip(known, made, strict=True)
            if claim.id in settlement.ours
        ]
        await _write(unit, [claim.id for claim, _ in kept], [charge for _, charge in kept])
        await carry_on(unit, settlement)


def _charges(account: Account, now: datetime, known: Sequence[tuple[DueCharge, Outcome]]) -> list[Charge]:
    charge_ids = ids.new_ids("chrg", len(known), livemode=account.livemode, now=now)
    transaction_ids = ids.new_ids("trxn", len(known), livemode=account.livemode, now=now)
    return [
        settled_charge(
            account,
            charge_id=charge_id,
            amount_minor=claim.amount_minor,
            currency=claim.currency,
            card=claim.card,
            transaction_id=transaction_id,
            now=now,
            refusal=_refusal(outcome),
            capture=claim.capture,
            customer_id=claim.customer_id,
            schedule_id=claim.schedule_id,
            description=claim.description,
            metadata=claim.metadata,
        )
        for (claim, outcome), charge_id, transaction_id in zip(
            known, charge_ids, transaction_ids, strict=True
        )
    ]


def _refusal(outcome: Outcome) -> Refusal | None:
    return Refusal(outcome.code, outcome.message) if outcome.kind is OutcomeKind.REFUSED else None


def _end(claim: DueCharge, outcome: Outcome, charge: Charge) -> Ended:
    if outcome.kind is OutcomeKind.REFUSED:
        return Ended(claim, claim.token, OccurrenceState.FAILED, NOT_CAPTURED, charge.id)
    return Ended(claim, claim.token, OccurrenceState.SUCCESSFUL, None, charge.id)


async def _write(unit: Unit, occurrence_ids: Sequence[str], charges: Sequence[Charge]) -> None:
    await charge_store.insert_many(
        unit.connection, unit.account, charges, occurrence_ids=occurrence_ids, now=unit.now
    )
    await unit.record_all([("charge.create", charge) for charge in charges])
    entries = [
        transaction_of(charge, unit.account, charge.transaction_id)
        for charge in charges
        if charge.transaction_id
    ]
    await money.book(unit.connection, unit.account, entries)


async def _lose(runtime: Runtime, account: Account, now: datetime, claims: Sequence[DueCharge]) -> None:
    if claims:
        lost = [(claim.id, claim.token) for claim in claims]
        after = runtime.gateway(account).ask_after_seconds
        async with runtime.unit(account, now) as unit:
            await store.lose(unit.connection, account, lost, ask_after_seconds=after)
