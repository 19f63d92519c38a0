"""PgBouncer in transaction mode in front of a PostgreSQL that listens on a socket in a folder."""

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duerun.storage.server_account import choose_account, give
from duerun.storage.server_cluster import write_private
from duerun.storage.server_process import Child
from upgrade.processes import free_port

START_SECONDS_MAX = 60.0
# Debian's lies where ordinary users do not look.
FOLDERS = "/usr/sbin:/usr/local/sbin:/sbin"
CONFIGURATION = """\
[databases]
{database} = host={host} port={port} dbname={database} user={user} password='{password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
admin_users = admin
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 500
log_connections = 0
log_disconnections = 0
"""


def program() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path=FOLDERS)


@contextmanager
def pooled(dsn: str, *, sessions: int) -> Iterator[str]:
    """The conninfo of a pooler that has so many sessions of the server for all its clients."""
    found = program()
    assert found is not None
    facts = conninfo_to_dict(dsn)
    account = choose_account(None)
    folder = Path(tempfile.mkdtemp(prefix="duerun-pooler-"))
    folder.chmod(0o755)
    listen = free_port()
    text = CONFIGURATION.format(
        database=facts["dbname"],
        **{name: facts[name] for name in ("host", "port", "user", "password")},
        listen=listen,
        sessions=sessions,
    )
    configuration = folder / "pgbouncer.ini"
    write_private(configuration, text, account)
    give(folder, account)
    child = Child.start([found, str(configuration)], account, log=folder / "pgbouncer.log")
    try:
        _await(listen, child, folder)
        yield make_conninfo(host="127.0.0.1", port=listen, user=facts["user"], dbname=facts["dbname"])
    finally:
        child.stop()
        shutil.rmtree(folder, ignore_errors=True)


def sessions(dsn: str) -> dict[str, int]:
    """How many clients wait and are served at this moment, and how many sessions of the server there are."""
    with psycopg.connect(dsn, dbname="pgbouncer", user="admin", autocommit=True) as connection:
        rows = connection.execute("SHOW POOLS")
        names = [each.name for each in rows.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in rows]
    own = next(row for row in found if row["database"] == conninfo_to_dict(dsn)["dbname"])
    return {name: int(own[name]) for name in ("cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used")}


def _await(port: int, child: Child, folder: Path) -> None:
    ends_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends_at:
        assert not child.has_ended, (folder / "pgbouncer.log").read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError((folder / "pgbouncer.log").read_text())
