"""The counter keeps the counts of long lists, one turn of accounts a tick."""

from datetime import datetime

from duerun.services import list_counts
from duerun.services.unit import Runtime


class Counter:
    """A tick counts what was made since the last one; an account in which nothing was made costs one look."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._seen = list_counts.Seen()

    async def tick(self, now: datetime) -> int:
        """How many blocks and sums were changed."""
        return await list_counts.count(self._runtime, self._seen)
