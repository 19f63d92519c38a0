"""Events, written in the transaction that changes their object."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from duerun.domain.accounts import Account
from duerun.domain.events import Event
from duerun.domain.lists import ListQuery
from duerun.storage.database import Connection, execute, fetch_one
from duerun.storage.lists import Page, fetch_page


class NewEvent(NamedTuple):
    """A row to write; `data` is JSON text, or None while it can be rendered from columns that never change.

    `place` counts the events of one unit of work: a microsecond each keeps them in order.
    """

    id: str
    key: str
    object_id: str
    data: str | None
    place: int


async def insert(connection: Connection, account: Account, events: Sequence[NewEvent], now: datetime) -> None:
    """Write some events of one moment in one statement."""
    if not events:
        return
    ids, keys, object_ids, data, places = zip(*events, strict=True)
    await execute(
        connection,
        "events_insert",
        ids=list(ids),
        keys=list(keys),
        object_ids=list(object_ids),
        data=list(data),
        places=list(places),
        account_id=account.id,
        livemode=account.livemode,
        api_version=account.api_version,
        now=now,
    )


async def fetch(connection: Connection, account: Account, event_id: str) -> Event | None:
    row = await fetch_one(
        connection, "event_fetch", id=event_id, account_id=account.id, livemode=account.livemode
    )
    return Event(**row) if row else None


async def list_events(connection: Connection, account: Account, query: ListQuery) -> Page[Event]:
    rows, total = await fetch_page(
        connection, "events_list", query, account_id=account.id, livemode=account.livemode
    )
    return Page(tuple(Event(**row) for row in rows), total)


async def write_data(connection: Connection, account: Account, event_id: str, data: str) -> None:
    """Write down the object of an event that has none yet; the first one stays."""
    await execute(
        connection,
        "event_schedule_data",
        id=event_id,
        data=data,
        account_id=account.id,
        livemode=account.livemode,
    )
