"""The next date comes from the rule: what was lost or got stuck is planned again."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from duerun.engine.planner import Planner
from duerun.engine.runner import Runner
from duerun.services.unit import Runtime

from .conftest import Merchant

NewMerchant = Callable[[], Awaitable[Merchant]]
A_DAY = timedelta(days=1)


async def run_until_nothing_is_due(runtime: Runtime, now: datetime) -> None:
    runner = Runner(runtime)
    while await runner.tick(now):
        continue


async def test_a_planned_row_that_was_deleted_is_made_again(
    engine_runtime: Runtime, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = await merchant.schedule()
    before = merchant.occurrences(schedule.id)
    merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", schedule.id)

    with caplog.at_level(logging.WARNING, logger="duerun"):
        planned = await Planner(engine_runtime).tick(datetime.now(UTC))

    assert planned == 1
    assert merchant.occurrences(schedule.id) == before
    assert "1 schedules had no next date" in caplog.text


async def test_the_row_after_the_last_processed_date_is_made_again(
    engine_runtime: Runtime, merchant: Merchant
) -> None:
    schedule = await merchant.schedule()
    later = datetime.now(UTC) + A_DAY
    await run_until_nothing_is_due(engine_runtime, later + A_DAY)
    before = merchant.occurrences(schedule.id)
    merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s AND state = 'due'", schedule.id)

    await Planner(engine_runtime).tick(later)

    assert merchant.occurrences(schedule.id) == before


async def test_a_whole_schedule_is_left_as_it_is(engine_runtime: Runtime, merchant: Merchant) -> None:
    schedule = await merchant.schedule()
    before = merchant.occurrences(schedule.id)

    await Planner(engine_runtime).tick(datetime.now(UTC))

    assert merchant.occurrences(schedule.id) == before


@pytest.mark.parametrize("state", ["sent", "unknown"])
async def test_a_stuck_occurrence_does_not_block_the_next_date(
    engine_runtime: Runtime, merchant: Merchant, state: str
) -> None:
    schedule = await merchant.schedule()
    first = merchant.occurrences(schedule.id)[0][0]
    merchant.sql(
        "UPDATE occurrences SET state = %s, sent_at = now(), lease_until = now() + interval '30 days'"
        " WHERE schedule_id = %s",
        state,
        schedule.id,
    )
    planner = Planner(engine_runtime)

    await planner.tick(datetime.now(UTC) + A_DAY)
    early = merchant.occurrences(schedule.id)
    await planner.tick(datetime.now(UTC) + 3 * A_DAY)

    assert early == [(first, state)]
    assert merchant.occurrences(schedule.id) == [(first, state), (first + A_DAY, "due")]


async def test_a_schedule_without_further_dates_expires(engine_runtime: Runtime, merchant: Merchant) -> None:
    tomorrow = merchant.account.today(datetime.now(UTC)) + A_DAY
    schedule = await merchant.schedule(end_on=tomorrow)
    merchant.sql(
        "UPDATE occurrences SET state = 'skipped', processed_at = now() WHERE schedule_id = %s", schedule.id
    )

    await Planner(engine_runtime).tick(datetime.now(UTC) + 2 * A_DAY)

    assert merchant.state(schedule.id) == "expired"
    assert merchant.occurrences(schedule.id) == [(tomorrow, "skipped")]


@pytest.mark.parametrize("state", ["deleted", "suspended"])
async def test_an_ended_schedule_gets_no_date(
    engine_runtime: Runtime, merchant: Merchant, state: str
) -> None:
    schedule = await merchant.schedule()
    merchant.sql("UPDATE schedules SET state = %s, ended_at = now() WHERE id = %s", state, schedule.id)
    merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", schedule.id)

    await Planner(engine_runtime).tick(datetime.now(UTC))

    assert merchant.occurrences(schedule.id) == []


async def test_all_pages_are_seen_one_after_another(
    engine_runtime: Runtime, new_merchant: NewMerchant
) -> None:
    merchant = await new_merchant()
    made = [await merchant.schedule() for _ in range(5)]
    for schedule in made:
        merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", schedule.id)
    planner = Planner(engine_runtime, schedules_a_tick=2)
    schedules = merchant.sql("SELECT count(*) AS count FROM schedules")[0]["count"]

    for _ in range(schedules // 2 + 1):
        await planner.tick(datetime.now(UTC))

    assert [len(merchant.occurrences(schedule.id)) for schedule in made] == [1] * 5


async def test_an_account_whose_clock_is_being_advanced_is_left_alone(
    engine_runtime: Runtime, merchant: Merchant
) -> None:
    schedule = await merchant.schedule()
    merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", schedule.id)
    merchant.sql(
        "INSERT INTO test_clocks (account_id, advancing_until) VALUES (%s, now() + interval '1 minute')",
        merchant.account.id,
    )

    await Planner(engine_runtime).tick(datetime.now(UTC))

    assert merchant.occurrences(schedule.id) == []
