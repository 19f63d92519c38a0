"""A page of schedules at the head, in the middle and at the end of a long list, beside an account with one page."""

import http.client
import random
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks import seed
from benchmarks.bulk import SECRET, Dev, call, dev

PAGE = 20
CALLS = 400
COUNTED_SECONDS_MAX = 600
COPIES = """
INSERT INTO schedules SELECT made.*
FROM generate_series(%(first)s::int, %(last)s::int) AS n, LATERAL (
  SELECT (jsonb_populate_record(NULL::schedules, to_jsonb(s) || jsonb_build_object(
    'id', 'schd_test_' || lpad(n::text, 19, '0'),
    'created_at', s.created_at - (%(last)s::int + 1 - n) * interval '200 milliseconds'
  ))).*
  FROM schedules s WHERE s.id = %(id)s
) AS made
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
        _fill(running.dsn, 1, PAGE - 1, model)
        short = _measure(running, [Place("short", "")])
        _fill(running.dsn, PAGE, schedules - 1, model)
        settled = _settle(running.dsn)
        places = [
            Place("head", ""),
            Place("offset_100000", f"&offset={min(100_000, schedules // 2)}"),
            Place("middle", f"&offset={schedules // 2}"),
            Place("end", f"&offset={schedules - PAGE}"),
            Place("newest_first", "&order=reverse_chronological"),
            Place("newest_first_middle", f"&order=reverse_chronological&offset={schedules // 2}"),
        ]
        long = _measure(running, places)
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
    start = "2099-01-01"
    body = (
        f"every=1&period=month&on[days_of_month][]=1&start_date={start}&end_date=2100-01-01"
        f"&charge[customer]={seed.customer_id(1)}&charge[amount]=2000"
    )
    call(running.port, "POST", "/schedules", body, **{"Content-Type": "application/x-www-form-urlencoded"})
    with psycopg.connect(running.dsn) as connection:
        row = connection.execute("SELECT id FROM schedules").fetchone()
    return str(row[0]) if row else ""


def _fill(dsn: str, first: int, last: int, model: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(COPIES, {"first": first, "last": last, "id": model})
        connection.execute("VACUUM ANALYZE schedules")


def _settle(dsn: str) -> float:
    """Seconds until the blocks of the list are counted; nothing where there are none."""
    started = time.monotonic()
    with psycopg.connect(dsn, autocommit=True) as connection:
        exists = connection.execute("SELECT to_regclass('list_blocks') IS NOT NULL").fetchone()
        while exists and exists[0] and time.monotonic() - started < COUNTED_SECONDS_MAX:
            row = connection.execute(WAITING).fetchone()
            if row and row[0] < 10_000:
                break
            time.sleep(0.2)
    return round(time.monotonic() - started, 1)


def _measure(running: Dev, places: list[Place], path: str = "/schedules") -> dict[str, dict[str, float]]:
    """The places take turns, so that what else the machine does falls on all of them."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=600)
    headers = {"Authorization": f"Basic {b64encode(f'{SECRET}:'.encode()).decode()}"}
    taken: dict[str, list[float]] = {place.name: [] for place in places}
    calls = [place for place in places for _ in range(CALLS)]
    random.Random(1).shuffle(calls)  # noqa: S311 - who has its turn
    for place in calls:
        started = time.perf_counter()
        connection.request("GET", f"{path}?limit={PAGE}{place.query}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        taken[place.name].append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}{place.query}: {answer.status}")
    connection.close()
    return {
        name: {
            "p50": round(sorted(each)[len(each) // 2], 2),
            "p99": round(sorted(each)[len(each) * 99 // 100], 2),
        }
        for name, each in taken.items()
    }
