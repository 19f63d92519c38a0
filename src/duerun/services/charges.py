"""Single charges of a card, what is done with them later, and their refunds (source: the wire specification, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from duerun.domain import charges as rules
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import changed_names
from duerun.domain.charges import Charge, ChargeStatus, Refund, Refusal
from duerun.domain.currencies import validate_charge_amount, validate_charge_currency
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Card
from duerun.gateways.base import Asked, Outcome, OutcomeKind, PaymentRequest
from duerun.services import gateway_calls, parties
from duerun.services.departures import Departure
from duerun.services.freezing import is_held, require_sending
from duerun.services.gateway_calls import CHARGE, Way
from duerun.services.unit import Runtime, Unit
from duerun.storage import charges as store
from duerun.storage import money
from duerun.storage.charges import Claimed
from duerun.storage.lists import Page

EXPIRE_ROWS_MAX = 1_000
FIRST_TOKEN = 1
MARKED_FAILED = Refusal("failed_processing", "processing failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What is asked to be charged, and to which card: a token, a card of a customer, or its default card."""

    amount_minor: int
    currency: str
    customer_id: str | None = None
    card_id: str | None = None
    token_id: str | None = None
    capture: bool = True
    authorization_type: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    return_uri: str | None = None
    ip: str | None = None
    expires_at: datetime | None = None


async def create_charge(runtime: Runtime, account: Account, now: datetime, order: ChargeOrder) -> Charge:
    """Charge a card: the intent is committed, the gateway is asked, the answer is written down.

    A refusal is a failed charge. Without an answer the charge stays pending until a rescuer has asked for it.
    Raises `invalid_charge`, `missing_card`, `used_token` or `not_found` before anything is kept, and `FrozenError`.
    """
    gateway, departure = runtime.gateway(account), Departure()
    async with runtime.unit(account, now) as unit:
        await require_sending(unit.connection, runtime, account)
        charge, request = await _commit_intent(unit, order, runtime.lease_seconds(account))
        await gateway_calls.keep(unit, runtime, CHARGE, [(charge.id, request)])
    [outcome] = await gateway_calls.send(runtime, account, CHARGE, [(request, Way(gateway))], departure)
    async with runtime.unit(account, now) as unit:
        settled = await settle(
            unit,
            charge.id,
            FIRST_TOKEN,
            outcome,
            ask_again_seconds=gateway.declared.ask_again_seconds,
        )
        return settled or await get_charge(unit, charge.id)


async def _commit_intent(
    unit: Unit, order: ChargeOrder, lease_seconds: float
) -> tuple[Charge, PaymentRequest]:
    country = unit.account.country
    currency = validate_charge_currency(country, order.currency)
    amount = validate_charge_amount(country, order.amount_minor)
    lapses_at = _lapse(unit, order.expires_at)
    card = await _card(unit, order)
    charge = Charge(
        id=unit.new_id("chrg"),
        livemode=unit.account.livemode,
        amount_minor=amount,
        currency=currency,
        status=ChargeStatus.PENDING,
        capture=order.capture,
        expires_at=lapses_at,
        created_at=unit.now,
        card=card,
        authorization_type=order.authorization_type,
        description=order.description,
        metadata=order.metadata,
        return_uri=order.return_uri,
        ip=order.ip,
        customer_id=order.customer_id,
    )
    await store.insert_sent(
        unit.connection, unit.account, charge, token=FIRST_TOKEN, lease_seconds=lease_seconds
    )
    unit.touch(charge.id)
    unit.note("payments.charge", charge.id, amount=amount, currency=currency, customer=order.customer_id)
    attempts = await store.attempts(unit.connection, unit.account, [charge.id])
    return charge, _request(unit, charge, card, attempts[charge.id])


def _request(unit: Unit, charge: Charge, card: Card, attempt: int) -> PaymentRequest:
    account = unit.account
    return PaymentRequest(
        key=charge.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        target=card.gateway_reference,
        subject=charge.id,
        attempt=attempt,
        card_expired=card.expired(account.today(unit.now)),
        party=charge.customer_id,
        description=charge.description,
        metadata=charge.metadata,
    )


def _lapse(unit: Unit, asked: datetime | None) -> datetime:
    latest = rules.expires_at(unit.now, unit.account.country)
    if asked is not None and asked <= unit.now:
        raise RejectedError("expires_at must be in the future")
    return min(asked or latest, latest)


async def _card(unit: Unit, order: ChargeOrder) -> Card:
    if order.customer_id is None:
        if order.token_id is None:
            raise RejectedError("one of customer, card must be given")
        return await parties.use_token(unit, order.token_id)
    customer = await parties.get_live_customer(unit, order.customer_id)
    card_id = order.card_id or customer.default_card_id
    if card_id is None:
        raise RejectedError("customer has no card", code="missing_card")
    return await parties.get_card(unit, customer.id, card_id)


async def settle(
    unit: Unit, charge_id: str, token: int, outcome: Outcome, *, ask_again_seconds: float = 0.0
) -> Charge | None:
    """Write down what a gateway answered; None if the charge was settled already or `token` has passed.

    A charge whose answer is lost stays pending and is asked about later.
    """
    charge = await store.fetch_claimed(unit.connection, unit.account, charge_id, token)
    if charge is None:
        return None
    # The first answer tells of the charge; one that comes after a lost answer completes it.
    key = "charge.create" if charge.gateway_state == "sent" else "charge.complete"
    if outcome.kind not in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED):
        return await _lose(unit, charge, ask_again_seconds)
    settled = rules.settle(
        charge, unit.account, _refusal(outcome), transaction_id=unit.new_id("trxn"), now=unit.now
    )
    await _write(unit, settled)
    if settled.customer_id is None:
        await store.note_on_token(unit.connection, unit.account, settled)
    await unit.record(key, settled)
    return settled


async def _lose(unit: Unit, charge: Charge, ask_again_seconds: float) -> Charge:
    await store.lose(unit.connection, unit.account, charge.id, ask_again_seconds=ask_again_seconds)
    if charge.gateway_state == "sent":
        await unit.record("charge.create", charge)
    return replace(charge, gateway_state="unknown")


async def _write(unit: Unit, charge: Charge) -> None:
    """A charge that was just settled or captured and, when that brought money, its credit."""
    await store.update(unit.connection, unit.account, charge)
    if charge.transaction_id is not None:
        credit = rules.transaction_of(charge, unit.account, charge.transaction_id)
        await money.book(unit.connection, unit.account, [credit])


def _refusal(outcome: Outcome) -> Refusal | None:
    if outcome.kind is OutcomeKind.SUCCEEDED:
        return None
    return Refusal(outcome.code, outcome.message)


async def rescue(runtime: Runtime, account: Account, now: datetime) -> int:
    """Find out what became of charges whose sender did not come back; how many were settled by this.

    What the gateway does not know is sent again under the same key, once "not found" proves something.
    """
    async with runtime.unit(account, now) as unit:
        claimed = await store.claim(
            unit.connection,
            account,
            claim_rows=runtime.claim_rows(account),
            lease_seconds=runtime.lease_seconds(account),
        )
        ways = await gateway_calls.ways(runtime, unit.connection, account, [each.id for each in claimed])
    if not claimed:
        return 0
    told = await gateway_calls.ask(
        runtime,
        account,
        [(Asked(each.id, each.amount_minor, each.currency), ways[each.id]) for each in claimed],
    )
    outcomes = dict(zip((each.id for each in claimed), told, strict=True))
    missing = [each for each in claimed if _may_resend(each, outcomes[each.id], ways[each.id])]
    if missing:
        outcomes |= await _send_again(runtime, account, now, ways, missing)
    return sum(
        [
            await _settle_alone(runtime, account, now, each, outcomes[each.id], ways[each.id])
            for each in claimed
        ]
    )


def _may_resend(claimed: Claimed, outcome: Outcome, way: Way) -> bool:
    if outcome.kind is OutcomeKind.UNKNOWN:
        return gateway_calls.may_repeat(way, claimed.sent_seconds_ago)
    return gateway_calls.may_send(outcome, way, claimed.sent_seconds_ago)


async def _send_again(
    runtime: Runtime, account: Account, now: datetime, ways: Mapping[str, Way], missing: list[Claimed]
) -> dict[str, Outcome]:
    departure = Departure()
    async with runtime.unit(account, now) as unit:
        gateways = [ways[each.id].gateway for each in missing]
        if await is_held(unit.connection, runtime, account, gateways):
            return {}
        ours = await store.resend(
            unit.connection, account, missing, lease_seconds=runtime.lease_seconds(account)
        )
        attempts = await store.attempts(unit.connection, account, sorted(ours))
    again = [each for each in missing if each.id in ours]
    sends = [
        (_request_again(account, each, attempts[each.id], ways[each.id]), ways[each.id]) for each in again
    ]
    answers = await gateway_calls.send(runtime, account, CHARGE, sends, departure)
    return dict(zip((each.id for each in again), answers, strict=True))


def _request_again(account: Account, each: Claimed, attempt: int, way: Way) -> PaymentRequest:
    return way.told(
        PaymentRequest(
            key=each.id,
            account=account.public_id,
            livemode=account.livemode,
            amount_minor=each.amount_minor,
            currency=each.currency,
            target=each.target,
            subject=each.id,
            attempt=attempt,
            sends=each.sends + 1,
            party=each.customer_id,
        )
    )


async def _settle_alone(
    runtime: Runtime, account: Account, now: datetime, claimed: Claimed, outcome: Outcome, way: Way
) -> bool:
    again = way.gateway.declared.ask_again_seconds
    async with runtime.unit(account, now) as unit:
        charge = await settle(unit, claimed.id, claimed.token, outcome, ask_again_seconds=again)
    return charge is not None and charge.gateway_state == "settled"


async def get_charge(unit: Unit, charge_id: str, *, lock: bool = False) -> Charge:
    charge = await store.fetch(unit.connection, unit.account, charge_id, lock=lock)
    if charge is None:
        raise NotFoundError("charge", charge_id)
    return charge


async def list_charges(unit: Unit, query: ListQuery) -> Page[Charge]:
    return await store.list_charges(unit.connection, unit.account, query)


async def update_charge(
    unit: Unit, charge_id: str, *, description: str | None, metadata: dict[str, str] | None
) -> Charge:
    """Set what is given; None leaves a value as it is."""
    before = charge = await get_charge(unit, charge_id, lock=True)
    charge = replace(
        charge,
        description=charge.description if description is None else description,
        metadata=charge.metadata if metadata is None else metadata,
    )
    await store.describe(unit.connection, unit.account, charge)
    await unit.record("charge.update", charge)
    unit.note("payments.describe_charge", charge_id, changed=changed_names(before, charge))
    return charge


async def capture_charge(unit: Unit, charge_id: str, amount_minor: int | None = None) -> Charge:
    """Take the money of an authorised charge, all of it or less of a pre-authorisation.

    It is written into the books alone: the port of gateways has no such verb, and the sandbox needs none.
    """
    charge = await get_charge(unit, charge_id, lock=True)
    amount = rules.capture_amount(charge, amount_minor, unit.now)
    unit.note("payments.capture", charge_id, amount=amount, currency=charge.currency)
    return await _take(unit, charge, amount, "charge.capture")


async def _take(unit: Unit, charge: Charge, amount_minor: int, key: str) -> Charge:
    charge = rules.captured(
        charge,
        unit.account,
        amount_minor=amount_minor,
        transaction_id=unit.new_id("trxn"),
        now=unit.now,
    )
    await _write(unit, charge)
    await unit.record(key, charge)
    return charge


async def reverse_charge(unit: Unit, charge_id: str) -> Charge:
    """Give up an authorisation; in the books alone, as with a capture."""
    charge = rules.reversed_charge(await get_charge(unit, charge_id, lock=True), unit.now)
    await store.update(unit.connection, unit.account, charge)
    await unit.record("charge.reverse", charge)
    unit.note("payments.reverse", charge_id)
    return charge


async def expire_charge(unit: Unit, charge_id: str) -> Charge:
    """Let an authorisation lapse before its time."""
    charge = rules.expired_charge(await get_charge(unit, charge_id, lock=True), unit.now)
    await store.update(unit.connection, unit.account, charge)
    await unit.record("charge.expire", charge)
    unit.note("payments.expire", charge_id)
    return charge


async def expire_uncaptured(unit: Unit) -> int:
    """Expire the authorisations whose time has passed, at most `EXPIRE_ROWS_MAX`; how many there were."""
    lapsed = await store.lapse(unit.connection, unit.account, now=unit.now, rows_max=EXPIRE_ROWS_MAX)
    await unit.record_all([("charge.expire", charge) for charge in lapsed])
    return len(lapsed)


async def mark_as_paid(unit: Unit, charge_id: str) -> Charge:
    """Complete an authorised charge by hand, in test mode."""
    charge = await _markable(unit, charge_id)
    unit.note("payments.mark_as_paid", charge_id)
    return await _take(unit, charge, charge.amount_minor, "charge.complete")


async def mark_as_failed(unit: Unit, charge_id: str) -> Charge:
    """Let an authorised charge fail by hand, in test mode."""
    charge = await _markable(unit, charge_id)
    unit.note("payments.mark_as_failed", charge_id)
    charge = rules.settle(charge, unit.account, MARKED_FAILED, transaction_id="", now=unit.now)
    await store.update(unit.connection, unit.account, charge)
    await unit.record("charge.complete", charge)
    return charge


async def _markable(unit: Unit, charge_id: str) -> Charge:
    """A charge that waits for nobody but its merchant: what was sent to a gateway only the gateway decides."""
    if unit.account.livemode:
        raise NotFoundError("charge", charge_id)
    charge = await get_charge(unit, charge_id, lock=True)
    if not charge.capturable:
        raise RejectedError("charge is not pending")
    return charge


async def refund_charge(
    unit: Unit,
    charge_id: str,
    *,
    amount_minor: int,
    metadata: dict[str, str] | None = None,
    void: bool = False,
) -> Refund:
    """Give money of a captured charge back; in the books alone, as with a capture."""
    charge = await get_charge(unit, charge_id, lock=True)
    refund = rules.refund_of(
        charge,
        refund_id=unit.new_id("rfnd"),
        transaction_id=unit.new_id("trxn"),
        amount_minor=amount_minor,
        void=void,
        metadata=metadata or {},
        now=unit.now,
    )
    await store.insert_refund(unit.connection, unit.account, refund)
    refunded = replace(charge, refunded_minor=charge.refunded_minor + amount_minor)
    await store.update(unit.connection, unit.account, refunded)
    await money.book(unit.connection, unit.account, [rules.refund_transaction(charge, refund)])
    await unit.record("refund.create", refund)
    unit.note("payments.refund", charge_id, refund=refund.id, amount=amount_minor, currency=refund.currency)
    return refund


async def get_refund(unit: Unit, charge_id: str, refund_id: str) -> Refund:
    charge = await get_charge(unit, charge_id)
    for refund in charge.refunds:
        if refund.id == refund_id:
            return refund
    raise NotFoundError("refund", refund_id)


async def list_refunds(unit: Unit, query: ListQuery, *, charge_id: str | None = None) -> Page[Refund]:
    """Refunds of the account, or of one charge."""
    if charge_id is not None:
        await get_charge(unit, charge_id)
    return await store.list_refunds(unit.connection, unit.account, query, charge_id=charge_id)
