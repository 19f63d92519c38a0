"""All live schedules, page by page, and the keys of their metadata."""

from dataclasses import dataclass
from datetime import date, datetime

from duerun.domain.accounts import Account
from duerun.domain.schedules import Schedule
from duerun.storage.database import Connection, fetch_all
from duerun.storage.lists import ALWAYS
from duerun.storage.schedules import schedule_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind the schedule of this moment and id."""

    moment: datetime = ALWAYS
    id: str = ""


async def page(
    connection: Connection, account: Account, after: Place, *, today: date, rows_max: int
) -> list[Schedule]:
    """The next active schedules, paused ones too, in the order of their creation.

    Their `open_dates` are only those from today on whose payment is not under way.
    """
    rows = await fetch_all(
        connection,
        "schedules_export_page",
        account_id=account.id,
        livemode=account.livemode,
        after_moment=after.moment,
        after_id=after.id,
        today=today,
        rows_max=rows_max,
    )
    return [schedule_of(row, {**row, "processed": (), "occurrences_total": 0}) for row in rows]


async def metadata_keys(connection: Connection, account: Account, *, keys_max: int) -> list[str]:
    """The keys that the charges of active schedules carry."""
    rows = await fetch_all(
        connection,
        "schedules_metadata_keys",
        account_id=account.id,
        livemode=account.livemode,
        keys_max=keys_max,
    )
    return [row["key"] for row in rows]
