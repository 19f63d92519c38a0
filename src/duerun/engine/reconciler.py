"""The reconciler compares the ledgers of gateways with ours, a round of bounded pages at a time."""

from datetime import datetime

from duerun.services import reconciliation
from duerun.services.unit import Runtime

REST_SECONDS = 60.0


class Reconciler:
    """A tick is one round over all gateways."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def tick(self, now: datetime) -> int:
        """How many findings are new."""
        return sum(each.found for each in await reconciliation.compare_all(self._runtime, now))
