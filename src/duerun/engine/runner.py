"""The runner carries out what is due, one batch of each account at a time."""

from datetime import datetime

from duerun.engine.turns import Turns
from duerun.services import rounds
from duerun.services.unit import Runtime
from duerun.services.workload import Work


class Runner:
    """A tick is one batch of each account with due work: a large account delays no small one."""

    def __init__(self, runtime: Runtime) -> None:
        self._turns = Turns(runtime, Work.DUE, rounds.run_due, calls_a_share=1)

    async def tick(self, now: datetime) -> int:
        """How many occurrences were taken up."""
        return await self._turns.take(now)

    async def close(self) -> None:
        """End the lanes of accounts with a processor of their own."""
        await self._turns.close()
