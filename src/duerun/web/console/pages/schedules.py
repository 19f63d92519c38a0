"""Schedules: found, looked at, changed, paused, resumed, deleted; single dates left out, moved or taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.parties import Customer
from duerun.domain.recurrence import NEXT_DATES_MAX, WEEKDAY_NAMES, Period, is_date, parse_on_parts
from duerun.domain.schedules import DateChange, Kind, Schedule, ScheduleState
from duerun.services import (
    console_lists,
    parties,
    recipients,
    schedule_changes,
    schedule_operations,
    schedules,
)
from duerun.services.console_lists import OccurrenceRow
from duerun.services.schedule_changes import DateOrder, ScheduleChange
from duerun.services.schedule_operations import Operation
from duerun.web.console import fields, paging, rule_fields
from duerun.web.console.pages import schedule_making
from duerun.web.console.pages.schedule_making import DEFAULT_CARD, card_choices
from duerun.web.console.visit import Page, Visit, shown_again
from duerun.web.console.words import day as day_words

STATES = ("active", "paused", "suspended", "expired", "deleted")
KINDS = ("charge", "transfer")
DATE_TOLD = {"skip": "is left out", "reset": "runs as the rule says", "change": "is changed"}
# The names by which a change is refused, where they are not those of its fields.
NAMES = {
    "amount_minor": "amount",
    "percentage": "percentage_of_balance",
    "card_id": "card",
    "recipient_id": "recipient",
    "on_parts": "on",
}
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


@dataclass(frozen=True, slots=True)
class AheadDate:
    """A day ahead, the date of the rule that runs on it, and what was decided for it."""

    day: date
    date: date
    is_begun: bool = False
    is_left_out: bool = False
    amount_minor: int | None = None

    @property
    def is_moved(self) -> bool:
        return self.day != self.date


def dates_ahead(schedule: Schedule, begun: frozenset[date]) -> list[AheadDate]:
    """The next dates with what was decided for them, and the dates that are left out, ascending."""
    if schedule.state is not ScheduleState.ACTIVE:
        return []
    moved = {change.moved_to: day for day, change in schedule.changes.items() if change.moved_to}
    days = [(day, moved.get(day, day)) for day in schedule.next_dates()]
    last = days[-1][0] if days else date.max
    ahead = {
        day: AheadDate(
            day,
            own,
            is_begun=own in begun and day == own,
            amount_minor=schedule.changes.get(own, DateChange()).amount_minor,
        )
        for day, own in days
    }
    for day, change in schedule.changes.items():
        if change.skipped and day <= last:
            ahead[day] = AheadDate(day, day, is_left_out=True)
    return [ahead[day] for day in sorted(ahead)][:NEXT_DATES_MAX]


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


def _date(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.path["date"])
    except ValueError:
        raise RejectedError("the date must be one such as 2027-01-31") from None


async def show_date(visit: Visit) -> Response:
    """One date ahead: on which day it runs, and at which amount."""
    day = _date(visit)
    async with visit.unit() as unit:
        schedule = await schedules.get(unit, visit.path["id"])
    if schedule.state is not ScheduleState.ACTIVE or not is_date(schedule.rule, day):
        raise NotFoundError("date", str(day))
    change = schedule.changes.get(day, DateChange())
    amount = schedule.amount_minor if change.amount_minor is None else change.amount_minor
    return visit.show(
        "schedule_date.html",
        schedule=schedule,
        day=day,
        change=change,
        runs_on=change.moved_to or day,
        today=visit.account.today(visit.now),
        amount="" if amount is None else fields.plain_amount(amount, schedule.currency),
    )


async def change_date(visit: Visit) -> Response:
    """Leave a date out, let it run on another day or at another amount, or take back what was decided for it."""
    schedule_id, day = visit.path["id"], _date(visit)
    what = visit.field("what")
    if what not in DATE_TOLD:
        raise RejectedError(f"what must be one of {', '.join(DATE_TOLD)}")
    async with visit.unit() as unit:
        if what == "skip":
            await schedule_changes.change_date(unit, schedule_id, day, DateOrder(skip=True))
        elif what == "reset":
            await schedule_changes.reset_date(unit, schedule_id, day)
        else:
            order = _order(visit, await schedules.get(unit, schedule_id), day)
            if order != DateOrder():
                await schedule_changes.change_date(unit, schedule_id, day, order)
    return visit.go(f"/console/schedules/{schedule_id}", told=f"{day_words(day)} {DATE_TOLD[what]}.")


def _order(visit: Visit, schedule: Schedule, day: date) -> DateOrder:
    """What the form asks for; what stands as it is stays so."""
    change = schedule.changes.get(day, DateChange())
    runs_on = fields.day(visit, "runs_on")
    amount = fields.amount_minor(visit, "amount", schedule.currency) if visit.form.get("amount") else None
    present = schedule.amount_minor if change.amount_minor is None else change.amount_minor
    return DateOrder(
        skip=False if change.skipped else None,
        move_to=None if runs_on == (change.moved_to or day) else runs_on,
        amount_minor=None if amount == present else amount,
    )


async def show_terms(visit: Visit) -> Response:
    """The terms, in a form."""
    async with visit.unit() as unit:
        schedule = await schedules.get(unit, visit.path["id"])
        customer = await parties.get_customer(unit, schedule.customer_id) if schedule.customer_id else None
    if schedule.state is not ScheduleState.ACTIVE:
        raise RejectedError("the schedule has ended: its terms are not changed any more")
    amount, share = schedule.amount_minor, schedule.percentage
    return visit.show(
        "schedule_edit.html",
        schedule=schedule,
        amount="" if amount is None else fields.plain_amount(amount, schedule.currency),
        percentage="" if share is None else f"{share.normalize():f}",
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        days=rule_fields.sent_values(visit) if visit.refusal else rule_fields.values_of(schedule.rule.on),
        weekdays=WEEKDAY_NAMES,
        ordinals=rule_fields.ORDINALS,
        cards=_cards(customer, schedule),
        metadata=fields.metadata_form(schedule.metadata),
        today=visit.account.today(visit.now),
    )


def _cards(customer: Customer | None, schedule: Schedule) -> list[tuple[str, str]]:
    """The cards to choose from; the schedule's own is among them, wherever it stands."""
    choices = card_choices(customer.cards if customer else ())
    own = schedule.card_id
    if own and not schedule.default_card and own not in dict(choices):
        choices.append((own, own))
    return choices


@shown_again(show_terms)
async def change_terms(visit: Visit) -> Response:
    """Set what the form says otherwise."""
    schedule_id = visit.path["id"]
    async with visit.unit() as unit:
        asked = _asked(visit, await schedules.get(unit, schedule_id))
        if asked != ScheduleChange(given=frozenset()):
            await schedule_changes.change(unit, schedule_id, asked)
    return visit.go(
        f"/console/schedules/{schedule_id}", told="The terms are saved: they count from the next date on."
    )


def _asked(visit: Visit, schedule: Schedule) -> ScheduleChange:
    given: dict[str, Any] = {}
    amount, share = visit.form.get("amount", "").strip(), visit.form.get("percentage", "").strip()
    fields.only_one(amount=amount, percentage=share)
    if amount:
        given["amount_minor"] = fields.amount_minor(visit, "amount", schedule.currency)
    elif share and schedule.kind is Kind.TRANSFER:
        given["percentage"] = fields.percentage(visit, "percentage")
    elif schedule.amount_minor is not None or schedule.percentage is not None:
        raise RejectedError("an amount must be filled in")
    if schedule.kind is Kind.CHARGE and "description" in visit.form:
        given["description"] = (
            fields.free_text(visit, "description", fields.DESCRIPTION_CHARACTERS_MAX) or None
        )
    if "end_on" in visit.form:
        given["end_on"] = fields.day(visit, "end_on") if visit.form["end_on"].strip() else None
    given |= _asked_of_whom(visit, schedule)
    if "days" in visit.form and schedule.rule.period is not Period.DAY:
        given["on_parts"] = rule_fields.parts(visit, schedule.rule.period)
    changed = {name: value for name, value in given.items() if value != _present(schedule, name, value)}
    names = {NAMES.get(name, name) for name in changed}
    return ScheduleChange(given=frozenset(names), **changed)


def _asked_of_whom(visit: Visit, schedule: Schedule) -> dict[str, Any]:
    """The card, the recipient and metadata, as far as the form has them."""
    given: dict[str, Any] = {}
    if schedule.kind is Kind.TRANSFER:
        return {"recipient_id": visit.field("recipient")} if "recipient" in visit.form else given
    if "card" in visit.form:
        given["card_id"] = None if visit.form["card"] == DEFAULT_CARD else visit.field("card")
    metadata = fields.changed_metadata(visit, schedule.metadata)
    if metadata is not None:
        given["metadata"] = metadata
    return given


def _present(schedule: Schedule, name: str, asked: Any) -> Any:
    """What stands under the name of a change."""
    if name == "on_parts":
        is_the_same = parse_on_parts(schedule.rule.period, **asked) == schedule.rule.on
        return asked if is_the_same else None
    if name == "card_id":
        return None if schedule.default_card else schedule.card_id
    if name == "metadata":
        return schedule.metadata
    return {
        "amount_minor": schedule.amount_minor,
        "percentage": schedule.percentage,
        "description": schedule.description or None,
        "end_on": schedule.rule.end_on,
        "recipient_id": schedule.recipient_id,
    }[name]


PAGES = (
    Page("GET", "/console/schedules", index, label="Schedules"),
    *schedule_making.PAGES,
    Page("GET", "/console/schedules/{id}", detail),
    Page("GET", "/console/schedules/{id}/edit", show_terms, role=Role.OPERATOR),
    Page("POST", "/console/schedules/{id}/edit", change_terms, role=Role.OPERATOR),
    Page("GET", "/console/schedules/{id}/dates/{date}", show_date, role=Role.OPERATOR),
    Page("POST", "/console/schedules/{id}/dates/{date}", change_date, role=Role.OPERATOR),
    Page("POST", "/console/schedules/{id}/{operation}", operate, role=Role.OPERATOR),
)
