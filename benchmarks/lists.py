"""A page of schedules at the head, in the middle and at the end of a long list, beside an account with one page."""

import http.client
import json
import random
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import seed
from benchmarks.bulk import SECRET, Dev, call, dev
from duerun.storage.list_blocks import TURN_LOCK

PAGE = 20
CALLS = 400
COUNTED_SECONDS_MAX = 1_200
UNCOUNTED_MAX = 10_000
PART, WRITERS = 50_000, 2
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = 'schedules'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  AND attname NOT IN ('id', 'created_at')
"""
COPIES = """
INSERT INTO schedules (id, created_at, {columns})
SELECT 'schd_test_' || lpad(n::text, 19, '0'),
  s.created_at - (%(newest)s::int + 1 - n) * interval '200 milliseconds', {values}
FROM generate_series(%(first)s::int, %(last)s::int) AS n, schedules s WHERE s.id = %(id)s
"""
# What a copy has of its own, where the copies belong to customers in turn.
OWN = {
    "customer_id": "'cust_test_' || lpad((n %% %(customers)s::int + 1)::text, 19, '0')",
    "customer_key": "'copy_' || n",
    "terms_hash": "hashtextextended(n::text, 0)",
}
# Rows that are right by their making, and that no count of a list knows yet, need no trigger.
UNTRIGGERED = "SET session_replication_role = replica"
# Their first dates, or the engine would plan them while pages are measured.
DATES = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT 'occu_test_' || right(s.id, 19), s.account_id, s.livemode, s.id, 'charge', s.start_on, s.start_on, s.created_at
FROM schedules s
WHERE s.id BETWEEN 'schd_test_' || lpad(%(first)s::text, 19, '0') AND 'schd_test_' || lpad(%(last)s::text, 19, '0')
"""
WAITING = """
SELECT (SELECT count(*) FROM schedules)
  - (SELECT coalesce(sum(objects), 0) FROM list_blocks WHERE list = 'schedules' AND is_counted)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is asked for."""

    name: str
    query: str


def run(schedules: int) -> dict[str, Any]:
    """Milliseconds of a page, 50th and 99th of a hundred, at each place: of a list of one page, then of a long one."""
    with dev() as running:
        model = _model(running)
        fill(running.dsn, 1, PAGE - 1, model)
        short = _measure(running, [Place("short", "")], PAGE)
        fill(running.dsn, PAGE, schedules - 2, model)
        settled = _settle(running)
        places = [
            Place("head", ""),
            Place("offset_100000", f"&offset={min(100_000, schedules // 2)}"),
            Place("middle", f"&offset={schedules // 2}"),
            Place("end", f"&offset={schedules - PAGE}"),
            Place("newest_first", "&order=reverse_chronological"),
            Place("newest_first_middle", f"&order=reverse_chronological&offset={schedules // 2}"),
        ]
        long = _measure(running, places, schedules)
    slowest = max(figures["p99"] for figures in long.values())
    return {
        "ratio_to_short_list": round(slowest / short["short"]["p99"], 2),
        "schedules": schedules,
        "seconds_until_counted": settled,
        "milliseconds": {**short, **long},
    }


def _model(running: Dev) -> str:
    """One schedule, of which the others are copies."""
    with psycopg.connect(running.dsn) as connection:
        row = connection.execute("SELECT id FROM accounts").fetchone()
    seed.customers(running.dsn, row[0] if row else 0, 1)
    return _create(running, 2_000)


def _create(running: Dev, amount: int) -> str:
    """The id of a new schedule."""
    body = (
        "every=1&period=month&on[days_of_month][]=1&start_date=2099-01-01&end_date=2100-01-01"
        f"&charge[customer]={seed.customer_id(1)}&charge[amount]={amount}"
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return str(json.loads(call(running.port, "POST", "/schedules", body, **form))["id"])


def fill(dsn: str, first: int, last: int, model: str, *, customers: int = 1) -> None:
    """Copies of the model with these numbers, the last one the newest of them, of so many customers in turn."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        names = [name for (name,) in connection.execute(COLUMNS)]
    columns = [sql.Identifier(name) for name in names]
    own = OWN if customers > 1 else {}
    values = [sql.SQL(own[name]) if name in own else sql.Identifier("s", name) for name in names]
    copies = sql.SQL(COPIES).format(columns=sql.SQL(", ").join(columns), values=sql.SQL(", ").join(values))

    def write(begin: int) -> None:
        part = {
            "first": begin,
            "last": min(begin + PART - 1, last),
            "newest": last,
            "id": model,
            "customers": customers,
        }
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(UNTRIGGERED)
            connection.execute(copies, part)
            connection.execute(DATES, part)

    with psycopg.connect(dsn, autocommit=True) as connection, ThreadPoolExecutor(WRITERS) as pool:
        # Nobody counts what is still being written.
        connection.execute("SELECT pg_advisory_lock(%s)", (TURN_LOCK,))
        list(pool.map(write, range(first, last + 1, PART)))
        connection.execute("VACUUM ANALYZE schedules, occurrences")


def _settle(running: Dev) -> float:
    """Seconds until the blocks of the list are counted: the engine looks where something was made."""
    _create(running, 2_001)
    started = time.monotonic()
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        while time.monotonic() - started < COUNTED_SECONDS_MAX:
            row = connection.execute(WAITING).fetchone()
            if row and row[0] < UNCOUNTED_MAX:
                return round(time.monotonic() - started, 1)
            time.sleep(1.0)
    raise RuntimeError(f"not counted: {row}")


def _measure(running: Dev, places: list[Place], total: int) -> dict[str, dict[str, float]]:
    """The places take turns, so that what else the machine does falls on all of them.

    A figure counts only if each page is full and tells the total.
    """
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=600)
    headers = {"Authorization": f"Basic {b64encode(f'{SECRET}:'.encode()).decode()}"}
    taken: dict[str, list[float]] = {place.name: [] for place in places}
    calls = [place for place in places for _ in range(CALLS)]
    random.Random(1).shuffle(calls)  # noqa: S311 - who has its turn
    for place in calls:
        started = time.perf_counter()
        connection.request("GET", f"/schedules?limit={PAGE}{place.query}", headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        taken[place.name].append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{place.name}: {answer.status}")
        page = json.loads(text)
        if (page["total"], len(page["data"])) != (total, PAGE):
            raise RuntimeError(f"{place.name}: {len(page['data'])} of {page['total']} in place of {total}")
    connection.close()
    return {
        name: {
            "p50": round(sorted(each)[len(each) // 2], 2),
            "p99": round(sorted(each)[len(each) * 99 // 100], 2),
        }
        for name, each in taken.items()
    }
