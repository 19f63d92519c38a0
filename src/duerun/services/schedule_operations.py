"""What is done to many schedules at once: pause, resume, delete (source: the wire specification, 10.4 and 13.4).

Each id gets a result of its own. Occurrences are locked before their schedules, as the engine does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from duerun.domain.errors import DuerunError, NotFoundError, RejectedError
from duerun.domain.retries import RetryPolicy
from duerun.domain.schedules import Schedule, ScheduleEvent, ScheduleState, apply
from duerun.services.reports import draw_events
from duerun.services.settling import sort_out
from duerun.services.unit import Unit
from duerun.storage import occurrences as occurrence_store
from duerun.storage import schedules as store


class Operation(StrEnum):
    """What may be asked for many schedules in one call."""

    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one schedule: how it is now, or why it stayed as it was."""

    schedule_id: str
    schedule: Schedule | None
    error: DuerunError | None = None


async def operate(
    unit: Unit, operation: Operation, schedule_ids: Sequence[str], policy: RetryPolicy
) -> list[Result]:
    """Pause, resume or delete schedules; the results in the order of the ids."""
    if operation is Operation.DELETE:
        return await delete(unit, schedule_ids)
    return await _pause(unit, schedule_ids, paused=operation is Operation.PAUSE, policy=policy)


async def delete(unit: Unit, schedule_ids: Sequence[str]) -> list[Result]:
    """Delete schedules with everything that they have queued; a deleted one stays as it is."""
    await occurrence_store.cancel(unit.connection, unit.account, schedule_ids, unit.now)
    found = await store.lock_some(unit.connection, unit.account, schedule_ids)
    ending = [each.id for each in found.values() if each.state is not ScheduleState.DELETED]
    if ending:
        await draw_events(unit, ending)
        # What the engine planned while the locks were waited for.
        await occurrence_store.cancel(unit.connection, unit.account, ending, unit.now)
        await store.delete(unit.connection, unit.account, ending, unit.now)
        ended = {each.id: each for each in await store.fetch_some(unit.connection, unit.account, ending)}
        await unit.record_all([("schedule.destroy", ended[each]) for each in ended])
        for each in ending:
            unit.note("schedules.delete", each)
        found |= ended
    return [_result(each, found) for each in schedule_ids]


async def _pause(
    unit: Unit, schedule_ids: Sequence[str], *, paused: bool, policy: RetryPolicy
) -> list[Result]:
    if not paused:
        await _skip_passed(unit, schedule_ids, policy)
    found = await store.lock_some(unit.connection, unit.account, schedule_ids)
    changing = [
        each.id
        for each in found.values()
        if each.state is ScheduleState.ACTIVE and (each.paused_at is not None) is not paused
    ]
    if changing:
        await draw_events(unit, changing)
        await store.pause(unit.connection, unit.account, changing, unit.now if paused else None)
        changed = {each.id: each for each in await store.fetch_some(unit.connection, unit.account, changing)}
        key = "schedule.pause" if paused else "schedule.resume"
        await unit.record_extra([(key, each) for each in changed.values()])
        for each in changing:
            unit.note("schedules.pause" if paused else "schedules.resume", each)
        found |= changed
    event = ScheduleEvent.PAUSE if paused else ScheduleEvent.RESUME
    return [_result(each, found, event) for each in schedule_ids]


async def _skip_passed(unit: Unit, schedule_ids: Sequence[str], policy: RetryPolicy) -> None:
    """Settle the dates that came while the schedules were paused and that no engine has taken up."""
    paused = [
        each.id
        for each in await store.fetch_some(unit.connection, unit.account, schedule_ids)
        if each.state is ScheduleState.ACTIVE and each.paused_at is not None
    ]
    while found := await occurrence_store.lock_passed(unit.connection, unit.account, paused, unit.now):
        for kind, ids in found.items():
            load = occurrence_store.due_charges if kind == "charge" else occurrence_store.due_transfers
            await sort_out(unit, policy, await load(unit.connection, unit.account, ids))


def _result(schedule_id: str, found: dict[str, Schedule], event: ScheduleEvent | None = None) -> Result:
    schedule = found.get(schedule_id)
    if schedule is None:
        return Result(schedule_id, None, NotFoundError("schedule", schedule_id))
    try:
        if event is not None:
            apply(schedule.state, event)
    except RejectedError as error:
        return Result(schedule_id, None, error)
    return Result(schedule_id, schedule)


def only(results: Sequence[Result]) -> Schedule:
    """The schedule of a single result; raises its error."""
    [result] = results
    if result.schedule is None:
        raise result.error or NotFoundError("schedule", result.schedule_id)
    return result.schedule
