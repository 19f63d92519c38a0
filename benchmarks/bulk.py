"""A bulk file from the first byte of its upload to the last byte of its report, over HTTP to a `duerun dev`."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks import machine, seed
from benchmarks.limits import bulk as limits
from duerun.storage.migrate import migrate
from duerun.storage.server import running_dsn

SECRET = "skey_test_duerun0000000000000"
HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date\n"
BOUNDARY = "duerun-benchmark"
POLL_SECONDS = 0.02
START_SECONDS_MAX = 30
ROWS_A_PIECE = 1_000
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Dev:
    """A `duerun dev` of our own."""

    port: int
    pid: int
    dsn: str


@contextmanager
def dev(**environment: str) -> Iterator[Dev]:
    """Start one on a free port and an empty folder, with settings of its own; stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        os.chmod(folder, 0o755)  # root's database runs as another user, who must be able to enter
        port = free_port()
        command = [sys.executable, "-m", "duerun", "dev", "--port", str(port), "--data", folder]
        limits = {"DUERUN_BULK_ROWS_MAX": "2000000", "DUERUN_BULK_BYTES_MAX": "1000000000"}
        process = subprocess.Popen(
            command, env={**os.environ, **limits, **environment}, stdout=subprocess.DEVNULL
        )
        try:
            yield Dev(port, process.pid, _started(port, Path(folder)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started(port: int, folder: Path) -> str:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            call(port, "GET", "/clock")
            dsn = running_dsn(folder)
            if dsn:
                return dsn
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("duerun dev did not start")


def call(port: int, method: str, path: str, body: Any = None, **headers: str) -> bytes:
    """The body of a successful answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    key = base64.b64encode(f"{SECRET}:".encode()).decode()
    connection.request(method, path, body, {"Authorization": f"Basic {key}", **headers})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
    return text


def file_of(rows: int, *, key: str = "sub", least: int = 2_000) -> Iterator[bytes]:
    """Monthly schedules of `least` and more, one for each customer, in pieces."""
    start = datetime.now(UTC).date() + timedelta(days=2)
    yield HEADER.encode()
    for first in range(1, rows + 1, ROWS_A_PIECE):
        yield "".join(
            f"{key}_{n:07d},{seed.customer_id(n)},,{least + n % 5_000},Monthly plan,1,month,{n % 28 + 1},{start},\n"
            for n in range(first, min(first + ROWS_A_PIECE, rows + 1))
        ).encode()


def multipart(rows: int) -> Iterator[bytes]:
    disposition = 'Content-Disposition: form-data; name="file"; filename="members.csv"'
    yield f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: text/csv\r\n\r\n".encode()
    yield from file_of(rows)
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def run(rows: int, *, dry: bool = False) -> dict[str, Any]:
    """Seconds for the whole way and for each part of it, and the memory that the server took at most.

    `dry` only tries the file. Otherwise the same rows are written by hand as well, in turn, on the same PostgreSQL.
    """
    found: list[dict[str, Any]] = []
    by_hand: list[float] = []
    for _ in range(1 if dry else ROUNDS):
        with dev() as server:
            with psycopg.connect(server.dsn) as connection:
                row = connection.execute("SELECT id FROM accounts ORDER BY id LIMIT 1").fetchone()
            seed.customers(server.dsn, row[0] if row else 0, rows)
            with machine.TreePeak(server.pid) as peak:
                parts = _upload(server, rows, dry=dry)
            found.append(parts | {"server_and_processes_peak_megabytes": peak.megabytes})
            if not dry:
                by_hand.append(_by_hand(server.dsn, rows))
    best = min(found, key=lambda each: float(each["seconds"]))
    if not by_hand:
        return best
    limit = min(by_hand)
    return best | {
        "limit": round(limit, 2),
        "share_of_limit": round(limit / best["seconds"], 2),
        "all_seconds": [each["seconds"] for each in found],
        "seconds_by_hand": [round(each, 2) for each in by_hand],
    }


def _by_hand(dsn: str, rows: int) -> float:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench_limit")
    own = make_conninfo(dsn, dbname="bench_limit")
    migrate(own)
    seed.customers(own, 1, rows)
    return limits.run(own, list(file_of(rows)), rows)


def _upload(server: Dev, rows: int, *, dry: bool) -> dict[str, Any]:
    pieces = list(multipart(rows))
    started = time.perf_counter()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    path = f"/schedules/upload{'?dry_run=true' if dry else ''}"
    job = json.loads(call(server.port, "POST", path, iter(pieces), **{"Content-Type": content_type}))
    uploaded = time.perf_counter()
    while job["state"] != "completed":
        time.sleep(POLL_SECONDS)
        job = json.loads(call(server.port, "GET", job["location"]))
    completed = time.perf_counter()
    report = call(server.port, "GET", job["download_uri"])
    finished = time.perf_counter()
    if job["successful_rows"] != rows or report.count(b"\n") != rows + 1:
        raise RuntimeError(f"{job['successful_rows']} of {rows} rows succeeded")
    return {
        "seconds": round(finished - started, 2),
        "upload_seconds": round(uploaded - started, 2),
        "import_seconds": round(completed - uploaded, 2),
        "report_seconds": round(finished - completed, 2),
    }
