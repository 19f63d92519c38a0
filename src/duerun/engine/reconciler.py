"""The reconciler compares the ledgers of gateways with ours, a round of bounded pages at a time."""

from datetime import datetime

from duerun.services import freezing, reconciliation
from duerun.services.unit import Runtime

REST_SECONDS = 60.0


class Reconciler:
    """A tick is one round over all gateways."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def tick(self, now: datetime) -> int:
        """How many findings are new. A restored database knows too little of its own payments to judge."""
        hold = await freezing.read(self._runtime)
        if hold is not None and hold.reason is not None:
            return 0
        return sum(each.found for each in await reconciliation.compare_all(self._runtime, now))
