"""Incidents of others, as `docs/reliability.md` lists them, played to the end by days."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.occurrences import MISSED
from duerun.domain.retries import CatchUp
from duerun.engine.planner import Planner
from duerun.gateways.base import UNKNOWN, Declaration, Outcome, PaymentRequest, Question
from duerun.services import due_payments, rounds
from duerun.services.due_charges import CHARGES
from duerun.services.tally import Tally
from duerun.services.unit import Runtime

A_DAY = timedelta(days=1)
REFUSED_CARD = "4111111111140011"
DAYS_DOWN = 400


class Hanging:
    """The sandbox, of which some payments never get an answer while `hangs` says so."""

    name = "hanging"
    declared = Declaration()

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.stuck: set[str] = set()
        self.hangs_next = False
        self.sent: Counter[str] = Counter()

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        if self.hangs_next:
            self.hangs_next = False
            self.stuck |= {request.key for request in requests}
        self.sent.update(request.key for request in requests)
        outcomes = await self._inner.charge(requests)
        return [
            UNKNOWN if request.key in self.stuck else outcome
            for request, outcome in zip(requests, outcomes, strict=True)
        ]

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        outcomes = await self._inner.lookup(questions)
        return [
            UNKNOWN if question.key in self.stuck else outcome
            for question, outcome in zip(questions, outcomes, strict=True)
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def first(account: Account) -> date:
    return account.today(datetime.now(UTC)) + A_DAY


def daily(api: Any, first: date, number: str = "4242424242424242", every: int = 1) -> Any:
    charge = {"customer": api.customer(number)["id"], "amount": 5_000}
    return api.post(
        "/schedules", {"every": every, "period": "day", "start_date": str(first), "charge": charge}
    )


async def rows(runtime: Runtime, schedule: Any) -> list[tuple[date, int, str, str | None]]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT scheduled_on, attempt, state, message FROM occurrences WHERE schedule_id = %s "
            "ORDER BY scheduled_on, attempt",
            (schedule["id"],),
        )
        return [tuple(row.values()) for row in await cursor.fetchall()]


@pytest.mark.parametrize("policy", list(CatchUp))
async def test_four_hundred_days_down_are_caught_up_by_the_policy_for_each_date(
    runtime: Runtime, api: Any, account: Account, first: date, policy: CatchUp
) -> None:
    """What is skipped or held is counted as well: the counter says what the calendar says."""
    schedule = daily(api, first, every=3)
    tally = Tally()
    back = replace(runtime, retries=replace(runtime.retries, catch_up_charges=policy), tally=tally)
    days = [first + n * A_DAY for n in range(0, DAYS_DOWN, 3)]

    await rounds.run_all_due(back, account, account.due_at("charge", first + (DAYS_DOWN - 1) * A_DAY))

    found = [(day, state) for day, _, state, _ in await rows(runtime, schedule)]
    older = {CatchUp.LATEST: "skipped", CatchUp.ALL: "successful", CatchUp.ASK: "held"}[policy]
    newest = "held" if policy is CatchUp.ASK else "successful"
    ahead = (days[-1] + 3 * A_DAY, "due")
    assert found == [*((day, older) for day in days[:-1]), (days[-1], newest), ahead]
    expected = Counter(state for _, state in found if state != "due")
    assert {name: tally.take().get((f"occurrences_{name}", "test"), 0) for name in [older]} == {
        older: expected[older]
    }


async def test_an_occurrence_that_hangs_for_ten_periods_lets_all_others_run(
    runtime: Runtime, api: Any, account: Account, first: date
) -> None:
    stuck, other = daily(api, first), daily(api, first)
    gateway = Hanging(runtime.gateways[False])
    hanging = replace(runtime, gateways={False: gateway}, tally=Tally())
    planner = Planner(hanging, schedules_a_tick=1_000_000)
    await run_one(hanging, gateway, account, stuck, account.due_at("charge", first))

    for n in range(10):
        now = account.due_at("charge", first + n * A_DAY)
        # The planner lives by real time; the account by its clock.
        await move_clock(runtime, account, now)
        await planner.tick(datetime.now(UTC))
        await rounds.run_all_due(hanging, account, now)

    days = [first + n * A_DAY for n in range(10)]
    told = [(day, state) for day, _, state, _ in await rows(runtime, stuck)]
    assert told[:10] == [(first, "unknown"), *((day, "successful") for day in days[1:])]
    assert [state for _, _, state, _ in await rows(runtime, other)][:10] == ["successful"] * 10
    assert hanging.tally.take().get(("occurrences_skipped", "test"), 0) == 0
    assert set(gateway.sent.values()) == {1}


async def run_one(runtime: Runtime, gateway: Hanging, account: Account, schedule: Any, now: datetime) -> None:
    """Send the first date of one schedule, whose answer never comes."""
    gateway.hangs_next = True
    day = account.today(now)
    await due_payments.run_first(CHARGES, runtime, account, now, schedule["id"], day)


async def move_clock(runtime: Runtime, account: Account, now: datetime) -> None:
    async with runtime.database.connection() as connection:
        await connection.execute(
            "INSERT INTO test_clocks (account_id, offset_microseconds) VALUES (%s, %s) "
            "ON CONFLICT (account_id) DO UPDATE SET offset_microseconds = EXCLUDED.offset_microseconds",
            (account.id, (now - datetime.now(UTC)) // timedelta(microseconds=1)),
        )


async def test_missed_dates_are_counted_as_the_calendar_counts_them(
    runtime: Runtime, api: Any, account: Account, first: date
) -> None:
    schedules = [daily(api, first), daily(api, first, every=2), daily(api, first, every=5)]
    tally = Tally()
    counting = replace(runtime, tally=tally)

    await rounds.run_all_due(counting, account, account.due_at("charge", first + 10 * A_DAY))

    missed = [
        day for each in schedules for day, _, _, message in await rows(runtime, each) if message == MISSED
    ]
    # Of 11, 6 and 3 dates the newest ran.
    assert len(missed) == 10 + 5 + 2
    assert tally.take()["occurrences_skipped", "test"] == len(missed)


async def test_a_run_in_which_everything_is_refused_is_reported_as_failed(
    runtime: Runtime, api: Any, account: Account, first: date, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(12):
        daily(api, first, REFUSED_CARD)
    tally = Tally()

    with caplog.at_level(logging.ERROR, logger="duerun"):
        await rounds.run_all_due(replace(runtime, tally=tally), account, account.due_at("charge", first))

    counts = tally.take()
    assert (counts["failed_runs", "test"], counts["occurrences_failed", "test"]) == (1, 12)
    assert "a run of 12 charges" in caplog.text
    assert "0 succeeded, 12 refused, 0 without an answer" in caplog.text


async def test_a_run_with_one_success_has_not_failed(
    runtime: Runtime, api: Any, account: Account, first: date
) -> None:
    for number in [REFUSED_CARD] * 11 + ["4242424242424242"]:
        daily(api, first, number)
    tally = Tally()

    await rounds.run_all_due(replace(runtime, tally=tally), account, account.due_at("charge", first))

    assert ("failed_runs", "test") not in tally.take()


async def test_a_refusal_that_is_found_a_day_later_is_tried_again_and_suspends_at_the_third(
    runtime: Runtime, api: Any, account: Account, first: date
) -> None:
    schedule = daily(api, first, REFUSED_CARD, every=30)
    gateway = Hanging(runtime.gateways[False])
    late = replace(runtime, gateways={False: gateway})
    gateway.hangs_next = True
    now = account.due_at("charge", first)
    await due_payments.run(CHARGES, late, account, now, until=now, turn=asyncio.Lock())
    unknown = [state for _, _, state, _ in await rows(runtime, schedule)]

    gateway.stuck.clear()
    await rounds.rescue(late, account, now + A_DAY)
    for n in (1, 2, 3, 4):
        await rounds.run_all_due(late, account, now + n * A_DAY)

    found = api.get(f"/schedules/{schedule['id']}/occurrences")["data"]
    assert unknown == ["unknown"]
    assert [(each["scheduled_on"], each["retry_on"], each["status"]) for each in found] == [
        (str(first), None, "failed"),
        (str(first), str(first + 2 * A_DAY), "failed"),
        (str(first), str(first + 3 * A_DAY), "failed"),
    ]
    assert api.get(schedule["location"])["status"] == "suspended"
    assert api.get("/charges")["total"] == 3
