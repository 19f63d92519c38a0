"""A year of the forecast over many monthly schedules: seconds, and how much memory it takes."""

import os
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import seed
from duerun.assembly import build_runtime
from duerun.services import access, forecast
from duerun.settings import Settings
from duerun.storage import accounts
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer

DAYS = 365
CUSTOMERS_MAX = 100_000
# Every day of the month, amounts of all kinds, one in five with an end.
SCHEDULES = """
INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on, customer_id,
  default_card, amount_minor, currency, created_at)
SELECT 'schd_test_' || lpad(n::text, 19, '0'), %(account)s, false, 'charge', 'term_test_' || lpad(n::text, 19, '0'), 1,
  'month', (1 + n %% 28)::text, current_date - (n %% 400)::integer,
  CASE WHEN n %% 5 = 0 THEN current_date + 60 + (n %% 300)::integer END,
  'cust_test_' || lpad((1 + n %% %(customers)s)::text, 19, '0'), true, 2000 + (n::bigint * 7919) %% 90000, 'THB',
  now() - (%(count)s::int + 1 - n) * interval '200 milliseconds'
FROM generate_series(1, %(count)s) AS n
"""
DUE = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT 'occu_test_' || right(s.id, 19), s.account_id, false, s.id, 'charge', d.day,
  (d.day + time '08:30') AT TIME ZONE 'Asia/Bangkok', now()
FROM schedules s
CROSS JOIN LATERAL (
  SELECT min(day) AS day FROM (
    SELECT (date_trunc('month', current_date) + months * interval '1 month')::date + s.on_text::integer - 1 AS day
    FROM generate_series(0, 1) AS months) AS two
  WHERE day > current_date
) AS d
"""


async def run(count: int) -> dict[str, Any]:
    """Seconds to forecast a year of `count` schedules, the best of three, and the growth of memory in MiB."""
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        os.chmod(folder, 0o755)  # root's database runs as another user, who must be able to enter
        with EmbeddedServer.start(Path(folder)) as server:
            migrate(server.dsn)
            return await _measured(server.dsn, count)


async def _measured(dsn: str, count: int) -> dict[str, Any]:
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    try:
        now = datetime.now(UTC)
        account_id = await access.create_account(runtime, email="bench@example.com", country="TH", now=now)
        _seed(dsn, account_id, count)
        async with runtime.database.connection() as connection:
            account = await accounts.fetch(connection, account_id, livemode=False)
        if account is None:
            raise LookupError("the account was not made")
        before, seconds = _peak_mebibytes(), []
        for _ in range(3):
            started = time.perf_counter()
            today = account.today(now)
            asked = forecast.window(account, now, today, today + timedelta(DAYS))
            async with runtime.unit(account, now) as unit:
                told = await forecast.make(unit, runtime.retries, asked)
            seconds.append(time.perf_counter() - started)
        charges = sum(flow.charges for flow in told.flows.values())
        return {
            "seconds": round(min(seconds), 2),
            "charges": charges,
            "mebibytes_more": _peak_mebibytes() - before,
        }
    finally:
        await runtime.database.close()


def _seed(dsn: str, account_id: int, count: int) -> None:
    customers = min(count, CUSTOMERS_MAX)
    seed.customers(dsn, account_id, customers)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEDULES, {"account": account_id, "count": count, "customers": customers})
        connection.execute(DUE)
        connection.execute("VACUUM ANALYZE schedules, occurrences")


def _peak_mebibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
