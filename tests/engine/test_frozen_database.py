"""A connection to the database that stands still: nothing waits for it for good. Incident M4."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
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
from duerun.storage import database, silence
from duerun.storage.database import Database
from proxy import Proxy, in_front_of

from .conftest import Merchant

SOON_SECONDS = 60.0
CANCEL_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.2
WORK_SECONDS = 2.0
SLOW_SECONDS = 0.3


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


@asynccontextmanager
async def far_database(dsn: str, connections_max: int = 4) -> AsyncIterator[Database]:
    database = Database(dsn, connections_max=connections_max)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def count(database: Database, text: str) -> object:
    async with database.connection() as connection:
        row = await (await connection.execute(text.encode())).fetchone()
        return row and row["count"]


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


async def test_a_link_that_swallows_what_is_asked_is_cut_off_long_before_the_deadline(
    link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "LOOK_AFTER_SECONDS", LOOK_SECONDS)
    async with far_database(link[1]) as far, asyncio.timeout(SOON_SECONDS / 2):
        link[0].freeze()
        with pytest.raises(UnavailableError):
            await count(far, "CREATE TABLE swallowed ()")
        assert await count(far, "SELECT count(*) FROM pg_class WHERE relname = 'swallowed'") == 0


async def test_a_link_that_swallows_an_answer_is_cut_off_once_the_server_is_done(
    link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "LOOK_AFTER_SECONDS", LOOK_SECONDS)
    async with far_database(link[1]) as far, asyncio.timeout(SOON_SECONDS / 2):
        asking = asyncio.create_task(count(far, f"SELECT count(pg_sleep({WORK_SECONDS}))"))
        await asyncio.sleep(WORK_SECONDS / 2)
        link[0].freeze()
        with pytest.raises(UnavailableError):
            await asking


async def copy_frozen(database: Database, proxy: Proxy) -> None:
    async with database.connection() as connection:
        await connection.execute("CREATE TEMP TABLE copied (number integer)")
        async with connection.cursor().copy("COPY copied FROM STDIN") as copy:
            proxy.freeze()
            await copy.write(b"1\n")


async def test_a_copy_whose_rows_were_lost_is_cut_off(
    link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "LOOK_AFTER_SECONDS", LOOK_SECONDS)
    async with far_database(link[1]) as far, asyncio.timeout(SOON_SECONDS / 2):
        with pytest.raises(UnavailableError):
            await copy_frozen(far, link[0])


async def test_an_answer_that_comes_slowly_is_not_cut_off(
    engine_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is done long before, and waits for us."""
    monkeypatch.setattr(silence, "LOOK_AFTER_SECONDS", LOOK_SECONDS)
    monkeypatch.setattr(silence, "LOOK_AGAIN_SECONDS_MAX", LOOK_SECONDS / 4)
    monkeypatch.setattr(silence, "ON_ITS_WAY_SECONDS", 1.5 * SLOW_SECONDS)
    proxy, dsn = in_front_of(engine_dsn, slow_seconds=SLOW_SECONDS)
    with proxy:
        async with far_database(dsn) as far, far.connection() as connection:
            row = await (await connection.execute("SELECT repeat('x', 1000000) AS text")).fetchone()

    assert row is not None
    assert len(row["text"]) == 1_000_000


async def test_a_server_that_works_for_long_is_waited_for(
    link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that waits for somebody's lock, and more of them than are looked after at once."""
    monkeypatch.setattr(silence, "LOOK_AFTER_SECONDS", LOOK_SECONDS)
    monkeypatch.setattr(silence, "LOOK_AGAIN_SECONDS_MAX", LOOK_SECONDS)
    async with far_database(link[1], connections_max=8) as far:
        works = [count(far, f"SELECT count(pg_sleep({WORK_SECONDS}))") for _ in range(6)]
        async with far.transaction() as holder:
            await holder.execute("SELECT pg_advisory_xact_lock(471)")
            waiting = asyncio.create_task(count(far, "SELECT count(pg_advisory_xact_lock(471))"))
            assert await asyncio.gather(*works) == [1] * 6
            assert not waiting.done()
        assert await waiting == 1


def test_a_link_has_limits_and_what_the_connection_string_says_goes_before() -> None:
    limits = database._link_limits("postgresql://127.0.0.1/duerun?tcp_user_timeout=1000")

    assert "tcp_user_timeout" not in limits
    assert limits["connect_timeout"] == 5
    assert limits["keepalives_idle"] + limits["keepalives_interval"] * limits["keepalives_count"] <= 30
