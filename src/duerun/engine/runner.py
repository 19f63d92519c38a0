"""The runner carries out what is due, one batch of each account at a time, or two where one account has very much."""

from datetime import datetime

from duerun.domain.accounts import Account
from duerun.engine.turns import Turns
from duerun.services import rounds
from duerun.services.unit import Runtime
from duerun.services.workload import Place, Work


class Runner:
    """A tick is one share of each account with due work, so that a large account delays no small one for long."""

    def __init__(self, runtime: Runtime) -> None:
        self._full: set[Place] = set()
        self._turns = Turns(runtime, Work.DUE, self._share, calls_a_share=1)

    async def tick(self, now: datetime) -> int:
        """How many occurrences were taken up."""
        return await self._turns.take(now)

    async def close(self) -> None:
        """End the lanes of accounts with a processor of their own."""
        await self._turns.close()

    async def _share(self, runtime: Runtime, account: Account, now: datetime) -> int:
        """A batch; two side by side behind a full one, if nobody outside is to be asked for them."""
        place = Place(account.id, account.livemode)
        is_inside = not runtime.gateway(account).declared.is_outside
        lanes = rounds.LANES_MAX if is_inside and place in self._full else 1
        # Behind one that failed, or took too long, a single batch has to go well first.
        self._full.discard(place)
        count = await rounds.run_due(runtime, account, now, lanes=lanes)
        if count >= runtime.claim_rows(account):
            self._full.add(place)
        return count
