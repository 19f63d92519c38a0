"""What the loops of this process do, and what it counts, written down for whoever watches them."""

import asyncio
import os
import socket
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from duerun.services import alarms
from duerun.services.alarms import Beat
from duerun.services.tally import LOOP_FAILURES
from duerun.services.unit import Runtime
from duerun.telemetry import logger

BEAT_SECONDS = 2.0
WRITE_SECONDS_MAX = 5.0

_log = logger("engine.heartbeats")


class Watched(Protocol):
    """A loop as it is watched: the start of its last good tick, its failures in a row, and all of them."""

    name: str
    heartbeat: datetime | None
    failures: int
    failed: int


class Heartbeats:
    """Writes every few seconds. While the database is away counts are kept, and go along with the next write."""

    def __init__(self, runtime: Runtime, loops: Sequence[Watched]) -> None:
        self._runtime, self._loops = runtime, loops
        self._process = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._started_at = runtime.clock.now()
        self._told = {loop.name: loop.failed for loop in loops}
        self._is_failing = False

    async def run(self, stop: asyncio.Event) -> None:
        """Write until `stop` is set, and once more then."""
        while not stop.is_set():
            await self.write()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await stop.wait()
        await self.write()

    async def write(self) -> None:
        """Write once; a failure is logged, the first of several in a row."""
        self._count_failures()
        counts = self._runtime.tally.take()
        beats = [Beat(loop.name, loop.heartbeat, loop.failures) for loop in self._loops]
        try:
            async with asyncio.timeout(WRITE_SECONDS_MAX):
                await alarms.beat(
                    self._runtime,
                    self._process,
                    beats,
                    counts,
                    started_at=self._started_at,
                    now=self._runtime.clock.now(),
                )
            self._is_failing = False
        except Exception as error:
            self._runtime.tally.add(counts)
            if not self._is_failing:
                _log.error("heartbeats could not be written", exc_info=error)
            self._is_failing = True

    def _count_failures(self) -> None:
        for loop in self._loops:
            self._runtime.tally.add({(LOOP_FAILURES, loop.name): loop.failed - self._told[loop.name]})
            self._told[loop.name] = loop.failed
