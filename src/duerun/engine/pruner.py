"""The pruner ends what has had its time: authorisations nobody captured, jobs and reports, keys, tokens, deliveries,
months of the log of decisions."""

from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.engine.turns import Turns
from duerun.services import bulk, charges, disclosures, explanations, idempotency, vop_clients, webhooks
from duerun.services.unit import Runtime
from duerun.services.workload import Work

MONTHS_EVERY = timedelta(minutes=10)


class Pruner:
    """A tick takes a bounded batch of each account, and of what belongs to all of them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._months_at: datetime | None = None
        self._charges = Turns(runtime, Work.UNCAPTURED, _expire, needs_gateway=False)
        self._reports = Turns(runtime, Work.REPORTS, bulk.prune, needs_gateway=False)

    async def tick(self, now: datetime) -> int:
        """How many charges, rows of jobs, keys, tokens, deliveries and months were ended or made."""
        forgotten = await idempotency.prune(self._runtime, now) + await webhooks.prune(self._runtime, now)
        forgotten += await vop_clients.prune(self._runtime, now) + await disclosures.prune(self._runtime, now)
        forgotten += await self._charges.take(now) + await self._reports.take(now)
        return forgotten + await self._keep_months(now)

    async def _keep_months(self, now: datetime) -> int:
        """Seldom: a lock on the whole log is tried for, and whoever dumps the database holds it for long."""
        if self._months_at is not None and now < self._months_at + MONTHS_EVERY:
            return 0
        self._months_at = now
        return await explanations.keep_months(self._runtime)


async def _expire(runtime: Runtime, account: Account, now: datetime) -> int:
    async with runtime.unit(account, now) as unit:
        return await charges.expire_uncaptured(unit)
