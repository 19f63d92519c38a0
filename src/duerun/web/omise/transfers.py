"""Transfers (source: the wire specification, 8.2)."""

from datetime import datetime

import msgspec

from duerun.domain.transfers import Transfer
from duerun.services import transfers
from duerun.services.transfers import TransferOrder
from duerun.web.omise import params, wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.recipients import WireBankAccount, render_bank_account
from duerun.web.omise.wire import Destroyed, Version, WireList, moment


class WireTransfer(msgspec.Struct, kw_only=True):
    object: str = "transfer"
    id: str
    livemode: bool
    location: str
    deleted: bool
    recipient: str
    bank_account: WireBankAccount
    sent: bool
    sent_at: datetime | None
    paid: bool
    paid_at: datetime | None
    amount: int
    currency: str
    transactions: list[str]
    transaction: str | None
    fee: int
    fee_vat: int
    total_fee: int
    net: int
    sendable: bool
    failure_code: str | None
    failure_message: str | None
    fail_fast: bool
    metadata: dict[str, str]
    schedule: str | None
    created_at: datetime
    created: datetime


def render(transfer: Transfer, version: Version) -> WireTransfer | Destroyed:
    """A transfer with the bank account that it goes to."""
    if transfer.deleted_at is not None and version is Version.V2017:
        return Destroyed("transfer", transfer.id, transfer.livemode)
    created_at = moment(transfer.created_at)
    return WireTransfer(
        id=transfer.id,
        livemode=transfer.livemode,
        location=f"/transfers/{transfer.id}",
        deleted=transfer.deleted_at is not None,
        recipient=transfer.recipient.id,
        bank_account=render_bank_account(transfer.recipient, version),
        sent=transfer.sent_at is not None,
        sent_at=moment(transfer.sent_at),
        paid=transfer.paid_at is not None,
        paid_at=moment(transfer.paid_at),
        amount=transfer.amount_minor,
        currency=wire.currency(transfer.currency, version),
        transactions=[transfer.transaction_id] if transfer.transaction_id else [],
        transaction=transfer.transaction_id,
        fee=transfer.fee_minor,
        fee_vat=transfer.fee_vat_minor,
        total_fee=transfer.total_fee_minor,
        net=transfer.net_minor,
        sendable=transfer.sendable,
        failure_code=transfer.failure_code,
        failure_message=transfer.failure_message,
        fail_fast=transfer.fail_fast,
        metadata=transfer.metadata,
        schedule=transfer.schedule_id,
        created_at=created_at,
        created=created_at,
    )


def _order(call: Call) -> TransferOrder:
    params.boolean(call.params, "split_transfer")
    return TransferOrder(
        amount_minor=params.integer(call.params, "amount"),
        recipient_id=params.text(call.params, "recipient", chars_max=64) or None,
        fail_fast=params.boolean(call.params, "fail_fast"),
        metadata=params.metadata(call.params),
        idemp_key=params.text(call.params, "idemp_key", chars_max=255) or None,
    )


async def create(call: Call) -> WireTransfer | Destroyed:
    order = _order(call)
    async with call.unit() as unit:
        transfer = await transfers.create_transfer(unit, order)
    return render(transfer, call.version)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await transfers.list_transfers(unit, query)
    data = [render(transfer, call.version) for transfer in page.rows]
    return call.listed(data, query, total=page.total, location="/transfers")


async def retrieve(call: Call) -> WireTransfer | Destroyed:
    async with call.reading() as unit:
        transfer = await transfers.get_transfer(unit, call.path["id"])
    return render(transfer, call.version)


async def update(call: Call) -> WireTransfer | Destroyed:
    amount = params.integer(call.params, "amount")
    metadata = params.metadata(call.params)
    async with call.unit() as unit:
        transfer = await transfers.update_transfer(
            unit, call.path["id"], amount_minor=amount, metadata=metadata
        )
    return render(transfer, call.version)


async def destroy(call: Call) -> WireTransfer | Destroyed:
    async with call.unit() as unit:
        transfer = await transfers.destroy_transfer(unit, call.path["id"])
    return render(transfer, call.version)


async def mark_as_sent(call: Call) -> WireTransfer | Destroyed:
    transfer = await transfers.mark_as_sent(call.runtime, call.account, call.now, call.path["id"])
    return render(transfer, call.version)


async def mark_as_paid(call: Call) -> WireTransfer | Destroyed:
    transfer = await transfers.mark_as_paid(call.runtime, call.account, call.now, call.path["id"])
    return render(transfer, call.version)


ENDPOINTS = (
    Endpoint("POST", "/transfers", create),
    Endpoint("GET", "/transfers", index),
    Endpoint("GET", "/transfers/{id}", retrieve),
    Endpoint("PATCH", "/transfers/{id}", update),
    Endpoint("DELETE", "/transfers/{id}", destroy),
    Endpoint("POST", "/transfers/{id}/mark_as_sent", mark_as_sent),
    Endpoint("POST", "/transfers/{id}/mark_as_paid", mark_as_paid),
)
