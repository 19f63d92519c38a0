"""Changes of a schedule that lives, and of single dates ahead of it. Omise has neither: both are Duerun's own.

What was planned by the old rule and not begun is planned anew; what was sent keeps its course.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from duerun.domain import schedules as rules
from duerun.domain.audit_chain import changes
from duerun.domain.currencies import validate_charge_amount, validate_transfer_amount
from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.recurrence import Rule, in_words, is_date, next_date, parse_on_parts, previous_date
from duerun.domain.schedules import DateChange, Kind, Schedule, ScheduleEvent
from duerun.domain.settlement import Planned
from duerun.services import parties, recipients
from duerun.services.extra_events import tell_changed
from duerun.services.reports import draw_events
from duerun.services.schedules import get, terms_hash
from duerun.services.suspensions import expire
from duerun.services.unit import Unit
from duerun.storage import occurrences as occurrence_store
from duerun.storage import schedules as store

ONE_DAY = timedelta(days=1)
ON_PARTS = ("weekdays", "days_of_month", "weekday_of_month")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChange:
    """What a request asks to set; what is not in `given` stays. An `end_on` of None takes the end away."""

    given: frozenset[str]
    amount_minor: int | None = None
    percentage: Decimal | None = None
    card_id: str | None = None
    recipient_id: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] | None = None
    end_on: date | None = None
    on_parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOrder:
    """What a request asks for one date ahead; None leaves what was decided before."""

    skip: bool | None = None
    move_to: date | None = None
    amount_minor: int | None = None


async def change(unit: Unit, schedule_id: str, asked: ScheduleChange) -> Schedule:
    """Set what is given; the next dates follow. Raises `RejectedError` for a schedule that has ended."""
    unplanned: list[date] = []
    if asked.given & {"on", "end_on"}:
        unplanned = await occurrence_store.unplan(unit.connection, unit.account, schedule_id)
    schedule = await _locked(unit, schedule_id)
    changed = await _with_payment(unit, schedule, asked)
    changed = replace(
        changed,
        rule=_rule(schedule, asked),
        description=asked.description if "description" in asked.given else schedule.description,
        metadata=schedule.metadata if asked.metadata is None else dict(asked.metadata),
    )
    await store.update(unit.connection, unit.account, changed, terms_hash=terms_hash(changed))
    if found := changes(_terms(schedule), _terms(changed)):
        unit.note("schedules.change", schedule_id, **found)
    if asked.given & {"on", "end_on"}:
        await _plan_anew(unit, await get(unit, schedule_id), unplanned)
    return await _told(unit, schedule)


def _terms(schedule: Schedule) -> dict[str, Any]:
    """The terms as the audit log tells them. Metadata may hold what nobody else is to read: their names are told."""
    return {
        "amount": schedule.amount_minor,
        "percentage_of_balance": None
        if schedule.percentage is None
        else f"{schedule.percentage.normalize():f}",
        "card": "default" if schedule.default_card else schedule.card_id,
        "recipient": schedule.recipient_id,
        "description": schedule.description,
        "metadata": ", ".join(sorted(schedule.metadata)) or None,
        "rule": in_words(schedule.rule),
        "end_on": None if schedule.rule.end_on is None else f"{schedule.rule.end_on}",
    }


async def _locked(unit: Unit, schedule_id: str) -> Schedule:
    schedule = await get(unit, schedule_id, lock=True)
    rules.apply(schedule.state, ScheduleEvent.CHANGE)
    await draw_events(unit, [schedule_id])
    return schedule


async def _told(unit: Unit, before: Schedule) -> Schedule:
    changed = await get(unit, before.id)
    await unit.record("schedule.update", changed)
    await tell_changed(unit, before, changed)
    return changed


async def _with_payment(unit: Unit, schedule: Schedule, asked: ScheduleChange) -> Schedule:
    if schedule.kind is Kind.CHARGE:
        return await _with_charge(unit, schedule, asked)
    return await _with_transfer(unit, schedule, asked)


async def _with_charge(unit: Unit, schedule: Schedule, asked: ScheduleChange) -> Schedule:
    _refuse_foreign(asked, "recipient", "percentage_of_balance", kind="charges")
    if asked.amount_minor is not None:
        amount = validate_charge_amount(unit.account.country, asked.amount_minor)
        schedule = replace(schedule, amount_minor=amount)
    if "card" not in asked.given:
        return schedule
    customer = await parties.get_live_customer(unit, schedule.customer_id or "")
    if asked.card_id is not None:
        card_id = (await parties.get_card(unit, customer.id, asked.card_id)).id
    elif customer.default_card_id is not None:
        card_id = customer.default_card_id
    else:
        raise RejectedError("customer has no card", code="missing_card")
    return replace(schedule, card_id=card_id, default_card=asked.card_id is None, card_released=False)


async def _with_transfer(unit: Unit, schedule: Schedule, asked: ScheduleChange) -> Schedule:
    _refuse_foreign(asked, "card", "description", "metadata", kind="transfers")
    if asked.recipient_id is not None:
        recipient = await recipients.get_live_recipient(unit, asked.recipient_id)
        schedule = replace(schedule, recipient_id=recipient.id)
    if asked.amount_minor is not None:
        amount = validate_transfer_amount(unit.account.country, asked.amount_minor)
        return replace(schedule, amount_minor=amount, percentage=None)
    if asked.percentage is not None:
        return replace(schedule, amount_minor=None, percentage=asked.percentage)
    return schedule


def _refuse_foreign(asked: ScheduleChange, *names: str, kind: str) -> None:
    for name in names:
        if name in asked.given:
            raise RejectedError(f"{name} cannot be set on a schedule of {kind}")


def _rule(schedule: Schedule, asked: ScheduleChange) -> Rule:
    rule = schedule.rule
    if "on" in asked.given:
        parts = {name: asked.on_parts.get(name) for name in ON_PARTS}
        rule = replace(rule, on=parse_on_parts(rule.period, **parts))
    if "end_on" in asked.given:
        if asked.end_on is not None and asked.end_on < rule.start_on:
            raise RejectedError("end_date must be on or after start_date")
        rule = replace(rule, end_on=asked.end_on)
    return rule


async def _plan_anew(unit: Unit, schedule: Schedule, unplanned: Sequence[date]) -> None:
    """Plan the first date behind all that ran, or let the schedule expire if there is none.

    Today is planned only if its moment is still to come. A date that has passed and was not begun, because it was
    moved or nobody has taken it up yet, stays planned if the new rule has it, too.
    """
    today = unit.account.today(unit.now)
    passed = today if unit.account.due_at(schedule.kind, today) <= unit.now else today - ONE_DAY
    after = max(passed, schedule.planned_through or passed)
    days = [day for day in unplanned if day <= after and is_date(schedule.rule, day)]
    await store.count_rule_from(unit.connection, unit.account, schedule.id, after)
    following = next_date(schedule.rule, after)
    if following is not None:
        days.append(following)
    if days:
        planned = [
            Planned(schedule.id, schedule.kind, day, unit.account.due_at(schedule.kind, day)) for day in days
        ]
        await occurrence_store.plan(unit.connection, unit.account, planned, unit.now, places=unit.places)
    elif not schedule.open_dates:
        await expire(unit, [schedule.id])


async def change_date(unit: Unit, schedule_id: str, day: date, asked: DateOrder) -> Schedule:
    """Leave one date ahead out, move it, or set its amount. Raises `RejectedError` for a date that is none."""
    schedule = await _locked_date(unit, schedule_id, day)
    before = schedule.changes.get(day, DateChange())
    after = DateChange(
        before.skipped if asked.skip is None else asked.skip,
        before.moved_to if asked.move_to is None else _moved(unit, schedule, day, asked.move_to),
        before.amount_minor if asked.amount_minor is None else _amount(unit, schedule, asked.amount_minor),
    )
    await _keep(unit, schedule, day, None if after == DateChange() else after)
    if found := changes(_decided(before), _decided(after)):
        unit.note("schedules.change_date", schedule_id, date=day, **found)
    return await _told(unit, schedule)


def _decided(change: DateChange) -> dict[str, Any]:
    moved_to = None if change.moved_to is None else f"{change.moved_to}"
    return {"left_out": change.skipped, "moved_to": moved_to, "amount": change.amount_minor}


async def reset_date(unit: Unit, schedule_id: str, day: date) -> Schedule:
    """Take back what was decided for one date ahead."""
    schedule = await _locked_date(unit, schedule_id, day)
    if not _is_in_order(schedule, day, day) and _moved_to(schedule, day) != day:
        raise RejectedError(f"{day} cannot go back: a date beside it was moved to or beyond this day")
    await _keep(unit, schedule, day, None)
    if schedule.changes.get(day) is not None:
        unit.note("schedules.reset_date", schedule_id, date=day)
    return await _told(unit, schedule)


async def _locked_date(unit: Unit, schedule_id: str, day: date) -> Schedule:
    begun = await occurrence_store.states_of_date(unit.connection, unit.account, schedule_id, day)
    schedule = await _locked(unit, schedule_id)
    if not is_date(schedule.rule, day):
        raise RejectedError(f"{day} is not a date of the schedule")
    if any(state is not OccurrenceState.DUE for state in begun) or len(begun) > 1:
        raise RejectedError(f"{day} has run already, or is being run")
    passed = unit.account.due_at(schedule.kind, day) <= unit.now and not begun
    if passed or day < unit.account.today(unit.now):
        raise RejectedError(f"{day} has passed")
    return schedule


async def _keep(unit: Unit, schedule: Schedule, day: date, change: DateChange | None) -> None:
    due_at = _due_at(unit, schedule, day, change)
    moved_due_at = due_at if change is not None and change.moved_to is not None else None
    await store.change_date(
        unit.connection, unit.account, schedule.id, day, change, moved_due_at=moved_due_at
    )
    await occurrence_store.move(unit.connection, unit.account, schedule.id, day, due_at, unit.now)


def _due_at(unit: Unit, schedule: Schedule, day: date, change: DateChange | None) -> datetime:
    moved_to = change.moved_to if change is not None else None
    return unit.account.due_at(schedule.kind, moved_to or day)


def _moved(unit: Unit, schedule: Schedule, day: date, moved_to: date) -> date | None:
    """The new day of a date, None for its own. It stays between its neighbours, so that the order stays."""
    if moved_to == _moved_to(schedule, day) == day:
        return None
    today = unit.account.today(unit.now)
    if moved_to < today or unit.account.due_at(schedule.kind, moved_to) <= unit.now:
        raise RejectedError("move_to must be a day whose moment is still to come")
    if not _is_in_order(schedule, day, moved_to):
        raise RejectedError("move_to must lie between the date before and the date after")
    return None if moved_to == day else moved_to


def _is_in_order(schedule: Schedule, day: date, runs_on: date) -> bool:
    """Whether a date stays between its neighbours, wherever they were moved to."""
    before = previous_date(schedule.rule, day)
    after = next_date(schedule.rule, day)
    return (before is None or _moved_to(schedule, before) < runs_on) and (
        after is None or runs_on < _moved_to(schedule, after)
    )


def _moved_to(schedule: Schedule, day: date) -> date:
    return schedule.changes.get(day, DateChange()).moved_to or day


def _amount(unit: Unit, schedule: Schedule, amount_minor: int) -> int:
    country = unit.account.country
    if schedule.kind is Kind.CHARGE:
        return validate_charge_amount(country, amount_minor)
    return validate_transfer_amount(country, amount_minor)
