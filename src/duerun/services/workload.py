"""Who has something to do: the question that each loop of the engine begins with."""

from datetime import datetime
from enum import StrEnum

from duerun.domain.accounts import Account
from duerun.services.unit import Runtime
from duerun.storage import accounts, workload
from duerun.storage.workload import START, Place

__all__ = ["START", "Place", "Work", "account_at", "places_with"]


class Work(StrEnum):
    """Due occurrences; uncertain sends; lapsed authorisations; reports past retention; events to deliver."""

    DUE = "due"
    UNCERTAIN = "uncertain"
    UNCAPTURED = "uncaptured"
    REPORTS = "reports"
    DELIVERIES = "deliveries"


async def places_with(
    runtime: Runtime, work: Work, now: datetime, *, after: Place, accounts_max: int
) -> list[Place]:
    """The next accounts behind `after` that have this work at the real moment `now`."""
    async with runtime.database.connection() as connection:
        return await workload.places_with(
            connection,
            work,
            now,
            after=after,
            accounts_max=accounts_max,
            retention_days=runtime.bulk.retention_days,
        )


async def account_at(runtime: Runtime, place: Place) -> Account | None:
    """The account as it is now, its clock included."""
    async with runtime.database.connection() as connection:
        return await accounts.fetch(connection, place.account_id, livemode=place.livemode)
