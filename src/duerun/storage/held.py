"""What waits for a person: held, listed, released to run, or given up."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, execute, fetch_all


async def hold(
    connection: Connection, account: Account, found: Sequence[str], message: str, now: datetime
) -> int:
    """Let due occurrences wait for a person; how many."""
    return await execute(
        connection, "occurrences_hold", ids=list(found), message=message, now=now, **of_account(account)
    )


async def list_held(connection: Connection, account: Account, *, rows_max: int) -> list[dict[str, Any]]:
    """What waits for a person, the oldest date first: id, kind, schedule, date and terms."""
    return await fetch_all(connection, "occurrences_held", rows_max=rows_max, **of_account(account))


async def list_held_between(
    connection: Connection, account: Account, first: date, last: date
) -> list[dict[str, Any]]:
    """What is held of the dates between two days, both included: id, kind, schedule, date and terms."""
    return await fetch_all(
        connection, "occurrences_held_between", first=first, last=last, **of_account(account)
    )


async def release(connection: Connection, account: Account, found: Sequence[str], now: datetime) -> int:
    """Let held occurrences run now; how many."""
    return await execute(connection, "occurrences_release", ids=list(found), now=now, **of_account(account))


async def skip_held(connection: Connection, account: Account, found: Sequence[str], now: datetime) -> int:
    """Give held occurrences up; how many."""
    return await execute(connection, "occurrences_skip_held", ids=list(found), now=now, **of_account(account))
