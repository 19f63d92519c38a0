"""What a console shows of today: counts that end at a limit, and sums of money."""

from dataclasses import dataclass
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, fetch_all, fetch_one

COUNTED_ROWS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many occurrences, or schedules, stand where; none counts beyond `COUNTED_ROWS_MAX`."""

    due: int
    later: int
    running: int
    uncertain: int
    held: int
    retried: int
    suspended: int
    has_schedules: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """Payments of a kind in a currency."""

    kind: str
    currency: str
    count: int
    amount_minor: int


async def counts(connection: Connection, account: Account, now: datetime, tomorrow: datetime) -> Counts:
    row = await fetch_one(
        connection,
        "console_counts",
        account_id=account.id,
        livemode=account.livemode,
        now=now,
        tomorrow=tomorrow,
        rows_max=COUNTED_ROWS_MAX,
    )
    assert row is not None
    return Counts(**row)


async def done(connection: Connection, account: Account, since: datetime, now: datetime) -> list[Sum]:
    """What was captured and what was sent since a moment."""
    rows = await fetch_all(
        connection,
        "console_money_done",
        account_id=account.id,
        livemode=account.livemode,
        since=since,
        now=now,
    )
    return [Sum(**row) for row in rows]
