"""Other rules of retries, tried out on the failures that an account has had."""

from datetime import timedelta
from functools import cache, partial

from duerun.domain.retries import RetryPolicy, RetryTable
from duerun.domain.retry_backtest import Backtest, backtest
from duerun.domain.settlement import holidays_of, retries_of
from duerun.services.unit import Unit
from duerun.storage import retry_history

DATES_MAX = 5_000
DAYS_CHOICES = (30, 90, 180, 365)


async def try_out(unit: Unit, policy: RetryPolicy, proposed: RetryTable, *, days: int) -> Backtest:
    """What the present rules and others would have made of the newest failures of some days, `DATES_MAX` at most."""
    since = unit.now - timedelta(days=days)
    pasts = await retry_history.failed_dates(unit.connection, unit.account, since=since, dates_max=DATES_MAX)
    present = retries_of(unit.account, policy)
    holidays = cache(partial(holidays_of, unit.account))
    return backtest(pasts, present=present, proposed=proposed, holidays=holidays)
