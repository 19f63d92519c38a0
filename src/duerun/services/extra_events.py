"""Events that Omise does not have, where the setting `omise_extra_events` asks for them (source: the wire
specification, 14.1).

Their objects are read again in one statement a kind, whatever the size of the batch; nothing is read when nobody asks.
"""

from collections.abc import Sequence

from duerun.domain.schedules import Schedule
from duerun.services.unit import Unit
from duerun.storage import occurrences, schedules


async def tell_settled(unit: Unit, occurrence_ids: Sequence[str]) -> None:
    """`occurrence.successful`, `.failed` or `.skipped`, in the order of the ids; unsettled ones are left out."""
    if unit.extra_events and occurrence_ids:
        found = await occurrences.fetch_some(unit.connection, unit.account, occurrence_ids)
        settled = [found[each] for each in occurrence_ids if each in found]
        await unit.record_all([(f"occurrence.{each.state}", each) for each in settled])


async def tell_expired(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """`schedule.expire`: nothing of these is to come any more."""
    if unit.extra_events and schedule_ids:
        expired = await schedules.fetch_some(unit.connection, unit.account, schedule_ids)
        await unit.record_all([("schedule.expire", each) for each in expired])


async def tell_expiring(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """`schedule.expiring` for those that have one date left, of some that just had more."""
    if unit.extra_events and schedule_ids:
        found = await schedules.fetch_some(unit.connection, unit.account, schedule_ids)
        await unit.record_all([("schedule.expiring", each) for each in found if each.has_one_date_left])


async def tell_changed(unit: Unit, before: Schedule, after: Schedule) -> None:
    """`schedule.expiring` if a change has left a schedule with one date."""
    if after.has_one_date_left and not before.has_one_date_left:
        await unit.record_extra([("schedule.expiring", after)])
