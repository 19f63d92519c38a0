"""The balance (source: the wire specification, 9)."""

from datetime import datetime

import msgspec

from duerun.domain.events import Balance
from duerun.services import reports
from duerun.web.omise import wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version, moment


class WireBalance(msgspec.Struct, kw_only=True):
    """Nothing is ever kept in reserve; `on_hold` belongs to transfers that are under way."""

    object: str = "balance"
    livemode: bool
    location: str = "/balance"
    currency: str
    transferable: int
    available: int
    total: int
    reserve: int = 0
    reserve_amount: int = 0
    on_hold: int
    created_at: datetime
    created: datetime


def render(balance: Balance, version: Version) -> WireBalance:
    """A balance with the names of both versions."""
    created_at = moment(balance.created_at)
    return WireBalance(
        livemode=balance.livemode,
        currency=wire.currency(balance.currency, version),
        transferable=balance.transferable_minor,
        available=balance.transferable_minor,
        total=balance.total_minor,
        on_hold=balance.held_minor,
        created_at=created_at,
        created=created_at,
    )


async def retrieve(call: Call) -> WireBalance:
    async with call.reading() as unit:
        return render(await reports.get_balance(unit), call.version)


ENDPOINTS = (Endpoint("GET", "/balance", retrieve),)
