"""The importer applies uploaded files, one chunk of the job that waited longest at a time."""

from datetime import datetime

from duerun.services import bulk
from duerun.services.unit import Runtime


class Importer:
    """A tick is one chunk: a transaction and a checkpoint."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def tick(self, now: datetime) -> int:
        """How many rows were applied."""
        return await bulk.process_pending(self._runtime, now)
