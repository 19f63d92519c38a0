"""Transactions (source: the wire specification, 9)."""

from datetime import datetime

import msgspec

from duerun.domain.events import Transaction
from duerun.services import money
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version, WireList, currency, moment


class WireTransaction(msgspec.Struct, kw_only=True):
    object: str = "transaction"
    id: str
    livemode: bool
    location: str
    currency: str
    amount: int
    origin: str
    direction: str
    key: str
    transferable_at: datetime
    created_at: datetime
    source: str
    type: str
    transferable: datetime
    created: datetime


def render(transaction: Transaction, version: Version) -> WireTransaction:
    """A transaction under the old and the new names of its members."""
    created_at = moment(transaction.created_at)
    transferable_at = moment(transaction.transferable_at)
    return WireTransaction(
        id=transaction.id,
        livemode=transaction.livemode,
        location=f"/transactions/{transaction.id}",
        currency=currency(transaction.currency, version),
        amount=transaction.amount_minor,
        origin=transaction.origin_id,
        direction=transaction.direction,
        key=transaction.key,
        transferable_at=transferable_at,
        created_at=created_at,
        source=transaction.origin_id,
        type=transaction.direction,
        transferable=transferable_at,
        created=created_at,
    )


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await money.list_transactions(unit, query)
    data = [render(transaction, call.version) for transaction in page.rows]
    return call.listed(data, query, total=page.total, location="/transactions")


async def retrieve(call: Call) -> WireTransaction:
    async with call.reading() as unit:
        return render(await money.get_transaction(unit, call.path["id"]), call.version)


ENDPOINTS = (
    Endpoint("GET", "/transactions", index),
    Endpoint("GET", "/transactions/{id}", retrieve),
)
