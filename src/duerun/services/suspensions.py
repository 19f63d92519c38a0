"""Schedules that stop: by their failures, because whom they charge or pay is going away, or at their end."""

from collections.abc import Sequence
from functools import partial

from duerun.services.extra_events import tell_expired
from duerun.services.unit import Unit
from duerun.storage import occurrences as occurrence_store
from duerun.storage import schedules as store


async def suspend(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """Suspend those that are active, cancel what they have queued, and tell."""
    suspended = await store.suspend(unit.connection, unit.account, schedule_ids, unit.now)
    if suspended:
        await occurrence_store.cancel(unit.connection, unit.account, suspended, unit.now)
        stopped = await store.fetch_some(unit.connection, unit.account, suspended)
        await unit.record_all([("schedule.suspend", schedule) for schedule in stopped])


async def suspend_for(unit: Unit, *, customer_id: str | None = None, recipient_id: str | None = None) -> None:
    """Suspend the active schedules of a customer or recipient: occurrences are locked first, as the engine does it."""
    owned = partial(
        store.active_of, unit.connection, unit.account, customer_id=customer_id, recipient_id=recipient_id
    )
    await occurrence_store.cancel(unit.connection, unit.account, await owned(), unit.now)
    await suspend(unit, await owned(lock=True))


async def expire(unit: Unit, schedule_ids: Sequence[str]) -> None:
    """Let those expire that are active and have nothing open, and tell."""
    await tell_expired(unit, await store.expire(unit.connection, unit.account, schedule_ids, unit.now))
