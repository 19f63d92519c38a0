"""The planner derives missing dates from the rules, so that no schedule ends because one step of it was lost."""

from datetime import datetime

from duerun.services.planning import plan_page
from duerun.services.unit import Runtime
from duerun.telemetry import logger

SCHEDULES_A_TICK = 20_000

_log = logger("engine.planner")


class Planner:
    """A tick looks at one page of all schedules; a million of them are seen within some minutes."""

    def __init__(self, runtime: Runtime, *, schedules_a_tick: int = SCHEDULES_A_TICK) -> None:
        self._runtime = runtime
        self._schedules_a_tick = schedules_a_tick
        self._after = ""

    async def tick(self, now: datetime) -> int:
        """How many dates were missing."""
        page = await plan_page(self._runtime, now, after=self._after, schedules_max=self._schedules_a_tick)
        self._after = page.through
        if page.planned:
            _log.warning("%d schedules had no next date: planned from their rules", page.planned)
        return page.planned
