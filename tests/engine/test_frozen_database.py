"""A connection to the database that stands still: nothing waits for it for good. Incident M4."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from duerun.assembly import build_runtime, close
from duerun.clock import SystemClock
from duerun.domain.errors import UnavailableError
from duerun.engine import loop as loops
from duerun.engine.loop import Loop, build_loops
from duerun.engine.planner import Planner
from duerun.services import planning
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import database
from duerun.storage.database import Database
from proxy import Proxy, in_front_of

from .conftest import Merchant

SOON_SECONDS = 60.0
CANCEL_SECONDS_MAX = 10.0


@pytest.fixture
def link(engine_dsn: str) -> Iterator[tuple[Proxy, str]]:
    proxy, dsn = in_front_of(engine_dsn)
    with proxy:
        yield proxy, dsn


@pytest.fixture
async def far_runtime(link: tuple[Proxy, str]) -> AsyncIterator[Runtime]:
    """A runtime whose database is behind the proxy."""
    built = build_runtime(Settings(database_connections_max=4), link[1])
    await built.database.open()
    yield built
    await close(built)


async def test_planning_goes_on_when_all_open_connections_are_frozen(
    far_runtime: Runtime, link: tuple[Proxy, str], merchant: Merchant
) -> None:
    schedule = await merchant.schedule()
    merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", schedule.id)
    planner, planned = Planner(far_runtime), asyncio.Event()

    async def tick(now: datetime) -> int:
        count = await planner.tick(now)
        planned.set()
        return count

    loop = Loop(
        "planner",
        tick,
        clock=SystemClock(),
        rest_seconds=0.2,
        tick_seconds_max=1.0,
        eager=False,
    )
    stop = asyncio.Event()
    frozen = link[0].freeze()
    running = asyncio.create_task(loop.run(stop))
    async with asyncio.timeout(SOON_SECONDS):
        await planned.wait()
        stop.set()
        await running

    assert frozen >= 2
    assert loop.failed >= 1
    assert len(merchant.occurrences(schedule.id)) == 1


async def test_a_planner_that_is_held_up_tries_again_within_30_seconds(far_runtime: Runtime) -> None:
    [planner] = [each for each in build_loops(far_runtime) if each.name == "planner"]
    rest_seconds = planner._rest_seconds * 2

    assert planner._tick_seconds_max == loops.PLANNER_SECONDS_MAX
    assert planner._tick_seconds_max + CANCEL_SECONDS_MAX + rest_seconds <= 30


async def test_planning_goes_on_beside_a_frozen_server_process_that_holds_locks(
    engine_dsn: str, engine_runtime: Runtime, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "ACCOUNT_SECONDS_MAX", 1.0)
    held, free = await merchant.schedule(), await merchant.schedule()
    for each in (held, free):
        merchant.sql("DELETE FROM occurrences WHERE schedule_id = %s", each.id)
    with psycopg.connect(engine_dsn) as frozen:
        frozen.execute("SELECT FROM schedules WHERE id = %s FOR UPDATE", (held.id,))
        process_id = frozen.info.backend_pid
        os.kill(process_id, signal.SIGSTOP)
        try:
            await Planner(engine_runtime).tick(datetime.now(UTC))
        finally:
            os.kill(process_id, signal.SIGCONT)

    assert len(merchant.occurrences(free.id)) == 1
    assert merchant.occurrences(held.id) == []


async def test_a_page_that_takes_too_long_is_halved_and_grows_again(
    engine_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []

    async def slow(*_: object, schedules_max: int, **__: object) -> planning.PlannedPage:
        pages.append(schedules_max)
        if schedules_max > 5:
            raise UnavailableError
        return planning.PlannedPage(0, "")

    monkeypatch.setattr("duerun.engine.planner.plan_page", slow)
    planner = Planner(engine_runtime, schedules_a_tick=20)
    for _ in range(4):
        try:
            await planner.tick(datetime.now(UTC))
        except UnavailableError:
            continue

    assert pages == [20, 10, 5, 10]


async def test_a_statement_on_a_silent_connection_is_given_up(
    link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody above has a deadline, and the pool goes on with another connection."""
    monkeypatch.setattr(database, "SILENT_SECONDS_MAX", 0.5)
    far = Database(link[1], connections_max=4)
    await far.open()

    async def ask() -> None:
        async with far.connection() as connection:
            await connection.execute("SELECT 1")

    link[0].freeze()
    refused = 0
    async with asyncio.timeout(SOON_SECONDS):
        for _ in range(4):
            try:
                await ask()
            except UnavailableError:
                refused += 1
        await ask()
        await far.close()

    assert refused == 1, "what else was frozen is not tried"


def test_a_link_has_limits_and_what_the_connection_string_says_goes_before() -> None:
    limits = database._link_limits("postgresql://127.0.0.1/duerun?tcp_user_timeout=1000")

    assert "tcp_user_timeout" not in limits
    assert limits["connect_timeout"] == 5
    assert limits["keepalives_idle"] + limits["keepalives_interval"] * limits["keepalives_count"] <= 30
