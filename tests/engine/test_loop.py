"""A loop goes on, whatever a tick does, and ends when it is asked to."""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from duerun.clock import SystemClock
from duerun.domain.errors import UnavailableError
from duerun.engine import loop as loop_module
from duerun.engine.loop import Loop, run_all
from duerun.services.unit import Runtime

LONG_SECONDS = 60.0
SOON_SECONDS = 5.0


def loop_of(
    tick: Callable[[datetime], Awaitable[int]],
    *,
    rest_seconds: float = LONG_SECONDS,
    tick_seconds_max: float = SOON_SECONDS,
    eager: bool = True,
) -> Loop:
    return Loop(
        "tested",
        tick,
        clock=SystemClock(),
        rest_seconds=rest_seconds,
        tick_seconds_max=tick_seconds_max,
        eager=eager,
    )


async def run_until_stopped(loop: Loop, stop: asyncio.Event) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        await loop.run(stop)


async def test_a_loop_goes_on_at_once_while_there_is_work() -> None:
    stop, counts = asyncio.Event(), iter([3, 2, 1])

    async def tick(now: datetime) -> int:
        if (count := next(counts)) == 1:
            stop.set()
        return count

    await run_until_stopped(loop_of(tick), stop)

    assert next(counts, None) is None


async def test_a_loop_that_is_not_eager_rests_after_each_tick() -> None:
    stop, moments = asyncio.Event(), []

    async def tick(now: datetime) -> int:
        moments.append(time.monotonic())
        if len(moments) == 3:
            stop.set()
        return 1

    await run_until_stopped(loop_of(tick, rest_seconds=0.05, eager=False), stop)

    assert moments[2] - moments[0] >= 0.1


async def test_a_resting_loop_stops_at_once() -> None:
    stop, ticked = asyncio.Event(), asyncio.Event()

    async def tick(now: datetime) -> int:
        ticked.set()
        return 0

    running = asyncio.create_task(loop_of(tick).run(stop))
    await ticked.wait()
    stop.set()

    async with asyncio.timeout(1):
        await running


async def test_a_tick_under_way_is_finished_before_the_loop_ends() -> None:
    stop, begun, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def tick(now: datetime) -> int:
        begun.set()
        await asyncio.sleep(0.1)
        finished.set()
        return 0

    running = asyncio.create_task(loop_of(tick).run(stop))
    await begun.wait()
    stop.set()
    await running

    assert finished.is_set()


async def test_a_loop_survives_errors_and_rests_longer_each_time(caplog: pytest.LogCaptureFixture) -> None:
    stop, moments = asyncio.Event(), []

    async def tick(now: datetime) -> int:
        moments.append(time.monotonic())
        if len(moments) < 4:
            raise ConnectionError("the database is away")
        stop.set()
        return 0

    loop = loop_of(tick, rest_seconds=0.01)
    with caplog.at_level(logging.ERROR, logger="duerun"):
        await run_until_stopped(loop, stop)

    rests = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert rests[0] >= 0.02
    assert rests[1] >= 0.04
    assert rests[2] >= 0.08
    assert "the database is away" in caplog.text
    assert loop.failures == 0


@pytest.mark.parametrize(("error", "longest"), [(UnavailableError(), 3.0), (ValueError(), 30.0)])
async def test_a_loop_looks_for_a_database_that_is_away_every_few_seconds(
    error: Exception, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, rests = asyncio.Event(), list[float]()

    async def tick(now: datetime) -> int:
        raise error

    async def wait(event: asyncio.Event, seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 12:
            stop.set()

    monkeypatch.setattr(loop_module, "_wait", wait)
    await run_until_stopped(loop_of(tick, rest_seconds=0.5), stop)

    assert rests[:2] == [1.0, 2.0]
    assert max(rests) == longest


async def test_a_tick_past_its_deadline_is_given_up_and_the_loop_goes_on() -> None:
    stop, count = asyncio.Event(), 0

    async def tick(now: datetime) -> int:
        nonlocal count
        count += 1
        if count == 1:
            await asyncio.sleep(LONG_SECONDS)
        stop.set()
        return 0

    await run_until_stopped(loop_of(tick, rest_seconds=0.01, tick_seconds_max=0.05), stop)

    assert count == 2


async def test_a_wake_cuts_the_rest_short() -> None:
    stop, ticks = asyncio.Event(), 0
    rested = asyncio.Event()

    async def tick(now: datetime) -> int:
        nonlocal ticks
        ticks += 1
        rested.set()
        if ticks == 2:
            stop.set()
        return 0

    loop = loop_of(tick)
    running = asyncio.create_task(run_until_stopped(loop, stop))
    await rested.wait()
    loop.wake()
    await running

    assert ticks == 2


async def test_work_of_one_loop_wakes_another() -> None:
    stop, woken = asyncio.Event(), asyncio.Event()
    first_rest = asyncio.Event()

    async def follow(now: datetime) -> int:
        if first_rest.is_set():
            woken.set()
        first_rest.set()
        return 0

    async def lead(now: datetime) -> int:
        await first_rest.wait()
        return 1

    follower = loop_of(follow)
    leader = Loop(
        "leader", lead, clock=SystemClock(), rest_seconds=LONG_SECONDS, eager=False, wakes=[follower]
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(follower.run(stop))
        group.create_task(leader.run(stop))
        async with asyncio.timeout(SOON_SECONDS):
            await woken.wait()
        stop.set()


async def test_the_heartbeat_is_the_start_of_the_last_good_tick() -> None:
    stop, moments = asyncio.Event(), []

    async def tick(now: datetime) -> int:
        moments.append(now)
        stop.set()
        return 0

    loop = loop_of(tick)
    assert loop.heartbeat is None
    await run_until_stopped(loop, stop)

    assert loop.heartbeat == moments[0]


async def test_all_loops_of_the_engine_start_and_stop(engine_runtime: Runtime) -> None:
    stop = asyncio.Event()

    running = asyncio.create_task(run_all(engine_runtime, stop))
    await asyncio.sleep(0.3)
    stop.set()

    async with asyncio.timeout(SOON_SECONDS):
        await running
