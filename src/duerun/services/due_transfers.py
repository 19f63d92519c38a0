"""Due transfers: the amount is reserved with the intent, sent outside of any transaction, settled in one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.currencies import LIMITS
from duerun.domain.money import percent_floor
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.parties import Recipient
from duerun.domain.retries import INSUFFICIENT_BALANCE
from duerun.domain.transfers import (
    Transfer,
    payout_target,
    recipient_obstacle,
    sent_transfer,
    transaction_of,
)
from duerun.gateways.base import Outcome, OutcomeKind, PaymentRequest
from duerun.services.settling import Ended, carry_on, end, settle, sort_out
from duerun.services.transfers import RECIPIENT_CHANGED
from duerun.services.unit import Runtime, Unit
from duerun.storage import money
from duerun.storage import occurrences as store
from duerun.storage import recipients as recipient_store
from duerun.storage import transfers as transfer_store
from duerun.storage.occurrences import DueTransfer, Intent

KIND = "transfer"
NOT_SENT = "transfer could not be sent"


@dataclass(frozen=True, slots=True)
class Claim:
    """A due transfer with its recipient and the amount that is reserved for it."""

    due: DueTransfer
    recipient: Recipient
    amount_minor: int


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
        due = await store.due_transfers(unit.connection, account, found)
        recipients = await _recipients(unit, due)
    if not due:
        return 0
    claims = [Claim(each, recipients[each.recipient_id], each.amount_minor or 0) for each in due]
    answers = await gateway.lookup([claim.due.id for claim in claims])
    pairs = list(zip(claims, answers, strict=True))
    await _settle(
        runtime, account, now, [pair for pair in pairs if pair[1].kind is not OutcomeKind.NOT_FOUND]
    )
    absent = [claim for claim, answer in pairs if answer.kind is OutcomeKind.NOT_FOUND]
    sure = [each for each in absent if (each.due.sent_seconds_ago or 0) >= gateway.ask_after_seconds]
    live = [each for each in sure if each.due.schedule_lives]
    await _send_again(
        runtime, account, now, [each for each in live if not recipient_obstacle(each.recipient)]
    )
    # Whoever is no longer verified, also because the bank account was changed, gets nothing from an old intent.
    changed = [(each, RECIPIENT_CHANGED) for each in live if recipient_obstacle(each.recipient)]
    await _settle(runtime, account, now, changed)
    await _withdraw(runtime, account, now, [each for each in sure if not each.due.schedule_lives])
    waiting = [each for each in absent if (each.due.sent_seconds_ago or 0) < gateway.ask_after_seconds]
    await _lose(runtime, account, now, waiting)
    return len(claims)


async def _claim(unit: Unit, runtime: Runtime, found: Sequence[str]) -> list[Claim]:
    """Decide in order of time what each takes from the balance, and write down intents and reservations."""
    if not found:
        return []
    due = await store.due_transfers(unit.connection, unit.account, found)
    running = set(await sort_out(unit, runtime.retries, due))
    ready = [each for each in due if each.id in running]
    recipients = await _recipients(unit, ready)
    balance = await money.balance(unit.connection, unit.account, unit.now, lock=True)
    claims, failed = _share(unit.account, ready, recipients, balance.transferable_minor)
    await settle(unit, runtime.retries, failed)
    if claims:
        await money.hold(unit.connection, unit.account, sum(claim.amount_minor for claim in claims))
    return await _intend(unit, runtime, claims)


def _share(
    account: Account, ready: Sequence[DueTransfer], recipients: dict[str, Recipient], transferable_minor: int
) -> tuple[list[Claim], list[Ended]]:
    """Who gets how much of the balance, first come first served, and who cannot be paid."""
    claims: list[Claim] = []
    failed: list[Ended] = []
    for each in ready:
        recipient = recipients[each.recipient_id]
        amount_minor = _amount(each, transferable_minor, LIMITS[account.country].transfer_max)
        obstacle = _obstacle(account, recipient, amount_minor, transferable_minor)
        if obstacle is None:
            claims.append(Claim(each, recipient, amount_minor))
            transferable_minor -= amount_minor
        else:
            failed.append(Ended(each, each.token, OccurrenceState.FAILED, obstacle))
    return claims, failed


def _amount(due: DueTransfer, transferable_minor: int, amount_max: int) -> int:
    if due.fixed_minor is not None:
        return due.fixed_minor
    if due.percentage is not None:
        return min(percent_floor(max(transferable_minor, 0), due.percentage), amount_max)
    return min(transferable_minor, amount_max)


def _obstacle(
    account: Account, recipient: Recipient, amount_minor: int, transferable_minor: int
) -> str | None:
    obstacle = recipient_obstacle(recipient)
    if obstacle is not None:
        return obstacle
    limits = LIMITS[account.country]
    too_small = amount_minor > transferable_minor or amount_minor < limits.transfer_min
    return INSUFFICIENT_BALANCE if too_small else None


async def _recipients(unit: Unit, due: Sequence[DueTransfer]) -> dict[str, Recipient]:
    wanted = {each.recipient_id for each in due}
    return await recipient_store.fetch_many(unit.connection, unit.account, wanted)


async def _intend(unit: Unit, runtime: Runtime, claims: Sequence[Claim]) -> list[Claim]:
    sent = [
        replace(claim, due=replace(claim.due, token=claim.due.token + 1, sends=claim.due.sends + 1))
        for claim in claims
    ]
    intents = [Intent(claim.due.id, claim.due.token, claim.amount_minor, None) for claim in sent]
    ours = await store.send(
        unit.connection, unit.account, intents, lease_seconds=runtime.engine.lease_seconds
    )
    return [claim for claim in sent if claim.due.id in ours]


async def _send_again(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim]) -> None:
    if claims:
        async with runtime.unit(account, now) as unit:
            sent = await _intend(unit, runtime, claims)
        await _carry_out(runtime, account, now, sent)


async def _withdraw(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim]) -> None:
    """Cancel intents that never reached the gateway and whose schedule has ended; their money is free again."""
    if claims:
        ended = [Ended(each.due, each.due.token, OccurrenceState.CANCELLED) for each in claims]
        async with runtime.unit(account, now) as unit:
            settlement = await end(unit, runtime.retries, ended)
            ours = [each.amount_minor for each in claims if each.due.id in settlement.ours]
            await money.release(unit.connection, account, sum(ours))


async def _carry_out(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim]) -> None:
    if claims:
        outcomes = await runtime.gateway(account).transfer([_request(account, claim) for claim in claims])
        await _settle(runtime, account, now, list(zip(claims, outcomes, strict=True)))


def _request(account: Account, claim: Claim) -> PaymentRequest:
    return PaymentRequest(
        key=claim.due.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=claim.amount_minor,
        currency=claim.due.currency,
        target=payout_target(claim.recipient),
        subject=f"{claim.due.schedule_id}:{claim.due.scheduled_on}",
        attempt=claim.due.attempt,
        sends=claim.due.sends,
    )


async def _settle(
    runtime: Runtime, account: Account, now: datetime, answered: Sequence[tuple[Claim, Outcome]]
) -> None:
    known = [pair for pair in answered if pair[1].kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)]
    await _lose(
        runtime, account, now, [claim for claim, outcome in answered if outcome.kind is OutcomeKind.UNKNOWN]
    )
    if not known:
        return
    made = _transfers(account, now, known)
    ended = [_end(claim, transfer) for (claim, _), transfer in zip(known, made, strict=True)]
    async with runtime.unit(account, now) as unit:
        settlement = await end(unit, runtime.retries, ended)
        kept = [
            (claim, each)
            for (claim, _), each in zip(known, made, strict=True)
            if claim.due.id in settlement.ours
        ]
        await _write(unit, kept)
        await carry_on(unit, settlement)


def _transfers(
    account: Account, now: datetime, known: Sequence[tuple[Claim, Outcome]]
) -> list[Transfer | None]:
    """What each claim made; None for what the gateway refused."""
    transfer_ids = ids.new_ids("trsf", len(known), livemode=account.livemode, now=now)
    transaction_ids = ids.new_ids("trxn", len(known), livemode=account.livemode, now=now)
    return [
        sent_transfer(
            transfer_id=transfer_id,
            account=account,
            recipient=claim.recipient,
            amount_minor=claim.amount_minor,
            transaction_id=transaction_id,
            schedule_id=claim.due.schedule_id,
            now=now,
        )
        if outcome.kind is OutcomeKind.SUCCEEDED
        else None
        for (claim, outcome), transfer_id, transaction_id in zip(
            known, transfer_ids, transaction_ids, strict=True
        )
    ]


def _end(claim: Claim, transfer: Transfer | None) -> Ended:
    if transfer is None:
        return Ended(claim.due, claim.due.token, OccurrenceState.FAILED, NOT_SENT)
    return Ended(claim.due, claim.due.token, OccurrenceState.SUCCESSFUL, None, transfer.id)


async def _write(unit: Unit, kept: Sequence[tuple[Claim, Transfer | None]]) -> None:
    """Transfers, events, the reservation given back, and the money gone."""
    made = [(claim.due.id, transfer) for claim, transfer in kept if transfer is not None]
    transfers = [transfer for _, transfer in made]
    await transfer_store.insert_many(
        unit.connection,
        unit.account,
        transfers,
        occurrence_ids=[occurrence_id for occurrence_id, _ in made],
        now=unit.now,
    )
    await unit.record_all(
        [(key, transfer) for transfer in transfers for key in ("transfer.create", "transfer.send")]
    )
    await money.release(unit.connection, unit.account, sum(claim.amount_minor for claim, _ in kept))
    entries = [
        transaction_of(transfer, transfer.transaction_id, unit.now)
        for transfer in transfers
        if transfer.transaction_id
    ]
    await money.book(unit.connection, unit.account, entries)


async def _lose(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim]) -> None:
    if claims:
        lost = [(claim.due.id, claim.due.token) for claim in claims]
        after = runtime.gateway(account).ask_after_seconds
        async with runtime.unit(account, now) as unit:
            await store.lose(unit.connection, account, lost, ask_after_seconds=after)
