"""What may be read of an account: its balance and its events (source: the wire specification, 9 and 14.1)."""

from duerun.domain.errors import NotFoundError
from duerun.domain.events import Balance, Event
from duerun.domain.lists import ListQuery
from duerun.services.unit import Unit
from duerun.storage import events, money
from duerun.storage.lists import Page


async def get_balance(unit: Unit) -> Balance:
    """The money of the account at this moment."""
    return await money.balance(unit.connection, unit.account, unit.now)


async def get_event(unit: Unit, event_id: str) -> Event:
    event = await events.fetch(unit.connection, unit.account, event_id)
    if event is None:
        raise NotFoundError("event", event_id)
    return event


async def list_events(unit: Unit, query: ListQuery) -> Page[Event]:
    return await events.list_events(unit.connection, unit.account, query)


async def event_data(unit: Unit, event: Event) -> str | None:
    """The object of an event as JSON text in the version of that time; None where it was not written down."""
    return event.data
