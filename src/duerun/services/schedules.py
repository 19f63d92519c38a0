"""Schedules: create, look up, end (source: the wire specification, 10)."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import repeat

from duerun.domain import schedules as rules
from duerun.domain.accounts import Account
from duerun.domain.currencies import (
    validate_charge_amount,
    validate_charge_currency,
    validate_transfer_amount,
)
from duerun.domain.errors import NotFoundError, RejectedError, UnavailableError
from duerun.domain.lists import ListQuery
from duerun.domain.occurrences import Occurrence
from duerun.domain.recurrence import On, Period, Rule, next_date
from duerun.domain.schedules import Kind, Schedule
from duerun.domain.settlement import Planned
from duerun.services import due_payments, parties, recipients
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.unit import Runtime, Unit
from duerun.storage import creation
from duerun.storage import occurrences as occurrence_store
from duerun.storage import schedules as store
from duerun.storage.lists import Page
from duerun.storage.schedules import Told

# The first occurrence of today is run by the call that creates its schedule. Should that call die, the engine takes
# it over after this.
TAKE_OVER_SECONDS = 5
# How often a customer may change between its being read and its schedule being written.
DRAFTS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOrder:
    """When a schedule is asked to run; `start_on` None is today."""

    every: int
    period: Period
    on: On
    start_on: date | None = None
    end_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What is charged: `card_id` None is the customer's default card of the day."""

    customer_id: str
    amount_minor: int
    card_id: str | None = None
    currency: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    capture: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """What is transferred: an amount, a percentage, or neither for the whole balance."""

    recipient_id: str
    amount_minor: int | None = None
    percentage: Decimal | None = None
    currency: str | None = None


async def create(
    runtime: Runtime, account: Account, now: datetime, when: RuleOrder, what: ChargeOrder | TransferOrder
) -> Schedule:
    """A new schedule; if today is its first date, that occurrence has run when this returns.

    Raises `RejectedError` where no gateway could ever carry it out.
    """
    runtime.gateway(account)
    rule, first = dated_rule(account, now, when)
    runs_now = first == account.today(now)
    due_at = now + timedelta(seconds=TAKE_OVER_SECONDS) if runs_now else account.due_at(_kind(what), first)
    for asks in (False, *repeat(True, DRAFTS_MAX)):
        async with runtime.brief(account, now) as unit:
            schedule, customer_version = await _draft(unit, rule, what, asks=asks)
            schedule = replace(schedule, planned_through=first, open_dates=(first,))
            is_made = await creation.create(
                unit.connection,
                account,
                schedule,
                customer_version=customer_version,
                terms_hash=terms_hash(schedule),
                first=Planned(schedule.id, schedule.kind, first, due_at),
                event=unit.event("schedule.create", schedule),
                now=now,
                places=unit.places,
            )
            if is_made:
                unit.touch(schedule.id)
                unit.note("schedules.create", schedule.id)
                break
    else:
        raise UnavailableError("the customer is being changed all the time")
    if not runs_now:
        return schedule
    if schedule.kind is Kind.CHARGE:
        await due_payments.run_first(CHARGES, runtime, account, now, schedule.id, first)
    else:
        await due_payments.run_first(TRANSFERS, runtime, account, now, schedule.id, first)
    async with runtime.unit(account, now) as unit:
        return await get(unit, schedule.id)


def dated_rule(account: Account, now: datetime, when: RuleOrder) -> tuple[Rule, date]:
    """The rule and its first date; `RejectedError` for dates that do not go together, or none at all."""
    today = account.today(now)
    start_on = when.start_on or today
    if start_on < today:
        raise RejectedError("start_date must be today or later")
    if when.end_on is not None and when.end_on < start_on:
        raise RejectedError("end_date must be on or after start_date")
    rule = Rule(every=when.every, period=when.period, on=when.on, start_on=start_on, end_on=when.end_on)
    first = next_date(rule, None)
    if first is None:
        raise RejectedError("schedule has no occurrences between start_date and end_date")
    return rule, first


def _kind(what: ChargeOrder | TransferOrder) -> Kind:
    return Kind.CHARGE if isinstance(what, ChargeOrder) else Kind.TRANSFER


async def _draft(
    unit: Unit, rule: Rule, what: ChargeOrder | TransferOrder, *, asks: bool
) -> tuple[Schedule, int]:
    """The schedule that is to be made, and the version of the customer that it is made for."""
    if isinstance(what, ChargeOrder):
        return await _draft_charge(unit, rule, what, asks=asks)
    return await _draft_transfer(unit, rule, what), 0


async def _draft_charge(unit: Unit, rule: Rule, what: ChargeOrder, *, asks: bool) -> tuple[Schedule, int]:
    account = unit.account
    currency = validate_charge_currency(account.country, what.currency or account.currency)
    validate_charge_amount(account.country, what.amount_minor)
    customer = await parties.known_customer(unit, what.customer_id, asks=asks or what.card_id is not None)
    if what.card_id is not None:
        card_id = (await parties.get_card(unit, customer.id, what.card_id)).id
    elif customer.default_card_id is not None:
        card_id = customer.default_card_id
    else:
        raise RejectedError("customer has no card", code="missing_card")
    schedule = Schedule(
        id=unit.new_id("schd"),
        livemode=account.livemode,
        kind=Kind.CHARGE,
        terms_id=unit.new_id("rchg"),
        rule=rule,
        state=rules.ScheduleState.ACTIVE,
        planned_through=None,
        currency=currency,
        created_at=unit.now,
        amount_minor=what.amount_minor,
        customer_id=customer.id,
        card_id=card_id,
        default_card=what.card_id is None,
        description=what.description,
        metadata=what.metadata,
        capture=what.capture,
    )
    return schedule, customer.version


async def _draft_transfer(unit: Unit, rule: Rule, what: TransferOrder) -> Schedule:
    account = unit.account
    if what.currency is not None and what.currency.upper() != account.currency:
        raise RejectedError(f"currency of a transfer must be {account.currency}")
    if what.amount_minor is not None:
        validate_transfer_amount(account.country, what.amount_minor)
    recipient = await recipients.get_live_recipient(unit, what.recipient_id)
    return Schedule(
        id=unit.new_id("schd"),
        livemode=account.livemode,
        kind=Kind.TRANSFER,
        terms_id=unit.new_id("rtrf"),
        rule=rule,
        state=rules.ScheduleState.ACTIVE,
        planned_through=None,
        currency=account.currency,
        created_at=unit.now,
        amount_minor=what.amount_minor,
        percentage=what.percentage,
        recipient_id=recipient.id,
    )


def terms_hash(schedule: Schedule) -> int | None:
    """What equal charge schedules share; None for a transfer schedule."""
    if schedule.customer_id is None or schedule.amount_minor is None:
        return None
    return rules.terms_hash_of(
        schedule.rule,
        customer_id=schedule.customer_id,
        amount_minor=schedule.amount_minor,
        currency=schedule.currency,
    )


async def get(unit: Unit, schedule_id: str, *, lock: bool = False) -> Schedule:
    """A schedule, ended ones too."""
    schedule = await store.fetch(unit.connection, unit.account, schedule_id, lock=lock)
    if schedule is None:
        raise NotFoundError("schedule", schedule_id)
    return schedule


async def list_all(unit: Unit, query: ListQuery, *, kind: Kind | None = None) -> Page[Told]:
    return await store.list_all(unit.connection, unit.account, query, kind=kind)


async def list_of_customer(unit: Unit, customer_id: str, query: ListQuery) -> Page[Told]:
    customer = await parties.get_live_customer(unit, customer_id, cards=False)
    return await store.list_of(unit.connection, unit.account, query, kind=Kind.CHARGE, owner_id=customer.id)


async def list_of_recipient(unit: Unit, recipient_id: str, query: ListQuery) -> Page[Told]:
    recipient = await recipients.get_live_recipient(unit, recipient_id)
    return await store.list_of(
        unit.connection, unit.account, query, kind=Kind.TRANSFER, owner_id=recipient.id
    )


async def get_occurrence(unit: Unit, occurrence_id: str) -> Occurrence:
    """A processed occurrence; one that is still to come is not found."""
    occurrence = await occurrence_store.fetch(unit.connection, unit.account, occurrence_id)
    if occurrence is None:
        raise NotFoundError("occurrence", occurrence_id)
    return occurrence


async def list_occurrences(unit: Unit, schedule_id: str, query: ListQuery) -> Page[Occurrence]:
    schedule = await get(unit, schedule_id)
    return await occurrence_store.list_of(unit.connection, unit.account, schedule.id, query)
