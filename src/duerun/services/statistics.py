"""What the schedules of an account did, month by month."""

from duerun.services.unit import Unit
from duerun.storage import statistics
from duerun.storage.statistics import MonthOfSchedules

__all__ = ["MonthOfSchedules", "by_month"]


async def by_month(unit: Unit) -> list[MonthOfSchedules]:
    """The months in which something happened, the oldest first."""
    return await statistics.by_month(unit.connection, unit.account)
