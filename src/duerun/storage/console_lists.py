"""Lists for people: the newest rows that meet some criteria, of a limited number that is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, fetch_all
from duerun.storage.search import containing

SCANNED_ROWS_MAX = 5_000
OCCURRENCES_MAX = 60


class Place(NamedTuple):
    """Where a list goes on: behind a moment and an id."""

    created_at: datetime = datetime(9999, 12, 31, tzinfo=UTC)
    id: str = ""


FIRST = Place()


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a page, newest first. `older` is where to go on; `is_cut`: it is not known what lies there."""

    ids: tuple[str, ...]
    older: Place | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    """An attempt at a date as people see it, those to come among them."""

    id: str
    scheduled_on: Any
    attempt: int
    retry_on: Any
    due_at: datetime
    state: str
    sent_at: datetime | None
    released: bool
    message: str | None
    result_id: str | None
    processed_at: datetime | None
    amount_minor: int | None


async def schedules(
    connection: Connection,
    account: Account,
    before: Place,
    *,
    rows_max: int,
    text: str | None,
    state: str | None,
    kind: str | None,
) -> Found:
    """Schedules of a kind in a state; the state `paused` is a mark of active ones."""
    ended = state in ("suspended", "expired", "deleted")
    name = "console_schedules_ended" if ended else "console_schedules"
    name = "console_schedules_paused" if state == "paused" else name
    return await _found(connection, account, name, before, rows_max, text=text, state=state, kind=kind)


async def charges(
    connection: Connection,
    account: Account,
    before: Place,
    *,
    rows_max: int,
    text: str | None,
    state: str | None,
) -> Found:
    return await _found(connection, account, "console_charges", before, rows_max, text=text, state=state)


async def transfers(
    connection: Connection,
    account: Account,
    before: Place,
    *,
    rows_max: int,
    text: str | None,
    state: str | None,
) -> Found:
    return await _found(connection, account, "console_transfers", before, rows_max, text=text, state=state)


async def customers(
    connection: Connection, account: Account, before: Place, *, rows_max: int, text: str | None
) -> Found:
    return await _found(connection, account, "console_customers", before, rows_max, text=text)


async def recipients(
    connection: Connection,
    account: Account,
    before: Place,
    *,
    rows_max: int,
    text: str | None,
    state: str | None,
) -> Found:
    return await _found(connection, account, "console_recipients", before, rows_max, text=text, state=state)


async def deliveries(
    connection: Connection,
    account: Account,
    before: Place,
    *,
    rows_max: int,
    text: str | None,
    state: str | None,
) -> Found:
    """Events with deliveries in a state, those of the newest events first; `failing` ones are to be tried again."""
    return await _found(connection, account, "console_deliveries", before, rows_max, text=text, state=state)


async def occurrences(connection: Connection, account: Account, schedule_id: str) -> list[OccurrenceRow]:
    """The latest attempts of a schedule, newest date first."""
    rows = await fetch_all(
        connection,
        "console_occurrences",
        schedule_id=schedule_id,
        account_id=account.id,
        livemode=account.livemode,
        rows_max=OCCURRENCES_MAX,
    )
    return [OccurrenceRow(**row) for row in rows]


async def _found(
    connection: Connection,
    account: Account,
    name: str,
    before: Place,
    rows_max: int,
    *,
    text: str | None,
    **criteria: str | None,
) -> Found:
    rows = await fetch_all(
        connection,
        name,
        account_id=account.id,
        livemode=account.livemode,
        before_at=before.created_at,
        before_id=before.id,
        pattern=containing(text),
        scanned_max=SCANNED_ROWS_MAX,
        rows_max=rows_max + 1,
        **criteria,
    )
    return _page(
        [row for row in rows if row["is_found"]], [row for row in rows if not row["is_found"]], rows_max
    )


def _page(found: Sequence[dict[str, Any]], last: Sequence[dict[str, Any]], rows_max: int) -> Found:
    shown = found[:rows_max]
    ids = tuple(row["id"] for row in shown)
    if len(found) > rows_max:
        return Found(ids, Place(shown[-1]["created_at"], shown[-1]["id"]), False)
    return Found(ids, Place(last[0]["created_at"], last[0]["id"]) if last else None, bool(last))
