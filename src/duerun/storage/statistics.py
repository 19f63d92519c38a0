"""What happened in an account, added up."""

from dataclasses import dataclass
from datetime import date

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, fetch_all


@dataclass(frozen=True, slots=True)
class MonthOfSchedules:
    """One month of what schedules did; `month` is its first day, amounts are in the account's smallest unit."""

    month: date
    charged: int
    charged_minor: int
    retried: int
    suspended: int
    transferred: int
    transferred_minor: int


async def by_month(connection: Connection, account: Account) -> list[MonthOfSchedules]:
    """The months in which something happened, in the account's time zone, the oldest first."""
    rows = await fetch_all(
        connection,
        "statistics_by_month",
        account_id=account.id,
        livemode=account.livemode,
        timezone=account.timezone,
    )
    return [MonthOfSchedules(**row) for row in rows]
