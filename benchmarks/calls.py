"""Pages of schedules and their making over HTTP, beside a bare ASGI application over the same tables, in turn."""

import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks import load, localstripe, seed
from benchmarks.bulk import SECRET, Dev, dev, free_port
from benchmarks.others import NotInstalledError
from duerun.storage.migrate import migrate

ROUNDS = 2
# What is slow is asked less often.
PEER_FEWER = 20
PAGE = 20
START_SECONDS_MAX = 30
Made = Callable[[int], bytes]
KEY = {
    "Authorization": f"Basic {b64encode(f'{SECRET}:'.encode()).decode()}",
    "Content-Type": "application/json",
}


def pages(count: int) -> dict[str, Any]:
    """Pages of 20 schedules a second and process, each with all that the API tells of them."""
    with dev() as running, _bare(_own(running)) as port, _peer() as peer:
        for target in (running.port, port):
            load.run(target, PAGE, lambda _: _creation())
        if peer is not None:
            load.run(peer.port, PAGE, lambda _: peer.creation())
        return _in_turn(
            running.port,
            port,
            count,
            lambda _: load.request("GET", "/schedules?limit=20", KEY),
            (peer.port, lambda _: peer.page()) if peer else None,
        )


def creations(count: int) -> dict[str, Any]:
    """Schedules made a second and process, each durable before it is answered."""
    with dev() as running:
        own = _own(running)
        with _bare(own) as port, _peer() as peer:
            figures = _in_turn(
                running.port,
                port,
                count,
                lambda _: _creation(),
                (peer.port, lambda _: peer.creation()) if peer else None,
            )
        for dsn in (running.dsn, own):
            _require(dsn, count * ROUNDS)
        return figures


@contextmanager
def _peer() -> Iterator[localstripe.Localstripe | None]:
    """The peer, or None where it cannot be installed: that is said, and nothing is compared."""
    with ExitStack() as stack:
        try:
            peer = stack.enter_context(localstripe.running())
        except NotInstalledError as error:
            sys.stderr.write(f"localstripe is left out: {error}\n")
            peer = None
        yield peer


def _in_turn(ours: int, bare: int, count: int, made: Made, peer: tuple[int, Made] | None) -> dict[str, Any]:
    found: dict[int, list[load.Load]] = {ours: [], bare: []}
    peers: list[load.Load] = []
    for _ in range(ROUNDS):
        for port, loads in found.items():
            loads.append(load.run(port, count, made))
        if peer is not None:
            peers.append(load.run(peer[0], max(100, count // PEER_FEWER), peer[1]))
    best = {port: max(each.per_second for each in loads) for port, loads in found.items()}
    figures = {
        "per_second": round(best[ours]),
        "limit": round(best[bare]),
        "share_of_limit": round(best[ours] / best[bare], 2),
        "p99_milliseconds": round(min(each.p99_milliseconds for each in found[ours]), 1),
        "all_per_second": [round(each.per_second) for each in found[ours]],
        "by_hand_per_second": [round(each.per_second) for each in found[bare]],
    }
    if peers:
        fastest = max(each.per_second for each in peers)
        figures["peers"] = {"localstripe": round(fastest)}
        figures["ratio_to_best_peer"] = round(best[ours] / fastest, 1)
    return figures


def _creation() -> bytes:
    day = datetime.now(UTC).date() + timedelta(days=40)
    body = {
        "every": 1,
        "period": "month",
        "on": {"days_of_month": [1]},
        "start_date": f"{day}",
        "end_date": "2099-12-31",
        "charge": {"customer": seed.customer_id(1), "amount": 100_000},
    }
    return load.request("POST", "/schedules", KEY, json.dumps(body).encode())


def _own(running: Dev) -> str:
    """A database of its own for the bare application, on the same server; one customer in each."""
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        row = connection.execute("SELECT id FROM accounts ORDER BY id LIMIT 1").fetchone()
        connection.execute("CREATE DATABASE bench_limit")
    own = make_conninfo(running.dsn, dbname="bench_limit")
    migrate(own)
    seed.customers(running.dsn, row[0] if row else 0, 1)
    seed.customers(own, 1, 1)
    return own


@contextmanager
def _bare(dsn: str) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.limits.asgi", dsn, str(port)])
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                load.run(port, 1, lambda _: load.request("GET", "/", {}), connections=1)
                break
            except* OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _require(dsn: str, count: int) -> None:
    """A figure counts only when every row is there."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM schedules), (SELECT count(*) FROM occurrences),"
            " (SELECT count(*) FROM events WHERE key = 'schedule.create')"
        ).fetchone()
    if found != (count, count, count):
        raise RuntimeError(f"{found} rows of {count} schedules")
