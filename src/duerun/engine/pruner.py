"""The pruner ends what has had its time: authorisations nobody captured, jobs and reports past their retention."""

from datetime import datetime

from duerun.domain.accounts import Account
from duerun.engine.turns import Turns
from duerun.services import bulk, charges
from duerun.services.unit import Runtime
from duerun.services.workload import Work


class Pruner:
    """A tick takes a bounded batch of each account."""

    def __init__(self, runtime: Runtime) -> None:
        self._charges = Turns(runtime, Work.UNCAPTURED, _expire, needs_gateway=False)
        self._reports = Turns(runtime, Work.REPORTS, bulk.prune, needs_gateway=False)

    async def tick(self, now: datetime) -> int:
        """How many charges and jobs were ended."""
        return await self._charges.take(now) + await self._reports.take(now)


async def _expire(runtime: Runtime, account: Account, now: datetime) -> int:
    async with runtime.unit(account, now) as unit:
        return await charges.expire_uncaptured(unit)
