"""Which accounts have something to do: one statement a kind of work, however many accounts there are."""

from datetime import datetime
from typing import NamedTuple

from duerun.storage.database import Connection, fetch_all

QUERIES = {
    "due": "accounts_due",
    "uncertain": "accounts_uncertain",
    "uncaptured": "accounts_uncaptured",
    "reports": "accounts_with_reports",
    "deliveries": "accounts_with_deliveries",
}


class Place(NamedTuple):
    """An account in one mode, by its internal id."""

    account_id: int
    livemode: bool


START = Place(0, True)


async def places_with(
    connection: Connection,
    work: str,
    now: datetime,
    *,
    after: Place,
    accounts_max: int,
    retention_days: int,
) -> list[Place]:
    """The next accounts behind `after` that have this work at the real moment `now`, without those whose test
    clock is being advanced where that advance does the work itself."""
    rows = await fetch_all(
        connection,
        QUERIES[work],
        now=now,
        after_id=after.account_id,
        after_livemode=after.livemode,
        accounts_max=accounts_max,
        retention_days=retention_days,
    )
    return [Place(row["id"], row["livemode"]) for row in rows]
