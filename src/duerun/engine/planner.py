"""The planner derives missing dates from the rules, so that no schedule ends because one step of it was lost."""

from datetime import datetime

from duerun.domain.errors import UnavailableError
from duerun.services.planning import plan_page
from duerun.services.unit import Runtime
from duerun.telemetry import logger

SCHEDULES_A_TICK = 20_000

_log = logger("engine.planner")


class Planner:
    """A tick looks at one page of all schedules; a million of them are seen within some minutes.

    A page that could not be done in time is halved, and grows again behind one that could.
    """

    def __init__(self, runtime: Runtime, *, schedules_a_tick: int = SCHEDULES_A_TICK) -> None:
        self._runtime = runtime
        self._schedules_max = self._schedules = schedules_a_tick
        self._after = ""

    async def tick(self, now: datetime) -> int:
        """How many dates were missing. Raises `UnavailableError` if some account could not be planned."""
        schedules, self._schedules = self._schedules, max(self._schedules // 2, 1)
        page = await plan_page(self._runtime, now, after=self._after, schedules_max=schedules)
        self._after = page.through
        self._schedules = min(schedules * 2, self._schedules_max)
        if page.planned:
            _log.warning("%d schedules had no next date: planned from their rules", page.planned)
        if page.failed:
            raise UnavailableError(f"{page.failed} accounts could not be planned in time")
        return page.planned
