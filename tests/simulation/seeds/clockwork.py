"""Who goes on, and when: fibres that park at named points, drawn by one seed; time that passes only when it is told to.

Between two points exactly one fibre runs, and its statements are waited for before anybody else goes on. So one seed
gives one history, although the database is a real one.
"""

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple, Unpack

CANCELS_MAX = 50

Arguments = TypeVarTuple("Arguments")


@dataclass(eq=False)
class Process:
    """What dies, is frozen, and has a clock of its own: `skew_seconds` beside the true time."""

    name: str
    skew_seconds: float = 0.0
    frozen_until: float = 0.0
    is_dead: bool = False
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        return any(not task.done() for task in self.tasks)


PROCESS: ContextVar[Process] = ContextVar("process")


@dataclass(eq=False)
class Parked:
    """A fibre at a point, or a time limit of it that waits to strike (`strike`)."""

    process: Process
    where: str
    wake: "asyncio.Future[None] | None"
    not_before: float
    strike: Callable[[], object] | None = None
    fault: Exception | None = None


class StillLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the simulation's; its time limits strike when the schedule says so."""

    def __init__(self) -> None:
        super().__init__()
        self.works: Clockwork | None = None

    def time(self) -> float:
        return self.works.seconds if self.works is not None else super().time()

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        if self.works is None:
            return super().call_at(when, callback, *args, context=context)
        return self.works.limit(asyncio.TimerHandle(when, callback, args, self, context), context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing is counted: a limit that was taken back is left out when it is looked for."""

    def turn(self) -> None:
        """Run until every task waits."""
        while True:
            self.call_soon(self.stop)
            self.run_forever()
            if not self._ready:  # type: ignore[attr-defined]
                return


class Clockwork:
    """The seed, the time and the fibres of one history. `trace` is what happened, line by line."""

    def __init__(self, loop: StillLoop, seed: str, began_at: datetime) -> None:
        self.loop, self.began_at = loop, began_at
        self.dice = random.Random(seed)  # noqa: S311 - a seeded history
        self.seconds = 0.0
        self.database_skew_seconds = 0.0
        self.is_calm = True
        self.trace: list[str] = []
        self.errors: list[BaseException] = []
        self.steps = 0
        self._parked: list[Parked] = []
        self._limits: list[tuple[Process, asyncio.TimerHandle]] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self.settle_locks: Callable[[], None] = lambda: None

    # Time

    @property
    def now(self) -> datetime:
        """The true moment."""
        return self.began_at + timedelta(seconds=self.seconds)

    @property
    def database_now(self) -> datetime:
        return self.now + timedelta(seconds=self.database_skew_seconds)

    def wall(self, process: Process) -> datetime:
        """What a process reads on its clock."""
        return self.now + timedelta(seconds=process.skew_seconds)

    def at(self, seconds: float, event: Callable[[], None]) -> None:
        """Let something outside of our processes happen once that much time has passed since the start."""
        heapq.heappush(self._events, (seconds, next(self._numbers), event))

    def advance(self, seconds: float) -> None:
        """Let time pass; what others do meanwhile happens in its order."""
        until = self.seconds + max(seconds, 0.0)
        while self._events and self._events[0][0] <= until:
            self.seconds, _, event = heapq.heappop(self._events)
            event()
        self.seconds = until

    def advance_to(self, moment: datetime) -> None:
        self.advance((moment - self.now).total_seconds())

    def limit(self, handle: asyncio.TimerHandle, context: Context | None) -> asyncio.TimerHandle:
        """Keep a time limit of the process that sets it."""
        process = (context or copy_context()).get(PROCESS)
        if process is not None:
            self._limits.append((process, handle))
        return handle

    # Fibres

    def spawn(self, process: Process, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a fibre of a process and let it come to its first point."""
        context = copy_context()
        context.run(PROCESS.set, process)
        task = self.loop.create_task(work, name=name, context=context)
        task.add_done_callback(self._note_end)
        process.tasks = [each for each in process.tasks if not each.done()] + [task]
        self._turn()
        return task

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.errors.append(error)

    def _turn(self) -> None:
        self.loop.turn()
        self.settle_locks()

    async def point(self, where: str, chance: float) -> None:
        """Here another fibre may go on, and this one may die."""
        process = PROCESS.get()
        if process.is_dead:
            raise asyncio.CancelledError
        if not self.is_calm and self.dice.random() < chance:
            await self._park(process, where, 0.0)

    async def sleep_until(self, seconds: float, where: str) -> None:
        """Wait for a moment of the simulation's time; a point as well."""
        if not self.is_calm or seconds > self.seconds:
            await self._park(PROCESS.get(), where, seconds)

    async def _park(self, process: Process, where: str, not_before: float) -> None:
        wake: asyncio.Future[None] = self.loop.create_future()
        parked = Parked(process, where, wake, not_before)
        self._parked.append(parked)
        try:
            await wake
        finally:
            if parked in self._parked:
                self._parked.remove(parked)
        if parked.fault is not None:
            raise parked.fault

    def ready(self) -> list[Parked]:
        """The fibres that may go on, in the order in which they came; behind them the limits that may strike."""
        self._limits = [each for each in self._limits if not (each[1].cancelled() or each[0].is_dead)]
        limits = [
            Parked(process, "limit", None, handle.when(), strike=self._striking(handle))
            for process, handle in self._limits
        ]
        return [
            each
            for each in (*self._parked, *limits)
            if each.not_before <= self.seconds and each.process.frozen_until <= self.seconds
        ]

    def _striking(self, handle: asyncio.TimerHandle) -> Callable[[], object]:
        def strike() -> None:
            self._limits = [each for each in self._limits if each[1] is not handle]
            self.loop.call_soon(handle._run)

        return strike

    def next_wake(self) -> float | None:
        """When the next fibre may go on, in seconds since the start."""
        moments = [max(each.not_before, each.process.frozen_until) for each in self._parked]
        return min(moments, default=None)

    def step(self, parked: Parked, fault: Exception | None = None) -> None:
        """Let one fibre go on to its next point, or its time limit strike."""
        self.steps += 1
        self.tell(f"{parked.process.name} {'breaks' if fault else 'goes on'} at {parked.where}")
        if parked.strike is not None:
            parked.strike()
        elif parked.wake is not None:
            self._parked.remove(parked)
            parked.fault = fault
            parked.wake.set_result(None)
        self._turn()

    def kill(self, process: Process) -> None:
        """End a process: whatever it had open is rolled back, and it reaches nothing any more."""
        self.tell(f"{process.name} dies")
        process.is_dead = True
        for _ in range(CANCELS_MAX):
            if not process.is_busy:
                return
            for task in process.tasks:
                task.cancel()
            self._turn()
        raise RuntimeError(f"{process.name} does not die")

    def tell(self, line: str) -> None:
        self.trace.append(f"{self.seconds:12.3f} {line}")
