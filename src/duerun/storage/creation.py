"""A new schedule with all that is written of it at once."""

from collections.abc import Iterator
from datetime import datetime
from typing import LiteralString

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.schedules import Kind, Schedule
from duerun.domain.settlement import Planned
from duerun.storage import events, schedules
from duerun.storage.database import Connection, change_proving, sql
from duerun.storage.events import NewEvent
from duerun.storage.lists import statement

_PROVED: LiteralString = (
    "(%(caller_expected)s::bigint IS NULL OR (" + statement("caller_proof") + ") = %(caller_expected)s)"
)
_CREATE: dict[Kind, LiteralString] = {
    Kind.CHARGE: sql("schedule_create").replace(
        "%(is_known)s", _PROVED + " AND EXISTS (" + statement("customer_unchanged") + ")"
    ),
    Kind.TRANSFER: sql("schedule_create").replace("%(is_known)s", _PROVED),
}


async def create(
    connection: Connection,
    account: Account,
    schedule: Schedule,
    *,
    customer_version: int,
    terms_hash: int | None,
    first: Planned,
    event: NewEvent,
    now: datetime,
    places: Iterator[int],
) -> bool:
    """Write a schedule, its first occurrence and the event that tells of it, in one statement.

    False, and nothing is written, if the customer of a charge has another version.
    """
    values = {
        **schedules.values(account, schedule, terms_hash=terms_hash),
        **events.written(account, event, now),
        "customer_version": customer_version,
        "occurrence_id": ids.occurrence_id(schedule.id, first.scheduled_on, 0, livemode=account.livemode),
        "scheduled_on": first.scheduled_on,
        "due_at": first.due_at,
        "planned_at": now + next(places) * events.MICROSECOND,
        "now": now,
    }
    row = await change_proving(connection, _CREATE[schedule.kind], values)
    events.tell_lost(event, row)
    return row is not None
