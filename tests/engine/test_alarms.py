"""Alarms as metrics, over a real server: what stands still is seen, and by how much."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from conftest import HttpServer
from duerun.clock import SystemClock
from duerun.engine.heartbeats import Heartbeats
from duerun.engine.loop import Loop, build_loops, run_all
from duerun.engine.rescuer import Rescuer
from duerun.engine.runner import Runner
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage.database import Database

from .conftest import Merchant

WAIT_SECONDS = 2.0
SLACK_SECONDS = 20.0
# Readings are kept for a second.
KEPT_SECONDS = 1.1
SOON_SECONDS = 10.0

Metrics = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def watched(engine_dsn: str) -> Iterator[HttpServer]:
    """A server on the engine's database, whose engine does not run."""
    with HttpServer(engine_dsn, Settings()) as running:
        yield running


def metrics(server: HttpServer) -> Metrics:
    """All samples as an independent parser reads them."""
    answer = requests.get(f"{server.url}/metrics", timeout=SOON_SECONDS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    assert all(family.documentation and family.type in ("gauge", "counter") for family in families)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(server: HttpServer, name: str, **labels: str) -> float:
    return metrics(server)[name, frozenset(labels.items())]


def fall_due(merchant: Merchant, schedule_id: str, seconds_ago: int) -> None:
    merchant.sql(
        "UPDATE occurrences SET due_at = now() - %s * interval '1 second' WHERE schedule_id = %s",
        seconds_ago,
        schedule_id,
    )


def forget_all(merchant: Merchant) -> None:
    """What other tests left is not this one's business."""
    merchant.sql("DELETE FROM occurrences")


async def test_the_age_of_what_is_due_grows_by_a_second_a_second_while_nobody_works(
    merchant: Merchant, watched: HttpServer
) -> None:
    forget_all(merchant)
    fall_due(merchant, (await merchant.schedule()).id, 3_600)

    began = time.monotonic()
    first, told = value(watched, "duerun_oldest_due_age_seconds", mode="test"), time.monotonic()
    await asyncio.sleep(WAIT_SECONDS)
    asked = time.monotonic()
    second, ended = value(watched, "duerun_oldest_due_age_seconds", mode="test"), time.monotonic()

    assert first == pytest.approx(3_600, abs=SLACK_SECONDS)
    assert asked - told - 0.1 <= second - first <= ended - began + 0.1
    assert value(watched, "duerun_due_occurrences", mode="test") == 1
    assert value(watched, "duerun_oldest_due_age_seconds", mode="live") == 0

    await Runner(merchant.runtime).tick(merchant.runtime.clock.now())
    await asyncio.sleep(KEPT_SECONDS)

    assert value(watched, "duerun_oldest_due_age_seconds", mode="test") == 0
    assert value(watched, "duerun_due_occurrences", mode="test") == 0


async def test_what_waits_for_a_test_clock_is_no_alarm(merchant: Merchant, watched: HttpServer) -> None:
    forget_all(merchant)
    fall_due(merchant, (await merchant.schedule()).id, 3_600)
    merchant.sql(
        "INSERT INTO test_clocks (account_id, offset_microseconds) VALUES (%s, 1)", merchant.account.id
    )

    assert value(watched, "duerun_oldest_due_age_seconds", mode="test") == 0
    assert value(watched, "duerun_due_occurrences", mode="test") == 0


async def test_webhooks_that_wait_have_a_count_and_an_age(merchant: Merchant, watched: HttpServer) -> None:
    merchant.sql(
        "INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, next_at, created_at)"
        " SELECT 'evnt_alarm' || n, %s, true, 'chrg_1', 'https://example.com/',"
        " now() - n * interval '100 seconds', now()"
        " FROM generate_series(0, 3) AS n",
        merchant.account.id,
    )

    age = value(watched, "duerun_oldest_due_webhook_delivery_age_seconds", mode="live")

    assert age == pytest.approx(300, abs=SLACK_SECONDS)
    assert value(watched, "duerun_due_webhook_deliveries", mode="live") == 4
    assert value(watched, "duerun_due_webhook_deliveries", mode="test") == 0
    merchant.sql("DELETE FROM webhook_deliveries")


async def test_held_and_uncertain_occurrences_are_counted(merchant: Merchant, watched: HttpServer) -> None:
    forget_all(merchant)
    held, lost = await merchant.schedule(), await merchant.schedule(starts_in_days=2)
    merchant.sql("UPDATE occurrences SET state = 'held' WHERE schedule_id = %s", held.id)
    merchant.sql(
        "UPDATE occurrences SET state = 'unknown', sent_at = now() - interval '700 seconds',"
        " lease_until = now() + interval '1 hour', amount_minor = 25000 WHERE schedule_id = %s",
        lost.id,
    )

    assert value(watched, "duerun_held_occurrences", mode="test") == 1
    assert value(watched, "duerun_uncertain_occurrences", mode="test") == 1
    age = value(watched, "duerun_oldest_uncertain_age_seconds", mode="test")
    assert age == pytest.approx(700, abs=SLACK_SECONDS)


async def test_a_lease_that_ran_out_is_counted_and_so_is_what_became_of_the_occurrence(
    merchant: Merchant, watched: HttpServer
) -> None:
    forget_all(merchant)
    schedule = await merchant.schedule()
    merchant.sql(
        "UPDATE occurrences SET state = 'sent', sent_at = now() - interval '1 hour', lease_until = now(), sends = 1,"
        " due_at = now(), scheduled_on = current_date, amount_minor = 25000,"
        " card_id = (SELECT default_card_id FROM customers WHERE id = %s) WHERE schedule_id = %s",
        merchant.customer_id,
        schedule.id,
    )
    heartbeats = Heartbeats(merchant.runtime, [])
    before = metrics(watched)

    assert await Rescuer(merchant.runtime).tick(merchant.runtime.clock.now()) == 1
    await heartbeats.write()
    await asyncio.sleep(KEPT_SECONDS)
    after = metrics(watched)

    rescues = ("duerun_lease_rescues_total", frozenset({("mode", "test")}))
    ended = ("duerun_occurrences_total", frozenset({("mode", "test"), ("outcome", "successful")}))
    assert (after[rescues] - before[rescues], after[ended] - before[ended]) == (1, 1)


async def test_the_planner_has_an_age_and_it_grows_once_the_engine_stands(
    engine_runtime: Runtime, merchant: Merchant, watched: HttpServer
) -> None:
    merchant.sql("DELETE FROM loop_beats")
    assert value(watched, "duerun_planner_age_seconds") == math.inf
    stop = asyncio.Event()
    running = asyncio.create_task(run_all(engine_runtime, stop, build_loops(engine_runtime)))

    await asyncio.sleep(3)
    lives = metrics(watched)
    stop.set()
    await running
    await asyncio.sleep(KEPT_SECONDS)
    first = value(watched, "duerun_planner_age_seconds")
    await asyncio.sleep(WAIT_SECONDS)

    assert lives["duerun_planner_age_seconds", frozenset()] < 10
    for name in ("planner", "runner", "rescuer", "importer", "dispatcher", "pruner", "verifier"):
        assert lives["duerun_loop_processes", frozenset({("loop", name)})] == 1
        assert lives["duerun_loop_age_seconds", frozenset({("loop", name)})] < 10
        assert lives["duerun_loop_slowest_age_seconds", frozenset({("loop", name)})] < 10
    grown = value(watched, "duerun_planner_age_seconds") - first
    assert grown == pytest.approx(WAIT_SECONDS, abs=SLACK_SECONDS)


async def test_a_loop_that_hangs_is_seen_beside_one_that_does_not(
    engine_runtime: Runtime, merchant: Merchant, watched: HttpServer
) -> None:
    merchant.sql("DELETE FROM loop_beats")
    now = SystemClock().now()
    hangs, works = looping(engine_runtime), looping(engine_runtime)
    hangs.heartbeat, works.heartbeat = now - timedelta(seconds=500), now

    for loop in (hangs, works):
        await Heartbeats(engine_runtime, [loop]).write()

    assert value(watched, "duerun_planner_age_seconds") < SOON_SECONDS
    assert value(watched, "duerun_loop_slowest_age_seconds", loop="planner") >= 500
    assert value(watched, "duerun_loop_processes", loop="planner") == 2


async def test_failures_of_a_loop_are_counted_and_kept_while_the_database_is_away(
    engine_runtime: Runtime, watched: HttpServer
) -> None:
    before = value(watched, "duerun_loop_failures_total", loop="planner")
    cut_off = replace(engine_runtime, database=Database(engine_runtime.database.dsn))
    loop = looping(engine_runtime)
    heartbeats = Heartbeats(cut_off, [loop])
    loop.failed = 3

    await heartbeats.write()
    await asyncio.sleep(KEPT_SECONDS)
    without = value(watched, "duerun_loop_failures_total", loop="planner")
    await Heartbeats(engine_runtime, []).write()
    await asyncio.sleep(KEPT_SECONDS)

    assert without == before
    assert value(watched, "duerun_loop_failures_total", loop="planner") == before + 3


async def test_a_dead_process_is_forgotten_but_for_the_last_one_of_a_loop(
    engine_runtime: Runtime, merchant: Merchant
) -> None:
    merchant.sql("DELETE FROM loop_beats")
    now = SystemClock().now()
    for age in (3, 2):
        loop = looping(engine_runtime)
        loop.heartbeat = now - timedelta(hours=age)
        await Heartbeats(engine_runtime, [loop]).write()
    merchant.sql("UPDATE loop_beats SET beat_at = good_at")

    await Heartbeats(engine_runtime, [looping(engine_runtime, name="runner")]).write()

    left = merchant.sql("SELECT good_at FROM loop_beats WHERE loop = 'planner'")
    assert [row["good_at"] for row in left] == [now - timedelta(hours=2)]


def looping(runtime: Runtime, *, name: str = "planner") -> Loop:
    async def tick(now: datetime) -> int:
        return 0

    return Loop(name, tick, clock=runtime.clock, rest_seconds=1.0)


async def test_the_readings_are_bounded_for_many_accounts(
    new_merchant: Callable[[], Awaitable[Merchant]], watched: HttpServer
) -> None:
    merchant = await new_merchant()
    merchant.sql(
        "INSERT INTO accounts (public_id, team_id, email, country, currency, timezone, api_version, created_at)"
        " SELECT 'account_many' || n, 'team' || n, 'many@example.com', 'TH', 'THB', 'Asia/Bangkok', '2019-05-29', now()"
        " FROM generate_series(1, 20000) AS n"
    )
    began = time.monotonic()

    whole = value(watched, "duerun_readings_whole")

    assert whole == 1
    assert time.monotonic() - began < 3
    merchant.sql("DELETE FROM accounts WHERE public_id LIKE 'account_many%%'")
