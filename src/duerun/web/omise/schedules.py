"""Schedules (source: the wire specification, 10)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.recurrence import (
    BAD_EVERY,
    DaysOfMonth,
    On,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    in_words,
    parse_on_parts,
)
from duerun.domain.schedules import Kind, Schedule, ScheduleState
from duerun.services import schedules
from duerun.services.schedules import ChargeOrder, RuleOrder, TransferOrder
from duerun.services.unit import Unit
from duerun.storage.lists import Page
from duerun.storage.schedules import Told
from duerun.web.omise import occurrences, params
from duerun.web.omise.call import Call, Endpoint, Options
from duerun.web.omise.wire import BEGINNING, Version, WireList, currency, embedded, moment

EVERY_MAX = 2**31 - 1
# Texts of schedules that are kept, each of about 3 kB with what it was made from.
WRITTEN_CACHED_MAX = 5_000

_encode = msgspec.json.Encoder().encode
_SOME_MOMENT = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
_SOME_TEXT = _encode(_SOME_MOMENT)
_TO = b'"from":' + _encode(BEGINNING) + b',"to":' + _SOME_TEXT


class ScheduledCharge(msgspec.Struct, kw_only=True):
    object: str = "scheduled_charge"
    id: str
    livemode: bool
    currency: str
    amount: int
    default_card: bool
    card: str | None
    customer: str
    linked_account: None = None
    description: str | None
    metadata: dict[str, str]
    created_at: datetime
    created: datetime


class ScheduledTransfer(msgspec.Struct, kw_only=True):
    object: str = "scheduled_transfer"
    id: str
    livemode: bool
    created_at: datetime
    created: datetime
    recipient: str
    amount: int | None
    percentage_of_balance: float | None
    currency: str


class WireSchedule(msgspec.Struct, kw_only=True):
    """Either `charge` or `transfer` is there; the other one is absent, not null."""

    object: str = "schedule"
    id: str
    deleted: bool
    livemode: bool
    location: str
    every: int
    occurrences: WireList
    on: dict[str, Any]
    in_words: str
    period: str
    status: str
    active: bool
    state: str
    charge: ScheduledCharge | msgspec.UnsetType = msgspec.UNSET
    transfer: ScheduledTransfer | msgspec.UnsetType = msgspec.UNSET
    next_occurrences_on: list[date]
    ended_at: datetime | None
    start_on: date
    end_on: date | None
    created_at: datetime
    execute_time: None = None
    deleted_by: None = None
    next_occurrence_dates: list[date]
    start_date: date
    end_date: date | None
    created: datetime


@dataclass(frozen=True, slots=True)
class View:
    """How a schedule is shown: by whom it is asked for, and when."""

    version: Version
    now: datetime
    status_running: bool = False
    status_paused: bool = True


def view_of(call: Call) -> View:
    options: Options = call.options
    return View(call.version, call.now, options.status_running, options.status_paused)


def render(schedule: Schedule, view: View) -> WireSchedule:
    """A schedule with its next dates and its first occurrences."""
    location = f"/schedules/{schedule.id}"
    dates = schedule.next_dates()
    word = status(schedule, dates, view)
    created_at = moment(schedule.created_at)
    processed = [occurrences.render(each) for each in schedule.occurrences]
    wire = WireSchedule(
        id=schedule.id,
        deleted=schedule.state is ScheduleState.DELETED,
        livemode=schedule.livemode,
        location=location,
        every=schedule.rule.every,
        occurrences=embedded(
            processed,
            total=schedule.occurrences_total,
            location=f"{location}/occurrences",
            now=view.now,
            version=view.version,
        ),
        on=on(schedule.rule),
        in_words=in_words(schedule.rule),
        period=str(schedule.rule.period),
        status=word,
        active=word in ("active", "running", "expiring"),
        state="Paused" if word == "paused" or _is_paused(schedule) else "Active",
        next_occurrences_on=dates,
        ended_at=moment(schedule.ended_at),
        start_on=schedule.rule.start_on,
        end_on=schedule.rule.end_on,
        created_at=created_at,
        next_occurrence_dates=dates,
        start_date=schedule.rule.start_on,
        end_date=schedule.rule.end_on,
        created=created_at,
    )
    if schedule.kind is Kind.CHARGE:
        wire.charge = _scheduled_charge(schedule, view.version)
    else:
        wire.transfer = _scheduled_transfer(schedule, view.version)
    return wire


def written(rows: Sequence[Told], view: View) -> list[msgspec.Raw]:
    """Schedules as they stand in an answer. Only the moment of the answer differs for one that is as it was."""
    now = _encode(moment(view.now))
    parts = [_parts(each, view.version, view.status_running, view.status_paused) for each in rows]
    return [msgspec.Raw(head + now + tail) for head, tail in parts]


@lru_cache(maxsize=WRITTEN_CACHED_MAX)
def _parts(told: Told, version: Version, status_running: bool, status_paused: bool) -> tuple[bytes, bytes]:
    """The text of a schedule before and behind the moment up to which its occurrences are listed."""
    text = _encode(render(told.schedule(), View(version, _SOME_MOMENT, status_running, status_paused)))
    head, _, tail = text.partition(_TO)
    return head + _TO[: -len(_SOME_TEXT)], tail


def status(schedule: Schedule, dates: list[date], view: View) -> str:
    """The word of 10.3: deleted, suspended, expired, paused, expiring, active, the first that holds."""
    if schedule.state is not ScheduleState.ACTIVE:
        return str(schedule.state)
    if schedule.paused_at is not None and view.status_paused:
        return "paused"
    if len(dates) <= 1:
        return "expiring"
    return "running" if view.status_running and view.version is Version.V2019 else "active"


def _is_paused(schedule: Schedule) -> bool:
    return schedule.state is ScheduleState.ACTIVE and schedule.paused_at is not None


def on(rule: Rule) -> dict[str, Any]:
    """The `on` of an answer: one member, or none for `day`."""
    match rule.on:
        case Weekdays() as weekdays:
            return {"weekdays": weekdays.names()}
        case DaysOfMonth(days=days):
            return {"days_of_month": list(days)}
        case WeekdayOfMonth() as weekday:
            return {"weekday_of_month": weekday.format()}
    return {}


def _scheduled_charge(schedule: Schedule, version: Version) -> ScheduledCharge:
    created_at = moment(schedule.created_at)
    hidden = version is Version.V2017 and schedule.default_card
    return ScheduledCharge(
        id=schedule.terms_id,
        livemode=schedule.livemode,
        currency=currency(schedule.currency, version),
        amount=schedule.amount_minor or 0,
        default_card=schedule.default_card,
        card=None if hidden else schedule.card_id,
        customer=schedule.customer_id or "",
        description=schedule.description,
        metadata=schedule.metadata,
        created_at=created_at,
        created=created_at,
    )


def _scheduled_transfer(schedule: Schedule, version: Version) -> ScheduledTransfer:
    created_at = moment(schedule.created_at)
    return ScheduledTransfer(
        id=schedule.terms_id,
        livemode=schedule.livemode,
        created_at=created_at,
        created=created_at,
        recipient=schedule.recipient_id or "",
        amount=schedule.amount_minor,
        percentage_of_balance=None if schedule.percentage is None else float(schedule.percentage),
        currency=currency(schedule.currency, version),
    )


async def create(call: Call) -> WireSchedule:
    when, what = _orders(call)
    schedule = await schedules.create(call.runtime, call.account, call.now, when, what)
    return render(schedule, view_of(call))


def _orders(call: Call) -> tuple[RuleOrder, ChargeOrder | TransferOrder]:
    """What a request asks for. Of several broken rules the first one of the wire specification, 5.2, is told."""
    given = call.params
    charge = params.mapping(given, "charge") or {}
    transfer = params.mapping(given, "transfer") or {}
    period = _period(given)
    on = _on(given, period) if period else None
    amount_minor = _amount(charge, transfer)
    every = _every(given)
    if period is None:
        raise RejectedError("period must be one of day, week, month")
    when = _dated(call, every, period, on)
    if bool(charge) == bool(transfer):
        raise RejectedError("exactly one of charge, transfer must be given")
    if charge:
        return when, _charge_order(call, charge, amount_minor or 0)
    return when, _transfer_order(transfer, amount_minor)


def _period(given: Mapping[str, Any]) -> Period | None:
    try:
        return Period(str(given.get("period", "")).lower())
    except ValueError:
        return None


def _on(given: Mapping[str, Any], period: Period) -> On:
    parts = params.mapping(given, "on") or {}
    return parse_on_parts(
        period,
        weekdays=parts.get("weekdays"),
        days_of_month=parts.get("days_of_month"),
        weekday_of_month=parts.get("weekday_of_month"),
    )


def _amount(charge: Mapping[str, Any], transfer: Mapping[str, Any]) -> int | None:
    """The amount of whichever is given; a charge must have one."""
    of_charge, of_transfer = params.integer(charge, "amount"), params.integer(transfer, "amount")
    if charge and of_charge is None:
        raise RejectedError("amount is not a number")
    return of_charge if charge else of_transfer


def _every(given: Mapping[str, Any]) -> int:
    every = params.integer(given, "every", message=BAD_EVERY)
    if every is None or every < 1:
        raise RejectedError(BAD_EVERY)
    if every > EVERY_MAX:
        raise RejectedError(f"every must be at most {EVERY_MAX}")
    return every


def _dated(call: Call, every: int, period: Period, on: On) -> RuleOrder:
    given = call.params
    start_on = params.date(given, "start_date") or params.date(given, "start_on")
    when = RuleOrder(every=every, period=period, on=on, start_on=start_on)
    try:
        end_on = params.date(given, "end_date") or params.date(given, "end_on")
    except RejectedError:
        schedules.dated_rule(call.account, call.now, when)
        raise
    when = replace(when, end_on=end_on)
    schedules.dated_rule(call.account, call.now, when)
    if end_on is None and call.options.end_date_required:
        raise RejectedError("end_date must be given")
    return when


def _charge_order(call: Call, given: Mapping[str, Any], amount_minor: int) -> ChargeOrder:
    return ChargeOrder(
        customer_id=params.required(params.text(given, "customer", chars_max=64), "customer"),
        amount_minor=amount_minor,
        card_id=params.text(given, "card", chars_max=64) or None,
        currency=params.text(given, "currency", chars_max=8) or None,
        description=params.free_text(given, "description"),
        metadata=params.metadata(given) or {},
        capture=_capture(call, given),
    )


def _capture(call: Call, given: Mapping[str, Any]) -> bool:
    capture = params.boolean(call.params, "capture")
    inner = params.boolean(given, "capture")
    return (capture if capture is not None else inner) is not False


def _transfer_order(given: Mapping[str, Any], amount: int | None) -> TransferOrder:
    percentage = params.decimal(given, "percentage_of_balance")
    # A client that sends both fields sends zero for what is not meant; two zeros are the whole balance.
    if amount is not None and percentage is not None and 0 in (amount, percentage):
        amount, percentage = amount or None, percentage or None
    if amount is not None and percentage is not None:
        raise RejectedError("only one of amount, percentage_of_balance may be given")
    if percentage is not None and not 0 < percentage <= 100:
        raise RejectedError("percentage_of_balance must be greater than 0 and at most 100")
    return TransferOrder(
        recipient_id=params.required(params.text(given, "recipient", chars_max=64), "recipient"),
        amount_minor=amount,
        percentage=percentage,
        currency=params.text(given, "currency", chars_max=8) or None,
    )


async def retrieve(call: Call) -> WireSchedule:
    async with call.reading() as unit:
        return render(await schedules.get(unit, call.path["id"]), view_of(call))


Lister = Callable[[Unit, ListQuery], Awaitable[Page[Told]]]


async def _index(call: Call, location: str, lister: Lister) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await lister(unit, query)
    view = view_of(call)
    rows = page.rows
    data = [render(each.schedule(), view) for each in rows] if call.wants_objects() else written(rows, view)
    return call.listed(data, query, total=page.total, location=location)


async def index(call: Call) -> WireList:
    return await _index(call, "/schedules", schedules.list_all)


async def index_charges(call: Call) -> WireList:
    return await _index(
        call, "/charges/schedules", lambda unit, query: schedules.list_all(unit, query, kind=Kind.CHARGE)
    )


async def index_transfers(call: Call) -> WireList:
    return await _index(
        call, "/transfers/schedules", lambda unit, query: schedules.list_all(unit, query, kind=Kind.TRANSFER)
    )


async def index_of_customer(call: Call) -> WireList:
    owner = call.path["id"]
    return await _index(
        call,
        f"/customers/{owner}/schedules",
        lambda unit, query: schedules.list_of_customer(unit, owner, query),
    )


async def index_of_recipient(call: Call) -> WireList:
    owner = call.path["id"]
    return await _index(
        call,
        f"/recipients/{owner}/schedules",
        lambda unit, query: schedules.list_of_recipient(unit, owner, query),
    )


ENDPOINTS = (
    Endpoint("POST", "/schedules", create, proved_late=True),
    Endpoint("GET", "/schedules", index),
    Endpoint("GET", "/schedules/{id}", retrieve),
    Endpoint("GET", "/charges/schedules", index_charges),
    Endpoint("GET", "/transfers/schedules", index_transfers),
    Endpoint("GET", "/customers/{id}/schedules", index_of_customer),
    Endpoint("GET", "/recipients/{id}/schedules", index_of_recipient),
)
