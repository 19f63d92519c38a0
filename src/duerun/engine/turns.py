"""Turns: each account that has work gets its share, and the trouble of one is nobody else's."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.services.unit import Runtime
from duerun.services.workload import START, Place, Work, account_at, places_with
from duerun.telemetry import logger

ACCOUNTS_A_TICK_MAX = 200
ACCOUNTS_AT_ONCE_MAX = 4
# One batch waits at the processor while another is claimed or settled: more would only wait for its places.
ACCOUNTS_AT_A_PROCESSOR_MAX = 2
LANES_MAX = 32
LANE_SECONDS_MAX = 10.0
CLOSE_SECONDS_MAX = 3.0
LOAD_SECONDS_MAX = 10.0
# What hangs longer, behind the calls to a gateway, is cut off: its lease ends, and the gateway is asked about it.
SHARE_SECONDS_MAX = 10.0

Job = Callable[[Runtime, Account, datetime], Awaitable[int]]

_log = logger("engine")


class Turns:
    """Calls `job` for the accounts that have `work`; a long list is taken up where the last tick ended.

    A job that asks a gateway has the time of `calls_a_share` calls on top of its share. An account with a processor of
    its own has a lane of its own, which no tick waits for: a slow one holds up nobody else.
    """

    def __init__(
        self,
        runtime: Runtime,
        work: Work,
        job: Job,
        *,
        needs_gateway: bool = True,
        calls_a_share: int = 0,
        share_seconds_max: float = SHARE_SECONDS_MAX,
    ) -> None:
        self._runtime, self._work, self._job = runtime, work, job
        self._needs_gateway = needs_gateway
        self._after = START
        self._told: set[Place] = set()
        self._tick = 0
        self._served: dict[Place, int] = {}
        self._share_seconds_max, self._calls_a_share = share_seconds_max, calls_a_share
        is_outside = needs_gateway and any(each.declared.is_outside for each in runtime.gateways.values())
        self._shares = asyncio.Semaphore(ACCOUNTS_AT_A_PROCESSOR_MAX if is_outside else ACCOUNTS_AT_ONCE_MAX)
        self._lanes: dict[Place, asyncio.Task[None]] = {}

    async def take(self, now: datetime) -> int:
        """One share of each account; the sum of what the jobs answer. Raises only if every one of them failed."""
        found = await places_with(
            self._runtime, self._work, now, after=self._after, accounts_max=ACCOUNTS_A_TICK_MAX
        )
        self._after = found[-1] if len(found) == ACCOUNTS_A_TICK_MAX else START
        self._tick += 1
        self._served = {place: self._served.get(place, 0) for place in found}
        # Whose processor rested when his turn came is the first one when it takes something again.
        ready = sorted((place for place in found if place not in self._lanes), key=self._served.__getitem__)
        outcomes = await asyncio.gather(*(self._share(place, now) for place in ready), return_exceptions=True)
        failures = [each for each in outcomes if isinstance(each, BaseException)]
        for place, outcome in zip(ready, outcomes, strict=True):
            if isinstance(outcome, Exception):
                self._tell(place, outcome)
        if failures and len(failures) == len(outcomes):
            raise failures[0]
        return sum(each for each in outcomes if isinstance(each, int))

    async def close(self) -> None:
        """Wait a while for the lanes that are open, then cut them off."""
        lanes = list(self._lanes.values())
        if lanes:
            await asyncio.wait(lanes, timeout=CLOSE_SECONDS_MAX)
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _share(self, place: Place, now: datetime) -> int:
        async with self._shares:
            async with asyncio.timeout(LOAD_SECONDS_MAX):
                account = await account_at(self._runtime, place)
            if account is None or not self._is_served(place, account):
                return 0
            if self._needs_gateway and account.gateway is not None:
                if len(self._lanes) < LANES_MAX:
                    self._lanes[place] = asyncio.create_task(self._lane(place, account))
                return 0
            if not self._rests(account):
                self._served[place] = self._tick
            return await self._run(account, now)

    async def _run(self, account: Account, now: datetime) -> int:
        if self._rests(account):
            return 0
        calls = self._calls_a_share * self._call_seconds_max(account)
        async with asyncio.timeout(self._share_seconds_max + calls):
            return await self._job(self._runtime, account, account.now(now))

    def _rests(self, account: Account) -> bool:
        return self._needs_gateway and self._runtime.gateway_rests(account)

    def _call_seconds_max(self, account: Account) -> float:
        if not (self._calls_a_share and self._runtime.has_gateway(account)):
            return 0.0
        own = self._runtime.gateway(account).declared.call_seconds_max
        return max(own, self._runtime.call_seconds_max())

    async def _lane(self, place: Place, account: Account) -> None:
        """The work of one account as long as there is some, for a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LANE_SECONDS_MAX
        try:
            while await self._run(account, self._runtime.clock.now()) and loop.time() < end:
                fresh = await account_at(self._runtime, place)
                if fresh is None or fresh.gateway is None or self._runtime.stopping.is_set():
                    return
                account = fresh
        except Exception as error:
            self._tell(place, error)
        finally:
            del self._lanes[place]

    def _tell(self, place: Place, error: Exception) -> None:
        _log.error("%s of account %s failed", self._work, place, exc_info=error)

    def _is_served(self, place: Place, account: Account) -> bool:
        """Live mode waits, and says so once, until a gateway is configured for it."""
        if not self._needs_gateway or self._runtime.has_gateway(account):
            return True
        if place not in self._told:
            self._told.add(place)
            _log.warning("account %s waits: no gateway is configured for live mode", place.account_id)
        return False
