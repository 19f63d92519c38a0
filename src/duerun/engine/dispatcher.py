"""The dispatcher delivers events: each account has a lane of its own, so that a dead receiver slows nobody else."""

import asyncio
from datetime import datetime

from duerun.services import webhooks
from duerun.services.unit import Runtime
from duerun.services.workload import START, Place, Work, account_at, places_with
from duerun.telemetry import logger

LANES_MAX = 32
TURN_SECONDS = 10.0
CLOSE_SECONDS_MAX = 3.0

_log = logger("engine.dispatcher")


class Dispatcher:
    """A tick opens lanes for accounts with due deliveries and waits for none of them.

    A lane goes on while every delivery arrives, for one turn at most; after a failure others get its place first.
    """

    def __init__(self, runtime: Runtime, *, lanes_max: int = LANES_MAX) -> None:
        self._runtime, self._lanes_max = runtime, lanes_max
        self._lanes: dict[Place, asyncio.Task[None]] = {}
        self._after = START

    async def tick(self, now: datetime) -> int:
        """How many lanes were opened."""
        free = self._lanes_max - len(self._lanes)
        if free <= 0:
            return 0
        found = await places_with(
            self._runtime, Work.DELIVERIES, now, after=self._after, accounts_max=self._lanes_max
        )
        waiting = [place for place in found if place not in self._lanes]
        fresh = waiting[:free]
        for place in fresh:
            self._lanes[place] = asyncio.create_task(self._run(place, now))
        if len(waiting) > free:
            self._after = fresh[-1]
        else:
            self._after = found[-1] if len(found) == self._lanes_max else START
        return len(fresh)

    @property
    def lanes(self) -> int:
        """How many lanes are open."""
        return len(self._lanes)

    async def drain(self, seconds_max: float) -> None:
        """Wait for the lanes that are open."""
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()), timeout=seconds_max)

    async def close(self, seconds_max: float = CLOSE_SECONDS_MAX) -> None:
        """Wait a while for what is under way, then end it; what was cut off is tried again after its lease."""
        await self.drain(seconds_max)
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        await self._runtime.webhooks.sender.close()

    async def _run(self, place: Place, now: datetime) -> None:
        try:
            await self._deliver(place, now)
        except Exception as error:
            _log.error("the deliveries of account %s failed", place, exc_info=error)
        finally:
            del self._lanes[place]

    async def _deliver(self, place: Place, now: datetime) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + TURN_SECONDS
        while loop.time() < end:
            account = await account_at(self._runtime, place)
            if account is None:
                return
            batch = await webhooks.deliver(self._runtime, account, now)
            if not batch.count or not batch.all_arrived:
                return
