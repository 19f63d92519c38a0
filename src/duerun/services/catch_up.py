"""Dates that were missed and wait for a person (`catch_up` = `ask`): seen, released or skipped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError
from duerun.services.extra_events import tell_expiring, tell_settled
from duerun.services.suspensions import expire
from duerun.services.unit import Runtime
from duerun.storage import occurrences as store
from duerun.storage import schedules

HELD_SHOWN_MAX = 1_000


async def list_held(runtime: Runtime, account: Account) -> list[dict[str, Any]]:
    """The held occurrences of an account in one mode, the oldest date first."""
    async with runtime.database.connection() as connection:
        return await store.list_held(connection, account, rows_max=HELD_SHOWN_MAX)


async def release(runtime: Runtime, account: Account, now: datetime, ids: Sequence[str]) -> None:
    """Let held occurrences run at once. All of them, or none and `NotFoundError`."""
    async with runtime.unit(account, now) as unit:
        _require_all(ids, await store.release(unit.connection, account, ids, now))


async def skip(runtime: Runtime, account: Account, now: datetime, ids: Sequence[str]) -> None:
    """Give held occurrences up; a schedule with nothing ahead expires. All of them, or none."""
    async with runtime.unit(account, now) as unit:
        held = await store.list_held(unit.connection, account, rows_max=HELD_SHOWN_MAX)
        _require_all(ids, await store.skip_held(unit.connection, account, ids, now))
        touched = sorted({row["schedule_id"] for row in held if row["id"] in set(ids)})
        await tell_settled(unit, list(dict.fromkeys(ids)))
        left = await schedules.fetch_some(unit.connection, account, touched)
        await expire(unit, [each.id for each in left if not each.next_dates()])
        await tell_expiring(unit, touched)


def _require_all(ids: Sequence[str], found: int) -> None:
    if found != len(set(ids)):
        raise NotFoundError("held occurrence", ", ".join(ids))
