"""The next date of every schedule, derived from its rule and never from a previous run.

Settling an occurrence plans the next one. This is the second line: whatever was lost or got stuck, an active
schedule has its next date again, or it has expired.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.errors import UnavailableError
from duerun.domain.recurrence import next_date
from duerun.domain.settlement import Planned
from duerun.services.halves import by_halves
from duerun.services.suspensions import expire
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at
from duerun.storage import occurrences, planning
from duerun.storage.planning import BareSchedule
from duerun.telemetry import logger

_log = logger("services.planning")

# Behind locks that somebody holds, an account waits so long, and the others are planned.
ACCOUNT_SECONDS_MAX = 5.0


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """How many dates were missing on a page of schedules, and where the next page begins ("" at the start).

    `failed` counts the accounts that could not be planned in time.
    """

    planned: int
    through: str
    failed: int = 0


async def plan_page(runtime: Runtime, real_now: datetime, *, after: str, schedules_max: int) -> PlannedPage:
    """Look at the next schedules behind the id `after` and plan what is missing."""
    async with runtime.database.connection() as connection:
        page = await planning.bare_page(connection, after, schedules_max=schedules_max)
    planned = failed = 0
    for place, schedule_ids in page.schedule_ids.items():
        try:
            async with asyncio.timeout(ACCOUNT_SECONDS_MAX):
                planned += await _plan_apart(runtime, place, schedule_ids, real_now)
        except (TimeoutError, UnavailableError):
            failed += 1
    return PlannedPage(planned, "" if page.is_last else page.through, failed)


async def _plan_apart(runtime: Runtime, place: Place, schedule_ids: Sequence[str], real_now: datetime) -> int:
    """Plan for all of these; a broken schedule hinders no other."""

    async def plan(some: Sequence[str]) -> Sequence[int]:
        return [await _plan(runtime, place, some, real_now)]

    async def leave(broken: str, error: Exception) -> None:
        _log.error("schedule %s cannot be planned", broken, exc_info=error)

    return sum(await by_halves(schedule_ids, plan, leave))


async def plan_behind_open(runtime: Runtime, account: Account, now: datetime) -> int:
    """Plan the next date of schedules that wait for an outcome, before a test clock goes on past it; how many."""
    async with runtime.unit(account, now) as unit:
        schedule_ids = await planning.bare_open(unit.connection, account)
        bare = await planning.lock_bare(unit.connection, account, schedule_ids) if schedule_ids else []
        planned = [row for each in bare for row in _next_row(replace(each, under_way=False), account, now)]
        await occurrences.plan(unit.connection, account, planned, now, places=unit.places)
    return len(planned)


async def _plan(runtime: Runtime, place: Place, schedule_ids: Sequence[str], real_now: datetime) -> int:
    account = await account_at(runtime, place)
    if account is None:
        return 0
    now = account.now(real_now)
    async with runtime.unit(account, now) as unit:
        bare = await planning.lock_bare(unit.connection, account, schedule_ids)
        planned = [row for each in bare for row in _next_row(each, account, now)]
        await occurrences.plan(unit.connection, account, planned, now, places=unit.places)
        ended = [each.id for each in bare if next_date(each.rule, each.planned_through) is None]
        await expire(unit, ended)
    return len(planned)


def _next_row(bare: BareSchedule, account: Account, now: datetime) -> Sequence[Planned]:
    """The next date. Behind one that is under way it is planned only once it has come: settling is quicker."""
    day = next_date(bare.rule, bare.planned_through)
    if day is None:
        return ()
    due_at = account.due_at(bare.kind, day)
    return () if bare.under_way and due_at > now else (Planned(bare.id, bare.kind, day, due_at),)
