"""Job queues that others run such work on, as yardsticks: installed for the measurement, never for the product.

Each drains jobs that lie ready in a database of their own, on the same server. A job does nothing, or writes one row.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks.others import NotInstalledError, installed

HERE = Path(__file__).parent
DRAIN_SECONDS_MAX = 900
TURNS = 2
ROW = "CREATE TABLE charges (id text PRIMARY KEY, amount_minor bigint NOT NULL, created_at timestamptz NOT NULL)"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, what is installed for it, and how many jobs tell its speed: a slow one need not run for an hour."""

    name: str
    packages: tuple[str, ...]
    program: str
    share_of_jobs: float


QUEUES = (
    Queue("pgqueuer", ("pgqueuer==1.6.0", "asyncpg==0.32.0", "uvloop"), "pgqueuer_drain.py", 1.0),
    Queue("graphile_worker", ("graphile-worker@0.17.3",), "graphile_drain.mjs", 1.0),
    Queue("procrastinate", ("procrastinate==3.10.0", "psycopg[binary,pool]"), "procrastinate_drain.py", 0.1),
    Queue("dbos", ("dbos==3.4.0", "psycopg[binary,pool]"), "dbos_drain.py", 0.02),
)


def measure(dsn: str, jobs: int) -> dict[str, int]:
    """The jobs a second of each, without and with a row, at best; what cannot be installed is left out."""
    found: dict[str, list[float]] = {}
    for _ in range(TURNS):
        for queue in QUEUES:
            for charge in (False, True):
                name = f"{queue.name}_{'charge' if charge else 'nothing'}"
                try:
                    found.setdefault(name, []).append(drain(queue, dsn, jobs, charge=charge))
                except NotInstalledError as error:
                    sys.stderr.write(f"{queue.name} is left out: {error}\n")
    return {name: round(max(each)) for name, each in found.items() if each}


def drain(queue: Queue, dsn: str, jobs: int, *, charge: bool) -> float:
    """Jobs a second, from the start of the worker to the end of the last job."""
    count = max(100, round(jobs * queue.share_of_jobs))
    command = _installed(queue)
    with _database(dsn) as own:
        told = subprocess.run(
            [*command, str(count), "charge" if charge else "nothing"],
            env={**os.environ, "QUEUE_URL": _url(own)},
            stdout=subprocess.PIPE,
            timeout=DRAIN_SECONDS_MAX,
            check=True,
        )
        if charge:
            _require(own, count)
    return count / float(told.stdout.split()[-1])


def _installed(queue: Queue) -> list[str]:
    """The command that runs its program. Node.js must be there for one that is written for it."""
    program = HERE / queue.program
    is_node = program.suffix == ".mjs"
    folder = installed(queue.name, queue.packages, is_node=is_node)
    if is_node:
        # A module looks for what it imports from where it lies.
        copy = folder / program.name
        copy.write_text(program.read_text("utf-8"), "utf-8")
        return ["node", str(copy)]
    return [str(folder / "bin" / "python"), str(program)]


@contextmanager
def _database(dsn: str) -> Iterator[str]:
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench_queue")
        try:
            own = make_conninfo(dsn, dbname="bench_queue")
            with psycopg.connect(own, autocommit=True) as inside:
                inside.execute(ROW)
            yield own
        finally:
            connection.execute("DROP DATABASE bench_queue WITH (FORCE)")


def _url(dsn: str) -> str:
    """A connection string as all of them understand it."""
    given = {name: quote(str(value), safe="") for name, value in conninfo_to_dict(dsn).items()}
    return (
        f"postgresql://{given['user']}:{given.get('password', '')}@/{given['dbname']}"
        f"?host={given['host']}&port={given.get('port', '5432')}"
    )


def _require(dsn: str, count: int) -> None:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM charges").fetchone()
    if row != (count,):
        raise RuntimeError(f"{row} rows of {count} jobs")
