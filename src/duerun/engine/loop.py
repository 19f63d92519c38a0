"""A loop of the engine: a tick again and again, each with a deadline, until it is asked to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from duerun.clock import Clock
from duerun.domain.errors import UnavailableError
from duerun.engine.counter import Counter
from duerun.engine.dispatcher import Dispatcher
from duerun.engine.heartbeats import Heartbeats
from duerun.engine.importer import Importer
from duerun.engine.planner import Planner
from duerun.engine.pruner import Pruner
from duerun.engine.reconciler import REST_SECONDS, Reconciler
from duerun.engine.rescuer import Rescuer
from duerun.engine.runner import Runner
from duerun.engine.verifier import Notifier, Timekeeper, Verifier
from duerun.services.unit import Runtime
from duerun.telemetry import logger

BACK_OFF_SECONDS_MAX = 30.0
# Behind a failure that is over once the database is back: to look for it is cheap.
AWAY_SECONDS_MAX = 3.0
TICK_SECONDS_MAX = 60.0
SLOW_CALLS_A_TICK = 16
# With the seconds until a silent connection is closed and the rest behind a failure, planning goes on within 30 s.
PLANNER_SECONDS_MAX = 8.0

Tick = Callable[[datetime], Awaitable[int]]
Close = Callable[[], Awaitable[None]]

_log = logger("engine")


class Loop:
    """Calls `tick` with the real moment. It rests after a tick that had nothing to do, longer after one that failed.

    An eager loop goes on at once while there is work. `heartbeat` is the start of the last tick that ended well.
    `failures` are those in a row, `failed` all of them. `close` ends what the ticks left behind.
    """

    def __init__(
        self,
        name: str,
        tick: Tick,
        *,
        clock: Clock,
        rest_seconds: float,
        tick_seconds_max: float = TICK_SECONDS_MAX,
        eager: bool = True,
        wakes: Sequence["Loop"] = (),
        close: Close | None = None,
    ) -> None:
        self.name = name
        self.heartbeat: datetime | None = None
        self.failures = self.failed = 0
        self._tick, self._clock = tick, clock
        self._rest_seconds, self._tick_seconds_max = rest_seconds, tick_seconds_max
        self._eager, self._wakes, self._close = eager, wakes, close
        self._back_off_seconds_max = BACK_OFF_SECONDS_MAX
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Cut the present rest short."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until `stop` is set; a tick that is under way then is finished."""
        waker = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                count = await self._tick_once()
                for other in self._wakes if count else ():
                    other.wake()
                if stop.is_set() or not (count and self._eager):
                    await self._rest(stop)
        finally:
            waker.cancel()
            if self._close is not None:
                await self._close()

    async def _tick_once(self) -> int:
        now = self._clock.now()
        try:
            async with asyncio.timeout(self._tick_seconds_max):
                count = await self._tick(now)
        except Exception as error:
            self.failures += 1
            self.failed += 1
            is_away = isinstance(error, UnavailableError)
            self._back_off_seconds_max = AWAY_SECONDS_MAX if is_away else BACK_OFF_SECONDS_MAX
            _log.error("%s failed %d times in a row", self.name, self.failures, exc_info=error)
            return 0
        self.failures = 0
        self.heartbeat = now
        return count

    async def _rest(self, stop: asyncio.Event) -> None:
        seconds = self._rest_seconds
        if self.failures:
            seconds = max(seconds, min(seconds * 2 ** min(self.failures, 10), self._back_off_seconds_max))
        if not stop.is_set():
            await _wait(self._woken, seconds)

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def build_loops(runtime: Runtime) -> list[Loop]:
    """All loops of the engine over one runtime."""
    clock = runtime.clock
    dispatcher = Dispatcher(runtime)
    # Some waves of accounts whose gateway needs all the time it may take.
    patience = TICK_SECONDS_MAX + SLOW_CALLS_A_TICK * runtime.call_seconds_max()
    payer, asker = Runner(runtime), Rescuer(runtime)
    runner = Loop(
        "runner", payer.tick, clock=clock, rest_seconds=1.0, tick_seconds_max=patience, close=payer.close
    )
    rescuer = Loop(
        "rescuer",
        asker.tick,
        clock=clock,
        rest_seconds=1.0,
        tick_seconds_max=patience,
        wakes=[runner],
        eager=False,
        close=asker.close,
    )
    importer = Loop("importer", Importer(runtime).tick, clock=clock, rest_seconds=0.2, wakes=[runner])
    runtime.file_came.listen(importer.wake)
    return [
        runner,
        importer,
        Loop(
            "planner",
            Planner(runtime).tick,
            clock=clock,
            rest_seconds=5.0,
            tick_seconds_max=PLANNER_SECONDS_MAX,
            wakes=[runner],
            eager=False,
        ),
        rescuer,
        Loop(
            "dispatcher",
            dispatcher.tick,
            clock=clock,
            rest_seconds=0.5,
            eager=False,
            close=dispatcher.close,
        ),
        Loop("pruner", Pruner(runtime).tick, clock=clock, rest_seconds=30.0, eager=False),
        Loop("counter", Counter(runtime).tick, clock=clock, rest_seconds=3.0, eager=False),
        Loop("reconciler", Reconciler(runtime).tick, clock=clock, rest_seconds=REST_SECONDS, eager=False),
        *build_vop_loops(runtime),
    ]


def build_vop_loops(runtime: Runtime) -> list[Loop]:
    """The loops of checks of payees."""
    clock = runtime.clock
    verifier = Verifier(runtime, only_small=runtime.payees.policy.processes > 0)
    notifier = Loop("notifier", Notifier(runtime).tick, clock=clock, rest_seconds=0.5)
    return [
        notifier,
        Loop("verifier", verifier.tick, clock=clock, rest_seconds=0.1),
        Loop("timekeeper", Timekeeper(runtime).tick, clock=clock, rest_seconds=1.0, wakes=[notifier]),
    ]


async def run_all(runtime: Runtime, stop: asyncio.Event, loops: Sequence[Loop] | None = None) -> None:
    """Run all loops, or some, until `stop` is set and their last ticks have ended; what they do is written down."""
    chosen = build_loops(runtime) if loops is None else loops
    heartbeats = Heartbeats(runtime, chosen)
    async with asyncio.TaskGroup() as group:
        for loop in chosen:
            group.create_task(loop.run(stop), name=loop.name)
        group.create_task(heartbeats.run(stop), name="heartbeats")
    await heartbeats.write()
