"""Changes of schedules (Duerun's own) and what is done to many at once (source: the wire specification, 13.4)."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import schedule_changes, schedule_operations, schedules
from duerun.services.schedule_changes import DateOrder, ScheduleChange
from duerun.services.schedule_operations import Operation, Result
from duerun.services.unit import Unit
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.schedules import View, WireSchedule, render, view_of

SCHEDULES_MAX = 100
NO_END = "none"
DEFAULT_CARD = "default"

_SCHEDULE_ID = re.compile(r"schd_(?:test_)?[0-9a-z]{1,64}")
_BAD_IDS = f"schedule_ids must be an array of 1 to {SCHEDULES_MAX} schedule ids"
# What may stand beside the rule or, as on creation, in `charge` or `transfer`.
_INNER = ("amount", "card", "description", "metadata", "recipient", "percentage_of_balance")


class WireResult(msgspec.Struct, kw_only=True):
    """What became of one schedule; `schedule` is null where it failed."""

    schedule_id: str
    status: str
    schedule: WireSchedule | None
    error_code: str | None
    error_message: str | None


class WireOperation(msgspec.Struct, kw_only=True):
    """The results of a call for many schedules, in the order of their ids."""

    object: str = "bulk_operation"
    operation: str
    total_count: int
    successful_count: int
    failed_count: int
    results: list[WireResult]


class WireDateChange(msgspec.Struct, kw_only=True):
    """What was decided for one date ahead."""

    date: dt.date
    skipped: bool
    moved_to: dt.date | None
    amount: int | None


class WireDateChanges(msgspec.Struct, kw_only=True):
    """All that was decided for single dates of a schedule, in their order."""

    object: str = "schedule_dates"
    schedule: str
    location: str
    data: list[WireDateChange]


class TakenIds(msgspec.Struct, kw_only=True):
    """The schedules of a call for many."""

    schedule_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=SCHEDULES_MAX)]


class TakenDate(msgspec.Struct, kw_only=True):
    """What is to become of one date ahead; at least one of them."""

    skip: bool | msgspec.UnsetType = msgspec.UNSET
    move_to: dt.date | msgspec.UnsetType = msgspec.UNSET
    amount: int | msgspec.UnsetType = msgspec.UNSET


async def pause_many(call: Call) -> WireOperation:
    return await _operate(call, Operation.PAUSE)


async def resume_many(call: Call) -> WireOperation:
    return await _operate(call, Operation.RESUME)


async def delete_many(call: Call) -> WireOperation:
    return await _operate(call, Operation.DELETE)


async def _operate(call: Call, operation: Operation) -> WireOperation:
    ids = _schedule_ids(call.params)
    async with call.unit() as unit:
        done = await schedule_operations.operate(unit, operation, ids, call.runtime.retries)
    view = view_of(call)
    results = [_result(each, view) for each in done]
    successful = sum(each.status == "success" for each in results)
    return WireOperation(
        operation=str(operation),
        total_count=len(results),
        successful_count=successful,
        failed_count=len(results) - successful,
        results=results,
    )


def _schedule_ids(given: Mapping[str, Any]) -> list[str]:
    ids = given.get("schedule_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= SCHEDULES_MAX:
        raise RejectedError(_BAD_IDS)
    if not all(isinstance(each, str) and _SCHEDULE_ID.fullmatch(each) for each in ids):
        raise RejectedError(_BAD_IDS)
    return ids


def _result(done: Result, view: View) -> WireResult:
    return WireResult(
        schedule_id=done.schedule_id,
        status="failed" if done.error else "success",
        schedule=render(done.schedule, view) if done.schedule else None,
        error_code=done.error.code if done.error else None,
        error_message=done.error.message if done.error else None,
    )


async def destroy(call: Call) -> WireSchedule:
    async with call.unit() as unit:
        done = schedule_operations.only(await schedule_operations.delete(unit, [call.path["id"]]))
        return render(done, view_of(call))


async def pause(call: Call) -> WireSchedule:
    return await _operate_one(call, Operation.PAUSE)


async def resume(call: Call) -> WireSchedule:
    return await _operate_one(call, Operation.RESUME)


async def _operate_one(call: Call, operation: Operation) -> WireSchedule:
    async with call.unit() as unit:
        done = await schedule_operations.operate(unit, operation, [call.path["id"]], call.runtime.retries)
        return render(schedule_operations.only(done), view_of(call))


async def update(call: Call) -> WireSchedule:
    change = _change(call)
    async with call.unit() as unit:
        changed = await schedule_changes.change(unit, call.path["id"], change)
        return render(changed, view_of(call))


def _change(call: Call) -> ScheduleChange:
    given = call.params
    inner = params.mapping(given, "charge") or params.mapping(given, "transfer") or {}
    flat = {name: given[name] for name in _INNER if given.get(name) is not None} | {
        name: value for name, value in inner.items() if value is not None
    }
    end = given.get("end_date") or given.get("end_on")
    on_parts = params.mapping(given, "on")
    names = {name for name in _INNER if name in flat}
    names |= ({"on"} if on_parts else set()) | ({"end_on"} if end else set())
    if not names:
        raise RejectedError(f"one of {', '.join(_INNER)}, on, end_date must be given")
    amount, percentage = params.integer(flat, "amount"), params.decimal(flat, "percentage_of_balance")
    if amount is not None and percentage is not None:
        raise RejectedError("only one of amount, percentage_of_balance may be given")
    if percentage is not None and not 0 < percentage <= 100:
        raise RejectedError("percentage_of_balance must be greater than 0 and at most 100")
    card_id = params.text(flat, "card", chars_max=64)
    return ScheduleChange(
        given=frozenset(names),
        amount_minor=amount,
        percentage=percentage,
        card_id=None if card_id in ("", DEFAULT_CARD) else card_id,
        recipient_id=params.text(flat, "recipient", chars_max=64),
        description=params.free_text(flat, "description") or None,
        metadata=params.metadata(flat),
        end_on=None if end == NO_END else params.date({"end_date": end}, "end_date"),
        on_parts=on_parts or {},
    )


async def change_date(call: Call) -> WireSchedule:
    given = call.params
    order = DateOrder(
        skip=params.boolean(given, "skip"),
        move_to=params.date(given, "move_to"),
        amount_minor=params.integer(given, "amount"),
    )
    async with call.unit() as unit:
        day = await _day(call, unit)
        if order == DateOrder():
            raise RejectedError("one of skip, move_to, amount must be given")
        changed = await schedule_changes.change_date(unit, call.path["id"], day, order)
        return render(changed, view_of(call))


async def reset_date(call: Call) -> WireSchedule:
    async with call.unit() as unit:
        changed = await schedule_changes.reset_date(unit, call.path["id"], await _day(call, unit))
        return render(changed, view_of(call))


async def show_dates(call: Call) -> WireDateChanges:
    async with call.unit() as unit:
        schedule = await schedules.get(unit, call.path["id"])
    return WireDateChanges(
        schedule=schedule.id,
        location=f"/schedules/{schedule.id}/dates",
        data=[
            WireDateChange(date=day, skipped=each.skipped, moved_to=each.moved_to, amount=each.amount_minor)
            for day, each in sorted(schedule.changes.items())
        ],
    )


async def _day(call: Call, unit: Unit) -> dt.date:
    """The date of the path, behind a schedule that is there: one that cannot be read is not found."""
    await schedules.get(unit, call.path["id"])
    try:
        return params.required(params.date({"date": call.path["date"]}, "date"), "date")
    except RejectedError:
        raise NotFoundError("date", call.path["date"]) from None


ENDPOINTS = (
    Endpoint("PATCH", "/schedules/bulk_pause", pause_many, body=TakenIds),
    Endpoint("PATCH", "/schedules/bulk_resume", resume_many, body=TakenIds),
    Endpoint("DELETE", "/schedules/bulk_delete", delete_many, body=TakenIds),
    Endpoint("PATCH", "/schedules/{id}", update),
    Endpoint("DELETE", "/schedules/{id}", destroy),
    Endpoint("PATCH", "/schedules/{id}/pause", pause),
    Endpoint("PATCH", "/schedules/{id}/resume", resume),
    Endpoint("GET", "/schedules/{id}/dates", show_dates),
    Endpoint("PATCH", "/schedules/{id}/dates/{date}", change_date, body=TakenDate),
    Endpoint("DELETE", "/schedules/{id}/dates/{date}", reset_date),
)
