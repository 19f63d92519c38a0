"""Events, written in the transaction that changes their object."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.errors import DataError, IntegrityError, ProgrammingError, ReadOnlySqlTransaction

from duerun.domain.accounts import Account
from duerun.domain.events import Event
from duerun.domain.lists import ListQuery
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, sql
from duerun.storage.lists import Page, fetch_page
from duerun.telemetry import logger

_log = logger("storage.events")
MICROSECOND = timedelta(microseconds=1)


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
    """Write some events of one moment in one statement, and what is to be delivered of them if somebody listens.

    Never fails the transaction around it by what the events hold: one that the database does not take is told by
    the id of its object alone, and one that cannot be told at all is logged and left out.
    """
    if len(events) == 1:
        [event] = events
        row = await fetch_one(
            connection,
            "event_write",
            **written(account, event, now),
            object_id=event.object_id,
            **of_account(account),
        )
        tell_lost(event, row)
        return
    if not events or await _insert_whole(connection, account, events, now) is None:
        return
    for event in events:
        bare = event._replace(data=bare_object(event.key, event.object_id, livemode=account.livemode))
        error = await _insert_whole(connection, account, [event], now)
        if error is not None and await _insert_whole(connection, account, [bare], now) is not None:
            _log.error("an event %s of %s is lost", event.key, event.object_id, exc_info=error)


def written(account: Account, event: NewEvent, now: datetime) -> dict[str, Any]:
    """The parameters of `event_write` beside the account and the object, whose row goes to `tell_lost`."""
    bare = bare_object(event.key, event.object_id, livemode=account.livemode)
    return {
        "event_id": event.id,
        "event_key": event.key,
        "event_data": event.data if event.data is None or _is_text(event.data) else bare,
        "event_bare": bare,
        "event_at": now + event.place * MICROSECOND,
        "api_version": account.api_version,
        "uri": account.webhook_uri,
    }


def tell_lost(event: NewEvent, row: Mapping[str, Any] | None) -> None:
    """Log an event that could not be written at all."""
    if row is not None and row["problem"] is not None:
        _log.error("an event %s of %s is lost: %s", event.key, event.object_id, row["problem"])


def _is_text(data: str) -> bool:
    """Whether the database takes this at all: no U+0000, no half of a surrogate pair."""
    try:
        return "\0" not in data and bool(data.encode())
    except UnicodeError:
        return False


def bare_object(key: str, object_id: str, *, livemode: bool) -> str:
    """What stands in an event whose object cannot be written down: enough to ask for it."""
    return json.dumps({"object": key.partition(".")[0], "id": object_id, "livemode": livemode})


async def _insert_whole(
    connection: Connection, account: Account, events: Sequence[NewEvent], now: datetime
) -> Exception | None:
    """Write all of these or none; what the database has against them."""
    try:
        async with connection.transaction():
            await _insert(connection, account, events, now)
    except (DataError, IntegrityError, ProgrammingError, UnicodeError) as error:
        return error
    return None


async def _insert(
    connection: Connection, account: Account, events: Sequence[NewEvent], now: datetime
) -> None:
    mode = "t" if account.livemode else "f"
    lines = [
        f"{event.id}\t{account.id}\t{mode}\t{event.key}\t{event.object_id}\t{_copied(event.data)}\t"
        f"{account.api_version}\t{now + event.place * MICROSECOND}\n"
        for event in events
    ]
    async with connection.cursor() as cursor, cursor.copy(sql("events_copy")) as copy:
        await copy.write("".join(lines).encode())
    if account.webhook_uri is not None:
        await execute(
            connection,
            "deliveries_insert",
            ids=[event.id for event in events],
            uri=account.webhook_uri,
            account_id=account.id,
            livemode=account.livemode,
        )


def _copied(data: str | None) -> str:
    """JSON text as COPY reads it: it holds no raw control characters, only backslashes need care."""
    return "\\N" if data is None else data.replace("\\", "\\\\")


async def fetch(connection: Connection, account: Account, event_id: str) -> Event | None:
    row = await fetch_one(
        connection, "event_fetch", id=event_id, account_id=account.id, livemode=account.livemode
    )
    return Event(**row) if row else None


async def fetch_many(connection: Connection, account: Account, event_ids: Sequence[str]) -> list[Event]:
    """Some events by their ids."""
    rows = await fetch_all(
        connection, "events_fetch", ids=list(event_ids), account_id=account.id, livemode=account.livemode
    )
    return [Event(**row) for row in rows]


async def list_events(connection: Connection, account: Account, query: ListQuery) -> Page[Event]:
    rows, total = await fetch_page(
        connection, "events_list", query, counted="events", account_id=account.id, livemode=account.livemode
    )
    return Page(tuple(Event(**row) for row in rows), total)


async def undrawn(connection: Connection, account: Account, object_ids: Sequence[str]) -> list[Event]:
    """The events of some objects that have no data yet."""
    rows = await fetch_all(
        connection,
        "events_undrawn",
        object_ids=list(object_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return [Event(**row) for row in rows]


async def list_of_charge(
    connection: Connection, account: Account, query: ListQuery, charge_id: str
) -> Page[Event]:
    """The events of one charge."""
    rows, total = await fetch_page(
        connection,
        "events_of_charge",
        query,
        charge_id=charge_id,
        account_id=account.id,
        livemode=account.livemode,
    )
    return Page(tuple(Event(**row) for row in rows), total)


async def write_data(connection: Connection, account: Account, data: Mapping[str, str]) -> None:
    """Write down the objects of events that have none yet, by event; the first one stays.

    While the database takes no changes nothing is written, so that a read is answered all the same.
    """
    with suppress(ReadOnlySqlTransaction):
        async with connection.transaction():
            await execute(
                connection,
                "events_schedule_data",
                ids=list(data),
                data=list(data.values()),
                account_id=account.id,
                livemode=account.livemode,
            )
