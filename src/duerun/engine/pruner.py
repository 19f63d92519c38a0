"""The pruner ends what has had its time: authorisations nobody captured, jobs and reports, keys, tokens, deliveries,
months of the log of decisions."""

from datetime import datetime

from duerun.domain.accounts import Account
from duerun.engine.turns import Turns
from duerun.services import bulk, charges, disclosures, explanations, idempotency, vop_clients, webhooks
from duerun.services.unit import Runtime
from duerun.services.workload import Work


class Pruner:
    """A tick takes a bounded batch of each account, and of what belongs to all of them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._charges = Turns(runtime, Work.UNCAPTURED, _expire, needs_gateway=False)
        self._reports = Turns(runtime, Work.REPORTS, bulk.prune, needs_gateway=False)

    async def tick(self, now: datetime) -> int:
        """How many charges, rows of jobs, keys, tokens, deliveries and months were ended or made."""
        forgotten = await idempotency.prune(self._runtime, now) + await webhooks.prune(self._runtime, now)
        forgotten += await vop_clients.prune(self._runtime, now) + await disclosures.prune(self._runtime, now)
        forgotten += await self._charges.take(now) + await self._reports.take(now)
        return forgotten + await explanations.keep_months(self._runtime)


async def _expire(runtime: Runtime, account: Account, now: datetime) -> int:
    async with runtime.unit(account, now) as unit:
        return await charges.expire_uncaptured(unit)
