"""Calls of the API while a file is taken in and payments run, beside the same calls with nothing else to do.

`duerun serve` and `duerun work` are processes of their own over one PostgreSQL. Calls come at a steady rate, and the
time of each counts from the moment at which it was to be made: a server that stands still delays all of them.
"""

import asyncio
import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import bulk, load, seed
from benchmarks.growth import DUE, SCHEDULES
from duerun.assembly import build_runtime
from duerun.services import access
from duerun.settings import Settings
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer

RATE = 50
IDLE_SECONDS = 20
# What a new server reads for the first time is not part of either.
WARM_SECONDS = 10
START_SECONDS_MAX = 60
WORK_SECONDS_MAX = 3_600
COUNT_SECONDS_MAX = 120
UNCOUNTED_MAX = 50_000
LOOK_SECONDS = 1.0
# One payment of an account of its own falls due each second.
PROBES_MAX = WORK_SECONDS_MAX
POST_EVERY = 5
READS = ("/schedules?limit=20", "/charges?limit=20", "/account", f"/customers/{seed.customer_id(1)}")
ALLOWED = {
    "get_p99_milliseconds": 100.0,
    "get_p99_to_idle": 3.0,
    "post_p99_milliseconds": 250.0,
    "late_seconds": 5.0,
}
PROBES = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT 'occu_test_' || right(s.id, 19), s.account_id, false, s.id, 'charge', s.start_on,
  now() + (row_number() OVER (ORDER BY s.id)) * interval '1 second', now()
FROM schedules s WHERE s.account_id = %(account)s
"""
# As if they had been made one after the other, two days ago.
SPREAD = """
UPDATE {table} SET created_at = now() - interval '2 days' + right(id, 19)::bigint * interval '1 millisecond'
"""
COUNTED = "SELECT coalesce(sum(objects), 0) FROM list_blocks WHERE list = 'schedules' AND is_counted"
LATE = """
SELECT max(extract(epoch FROM processed_at - due_at)) FROM occurrences
WHERE account_id = %(account)s AND due_at BETWEEN %(since)s AND %(until)s
"""
UNDONE = """
SELECT count(*) FROM occurrences
WHERE account_id = %(account)s AND due_at BETWEEN %(since)s AND %(until)s AND processed_at IS NULL
"""
LEFT = """
SELECT count(*) FROM (SELECT FROM occurrences
  WHERE account_id = %(account)s AND state IN ('due', 'sent', 'unknown') AND due_at <= now() LIMIT 1) AS open
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A server, a worker, and the accounts: `account` has all the load, `probed` a payment each second."""

    dsn: str
    port: int
    key: str
    account: int
    probed: int


@dataclass(slots=True)
class Timed:
    """Seconds of the calls that were answered, by method."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})

    def p99(self, method: str) -> float:
        """In milliseconds."""
        taken = sorted(self.seconds[method])
        return taken[len(taken) * 99 // 100] * 1_000


def run(rows: int, due: int) -> dict[str, Any]:
    """The 99th of a hundred calls, idle and under load, and how late a payment began meanwhile.

    A figure counts only if the whole file was taken in and every payment has run.
    """
    with _stage(rows) as stage:
        _seed(stage, rows, due)
        _await_counts(stage, due)
        asyncio.run(_call(stage, lambda seconds: seconds < WARM_SECONDS))
        idle = asyncio.run(_call(stage, lambda seconds: seconds < IDLE_SECONDS))
        uploading = _Uploading(stage, rows)
        began_at, began = datetime.now(UTC), time.monotonic()
        with psycopg.connect(stage.dsn, autocommit=True) as connection:
            connection.execute(
                "UPDATE occurrences SET due_at = now() WHERE account_id = %s", (stage.account,)
            )
        uploading.start()
        busy = asyncio.run(
            _call(stage, lambda seconds: seconds < IDLE_SECONDS or not _is_done(stage, uploading))
        )
        seconds = time.monotonic() - began
        late = _late_seconds(stage, began_at, datetime.now(UTC))
    uploading.require(rows)
    figures = {
        "get_p99_milliseconds": round(busy.p99("GET"), 1),
        "get_p99_to_idle": round(busy.p99("GET") / idle.p99("GET"), 2),
        "post_p99_milliseconds": round(busy.p99("POST"), 1),
        "late_seconds": round(late, 2),
    }
    return {
        "largest_part_of_what_is_allowed": max(
            round(figures[name] / most, 2) for name, most in ALLOWED.items()
        ),
        **figures,
        "get_p99_milliseconds_idle": round(idle.p99("GET"), 1),
        "post_p99_milliseconds_idle": round(idle.p99("POST"), 1),
        "calls": sum(len(each) for each in busy.seconds.values()),
        "seconds": round(seconds, 1),
    }


@contextmanager
def _stage(rows: int) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        os.chmod(folder, 0o755)  # root's database runs as another user, who must be able to enter
        with EmbeddedServer.start(Path(folder)) as server:
            migrate(server.dsn)
            accounts, key = asyncio.run(_accounts(server.dsn))
            with _processes(server.dsn, Path(folder), rows) as port:
                yield Stage(server.dsn, port, key, *accounts)


async def _accounts(dsn: str) -> tuple[list[int], str]:
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    now = datetime.now(UTC)
    made = [
        await access.create_account(runtime, email=f"bench{number}@example.com", country="TH", now=now)
        for number in range(2)
    ]
    keys = await access.create_keys(runtime, made[0], livemode=False, now=now)
    await runtime.database.close()
    return made, keys.secret


@contextmanager
def _processes(dsn: str, folder: Path, rows: int) -> Iterator[int]:
    """A server and a worker; the server's port."""
    port, health = bulk.free_port(), bulk.free_port()
    environment = os.environ | {
        "DUERUN_DATABASE_URL": dsn,
        "DUERUN_VOP_PROCESSES": "0",
        "DUERUN_BULK_ROWS_MAX": f"{max(rows, 10_000)}",
        "DUERUN_BULK_BYTES_MAX": "1000000000",
    }
    commands = (("serve", "--port", f"{port}"), ("work", "--health-port", f"{health}"))
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "duerun", *command, "--data", str(folder / "data")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        for each in (port, health):
            _wait_until_ready(each)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS_MAX)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
        finally:
            connection.close()
        time.sleep(0.1)


def _seed(stage: Stage, rows: int, due: int) -> None:
    """Customers for the file, payments that are due later than now, and one for each second."""
    seed.customers(stage.dsn, stage.account, max(rows, 1) + 1)
    probed = seed.customer_id(max(rows, 1) + 1)
    with psycopg.connect(stage.dsn, autocommit=True) as connection:
        for table, column in (("customers", "id"), ("cards", "customer_id")):
            connection.execute(
                f"UPDATE {table} SET account_id = %s WHERE {column} = %s".encode(), (stage.probed, probed)
            )
        of = {"account": stage.account, "customer": seed.customer_id(1), "first": 1, "last": due}
        connection.execute(SCHEDULES, of)
        connection.execute(DUE)
        connection.execute("UPDATE occurrences SET due_at = now() + interval '1 day'")
        for table in ("schedules", "customers"):
            connection.execute(SPREAD.format(table=table).encode())
        of = {"account": stage.probed, "customer": probed, "first": due + 1, "last": due + PROBES_MAX}
        connection.execute(SCHEDULES, of)
        connection.execute(PROBES, {"account": stage.probed})
        connection.execute("VACUUM ANALYZE")


def _await_counts(stage: Stage, schedules: int) -> None:
    """Wait until the engine has counted what was written behind its back: it looks where something was made."""
    asyncio.run(_call(stage, lambda seconds: seconds < LOOK_SECONDS))
    deadline = time.monotonic() + COUNT_SECONDS_MAX
    with psycopg.connect(stage.dsn, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute(COUNTED).fetchone()
            if row is not None and row[0] >= schedules - UNCOUNTED_MAX:
                return
            time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the lists were not counted: {row}")


class _Uploading:
    """Sends a file and waits until its job is done, in a process of its own: to make rows must delay no call."""

    def __init__(self, stage: Stage, rows: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._jobs: multiprocessing.SimpleQueue[Any] = context.SimpleQueue()
        self._process = context.Process(target=_upload, args=(stage, rows, self._jobs), daemon=True)

    def start(self) -> None:
        self._process.start()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def require(self, rows: int) -> None:
        """Raises unless every row was taken in."""
        job = None if self._jobs.empty() else self._jobs.get()
        if job is None or job["successful_rows"] != rows:
            raise RuntimeError(f"the file was not taken in: {job}")


def _upload(stage: Stage, rows: int, jobs: "multiprocessing.SimpleQueue[Any]") -> None:
    form = {"Content-Type": f"multipart/form-data; boundary={bulk.BOUNDARY}"}
    headers = _authorized(stage.key)
    sent = bulk.call(stage.port, "POST", "/schedules/upload", bulk.multipart(rows), **form, **headers)
    job = json.loads(sent)
    while job["state"] != "completed":
        time.sleep(LOOK_SECONDS)
        job = json.loads(bulk.call(stage.port, "GET", job["location"], **headers))
    jobs.put(job)


def _authorized(key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}


def _is_done(stage: Stage, uploading: _Uploading) -> bool:
    if uploading.is_alive():
        return False
    with psycopg.connect(stage.dsn, autocommit=True) as connection:
        row = connection.execute(LEFT, {"account": stage.account}).fetchone()
    return row == (0,)


def _late_seconds(stage: Stage, since: datetime, until: datetime) -> float:
    """How late the latest of the payments that fell due each second was done."""
    of = {
        "account": stage.probed,
        "since": since,
        "until": until - timedelta(seconds=ALLOWED["late_seconds"]),
    }
    with psycopg.connect(stage.dsn, autocommit=True) as connection:
        undone = connection.execute(UNDONE, of).fetchone()
        late = connection.execute(LATE, of).fetchone()
    if undone is None or undone[0] or late is None or late[0] is None:
        raise RuntimeError(f"payments of the second account are not done: {undone}")
    return float(late[0])


async def _call(stage: Stage, goes_on: Any) -> Timed:
    """Call at a steady rate for as long as `goes_on` tells, which is asked each second with the seconds so far."""
    timed, began, number = Timed(), time.perf_counter(), 0
    async with asyncio.TaskGroup() as group:
        while await asyncio.to_thread(goes_on, time.perf_counter() - began):
            for _ in range(RATE):
                planned = began + number / RATE
                await asyncio.sleep(max(0.0, planned - time.perf_counter()))
                group.create_task(_one(stage, number, planned, timed))
                number += 1
    return timed


async def _one(stage: Stage, number: int, planned: float, timed: Timed) -> None:
    method = "GET" if number % POST_EVERY else "POST"
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(_request(stage, method, number))
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(load.length_of(head))
    timed.seconds[method].append(time.perf_counter() - planned)
    writer.close()
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head[:200])


def _request(stage: Stage, method: str, number: int) -> bytes:
    headers = _authorized(stage.key)
    if method == "GET":
        return load.request("GET", READS[number % len(READS)], headers)
    start = datetime.now(UTC).date() + timedelta(days=40)
    body = {
        "every": 1,
        "period": "month",
        "on": {"days_of_month": [1]},
        "start_date": f"{start}",
        "end_date": "2099-12-31",
        "charge": {"customer": seed.customer_id(1), "amount": 100_000 + number},
    }
    return load.request(
        "POST", "/schedules", headers | {"Content-Type": "application/json"}, json.dumps(body).encode()
    )
