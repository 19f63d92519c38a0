"""Schedules: found, looked at, paused, resumed, deleted; single dates left out or taken back."""

from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.domain.recurrence import NEXT_DATES_MAX
from duerun.domain.schedules import Schedule, ScheduleState
from duerun.services import (
    console_lists,
    parties,
    recipients,
    schedule_changes,
    schedule_operations,
    schedules,
)
from duerun.services.console_lists import OccurrenceRow
from duerun.services.schedule_changes import DateOrder
from duerun.services.schedule_operations import Operation
from duerun.web.console import paging
from duerun.web.console.visit import Page, Visit

STATES = ("active", "paused", "suspended", "expired", "deleted")
KINDS = ("charge", "transfer")
DONE = {Operation.PAUSE: "is paused", Operation.RESUME: "goes on", Operation.DELETE: "is deleted"}


def state_of(schedule: Schedule) -> str:
    """The state as people see it: a pause is one."""
    paused = schedule.state is ScheduleState.ACTIVE and schedule.paused_at is not None
    return "paused" if paused else schedule.state


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit, states=STATES, kinds=KINDS)
    async with visit.unit() as unit:
        found = await console_lists.list_schedules(unit, wanted)
        names = await console_lists.names_of(unit, found.rows)
    return visit.show(
        "schedules.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        names=names,
        state_of=state_of,
        states=STATES,
        kinds=KINDS,
        scanned_max=console_lists.SCANNED_ROWS_MAX,
    )


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        schedule = await schedules.get(unit, visit.path["id"])
        attempts = await console_lists.occurrences(unit, schedule.id)
        customer = await parties.get_customer(unit, schedule.customer_id) if schedule.customer_id else None
        recipient = (
            await recipients.get_recipient(unit, schedule.recipient_id) if schedule.recipient_id else None
        )
    return visit.show(
        "schedule.html",
        schedule=schedule,
        state=state_of(schedule),
        attempts=attempts,
        attempts_max=console_lists.OCCURRENCES_MAX,
        customer=customer,
        recipient=recipient,
        dates=dates_ahead(schedule, begun(attempts)),
    )


def begun(attempts: Sequence[OccurrenceRow]) -> frozenset[date]:
    """The dates that an attempt was made at, or is being made."""
    return frozenset(each.scheduled_on for each in attempts if each.state != "due" or each.attempt)


def dates_ahead(schedule: Schedule, begun: frozenset[date]) -> list[tuple[date, str]]:
    """The next dates with what was decided for them, and the dates that are left out, ascending."""
    notes = dict.fromkeys(begun, "is being tried")
    notes |= {
        change.moved_to: f"moved from {day}" for day, change in schedule.changes.items() if change.moved_to
    }
    ahead = [(day, notes.get(day, "")) for day in schedule.next_dates()]
    last = ahead[-1][0] if ahead else date.max
    left_out = [(day, "skip") for day, change in schedule.changes.items() if change.skipped and day <= last]
    open_ended = schedule.state is ScheduleState.ACTIVE
    return sorted({**dict(ahead), **dict(left_out)}.items())[:NEXT_DATES_MAX] if open_ended else []


async def operate(visit: Visit) -> Response:
    """Pause, resume or delete one schedule."""
    operation = Operation(visit.path["operation"]) if visit.path["operation"] in list(Operation) else None
    if operation is None:
        raise RejectedError("there is no such operation")
    schedule_id = visit.path["id"]
    async with visit.unit() as unit:
        results = await schedule_operations.operate(unit, operation, [schedule_id], visit.runtime.retries)
        schedule_operations.only(results)
    return visit.go(f"/console/schedules/{schedule_id}", told=f"The schedule {DONE[operation]}.")


async def change_date(visit: Visit) -> Response:
    """Leave a date out, or take back what was decided for it."""
    schedule_id = visit.path["id"]
    try:
        day = date.fromisoformat(visit.path["date"])
    except ValueError:
        raise RejectedError("the date must be one such as 2027-01-31") from None
    what = visit.field("what")
    if what not in ("skip", "reset"):
        raise RejectedError("what must be skip or reset")
    async with visit.unit() as unit:
        if what == "skip":
            await schedule_changes.change_date(unit, schedule_id, day, DateOrder(skip=True))
        else:
            await schedule_changes.reset_date(unit, schedule_id, day)
    told = "is left out" if what == "skip" else "runs as the rule says"
    return visit.go(f"/console/schedules/{schedule_id}", told=f"{day} {told}.")


PAGES = (
    Page("GET", "/console/schedules", index, label="Schedules"),
    Page("GET", "/console/schedules/{id}", detail),
    Page("POST", "/console/schedules/{id}/dates/{date}", change_date, role=Role.OPERATOR),
    Page("POST", "/console/schedules/{id}/{operation}", operate, role=Role.OPERATOR),
)
