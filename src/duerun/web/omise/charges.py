"""Charges (source: the wire specification, 7)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from functools import cache

import msgspec

from duerun.domain.accounts import Fees
from duerun.domain.charges import AUTHORIZATION_TYPES, Charge, ChargeStatus
from duerun.domain.errors import RejectedError
from duerun.services import charges
from duerun.services.charges import ChargeOrder
from duerun.services.unit import Unit
from duerun.web.omise import cards, params, refunds
from duerun.web.omise.call import Call, Endpoint, Handler
from duerun.web.omise.wire import Version, WireList, currency, embedded, moment

URI_CHARS_MAX = 2_048
ID_CHARS_MAX = 64


class TransactionFees(msgspec.Struct, frozen=True):
    """The rates of the account, as texts."""

    fee_flat: str
    fee_rate: str
    vat_rate: str


class PlatformFee(msgspec.Struct, frozen=True):
    fixed: None = None
    amount: None = None
    percentage: None = None


class WireCharge(msgspec.Struct, kw_only=True):
    """A charge with all members of both versions; what Duerun never sets stands here as a default."""

    object: str = "charge"
    id: str
    livemode: bool
    location: str
    created_at: datetime
    amount: int
    currency: str
    status: str
    authorized: bool
    paid: bool
    capture: bool
    capturable: bool
    disputable: bool
    refundable: bool
    reversible: bool
    reversed: bool
    voided: bool
    expired: bool
    can_perform_void: bool
    paid_at: datetime | None
    expires_at: datetime
    expired_at: datetime | None
    reversed_at: datetime | None
    authorized_at: datetime | None
    authorized_amount: int
    captured_amount: int
    fee: int
    fee_vat: int
    interest: int = 0
    interest_vat: int = 0
    net: int
    funding_amount: int
    refunded_amount: int
    refunded: int
    funding_currency: str
    authorization_type: str | None
    authorize_uri: None = None
    return_uri: str | None
    acquirer_reference_number: None = None
    approval_code: None = None
    refunds: WireList
    transaction: str | None
    transaction_fees: TransactionFees
    platform_fee: PlatformFee = PlatformFee()
    card: cards.WireCard | None
    source: None = None
    customer: str | None
    schedule: str | None
    link: None = None
    dispute: None = None
    ip: str | None
    description: str | None
    metadata: dict[str, str]
    failure_code: str | None
    failure_message: str | None
    merchant_advice: None = None
    merchant_advice_code: None = None
    missing_3ds_fields: list[str] = msgspec.field(default_factory=list)
    authenticated_by: None = None
    branch: None = None
    terminal: None = None
    device: None = None
    zero_interest_installments: bool = False
    created: datetime


def render(charge: Charge, version: Version, now: datetime) -> WireCharge:
    """A charge with its card and its refunds, as it may be used at `now`."""
    location = f"/charges/{charge.id}"
    created_at = moment(charge.created_at)
    capturable = charge.capturable
    return WireCharge(
        id=charge.id,
        livemode=charge.livemode,
        location=location,
        created_at=created_at,
        amount=charge.amount_minor,
        currency=currency(charge.currency, version),
        status=charge.status,
        authorized=charge.authorized_at is not None,
        paid=charge.paid_at is not None,
        capture=charge.capture,
        capturable=capturable,
        disputable=charge.paid_at is not None,
        refundable=charge.refundable(now),
        reversible=capturable,
        reversed=charge.status is ChargeStatus.REVERSED,
        voided=any(refund.voided for refund in charge.refunds),
        expired=charge.status is ChargeStatus.EXPIRED,
        can_perform_void=charge.voidable(now),
        paid_at=moment(charge.paid_at),
        expires_at=moment(charge.expires_at),
        expired_at=moment(charge.expired_at),
        reversed_at=moment(charge.reversed_at),
        authorized_at=moment(charge.authorized_at),
        authorized_amount=charge.amount_minor if charge.authorized_at is not None else 0,
        captured_amount=charge.captured_minor,
        fee=charge.fee_minor,
        fee_vat=charge.fee_vat_minor,
        net=charge.net_minor,
        funding_amount=charge.amount_minor,
        refunded_amount=charge.refunded_minor,
        refunded=charge.refunded_minor,
        funding_currency=currency(charge.funding_currency, version),
        authorization_type=charge.authorization_type,
        return_uri=charge.return_uri,
        refunds=_embedded_refunds(charge, location, version, now),
        transaction=charge.transaction_id,
        transaction_fees=_transaction_fees(charge.fees),
        card=cards.render(charge.card) if charge.card else None,
        customer=charge.customer_id,
        schedule=charge.schedule_id,
        ip=charge.ip,
        description=charge.description,
        metadata=charge.metadata,
        failure_code=charge.failure_code,
        failure_message=charge.failure_message,
        created=created_at,
    )


def _embedded_refunds(charge: Charge, location: str, version: Version, now: datetime) -> WireList:
    data = [refunds.render(refund, version) for refund in charge.refunds]
    return embedded(data, total=len(data), location=f"{location}/refunds", now=now, version=version)


@cache
def _transaction_fees(fees: Fees) -> TransactionFees:
    return TransactionFees("0.0", _rate(fees.charge_rate), _rate(fees.vat_rate))


def _rate(rate: Decimal) -> str:
    """A rate with one decimal at least: `3.65`, `7.0`."""
    text = f"{rate:f}"
    return text if "." in text else f"{text}.0"


def _order(call: Call) -> ChargeOrder:
    if call.params.get("source") is not None:
        raise RejectedError("source is currently not supported")
    amount = params.integer(call.params, "amount")
    customer_id = params.text(call.params, "customer", chars_max=ID_CHARS_MAX) or None
    card = params.text(call.params, "card", chars_max=ID_CHARS_MAX) or None
    capture = params.boolean(call.params, "capture")
    return ChargeOrder(
        amount_minor=params.required(amount, "amount", message="amount is not a number"),
        currency=params.required(params.text(call.params, "currency", chars_max=16), "currency"),
        customer_id=customer_id,
        card_id=card if customer_id else None,
        token_id=None if customer_id else card,
        capture=True if capture is None else capture,
        authorization_type=_authorization_type(call),
        description=params.free_text(call.params, "description"),
        metadata=params.metadata(call.params) or {},
        return_uri=params.text(call.params, "return_uri", chars_max=URI_CHARS_MAX),
        ip=params.text(call.params, "ip", chars_max=ID_CHARS_MAX),
        expires_at=params.moment(call.params, "expires_at"),
    )


def _authorization_type(call: Call) -> str | None:
    given = params.text(call.params, "authorization_type") or None
    if given is not None and given not in AUTHORIZATION_TYPES:
        raise RejectedError(f"authorization_type must be one of {', '.join(AUTHORIZATION_TYPES)}")
    return given


async def create(call: Call) -> WireCharge:
    charge = await charges.create_charge(call.runtime, call.account, call.now, _order(call))
    return render(charge, call.version, call.now)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await charges.list_charges(unit, query)
    data = [render(charge, call.version, call.now) for charge in page.rows]
    return call.listed(data, query, total=page.total, location="/charges")


async def update(call: Call) -> WireCharge:
    description, metadata = params.free_text(call.params, "description"), params.metadata(call.params)
    async with call.unit() as unit:
        charge = await charges.update_charge(
            unit, call.path["id"], description=description, metadata=metadata
        )
    return render(charge, call.version, call.now)


async def capture(call: Call) -> WireCharge:
    amount = params.integer(call.params, "capture_amount")
    async with call.unit() as unit:
        charge = await charges.capture_charge(unit, call.path["id"], amount)
    return render(charge, call.version, call.now)


def _without_parameters(use_case: Callable[[Unit, str], Awaitable[Charge]]) -> Handler:
    """The handler of a call that names a charge and nothing else."""

    async def handle(call: Call) -> WireCharge:
        async with call.unit() as unit:
            charge = await use_case(unit, call.path["id"])
        return render(charge, call.version, call.now)

    return handle


retrieve = _without_parameters(charges.get_charge)

ENDPOINTS = (
    Endpoint("POST", "/charges", create),
    Endpoint("GET", "/charges", index),
    Endpoint("GET", "/charges/{id}", retrieve),
    Endpoint("PATCH", "/charges/{id}", update),
    Endpoint("POST", "/charges/{id}/capture", capture),
    Endpoint("POST", "/charges/{id}/reverse", _without_parameters(charges.reverse_charge)),
    Endpoint("POST", "/charges/{id}/expire", _without_parameters(charges.expire_charge)),
    Endpoint("POST", "/charges/{id}/mark_as_paid", _without_parameters(charges.mark_as_paid)),
    Endpoint("POST", "/charges/{id}/mark_as_failed", _without_parameters(charges.mark_as_failed)),
)
