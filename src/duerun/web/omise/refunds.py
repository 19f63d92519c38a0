"""Refunds (source: the wire specification, 7.5)."""

from datetime import datetime

import msgspec

from duerun.domain.charges import Refund
from duerun.services import charges
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version, WireList, currency, moment


class WireRefund(msgspec.Struct, kw_only=True):
    object: str = "refund"
    id: str
    livemode: bool
    location: str
    amount: int
    currency: str
    funding_amount: int
    funding_currency: str
    voided: bool
    charge: str
    transaction: str
    metadata: dict[str, str]
    status: str = "closed"
    acquirer_reference_number: None = None
    approval_code: None = None
    terminal: None = None
    created_at: datetime
    created: datetime


def render(refund: Refund, version: Version) -> WireRefund:
    """A refund with all its members."""
    created_at = moment(refund.created_at)
    return WireRefund(
        id=refund.id,
        livemode=refund.livemode,
        location=f"/charges/{refund.charge_id}/refunds/{refund.id}",
        amount=refund.amount_minor,
        currency=currency(refund.currency, version),
        funding_amount=refund.amount_minor,
        funding_currency=currency(refund.funding_currency, version),
        voided=refund.voided,
        charge=refund.charge_id,
        transaction=refund.transaction_id,
        metadata=refund.metadata,
        created_at=created_at,
        created=created_at,
    )


async def create(call: Call) -> WireRefund:
    amount = params.integer(call.params, "amount")
    metadata = params.metadata(call.params)
    void = params.boolean(call.params, "void") or False
    async with call.unit() as unit:
        refund = await charges.refund_charge(
            unit,
            call.path["id"],
            amount_minor=params.required(amount, "amount", message="amount is not a number"),
            metadata=metadata,
            void=void,
        )
    return render(refund, call.version)


async def retrieve(call: Call) -> WireRefund:
    async with call.reading() as unit:
        return render(await charges.get_refund(unit, call.path["id"], call.path["refund"]), call.version)


async def index(call: Call) -> WireList:
    return await _list(call, charge_id=None, location="/refunds")


async def index_of_charge(call: Call) -> WireList:
    charge_id = call.path["id"]
    return await _list(call, charge_id=charge_id, location=f"/charges/{charge_id}/refunds")


async def _list(call: Call, *, charge_id: str | None, location: str) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await charges.list_refunds(unit, query, charge_id=charge_id)
    data = [render(refund, call.version) for refund in page.rows]
    return call.listed(data, query, total=page.total, location=location)


ENDPOINTS = (
    Endpoint("POST", "/charges/{id}/refunds", create),
    Endpoint("GET", "/charges/{id}/refunds", index_of_charge),
    Endpoint("GET", "/charges/{id}/refunds/{refund}", retrieve),
    Endpoint("GET", "/refunds", index),
)
