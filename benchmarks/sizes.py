"""`python -m benchmarks.sizes [--schedules N]`: what a schedule and a payment cost in bytes, log and processor time.

A bulk file makes the schedules, and one date of each is paid through the sandbox, by one process. Bytes are those of
tables with their indexes and long values, behind a vacuum; the log is what a replica gets as well. Prints JSON, with
what follows from it on paper: straight multiples, which nobody has measured at those sizes.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import machine
from benchmarks.engine import Shop, shop
from duerun.services import rounds
from duerun.storage.server_process import server_processes

TABLES = """
SELECT c.oid::regclass::text, pg_total_relation_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname IN ('public', 'sandbox')
"""
LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
CLUSTER = "SELECT current_setting('data_directory')"
SHOWN_BYTES_MIN = 1.0
PAPER_SCHEDULES = (1_000_000, 10_000_000, 100_000_000)
PAYMENTS_A_YEAR = 12
AN_HOUR = 10_000_000
GIGABYTE, MEGABYTE = 10**9, 10**6


class Meter:
    """Sizes, log and seconds so far, of one database."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._tables: dict[str, int] = {}
        self._log, self._at, self._database, self._own = 0, 0.0, 0.0, 0.0
        self.read(1)

    def read(self, count: int) -> dict[str, Any]:
        """What came about since the last reading, for each of `count`."""
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            log = _number(connection, LOG)
            cluster = Path(str(_value(connection, CLUSTER)))
            seconds, database, own = time.monotonic(), _database_seconds(cluster), _own_seconds()
            connection.execute("VACUUM ANALYZE")
            tables = {str(name): int(size) for name, size in connection.execute(TABLES)}
            grown = {name: (size - self._tables.get(name, 0)) / count for name, size in tables.items()}
            told = {
                "bytes": round(sum(grown.values())),
                "bytes_by_table": {
                    name: round(each)
                    for name, each in sorted(grown.items(), key=lambda item: -item[1])
                    if each >= SHOWN_BYTES_MIN
                },
                "log_bytes": round((log - self._log) / count),
                "database_cpu_milliseconds": round(1000 * (database - self._database) / count, 3),
                "own_cpu_milliseconds": round(1000 * (own - self._own) / count, 3),
                "per_second": round(count / (seconds - self._at)),
            }
            self._tables, self._log = tables, _number(connection, LOG)
        self._at, self._database, self._own = time.monotonic(), _database_seconds(cluster), _own_seconds()
        return told


async def measure(schedules: int) -> dict[str, Any]:
    """Bytes, log and seconds of a schedule, and of a payment of one."""
    told: dict[str, Any] = {"schedules": schedules}
    meters: list[Meter] = []

    def begin(dsn: str) -> None:
        meters.append(Meter(dsn))

    async with shop(schedules, begin=begin) as made:
        told["schedule"] = meters[0].read(schedules)
        await _make_due(made)
        meters[0].read(1)
        ran = await rounds.run_all_due(made.runtime, made.account, datetime.now(UTC))
        if ran != schedules:
            raise RuntimeError(f"{ran} of {schedules} ran")
        told["payment"] = meters[0].read(schedules)
    return told | {"on_paper": on_paper(told["schedule"], told["payment"]), "machine": machine.facts()}


def on_paper(schedule: dict[str, Any], payment: dict[str, Any]) -> dict[str, Any]:
    """Multiples: storage of monthly schedules, and an hour in which very many dates fall due."""
    per_second = AN_HOUR / 3_600
    return {
        "storage": [
            {
                "schedules": count,
                "schedules_gigabytes": round(count * schedule["bytes"] / GIGABYTE, 1),
                "payments_gigabytes_a_year": round(count * PAYMENTS_A_YEAR * payment["bytes"] / GIGABYTE, 1),
                "log_gigabytes_a_year": round(count * PAYMENTS_A_YEAR * payment["log_bytes"] / GIGABYTE, 1),
            }
            for count in PAPER_SCHEDULES
        ],
        "an_hour": {
            "payments": AN_HOUR,
            "per_second": round(per_second),
            "database_cores": round(per_second * payment["database_cpu_milliseconds"] / 1000, 2),
            "own_cores": round(per_second * payment["own_cpu_milliseconds"] / 1000, 2),
            "log_megabytes_per_second": round(per_second * payment["log_bytes"] / MEGABYTE, 1),
            "table_megabytes_per_second": round(per_second * payment["bytes"] / MEGABYTE, 1),
        },
    }


async def _make_due(made: Shop) -> None:
    async with made.runtime.database.connection() as connection:
        await connection.execute("UPDATE occurrences SET due_at = now()")


def _value(connection: "psycopg.Connection[Any]", statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    if row is None:
        raise LookupError(statement)
    return row[0]


def _number(connection: "psycopg.Connection[Any]", statement: str) -> int:
    return int(_value(connection, statement))


def _database_seconds(cluster: Path) -> float:
    return sum(machine.cpu_seconds(each) for each in server_processes(cluster))


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="sizes", description=__doc__)
    parser.add_argument("--schedules", type=int, default=100_000)
    given = parser.parse_args()
    sys.stdout.write(f"{json.dumps(asyncio.run(measure(given.schedules)), indent=2)}\n")


if __name__ == "__main__":
    main()
