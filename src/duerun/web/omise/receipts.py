"""Receipts (source: the wire specification, 9)."""

import datetime as dt

import msgspec

from duerun.domain.receipts import Receipt
from duerun.services import receipts
from duerun.web.omise import wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version, WireList, moment

COMPANY = "Duerun"


class WireReceipt(msgspec.Struct, kw_only=True):
    """The fees of a day. Of whom they are paid by, only the address of the account is known."""

    object: str = "receipt"
    id: str
    livemode: bool
    location: str
    number: str
    issued_on: dt.date
    customer_name: str = ""
    customer_address: str = ""
    customer_tax_id: str = ""
    customer_email: str
    customer_statement_name: str = ""
    company_name: str = COMPANY
    company_address: str = ""
    company_tax_id: str = ""
    charge_fee: int
    voided_fee: int
    transfer_fee: int
    subtotal: int
    vat: int
    wht: int = 0
    total: int
    credit_note: bool
    currency: str
    created_at: dt.datetime
    date: dt.date
    created: dt.datetime


def render(receipt: Receipt, version: Version, *, email: str) -> WireReceipt:
    """A receipt with the names of both versions."""
    created_at = moment(receipt.created_at)
    return WireReceipt(
        id=receipt.id,
        livemode=receipt.livemode,
        location=f"/receipts/{receipt.id}",
        number=receipt.number,
        issued_on=receipt.issued_on,
        customer_email=email,
        charge_fee=receipt.charge_fee_minor,
        voided_fee=receipt.voided_fee_minor,
        transfer_fee=receipt.transfer_fee_minor,
        subtotal=receipt.subtotal_minor,
        vat=receipt.vat_minor,
        total=receipt.total_minor,
        credit_note=receipt.credit_note,
        currency=wire.currency(receipt.currency, version),
        created_at=created_at,
        date=receipt.issued_on,
        created=created_at,
    )


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await receipts.list_receipts(unit, query)
    data = [render(receipt, call.version, email=call.account.email) for receipt in page.rows]
    return call.listed(data, query, total=page.total, location="/receipts")


async def retrieve(call: Call) -> WireReceipt:
    async with call.reading() as unit:
        receipt = await receipts.get_receipt(unit, call.path["id"])
    return render(receipt, call.version, email=call.account.email)


ENDPOINTS = (
    Endpoint("GET", "/receipts", index),
    Endpoint("GET", "/receipts/{id}", retrieve),
)
