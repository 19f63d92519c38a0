"""What a caller does to a schedule at the moment in which it runs: one outcome, as if one had come before the other.

The judge is the sandbox's own ledger, where each schedule is known by its amounts.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import PAUSED, SKIP_ASKED
from duerun.domain.recurrence import Period, Weekdays
from duerun.domain.retries import RetryPolicy
from duerun.domain.schedules import Schedule
from duerun.services import rounds, schedules
from duerun.services.schedule_changes import DateOrder, ScheduleChange, change, change_date
from duerun.services.schedule_operations import Operation, only, operate
from duerun.services.schedules import ChargeOrder, RuleOrder
from duerun.services.unit import EnginePolicy, Runtime, Unit

ROUNDS = int(os.environ.get("DUERUN_RACE_ROUNDS", "150"))
ROUNDS_AT_ONCE = 50
OTHER_AMOUNT = 1_000_000
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """One schedule, what is done to it, and what the caller was told."""

    schedule: Schedule
    day: date
    done: str
    amount: int


@dataclass(frozen=True)
class Found:
    """What both sides say afterwards: amounts in the ledger, and (state, message, amount) of the date."""

    effects: list[int]
    occurrence: tuple[str, str | None, int | None] | None
    status: str


async def delete(unit: Unit, each: Round) -> None:
    only(await operate(unit, Operation.DELETE, [each.schedule.id], RetryPolicy()))


async def pause(unit: Unit, each: Round) -> None:
    only(await operate(unit, Operation.PAUSE, [each.schedule.id], RetryPolicy()))


async def skip(unit: Unit, each: Round) -> None:
    await change_date(unit, each.schedule.id, each.day, DateOrder(skip=True))


async def edit_amount(unit: Unit, each: Round) -> None:
    asked = ScheduleChange(given=frozenset({"amount"}), amount_minor=each.amount + OTHER_AMOUNT)
    await change(unit, each.schedule.id, asked)


async def end_before(unit: Unit, each: Round) -> None:
    """The schedule is to end on the day of its start, which is none of its dates."""
    asked = ScheduleChange(given=frozenset({"end_on"}), end_on=each.schedule.rule.start_on)
    await change(unit, each.schedule.id, asked)


ACTIONS: dict[str, Callable[[Unit, Round], Awaitable[None]]] = {
    "delete": delete,
    "pause": pause,
    "skip": skip,
    "amount": edit_amount,
    "end": end_before,
}


def is_one_outcome(each: Round, was_done: bool, found: Found) -> bool:
    """Whether what is left came about by one of the two orders."""
    ran = found.effects == [each.amount] and found.occurrence == ("successful", None, each.amount)
    nothing = found.effects == []
    match each.done:
        case "delete":
            return (
                was_done and found.status == "deleted" and (ran or (nothing and not shown(found.occurrence)))
            )
        case "pause":
            return was_done and (ran or (nothing and found.occurrence == ("skipped", PAUSED, None)))
        case "skip":
            skipped = nothing and found.occurrence == ("skipped", SKIP_ASKED, None)
            return skipped if was_done else ran
        case "amount":
            other = each.amount + OTHER_AMOUNT
            changed = found.effects == [other] and found.occurrence == ("successful", None, other)
            return was_done and (ran or changed)
        case _:
            ended = nothing and found.occurrence is None and found.status == "expired"
            return was_done and (ran or ended)


def shown(occurrence: tuple[str, str | None, int | None] | None) -> bool:
    return occurrence is not None and occurrence[0] != "cancelled"


async def test_whatever_is_done_to_a_schedule_while_it_runs_has_one_outcome(
    runtime: Runtime, api: Any, account: Account
) -> None:
    customer = api.customer()["id"]
    dice = Random(5)  # noqa: S311 - repeatable, guards nothing
    outcomes: Counter[tuple[str, bool]] = Counter()
    for start in range(0, ROUNDS, ROUNDS_AT_ONCE):
        numbers = range(start, min(start + ROUNDS_AT_ONCE, ROUNDS))
        now = datetime.now(UTC)
        made = [await begin(runtime, account, customer, now, number, dice) for number in numbers]
        due = account.due_at("charge", made[0].day)
        told = await race(runtime, account, made, due, dice)
        for each, was_done in zip(made, told, strict=True):
            found = await look(runtime, account, each)
            assert is_one_outcome(each, was_done, found), (each, was_done, found)
            outcomes[each.done, found.effects != []] += 1
        await finish(runtime, account, made, due)

    assert sum(outcomes.values()) == ROUNDS
    assert {done for done, _ in outcomes} == set(ACTIONS)
    # Both orders came about.
    assert {ran for _, ran in outcomes} == {True, False}


async def begin(
    runtime: Runtime, account: Account, customer: str, now: datetime, number: int, dice: Random
) -> Round:
    """A weekly schedule that begins a day before its first date, so that it can end before it."""
    day = account.today(now) + 2 * A_DAY
    amount = 20_000 + number
    weekday = Weekdays((day.weekday(),))
    when = RuleOrder(every=1, period=Period.WEEK, on=weekday, start_on=day - A_DAY)
    made = await schedules.create(
        runtime, account, now, when, ChargeOrder(customer_id=customer, amount_minor=amount)
    )
    return Round(made, day, dice.choice(tuple(ACTIONS)), amount)


async def race(
    runtime: Runtime, account: Account, made: list[Round], due: datetime, dice: Random
) -> list[bool]:
    """Run what is due in small batches, and do everything else at the same time; whether each was done."""
    small = replace(runtime, engine=EnginePolicy(claim_rows=3))

    async def act(each: Round, pauses: int) -> bool:
        for _ in range(pauses):
            await asyncio.sleep(0)
        try:
            # The caller's moment lies just before the date, the engine's on it.
            async with runtime.unit(account, due - timedelta(seconds=1)) as unit:
                await ACTIONS[each.done](unit, each)
        except RejectedError:
            return False
        return True

    acting = [act(each, dice.randint(0, 400)) for each in made]
    *told, _, _ = await asyncio.gather(
        *acting, rounds.run_all_due(small, account, due), rounds.run_all_due(small, account, due)
    )
    await rounds.run_all_due(runtime, account, due)
    return [bool(each) for each in told]


async def look(runtime: Runtime, account: Account, each: Round) -> Found:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT amount_minor FROM sandbox.ledger WHERE account = %s AND amount_minor = ANY (%s)",
            (account.public_id, [each.amount, each.amount + OTHER_AMOUNT]),
        )
        effects = [row["amount_minor"] for row in await cursor.fetchall()]
        cursor = await connection.execute(
            "SELECT state, message, amount_minor FROM occurrences WHERE schedule_id = %s AND scheduled_on = %s",
            (each.schedule.id, each.day),
        )
        row = await cursor.fetchone()
        cursor = await connection.execute("SELECT state FROM schedules WHERE id = %s", (each.schedule.id,))
        schedule = await cursor.fetchone()
    assert schedule is not None
    occurrence = (row["state"], row["message"], row["amount_minor"]) if row else None
    return Found(effects, occurrence, schedule["state"])


async def finish(runtime: Runtime, account: Account, made: list[Round], due: datetime) -> None:
    """So that the next rounds meet nothing of these."""
    async with runtime.unit(account, due) as unit:
        await operate(unit, Operation.DELETE, [each.schedule.id for each in made], runtime.retries)
