"""One occurrence of a batch that cannot be made, settled or told: all others go on, and it is sent once at most."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.charges import Charge
from duerun.engine.planner import Planner
from duerun.gateways.base import UNKNOWN, Declaration, Outcome, PaymentRequest
from duerun.services import catch_up, due_payments, due_rescues, rounds, uncertain
from duerun.services.due_charges import CHARGES, Charges
from duerun.services.payment_kinds import Claim
from duerun.services.unit import Runtime, Unit
from duerun.storage.occurrences import DueCharge

ROWS = 12
BROKEN_AMOUNT = 20_005


class Watched:
    """The sandbox, with a list of what it was sent. An answer that got lost may be asked about at once."""

    name = "watched"
    declared = Declaration(ask_again_seconds=0.0)

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.keys: list[str] = []

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        self.keys += [request.key for request in requests]
        outcomes: Sequence[Outcome] = await self._inner.charge(requests)
        return outcomes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class BreakingResults(Charges):
    """Charges of which one raises before it is written."""

    def results(
        self, account: Account, now: datetime, answered: Sequence[tuple[Claim[DueCharge], Outcome]]
    ) -> list[Charge | None]:
        if any(claim.amount_minor == BROKEN_AMOUNT for claim, _ in answered):
            raise ZeroDivisionError("this row is broken")
        return super().results(account, now, answered)


class BreakingWrite(Charges):
    """Charges of which one is refused by the database."""

    async def write(self, unit: Unit, made: Sequence[tuple[Claim[DueCharge], Charge | None]]) -> None:
        await super().write(unit, made)
        if any(claim.amount_minor == BROKEN_AMOUNT for claim, _ in made):
            await unit.connection.execute("SELECT 1 / 0")


class BreakingRequest(Charges):
    """Charges of which one names no target."""

    def target(self, due: DueCharge) -> str:
        if due.amount_minor == BROKEN_AMOUNT:
            raise LookupError("this row is broken")
        return super().target(due)


@pytest.fixture
def day(account: Account) -> date:
    return account.today(datetime.now(UTC)) + timedelta(days=1)


@pytest.fixture
def schedules(api: Any, day: date) -> dict[int, str]:
    """Ids of daily schedules by their amounts."""
    customer = api.customer()["id"]
    body = {"every": 1, "period": "day", "start_date": str(day)}
    return {
        amount: api.post("/schedules", body | {"charge": {"customer": customer, "amount": amount}})["id"]
        for amount in range(20_000, 20_000 + ROWS)
    }


async def run(kind: Charges, runtime: Runtime, account: Account, now: datetime) -> int:
    return await due_payments.run(kind, runtime, account, now, until=now, turn=asyncio.Lock())


async def states(runtime: Runtime, schedules: dict[int, str], day: date) -> dict[int, str]:
    """The state of the occurrence of a day, by amount."""
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT schedule_id, state FROM occurrences WHERE schedule_id = ANY (%s) AND scheduled_on = %s",
            (list(schedules.values()), day),
        )
        found = {row["schedule_id"]: row["state"] for row in await cursor.fetchall()}
    return {amount: found[schedule_id] for amount, schedule_id in schedules.items()}


def all_but_the_broken(schedules: dict[int, str], state: str, broken: str) -> dict[int, str]:
    return {amount: broken if amount == BROKEN_AMOUNT else state for amount in schedules}


@pytest.mark.parametrize("kind", [BreakingResults(), BreakingWrite()], ids=["made", "written"])
async def test_an_occurrence_that_cannot_be_settled_stops_no_other_and_is_not_sent_again(
    runtime: Runtime,
    api: Any,
    account: Account,
    day: date,
    schedules: dict[int, str],
    kind: Charges,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = Watched(runtime.gateways[False])
    watched = replace(runtime, gateways={False: gateway})
    now = account.due_at("charge", day)

    with caplog.at_level(logging.ERROR, logger="duerun"):
        await run(kind, watched, account, now)
    after_run = await states(runtime, schedules, day)
    waiting = await uncertain.list_uncertain(watched, account)
    for _ in range(3):
        await due_rescues.rescue(kind, watched, account, now)
    after_rescues = await states(runtime, schedules, day)
    await rounds.rescue(watched, account, now)

    assert after_run == after_rescues == all_but_the_broken(schedules, "successful", "unknown")
    assert [row["amount_minor"] for row in waiting] == [BROKEN_AMOUNT]
    assert "cannot be settled" in caplog.text
    assert set((await states(runtime, schedules, day)).values()) == {"successful"}
    assert len(gateway.keys) == len(set(gateway.keys)) == ROWS
    assert api.get("/charges")["total"] == ROWS
    assert api.get("/transactions")["total"] == ROWS


async def test_an_occurrence_that_cannot_be_asked_for_stops_no_other(
    runtime: Runtime, account: Account, day: date, schedules: dict[int, str]
) -> None:
    gateway = Watched(runtime.gateways[False])
    watched = replace(runtime, gateways={False: gateway})
    now = account.due_at("charge", day)

    await run(BreakingRequest(), watched, account, now)
    before = await states(runtime, schedules, day)
    await rounds.rescue(watched, account, now)

    assert before == all_but_the_broken(schedules, "successful", "unknown")
    assert set((await states(runtime, schedules, day)).values()) == {"successful"}
    assert len(gateway.keys) == len(set(gateway.keys)) == ROWS


async def test_an_occurrence_that_cannot_be_prepared_is_held_and_stops_no_other(
    runtime: Runtime, account: Account, day: date, schedules: dict[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    now = account.due_at("charge", day)
    await spoil(runtime, schedules[BROKEN_AMOUNT], "9th_noday")

    with caplog.at_level(logging.ERROR, logger="duerun"):
        await run(CHARGES, runtime, account, now)
    before = await states(runtime, schedules, day)
    held = await catch_up.list_held(runtime, account)
    await spoil(runtime, schedules[BROKEN_AMOUNT], None)
    await catch_up.release(runtime, account, now, [held[0]["id"]])
    await rounds.run_all_due(runtime, account, now)

    assert before == all_but_the_broken(schedules, "successful", "held")
    assert "cannot be made: it is held" in caplog.text
    assert set((await states(runtime, schedules, day)).values()) == {"successful"}


async def test_a_send_whose_schedule_cannot_be_read_hinders_no_look_up(
    runtime: Runtime, account: Account, day: date, schedules: dict[int, str]
) -> None:
    lossy = replace(runtime, gateways={False: Silent(runtime.gateways[False])})
    now = account.due_at("charge", day)
    await run(CHARGES, lossy, account, now)
    await spoil(runtime, schedules[BROKEN_AMOUNT], "9th_noday")

    await rounds.rescue(runtime, account, now)
    before = await states(runtime, schedules, day)
    await spoil(runtime, schedules[BROKEN_AMOUNT], None)

    assert before == all_but_the_broken(schedules, "successful", "unknown")


class Silent(Watched):
    """Every answer gets lost behind the effect."""

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        await super().charge(requests)
        return [UNKNOWN for _ in requests]


async def spoil(runtime: Runtime, schedule_id: str, on_text: str | None) -> None:
    """Make a rule that nothing can read, or the daily one again."""
    async with runtime.database.connection() as connection:
        await connection.execute(
            "UPDATE schedules SET on_text = %s, period = %s WHERE id = %s",
            (on_text or "", "month" if on_text else "day", schedule_id),
        )


async def test_a_schedule_that_cannot_be_planned_hinders_no_other(
    runtime: Runtime, account: Account, day: date, schedules: dict[int, str]
) -> None:
    await spoil(runtime, schedules[BROKEN_AMOUNT], "9th_noday")
    async with runtime.database.connection() as connection:
        await connection.execute(
            "DELETE FROM occurrences WHERE schedule_id = ANY (%s)", (list(schedules.values()),)
        )

    await Planner(runtime, schedules_a_tick=1_000_000).tick(datetime.now(UTC))
    await spoil(runtime, schedules[BROKEN_AMOUNT], None)
    await Planner(runtime, schedules_a_tick=1_000_000).tick(datetime.now(UTC))

    assert set((await states(runtime, schedules, day)).values()) == {"due"}


def raising(text: str) -> str:
    raise KeyError("no renderer takes this")


@pytest.mark.parametrize(
    "spoilt",
    [
        raising,
        lambda text: text.replace("charge", "charge\x00", 1),
        lambda text: text + "\nsecond line",
        lambda text: text + "\tsecond column",
        lambda text: text + "\ud800",
        lambda text: text + "\\N",
    ],
    ids=["raises", "NUL", "line break", "tab", "lone surrogate", "backslash"],
)
async def test_a_broken_event_leaves_each_payment_of_its_batch_settled(
    runtime: Runtime,
    api: Any,
    account: Account,
    day: date,
    schedules: dict[int, str],
    spoilt: Callable[[str], str],
) -> None:
    def render(value: Any, owner: Account) -> str:
        text = runtime.render(value, owner)
        return spoilt(text) if getattr(value, "amount_minor", None) == BROKEN_AMOUNT else text

    gateway = Watched(runtime.gateways[False])
    clumsy = replace(runtime, render=render, gateways={False: gateway})

    await run(CHARGES, clumsy, account, account.due_at("charge", day))

    assert set((await states(runtime, schedules, day)).values()) == {"successful"}
    assert len(gateway.keys) == len(set(gateway.keys)) == ROWS
    assert api.get("/charges")["total"] == ROWS
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT object_id FROM events WHERE account_id = %s AND key = 'charge.create'", (account.id,)
        )
        told = [row["object_id"] for row in await cursor.fetchall()]
    assert len(told) == len(set(told)) == ROWS
