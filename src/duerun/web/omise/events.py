"""Events (source: the wire specification, 14.1)."""

from datetime import datetime
from typing import Any

import msgspec

from duerun.domain.events import Event
from duerun.services import reports
from duerun.services.unit import Unit
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import WireList, moment


class WireEvent(msgspec.Struct, kw_only=True):
    """`data` is the text that was written with the event, embedded as it stands."""

    object: str = "event"
    id: str
    livemode: bool
    location: str
    key: str
    data: msgspec.Raw | None
    webhook_deliveries: list[Any]
    actor_uid: str | None = None
    team_uid: str
    user_uid: str | None = None
    created_at: datetime
    created: datetime


async def render(unit: Unit, event: Event) -> WireEvent:
    """An event with its object as it was then."""
    data = await reports.event_data(unit, event)
    created_at = moment(event.created_at)
    return WireEvent(
        id=event.id,
        livemode=event.livemode,
        location=f"/events/{event.id}",
        key=event.key,
        data=None if data is None else msgspec.Raw(data),
        webhook_deliveries=[],
        team_uid=unit.account.team_id,
        created_at=created_at,
        created=created_at,
    )


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.unit() as unit:
        page = await reports.list_events(unit, query)
        data = [await render(unit, event) for event in page.rows]
    return call.listed(data, query, total=page.total, location="/events")


async def retrieve(call: Call) -> WireEvent:
    async with call.unit() as unit:
        return await render(unit, await reports.get_event(unit, call.path["id"]))


ENDPOINTS = (
    Endpoint("GET", "/events", index),
    Endpoint("GET", "/events/{id}", retrieve),
)
