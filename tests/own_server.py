"""Servers and databases of their own, for tests that would be in the way of others, or others in theirs."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer


@contextmanager
def own_server() -> Iterator[str]:
    """The conninfo of a server without fsync, for more connections than others leave over; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-own-"))
    # Root's server runs as somebody else, who must be able to enter.
    folder.chmod(0o755)
    try:
        with EmbeddedServer.start(folder, fsync=False) as running:
            yield running.dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_database(dsn: str, name: str) -> Iterator[str]:
    """The conninfo of a fresh database with the schema in place, on a server that is there."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
        own = make_conninfo(dsn, dbname=name)
        migrate(own)
        yield own
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
