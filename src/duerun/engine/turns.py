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
# What hangs longer, behind the calls to a gateway, is cut off: its lease ends, and the gateway is asked about it.
SHARE_SECONDS_MAX = 10.0

Job = Callable[[Runtime, Account, datetime], Awaitable[int]]

_log = logger("engine")


class Turns:
    """Calls `job` for the accounts that have `work`; a long list is taken up where the last tick ended.

    A job that asks a gateway has the time of `calls_a_share` calls on top of its share.
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
        self._share_seconds_max = share_seconds_max + calls_a_share * runtime.call_seconds_max()
        self._shares = asyncio.Semaphore(ACCOUNTS_AT_ONCE_MAX)

    async def take(self, now: datetime) -> int:
        """One share of each account; the sum of what the jobs answer. Raises only if every one of them failed."""
        found = await places_with(
            self._runtime, self._work, now, after=self._after, accounts_max=ACCOUNTS_A_TICK_MAX
        )
        self._after = found[-1] if len(found) == ACCOUNTS_A_TICK_MAX else START
        ready = [place for place in found if self._is_served(place)]
        outcomes = await asyncio.gather(*(self._share(place, now) for place in ready), return_exceptions=True)
        failures = [each for each in outcomes if isinstance(each, BaseException)]
        for place, outcome in zip(ready, outcomes, strict=True):
            if isinstance(outcome, Exception):
                _log.error("%s of account %s failed", self._work, place, exc_info=outcome)
        if failures and len(failures) == len(outcomes):
            raise failures[0]
        return sum(each for each in outcomes if isinstance(each, int))

    async def _share(self, place: Place, now: datetime) -> int:
        async with self._shares, asyncio.timeout(self._share_seconds_max):
            account = await account_at(self._runtime, place)
            return await self._job(self._runtime, account, account.now(now)) if account else 0

    def _is_served(self, place: Place) -> bool:
        """Live mode waits, and says so once, until a gateway is configured for it."""
        if not self._needs_gateway or place.livemode in self._runtime.gateways:
            return True
        if place not in self._told:
            self._told.add(place)
            _log.warning("account %s waits: no gateway is configured for live mode", place.account_id)
        return False
