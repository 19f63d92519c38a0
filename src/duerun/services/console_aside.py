"""What takes a while for large accounts is worked out beside the requests: once, however many ask for it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

# How long a page waits before it is shown without; and how long the part of it that asks for the rest.
PAGE_WAIT_SECONDS = 0.06
PART_WAIT_SECONDS = 10.0
RESULTS_KEPT_MAX = 200
RUNNING_MAX = 2
# What was quick is worked out anew each time, what was slow is kept for so many times as long as it took.
QUICK_SECONDS = 0.1
KEPT_FACTOR = 20.0

Result = TypeVar("Result")


@dataclass(slots=True)
class _Entry:
    task: asyncio.Task[Any]
    fresh_until: float | None = None


@dataclass(slots=True)
class Aside:
    """Results by a key that names everything they depend on: account, mode, clock and question."""

    kept: OrderedDict[Hashable, _Entry] = field(default_factory=OrderedDict)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(RUNNING_MAX))

    async def get(
        self, key: Hashable, make: Callable[[], Awaitable[Result]], *, wait_seconds: float
    ) -> Result | None:
        """What `make` returns or raises, None while it is at work for longer than `wait_seconds`."""
        entry = self.kept.get(key)
        if entry is None or (entry.fresh_until is not None and time.monotonic() >= entry.fresh_until):
            entry = self.kept[key] = _Entry(asyncio.create_task(self._run(key, make)))
            entry.task.add_done_callback(_seen)
        self.kept.move_to_end(key)
        self._forget_oldest()
        done, _ = await asyncio.wait([entry.task], timeout=wait_seconds)
        if not done:
            return None
        result: Result = entry.task.result()
        return result

    async def _run(self, key: Hashable, make: Callable[[], Awaitable[Result]]) -> Result:
        took = 0.0
        try:
            async with self.gate:
                began = time.monotonic()
                result = await make()
                took = time.monotonic() - began
                return result
        finally:
            entry = self.kept.get(key)
            if entry is not None and entry.task is asyncio.current_task():
                entry.fresh_until = time.monotonic() + (took * KEPT_FACTOR if took > QUICK_SECONDS else 0.0)

    def _forget_oldest(self) -> None:
        done = [key for key, entry in self.kept.items() if entry.task.done()]
        for key in done[: max(0, len(self.kept) - RESULTS_KEPT_MAX)]:
            del self.kept[key]


def _seen(task: asyncio.Task[Any]) -> None:
    """A failure is told to whoever asks next; if nobody does, it is none of the event loop's business."""
    if not task.cancelled():
        task.exception()
