"""The runner serves every account in turn, under its own clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.engine.rescuer import Rescuer
from duerun.engine.runner import Runner
from duerun.engine.turns import Turns
from duerun.gateways.base import Declaration
from duerun.gateways.sandbox import SandboxGateway
from duerun.services import rounds
from duerun.services.unit import EnginePolicy, Runtime
from duerun.services.workload import Work

from .conftest import Merchant

NewMerchant = Callable[[], Awaitable[Merchant]]


def in_days(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def drain(runner: Runner, now: datetime) -> None:
    for _ in range(20):
        if not await runner.tick(now):
            return
    raise AssertionError("the runner finds no end")


async def test_what_is_due_runs_in_all_accounts(engine_runtime: Runtime, new_merchant: NewMerchant) -> None:
    merchants = [await new_merchant(), await new_merchant()]
    made = [await each.schedule() for each in merchants]

    await drain(Runner(engine_runtime), in_days(2))

    for merchant, schedule in zip(merchants, made, strict=True):
        states = [state for _, state in merchant.occurrences(schedule.id)]
        assert states[0] in ("successful", "skipped")
        assert "successful" in states
        assert states[-1] == "due"


@pytest.mark.parametrize("is_outside", [False, True])
async def test_behind_a_full_batch_two_run_side_by_side(
    engine_runtime: Runtime, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, is_outside: bool
) -> None:
    """Unless somebody outside has to be asked for each of them."""
    day = merchant.account.today(in_days(1))
    for _ in range(7):
        await merchant.schedule(starts_in_days=1, end_on=day)
    widths: list[int] = []
    run_due = rounds.run_due

    async def spied(*given: Any, lanes: int) -> int:
        widths.append(lanes)
        return await run_due(*given, lanes=lanes)

    monkeypatch.setattr(rounds, "run_due", spied)
    monkeypatch.setattr(SandboxGateway, "declared", Declaration(is_outside=is_outside, wave_rows=None))
    await drain(Runner(replace(engine_runtime, engine=EnginePolicy(claim_rows=2))), in_days(2))

    assert widths == ([1] * 4 if is_outside else [1, 2, 2])


async def test_nothing_runs_before_its_moment(engine_runtime: Runtime, merchant: Merchant) -> None:
    schedule = await merchant.schedule(starts_in_days=3)

    await drain(Runner(engine_runtime), in_days(1))

    assert [state for _, state in merchant.occurrences(schedule.id)] == ["due"]


async def test_an_account_lives_by_its_own_clock(engine_runtime: Runtime, new_merchant: NewMerchant) -> None:
    ahead, behind = await new_merchant(), await new_merchant()
    made = [await ahead.schedule(starts_in_days=3), await behind.schedule(starts_in_days=3)]
    ahead.sql(
        "INSERT INTO test_clocks (account_id, offset_microseconds) VALUES (%s, %s)",
        ahead.account.id,
        timedelta(days=4) // timedelta(microseconds=1),
    )

    await drain(Runner(engine_runtime), in_days(0))

    assert "successful" in [state for _, state in ahead.occurrences(made[0].id)]
    assert [state for _, state in behind.occurrences(made[1].id)] == ["due"]


async def test_an_account_whose_clock_is_being_advanced_is_left_alone(
    engine_runtime: Runtime, merchant: Merchant
) -> None:
    schedule = await merchant.schedule()
    merchant.sql(
        "INSERT INTO test_clocks (account_id, advancing_until) VALUES (%s, now() + interval '1 minute')",
        merchant.account.id,
    )

    await drain(Runner(engine_runtime), in_days(2))

    assert [state for _, state in merchant.occurrences(schedule.id)] == ["due"]


async def test_live_mode_without_a_gateway_waits_and_says_so_once(
    engine_runtime: Runtime, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = await merchant.schedule()
    merchant.sql("UPDATE schedules SET livemode = true WHERE id = %s", schedule.id)
    merchant.sql("UPDATE occurrences SET livemode = true WHERE schedule_id = %s", schedule.id)
    runner = Runner(engine_runtime)

    with caplog.at_level(logging.WARNING, logger="duerun"):
        await drain(runner, in_days(2))
        await drain(runner, in_days(2))

    told = f"account {merchant.account.id} waits: no gateway is configured for live mode"
    assert caplog.text.count(told) == 1
    assert [state for _, state in merchant.occurrences(schedule.id)] == ["due"]


async def test_the_trouble_of_one_account_stops_no_other(
    engine_runtime: Runtime, new_merchant: NewMerchant, caplog: pytest.LogCaptureFixture
) -> None:
    troubled, sound = await new_merchant(), await new_merchant()
    await troubled.schedule()
    await sound.schedule()
    served: list[int] = []

    async def job(runtime: Runtime, account: object, now: datetime) -> int:
        number = account.id  # type: ignore[attr-defined]
        if number == troubled.account.id:
            raise ValueError("this account is broken")
        served.append(number)
        return 1

    with caplog.at_level(logging.ERROR, logger="duerun"):
        await Turns(engine_runtime, Work.DUE, job).take(in_days(2))

    assert sound.account.id in served
    assert "this account is broken" in caplog.text


async def test_a_send_whose_worker_died_is_found_out_about(
    engine_runtime: Runtime, merchant: Merchant
) -> None:
    schedule = await merchant.schedule()
    merchant.sql(
        "UPDATE occurrences SET state = 'sent', sends = 1, amount_minor = 25000, sent_at = now() - interval '1 hour',"
        " lease_until = now() - interval '1 minute' WHERE schedule_id = %s",
        schedule.id,
    )

    asked = await Rescuer(engine_runtime).tick(in_days(1))

    assert asked >= 1
    assert [state for _, state in merchant.occurrences(schedule.id)] == ["successful", "due"]


async def test_accounts_that_hang_do_not_hold_up_the_others(
    engine_runtime: Runtime, new_merchant: NewMerchant
) -> None:
    hanging = [await new_merchant() for _ in range(4)]
    healthy = [await new_merchant() for _ in range(2)]
    for each in (*hanging, *healthy):
        await each.schedule()
    stuck = {each.account.id for each in hanging}
    served: list[int] = []

    async def job(runtime: Runtime, account: Account, now: datetime) -> int:
        if account.id in stuck:
            await asyncio.Event().wait()
        served.append(account.id)
        return 1

    turns = Turns(engine_runtime, Work.DUE, job, share_seconds_max=0.05)
    await turns.take(in_days(2))

    assert {each.account.id for each in healthy} <= set(served)


async def test_who_found_the_processor_at_rest_is_the_first_one_behind_it(
    engine_runtime: Runtime, new_merchant: NewMerchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await new_merchant(), await new_merchant()
    for each in (first, second):
        await each.schedule()
    ours, served, resting = {first.account.id, second.account.id}, [], {second.account.id}
    monkeypatch.setattr(Runtime, "gateway_rests", lambda self, account: account.id in resting)

    async def job(runtime: Runtime, account: Account, now: datetime) -> int:
        if account.id in ours:
            served.append(account.id)
        return 1

    turns = Turns(engine_runtime, Work.DUE, job)
    await turns.take(in_days(2))
    resting.clear()
    await turns.take(in_days(2))

    assert served == [first.account.id, second.account.id, first.account.id]
