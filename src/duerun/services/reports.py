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


async def events_data(unit: Unit, found: Sequence[Event]) -> dict[str, str | None]:
    """The objects of some events as JSON text in the version of that time, by event.

    What a bulk file created is written down on its first read, from columns that never change
    (see `docs/adr/0010-bulk-events-are-rendered-on-first-read.md`).
    """
    unwritten = [each for each in found if each.data is None and each.key == "schedule.create"]
    written = await _draw(unit, unwritten)
    return {each.id: written.get(each.id, each.data) for each in found}


async def draw_events(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """Write down what bulk-created schedules were, before they change."""
    await _draw(unit, await events.undrawn(unit.connection, unit.account, schedule_ids))


async def _draw(unit: Unit, unwritten: Sequence[Event]) -> dict[str, str]:
    if not unwritten:
        return {}
    made = await schedules.fetch_some(unit.connection, unit.account, [each.object_id for each in unwritten])
    by_id = {schedule.id: as_created(schedule) for schedule in made}
    data = {
        each.id: unit.render(by_id[each.object_id], replace(unit.account, api_version=each.api_version))
        for each in unwritten
        if each.object_id in by_id
    }
    await events.write_data(unit.connection, unit.account, data)
    return data
