"""Days on which much falls due at once: the first of a month, the day behind an outage; an open transaction."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks import seed
from benchmarks.bulk import dev, free_port
from benchmarks.engine import Shop, copied, ours, shop
from duerun.assembly import build_runtime
from duerun.services import access
from duerun.settings import Settings

ACCOUNTS = 4
RATE = 200
SHARES_MAX = 2.0
POLL_SECONDS = 0.5
PATIENCE_FACTOR = 3.0
# Of a run in order, a batch may overtake the one before it, and the other lane's.
OVERTAKEN_MAX = 4 * 500
SCHEDULES = """
INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, customer_id,
  default_card, amount_minor, currency, created_at)
SELECT 'schd_test_' || lpad(n::text, 19, '0'), %(account)s, false, 'charge', 'term_test_' || lpad(n::text, 19, '0'), 1,
  'month', '1', date_trunc('month', current_date)::date, %(customer)s, true, 2000, 'THB', now()
FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
DUE = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT 'occu_test_' || right(s.id, 19), s.account_id, false, s.id, 'charge', s.start_on, now(), now() FROM schedules s
"""
LEFT = "SELECT count(*) FROM occurrences WHERE state IN ('due', 'sent', 'unknown') AND due_at <= now()"
OUT_OF_ORDER = """
SELECT max(place - wanted) FROM (
  SELECT row_number() OVER (ORDER BY d.number) AS place, row_number() OVER (ORDER BY d.due_at, d.number) AS wanted
  FROM occurrence_decisions d WHERE d.state = 'sent') AS run
"""


def first_of_the_month(count: int) -> dict[str, Any]:
    """How much of a processor's rate is used, by accounts that all have much due at the same minute.

    A figure counts only if everything is paid once, and no account has more than twice of what another one has.
    """
    with _processor() as port, dev(**_attached(port)) as running:
        asyncio.run(_fill(running.dsn, count))
        started = time.monotonic()
        shares = _watch(running.dsn, port, count, started)
        seconds = time.monotonic() - started
        told = _told(port)
    if told["effects"] != count:
        raise RuntimeError(f"{told['effects']} effects of {count} payments")
    if shares > SHARES_MAX:
        raise RuntimeError(f"half-way, an account had {shares} times of what another one had")
    return {
        "share_of_rate": round(count / seconds / RATE, 2),
        "per_second": round(count / seconds),
        "rate": RATE,
        "seconds": round(seconds, 1),
        "accounts": ACCOUNTS,
        "largest_share_to_smallest_half_way": shares,
        "turned_away": told.get("turned away", 0),
        "sent_again": told.get("sent again", 0),
        "questions": told.get("questions", 0),
    }


@contextmanager
def _processor() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.limited_processor", str(port), str(RATE)])
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _attached(port: int) -> dict[str, str]:
    return {"DUERUN_GATEWAY_URL": f"http://127.0.0.1:{port}/v1", "DUERUN_GATEWAY_TOKEN": "benchmark"}


def _told(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1/told")
    told: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return told


async def _fill(dsn: str, count: int) -> None:
    """Accounts beside the one that is there, each with its part of what is due."""
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    now = datetime.now(UTC)
    made = [
        await access.create_account(runtime, email=f"bench{number}@example.com", country="TH", now=now)
        for number in range(ACCOUNTS)
    ]
    await runtime.database.close()
    await asyncio.to_thread(_seed, dsn, made, count)


def _seed(dsn: str, made: list[int], count: int) -> None:
    seed.customers(dsn, made[0], len(made))
    with psycopg.connect(dsn, autocommit=True) as connection:
        for number, account in enumerate(made):
            customer = seed.customer_id(number + 1)
            connection.execute("UPDATE customers SET account_id = %s WHERE id = %s", (account, customer))
            first, last = number * count // len(made) + 1, (number + 1) * count // len(made)
            values = {"account": account, "customer": customer, "first": first, "last": last}
            connection.execute(SCHEDULES, values)
        connection.execute(DUE)
        connection.execute("ANALYZE schedules, occurrences")


def _watch(dsn: str, port: int, count: int, started: float) -> float:
    """Wait until all is final; the largest share of an account to the smallest, half-way."""
    shares, ends_at = 0.0, started + PATIENCE_FACTOR * count / RATE + 60
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.monotonic() < ends_at:
            time.sleep(POLL_SECONDS)
            told = _told(port)
            if not shares and told["effects"] >= count / 2:
                taken = list(told["by_account"].values())
                shares = round(max(taken) / min(taken), 2) if len(taken) == ACCOUNTS else float("inf")
            row = connection.execute(LEFT).fetchone() if told["effects"] >= count else None
            if row is not None and row[0] == 0:
                return shares
    raise RuntimeError(f"not done: {_told(port)}")


async def late_day(count: int) -> dict[str, Any]:
    """Payments a second of a day that nobody worked on, beside as many that are due at one moment."""
    async with shop(count) as made:
        await _prepare(made, "now() - (random() * interval '24 hours')")
        with copied(made.runtime.database.dsn) as dsn:
            late = await ours(dsn, made.account, count)
            with psycopg.connect(dsn) as connection:
                row = connection.execute(OUT_OF_ORDER).fetchone()
        overtaken = int(row[0]) if row else 0
        with psycopg.connect(made.runtime.database.dsn, autocommit=True) as connection:
            connection.execute("UPDATE occurrences SET due_at = now()")
            connection.execute("VACUUM ANALYZE occurrences")
        with copied(made.runtime.database.dsn) as dsn:
            at_once = await ours(dsn, made.account, count)
    if overtaken > OVERTAKEN_MAX:
        raise RuntimeError(f"a payment was overtaken by {overtaken} others")
    return {
        "ratio_to_one_moment": round(at_once / late, 2),
        "per_second": round(count / late),
        "per_second_at_one_moment": round(count / at_once),
        "overtaken_max": overtaken,
    }


async def behind_an_open_transaction(count: int) -> dict[str, Any]:
    """Payments a second while somebody's transaction stays open, so that no dead row can go, beside without it."""
    async with shop(count) as made:
        await _prepare(made, "now()")
        with copied(made.runtime.database.dsn) as dsn:
            alone = await ours(dsn, made.account, count)
        with copied(made.runtime.database.dsn) as dsn, psycopg.connect(dsn) as holder:
            holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            holder.execute("SELECT count(*) FROM accounts")
            held = await ours(dsn, made.account, count)
            holder.rollback()
    return {
        "ratio_to_alone": round(alone / held, 2),
        "per_second": round(count / held),
        "per_second_alone": round(count / alone),
    }


async def _prepare(made: Shop, due_at: str) -> None:
    async with made.runtime.database.connection() as connection:
        await connection.execute(f"UPDATE occurrences SET due_at = {due_at}".encode())
        await connection.execute("VACUUM ANALYZE")
    await made.runtime.database.close()
