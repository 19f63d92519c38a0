"""What became of dates whose first charge failed."""

from datetime import datetime
from itertools import groupby

from duerun.domain.accounts import Account
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.retries import NO_CARD_CODE
from duerun.domain.retry_backtest import PastDate, Try
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, fetch_all

_OPEN = frozenset((OccurrenceState.DUE, OccurrenceState.HELD, OccurrenceState.SENT, OccurrenceState.UNKNOWN))


async def failed_dates(
    connection: Connection, account: Account, *, since: datetime, dates_max: int
) -> list[PastDate]:
    """The newest dates whose first charge failed since a moment, with the days and codes of their attempts."""
    rows = await fetch_all(
        connection, "retry_history", since=since, dates_max=dates_max, **of_account(account)
    )
    return [
        _past_date(account, list(attempts))
        for _, attempts in groupby(rows, key=lambda row: (row["schedule_id"], row["scheduled_on"]))
    ]


def _past_date(account: Account, rows: list[dict[str, object]]) -> PastDate:
    tries = []
    for row in rows:
        processed_at, state = row["processed_at"], OccurrenceState(str(row["state"]))
        if not isinstance(processed_at, datetime) or state is OccurrenceState.SKIPPED:
            continue
        code = row["failure_code"] if row["was_sent"] else NO_CARD_CODE
        is_paid = state is OccurrenceState.SUCCESSFUL
        tries.append(Try(account.today(processed_at), None if is_paid else str(code or ""), is_paid))
    return PastDate(tuple(tries), is_open=any(row["state"] in _OPEN for row in rows))
