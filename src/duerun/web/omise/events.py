"""Events, and how far they came on their way to a receiver (source: the wire specification, 14.1)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.events import Event
from duerun.domain.webhooks import Delivery
from duerun.services import reports, webhooks
from duerun.services.unit import Unit
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import WireList, moment

_encoder = msgspec.json.Encoder()


class WireDelivery(msgspec.Struct, kw_only=True):
    """The last try to deliver an event. `status` is 0 while no answer came; `payload` is what was sent."""

    object: str = "webhook_delivery"
    id: str
    uri: str
    status: int
    key: str
    error: str | None
    payload: str
    created_at: datetime
    created: datetime


class WireEvent(msgspec.Struct, kw_only=True):
    """`data` is the text that was written with the event, embedded as it stands."""

    object: str = "event"
    id: str
    livemode: bool
    location: str
    key: str
    data: msgspec.Raw | None
    webhook_deliveries: list[WireDelivery]
    actor_uid: str | None = None
    team_uid: str
    user_uid: str | None = None
    created_at: datetime
    created: datetime


def render(
    event: Event, data: str | None, account: Account, deliveries: Sequence[WireDelivery] = ()
) -> WireEvent:
    """An event with its object as it was then."""
    created_at = moment(event.created_at)
    return WireEvent(
        id=event.id,
        livemode=event.livemode,
        location=f"/events/{event.id}",
        key=event.key,
        data=None if data is None else msgspec.Raw(data.encode()),
        webhook_deliveries=list(deliveries),
        team_uid=account.team_id,
        created_at=created_at,
        created=created_at,
    )


def body(event: Event, data: str | None, account: Account) -> bytes:
    """What is posted to a receiver: the event as it is before any delivery, the same bytes at every try."""
    return _encoder.encode(render(event, data, account))


async def answers(unit: Unit, events: Sequence[Event]) -> list[WireEvent]:
    """Events with their objects and how far their deliveries came."""
    deliveries = await webhooks.deliveries_of(unit, events)
    data = await reports.events_data(unit, events)
    return [_answer(unit, event, data[event.id], deliveries.get(event.id)) for event in events]


def _answer(unit: Unit, event: Event, data: str | None, delivery: Delivery | None) -> WireEvent:
    if delivery is None:
        return render(event, data, unit.account)
    payload = body(event, data, unit.account).decode()
    return render(event, data, unit.account, [_delivery(event, delivery, payload)])


def _delivery(event: Event, delivery: Delivery, payload: str) -> WireDelivery:
    tried_at = moment(delivery.tried_at)
    return WireDelivery(
        id=event.id.replace("evnt", "whdl", 1),
        uri=delivery.uri,
        status=delivery.status or 0,
        key=event.key,
        error=delivery.error,
        payload=payload,
        created_at=tried_at,
        created=tried_at,
    )


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await reports.list_events(unit, query)
        data = await answers(unit, page.rows)
    return call.listed(data, query, total=page.total, location="/events")


async def index_of_charge(call: Call) -> WireList:
    query, charge_id = call.list_query(), call.path["id"]
    async with call.unit() as unit:
        page = await reports.list_events_of_charge(unit, charge_id, query)
        data = await answers(unit, page.rows)
    return call.listed(data, query, total=page.total, location=f"/charges/{charge_id}/events")


async def retrieve(call: Call) -> WireEvent:
    async with call.unit() as unit:
        return (await answers(unit, [await reports.get_event(unit, call.path["id"])]))[0]


ENDPOINTS = (
    Endpoint("GET", "/events", index),
    Endpoint("GET", "/events/{id}", retrieve),
    Endpoint("GET", "/charges/{id}/events", index_of_charge),
)
