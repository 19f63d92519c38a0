"""Who lives in a simulated world: accounts in all kinds of zones, customers, recipients, and what they order."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from duerun.domain import schedules as rules
from duerun.domain.accounts import Account
from duerun.domain.banks import Bank
from duerun.domain.recurrence import DaysOfMonth, On, Period, Weekdays
from duerun.gateways.base import CardDetails, Tokenized
from duerun.services import access, parties, recipients, schedule_operations, schedules
from duerun.services.parties import Address, CustomerChange
from duerun.services.recipients import BankAccountChange, RecipientChange
from duerun.services.schedule_operations import Operation
from duerun.services.schedules import ChargeOrder, RuleOrder, TransferOrder
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at
from duerun.storage import recipients as recipient_store
from duerun.storage.database import execute
from simulation.seeds.almanac import Terms

SAVINGS_MINOR = 10**12
ZONES = (
    "Asia/Singapore", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Europe/Berlin", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/Santiago", "Asia/Tokyo", "Pacific/Auckland",
)  # fmt: skip
RUN_TIMES = (time(0, 5), time(2, 30), time(5, 0), time(8, 30), time(13, 0), time(23, 50))


@dataclass(frozen=True)
class Party:
    """Whom an account charges, and whom it pays."""

    customer_id: str
    recipient_id: str


@dataclass(frozen=True)
class Order:
    """What somebody asks for, and the same as the almanac reads it."""

    when: RuleOrder
    what: ChargeOrder | TransferOrder
    terms: Terms


async def settle_in(runtime: Runtime, dice: random.Random, now: datetime) -> tuple[Account, Party]:
    """A new account in live mode with a customer, a recipient and savings."""
    charge_time, transfer_time = dice.choice(RUN_TIMES), dice.choice(RUN_TIMES)
    account_id = await access.create_account(
        runtime,
        email="merchant@example.com",
        country="SG",
        now=now,
        charge_run_time=charge_time,
        transfer_run_time=transfer_time,
    )
    await access.set_options(runtime, account_id, {"timezone": dice.choice(ZONES)})
    account = await account_at(runtime, Place(account_id, True))
    assert account is not None
    details = CardDetails(name="Card", number="", expiration_month=12, expiration_year=now.year + 40)
    facts = Tokenized("simulated", "Visa", "", "sg", "credit", "424242", "4242", "f", True)
    async with runtime.unit(account, now) as unit:
        token = await parties.create_token(unit, details, facts, Address())
        customer = await parties.create_customer(unit, CustomerChange(token_id=token.id))
        bank_account = BankAccountChange(bank=Bank(bank_code="7171"), number="1234567890", name="RECIPIENT")
        recipient = await recipients.create_recipient(
            unit, RecipientChange(name="Recipient", type="individual", bank_account=bank_account)
        )
        # Live recipients are checked outside of the product.
        checked = replace(recipient, verified_at=now, activated_at=now)
        await recipient_store.update(unit.connection, account, checked)
        await execute(
            unit.connection,
            "balance_move",
            account_id=account.id,
            livemode=True,
            amount_minor=SAVINGS_MINOR,
        )
    return account, Party(customer.id, recipient.id)


def draw_order(
    dice: random.Random,
    account: Account,
    party: Party,
    now: datetime,
    amount_minor: int,
    *,
    days: int,
    is_new: bool,
) -> Order:
    """A charge or a transfer by days, weeks or months, that begins today or later."""
    is_charge = dice.random() < 0.75
    today = now.astimezone(ZoneInfo(account.timezone)).date()
    ahead = dice.choice((1, 1, 2, 3)) if is_new else dice.choice((0, 0, 1, 2))
    first_day = today + timedelta(days=ahead)
    last_day = first_day + timedelta(days=dice.randint(1, days)) if dice.random() < 0.3 else None
    period, every, numbers = _rule(dice)
    on: On = None
    if period == "week":
        on = Weekdays(numbers)
    elif period == "month":
        on = DaysOfMonth(numbers)
    when = RuleOrder(
        every=every,
        period=Period(period),
        on=on,
        start_on=first_day if ahead else None,
        end_on=last_day,
    )
    terms = Terms(
        kind="charge" if is_charge else "transfer",
        account=account.public_id,
        amount_minor=amount_minor,
        currency="SGD",
        zone=ZoneInfo(account.timezone),
        run_time=account.charge_run_time if is_charge else account.transfer_run_time,
        period=period,
        every=every,
        days=numbers,
        first_day=first_day,
        last_day=last_day,
    )
    if is_charge:
        return Order(when, ChargeOrder(customer_id=party.customer_id, amount_minor=amount_minor), terms)
    return Order(when, TransferOrder(recipient_id=party.recipient_id, amount_minor=amount_minor), terms)


def _rule(dice: random.Random) -> tuple[str, int, tuple[int, ...]]:
    period = dice.choice(("day", "day", "week", "month"))
    if period == "day":
        return period, dice.choice((1, 1, 2, 3)), ()
    if period == "week":
        return period, 1, tuple(sorted(dice.sample(range(7), dice.randint(2, 5))))
    return period, 1, tuple(sorted(dice.sample(range(1, 29), dice.randint(6, 15))))


async def create(runtime: Runtime, account: Account, now: datetime, order: Order) -> rules.Schedule:
    return await schedules.create(runtime, account, now, order.when, order.what)


async def operate(
    runtime: Runtime, account: Account, now: datetime, operation: str, schedule_id: str
) -> None:
    """Pause, resume or delete one schedule; raises its error."""
    async with runtime.unit(account, now) as unit:
        results = await schedule_operations.operate(
            unit, Operation(operation), [schedule_id], runtime.retries
        )
    schedule_operations.only(results)
