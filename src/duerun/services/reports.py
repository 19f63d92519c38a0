"""What may be read of an account: its balance and its events (source: the wire specification, 9 and 14.1)."""

from collections.abc import Sequence
from dataclasses import replace

from duerun.domain.errors import NotFoundError
from duerun.domain.events import Balance, Event
from duerun.domain.lists import ListQuery
from duerun.domain.schedules import as_created
from duerun.services.charges import get_charge
from duerun.services.unit import Unit
from duerun.storage import events, money, schedules
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


async def list_events_of_charge(unit: Unit, charge_id: str, query: ListQuery) -> Page[Event]:
    """What happened to a charge; `not_found` for an unknown one."""
    await get_charge(unit, charge_id)
    return await events.list_of_charge(unit.connection, unit.account, query, charge_id)


async def event_data(unit: Unit, event: Event) -> str | None:
    """The object of an event as JSON text in the version of that time.

    What a bulk file created is written down on its first read, from columns that never change
    (see `docs/adr/0010-bulk-events-are-rendered-on-first-read.md`).
    """
    if event.data is not None or event.key != "schedule.create":
        return event.data
    return await _draw(unit, event)


async def draw_events(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """Write down what bulk-created schedules were, before they change."""
    for event in await events.undrawn(unit.connection, unit.account, schedule_ids):
        await _draw(unit, event)


async def _draw(unit: Unit, event: Event) -> str | None:
    schedule = await schedules.fetch(unit.connection, unit.account, event.object_id)
    if schedule is None:
        return None
    data = unit.render(as_created(schedule), replace(unit.account, api_version=event.api_version))
    await events.write_data(unit.connection, unit.account, event.id, data)
    return data
