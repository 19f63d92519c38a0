"""Transfers that are made by hand (source: the wire specification, 8.2).

A transfer is sent in three steps: its intent is committed under a token, the gateway is asked outside of any
transaction, and a second transaction writes the outcome down if the token still stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.audit_chain import changed_names, changes
from duerun.domain.currencies import validate_transfer_amount
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Recipient
from duerun.domain.transfers import (
    Obstacle,
    Transfer,
    failed,
    new_transfer,
    obstacle,
    payout_target,
    recipient_obstacle,
    sent,
    target_changed,
    transaction_of,
    weighed,
)
from duerun.gateways.base import UNKNOWN, Asked, Outcome, OutcomeKind, PaymentRequest
from duerun.services import gateway_calls
from duerun.services.departures import Departure
from duerun.services.freezing import is_held, require_sending
from duerun.services.gateway_calls import TRANSFER, Way
from duerun.services.recipients import get_default_recipient, get_live_recipient, only_in_test_mode
from duerun.services.unit import Runtime, Unit
from duerun.storage import money
from duerun.storage import transfers as store
from duerun.storage.lists import Page

ALREADY_SENT = "transfer was already sent"
ALREADY_FAILED = "transfer has failed"
NO_OUTCOME_YET = "transfer is being sent, its outcome is not known yet"

# What never reached its gateway goes to nobody who is no longer verified, and to no bank account but the intended one.
RECIPIENT_CHANGED = Outcome(
    OutcomeKind.REFUSED, "invalid_recipient", "the recipient changed before the transfer was sent"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """What is asked for. Without an amount it is all that is transferable, without a recipient the default one."""

    amount_minor: int | None = None
    recipient_id: str | None = None
    fail_fast: bool | None = None
    metadata: dict[str, str] | None = None
    idemp_key: str | None = None


async def create_transfer(unit: Unit, order: TransferOrder) -> Transfer:
    """A transfer that waits to be sent. The same `idemp_key` answers the transfer that it made first."""
    if order.idemp_key:
        made = await store.by_idemp_key(unit.connection, unit.account, order.idemp_key)
        if made:
            return await _repeated(unit, made, order)
    recipient = await _recipient(unit, order)
    transferable = await _transferable(unit)
    transfer = weighed(_drafted(unit, order, recipient, transferable), transferable)
    return await _inserted(unit, _failed_fast(unit, transfer, transferable), order)


def _drafted(unit: Unit, order: TransferOrder, recipient: Recipient, transferable_minor: int) -> Transfer:
    amount = transferable_minor if order.amount_minor is None else order.amount_minor
    return new_transfer(
        transfer_id=unit.new_id("trsf"),
        account=unit.account,
        recipient=recipient,
        amount_minor=validate_transfer_amount(unit.account.country, amount),
        now=unit.now,
        fail_fast=bool(order.fail_fast),
        idemp_key=order.idemp_key,
        metadata=order.metadata,
    )


def _failed_fast(unit: Unit, transfer: Transfer, transferable_minor: int) -> Transfer:
    reason = obstacle(transfer.recipient, transfer.amount_minor, transferable_minor)
    return failed(transfer, reason, unit.now) if transfer.fail_fast and reason else transfer


async def _inserted(unit: Unit, transfer: Transfer, order: TransferOrder) -> Transfer:
    if not await store.insert(unit.connection, unit.account, transfer):
        made = await store.by_idemp_key(unit.connection, unit.account, order.idemp_key or "")
        if made is None:
            raise NotFoundError("transfer", transfer.id)
        return await _repeated(unit, made, order)
    keys = ["transfer.create"] + (["transfer.fail"] if transfer.failed_at else [])
    await unit.record_all([(key, transfer) for key in keys])
    unit.note(
        "payments.transfer",
        transfer.id,
        amount=transfer.amount_minor,
        currency=transfer.currency,
        recipient=transfer.recipient.id,
    )
    return transfer


async def _repeated(unit: Unit, made: Transfer, order: TransferOrder) -> Transfer:
    """The transfer that stands under a key; raises `bad_request` where the order says something else."""
    wanted = (
        (order.amount_minor, made.amount_minor),
        (order.recipient_id, made.recipient.id),
        (order.fail_fast, made.fail_fast),
        (order.metadata, made.metadata),
    )
    if any(asked is not None and asked != stands for asked, stands in wanted):
        raise RejectedError("idemp_key was already used with other parameters")
    return weighed(made, await _transferable(unit))


async def _recipient(unit: Unit, order: TransferOrder) -> Recipient:
    if order.recipient_id:
        return await get_live_recipient(unit, order.recipient_id)
    return await get_default_recipient(unit)


async def _transferable(unit: Unit) -> int:
    return (await money.balance(unit.connection, unit.account, unit.now)).transferable_minor


async def update_transfer(
    unit: Unit, transfer_id: str, *, amount_minor: int | None, metadata: dict[str, str] | None
) -> Transfer:
    """Set what is given, while the transfer was not sent."""
    transfer = await _waiting(unit, transfer_id)
    if amount_minor is not None:
        validate_transfer_amount(unit.account.country, amount_minor)
    asked = replace(
        transfer,
        amount_minor=transfer.amount_minor if amount_minor is None else amount_minor,
        metadata=transfer.metadata if metadata is None else metadata,
    )
    changed = weighed(asked, await _transferable(unit))
    await store.update(unit.connection, unit.account, changed)
    await unit.record("transfer.update", changed)
    amounts = changes({"amount": transfer.amount_minor}, {"amount": changed.amount_minor})
    unit.note("payments.change_transfer", transfer_id, changed=changed_names(transfer, asked), **amounts)
    return changed


async def destroy_transfer(unit: Unit, transfer_id: str) -> Transfer:
    """Destroy a transfer that was not sent, once; a second call answers the same."""
    transfer = await _fetched(unit, transfer_id, lock=True)
    if transfer.deleted_at is not None:
        return transfer
    if not transfer.waiting and transfer.failed_at is None:
        raise RejectedError(ALREADY_SENT)
    destroyed = replace(transfer, deleted_at=unit.now)
    await store.update(unit.connection, unit.account, destroyed)
    await unit.record("transfer.destroy", destroyed)
    unit.note("payments.delete_transfer", transfer_id)
    return destroyed


async def get_transfer(unit: Unit, transfer_id: str) -> Transfer:
    """A transfer, destroyed ones too, with its `sendable` of this moment."""
    return weighed(await _fetched(unit, transfer_id), await _transferable(unit))


async def get_transfers(unit: Unit, transfer_ids: Sequence[str]) -> list[Transfer]:
    """Those of the transfers that are there, each with its `sendable` of this moment."""
    found = await store.fetch_many(unit.connection, unit.account, transfer_ids)
    transferable = await _transferable(unit)
    return [weighed(transfer, transferable) for transfer in found]


async def list_transfers(unit: Unit, query: ListQuery) -> Page[Transfer]:
    page = await store.list_transfers(unit.connection, unit.account, query)
    transferable = await _transferable(unit)
    return Page(tuple(weighed(transfer, transferable) for transfer in page.rows), page.total)


async def mark_as_sent(runtime: Runtime, account: Account, now: datetime, transfer_id: str) -> Transfer:
    """Send a transfer through the gateway, in test mode only; one that was sent stays as it is.

    Raises `bad_request` with the reason for one that is not sendable. Where the gateway cannot tell what became of
    it, the transfer is answered as not sent, and `rescue` finds out.
    """
    only_in_test_mode(account)
    gateway, departure = runtime.gateway(account), Departure()
    async with runtime.unit(account, now) as unit:
        await require_sending(unit.connection, runtime, account)
        transfer, token = await _instructed(unit, transfer_id, runtime.lease_seconds(account))
        request = payment_request(account, transfer)
        if token is not None:
            await gateway_calls.keep(unit, runtime, TRANSFER, [(transfer.id, request)])
    if token is None:
        return transfer
    [outcome] = await gateway_calls.send(runtime, account, TRANSFER, [(request, Way(gateway))], departure)
    async with runtime.unit(account, now) as unit:
        again = gateway.declared.ask_again_seconds
        settled = await settle(unit, transfer_id, token, outcome, ask_again_seconds=again)
        return settled or await get_transfer(unit, transfer_id)


async def mark_as_paid(runtime: Runtime, account: Account, now: datetime, transfer_id: str) -> Transfer:
    """Take a transfer as arrived, in test mode only; it is sent first where it was not."""
    sent_transfer = await mark_as_sent(runtime, account, now, transfer_id)
    if sent_transfer.failed_at is not None:
        return sent_transfer
    async with runtime.unit(account, now) as unit:
        transfer = await _live(unit, transfer_id)
        if transfer.sent_at is None:
            raise RejectedError(NO_OUTCOME_YET)
        if transfer.paid_at is not None:
            return transfer
        paid = replace(transfer, paid_at=unit.now)
        await store.update(unit.connection, account, paid)
        await unit.record("transfer.pay", paid)
        unit.note("payments.mark_as_paid", transfer_id)
        return paid


async def _instructed(unit: Unit, transfer_id: str, lease_seconds: float) -> tuple[Transfer, int | None]:
    """The transfer, and the token to send it with: its amount is held and its intent is written from here on."""
    transfer = await _live(unit, transfer_id)
    if transfer.failed_at is not None:
        raise RejectedError(ALREADY_FAILED)
    if not transfer.waiting:
        return transfer, None
    balance = await money.balance(unit.connection, unit.account, unit.now, lock=True)
    reason = obstacle(transfer.recipient, transfer.amount_minor, balance.transferable_minor)
    if reason:
        raise RejectedError(f"transfer is not sendable: {reason.message}")
    await money.hold(unit.connection, unit.account, transfer.amount_minor)
    unit.touch(transfer_id)
    unit.note("payments.mark_as_sent", transfer_id)
    token = await store.instruct(unit.connection, unit.account, transfer, lease_seconds=lease_seconds)
    return transfer, token


def payment_request(account: Account, transfer: Transfer, *, sends: int = 1) -> PaymentRequest:
    """What the gateway is asked to do: the key is the transfer's id."""
    return PaymentRequest(
        key=transfer.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=transfer.amount_minor,
        currency=transfer.currency,
        target=payout_target(transfer.recipient),
        subject=transfer.id,
        sends=sends,
        party=transfer.recipient.id,
        metadata=transfer.metadata,
    )


async def settle(
    unit: Unit, transfer_id: str, token: int, outcome: Outcome, *, ask_again_seconds: float = 0.0
) -> Transfer | None:
    """Write down what the gateway said; None when the token no longer stands or nothing is known yet."""
    transfer = await _fetched(unit, transfer_id, lock=True)
    if outcome.kind not in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED):
        await store.lose(
            unit.connection, unit.account, transfer_id, token, ask_again_seconds=ask_again_seconds
        )
        return None
    entry = transaction_of(transfer, unit.new_id("trxn"), unit.now)
    settled = _settled(transfer, outcome, transaction_id=entry.id, now=unit.now)
    if not await store.settle(unit.connection, unit.account, settled, token):
        return None
    await money.release(unit.connection, unit.account, transfer.amount_minor)
    if settled.sent_at is not None:
        await money.book(unit.connection, unit.account, [entry])
    await unit.record("transfer.send" if settled.sent_at else "transfer.fail", settled)
    return settled


def _settled(transfer: Transfer, outcome: Outcome, *, transaction_id: str, now: datetime) -> Transfer:
    if outcome.kind is OutcomeKind.SUCCEEDED:
        return sent(transfer, transaction_id=transaction_id, now=now)
    return failed(transfer, Obstacle("transfer_send_failure", outcome.message or "refused"), now)


async def rescue(runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask the gateway about transfers whose outcome was never written down; how many were settled.

    What the gateway does not know, although enough time has passed for it to know, is sent again under its key.
    """
    async with runtime.unit(account, now) as unit:
        claims = await store.claim_lapsed(
            unit.connection,
            account,
            rows_max=runtime.claim_rows(account),
            lease_seconds=runtime.lease_seconds(account),
        )
        ids = [each.transfer_id for each in claims]
        ways = await gateway_calls.ways(runtime, unit.connection, account, ids)
    if not claims:
        return 0
    asked = [Asked(each.transfer_id, each.amount_minor, each.currency) for each in claims]
    told = await gateway_calls.ask(runtime, account, [(each, ways[each.key]) for each in asked])
    outcomes = dict(zip(ids, told, strict=True))
    missing = [each for each in claims if _may_resend(each, outcomes[each.transfer_id], ways)]
    if missing:
        outcomes |= await _sent_again(runtime, account, now, ways, missing)
    settled = [
        await _settle_alone(
            runtime, account, now, claim, outcomes[claim.transfer_id], ways[claim.transfer_id]
        )
        for claim in claims
    ]
    return sum(settled)


def _may_resend(claim: store.Claim, outcome: Outcome, ways: Mapping[str, Way]) -> bool:
    way = ways[claim.transfer_id]
    if outcome.kind is OutcomeKind.UNKNOWN:
        return gateway_calls.may_repeat(way, claim.waited_seconds)
    return gateway_calls.may_send(outcome, way, claim.waited_seconds)


async def _settle_alone(
    runtime: Runtime, account: Account, now: datetime, claim: store.Claim, outcome: Outcome, way: Way
) -> bool:
    again = way.gateway.declared.ask_again_seconds
    async with runtime.unit(account, now) as unit:
        settled = await settle(unit, claim.transfer_id, claim.token, outcome, ask_again_seconds=again)
    return settled is not None


async def _sent_again(
    runtime: Runtime,
    account: Account,
    now: datetime,
    ways: Mapping[str, Way],
    missing: Sequence[store.Claim],
) -> dict[str, Outcome]:
    """What became of transfers, each sent under its key again unless its recipient changed."""
    outcomes: dict[str, Outcome] = {}
    sends: dict[str, tuple[PaymentRequest, Way]] = {}
    departure = Departure()
    for claim in missing:
        way = ways[claim.transfer_id]
        instructed = await _instructed_again(runtime, account, now, claim, way)
        if isinstance(instructed, PaymentRequest):
            sends[claim.transfer_id] = way.told(instructed), way
        else:
            # What may have arrived is no refusal, whatever became of its recipient.
            outcomes[claim.transfer_id] = instructed if way.gateway.declared.lookup_by_reference else UNKNOWN
    answers = await gateway_calls.send(runtime, account, TRANSFER, list(sends.values()), departure)
    return outcomes | dict(zip(sends, answers, strict=True))


async def _instructed_again(
    runtime: Runtime, account: Account, now: datetime, claim: store.Claim, way: Way
) -> PaymentRequest | Outcome:
    """The request, its lease renewed; or what became of it without a send."""
    async with runtime.unit(account, now) as unit:
        if await is_held(unit.connection, runtime, account, [way.gateway]):
            return UNKNOWN
        transfer = await _fetched(unit, claim.transfer_id, lock=True)
        recipient = transfer.recipient
        if recipient_obstacle(recipient) or target_changed(recipient, claim.target_digest):
            return RECIPIENT_CHANGED
        stands = await store.instruct_again(
            unit.connection,
            account,
            transfer.id,
            claim.token,
            lease_seconds=runtime.lease_seconds(account),
        )
    return payment_request(account, transfer, sends=claim.sends + 1) if stands else UNKNOWN


async def _waiting(unit: Unit, transfer_id: str) -> Transfer:
    transfer = await _live(unit, transfer_id)
    if transfer.failed_at is not None:
        raise RejectedError(ALREADY_FAILED)
    if not transfer.waiting:
        raise RejectedError(ALREADY_SENT)
    return transfer


async def _live(unit: Unit, transfer_id: str) -> Transfer:
    """A transfer that was not destroyed, held until the transaction ends."""
    transfer = await _fetched(unit, transfer_id, lock=True)
    if transfer.deleted_at is not None:
        raise NotFoundError("transfer", transfer_id)
    return transfer


async def _fetched(unit: Unit, transfer_id: str, *, lock: bool = False) -> Transfer:
    transfer = await store.fetch(unit.connection, unit.account, transfer_id, lock=lock)
    if transfer is None:
        raise NotFoundError("transfer", transfer_id)
    return transfer
