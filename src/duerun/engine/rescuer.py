"""The rescuer finds out what became of sends whose worker disappeared or whose answer never came."""

from datetime import datetime

from duerun.engine.turns import Turns
from duerun.services import rounds
from duerun.services.unit import Runtime
from duerun.services.workload import Work

# A look-up and a second send, for charges and transfers, of schedules and by hand.
CALLS_A_SHARE = 8


class Rescuer:
    """A tick asks once about each send whose lease has run out; what stays unknown is asked again later."""

    def __init__(self, runtime: Runtime) -> None:
        self._turns = Turns(runtime, Work.UNCERTAIN, rounds.rescue, calls_a_share=CALLS_A_SHARE)

    async def tick(self, now: datetime) -> int:
        """How many sends were asked about."""
        return await self._turns.take(now)

    async def close(self) -> None:
        """End the lanes of accounts with a processor of their own."""
        await self._turns.close()
