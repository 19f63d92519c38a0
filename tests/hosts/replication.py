"""Two real PostgreSQL servers on one machine: a primary, and a replica that it streams to and waits for."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from duerun.storage import server_cluster
from duerun.storage.server import LogTail, wait_until_ready
from duerun.storage.server_account import Account, choose_account, give, run
from duerun.storage.server_binaries import find_binaries, major, reachable_binaries, working_version
from duerun.storage.server_process import SETTINGS, Child, server_processes
from upgrade.processes import free_port

from .site import LOOPBACK, wait_for

COMMAND_SECONDS_MAX = 120
START_SECONDS_MAX = 120
DATABASE = "duerun"
SYNCHRONOUS = "synchronous_standby_names"
REPLICATING = "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND sync_state = 'sync'"


@dataclass
class Node:
    """One server: its name is that of its cluster, by which the other one knows it. `peers` are let in besides us."""

    name: str
    folder: Path
    programs: Path
    account: Account | None
    password: str
    port: int = field(default_factory=free_port)
    child: Child | None = None
    address: str = LOOPBACK
    peers: str = ""

    @property
    def cluster(self) -> Path:
        return self.folder / self.name

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def dsn(self, database: str = DATABASE) -> str:
        return make_conninfo(
            "",
            host=self.address,
            port=self.port,
            user=server_cluster.SUPERUSER,
            password=self.password,
            dbname=database,
        )

    def initialise(self) -> None:
        """A new cluster with an empty database."""
        password = self.folder / "password"
        server_cluster.write_private(password, self.password, self.account)
        version = major(working_version(self.programs))
        self._run(
            *server_cluster.initdb_command(
                self.programs, self.cluster, major_version=version, password=password, fsync=False
            )
        )
        if self.peers:
            with (self.cluster / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {self.peers} scram-sha-256\n")
        self.start()
        self.ask(f"CREATE DATABASE {DATABASE}", database="postgres")

    def follow(self, primary: "Node") -> None:
        """Become a replica of a primary, from a base backup, and have it wait for us."""
        shutil.rmtree(self.cluster, ignore_errors=True)
        copy = ["--checkpoint=fast", "--wal-method=stream", "--no-sync", "--write-recovery-conf"]
        self._run(
            self.programs / "pg_basebackup", f"--pgdata={self.cluster}", f"--dbname={primary.dsn()}", *copy
        )
        # Whoever is promoted waits for nobody, until somebody follows.
        kept = self.cluster / "postgresql.auto.conf"
        lines = [line for line in kept.read_text().splitlines(True) if not line.startswith(SYNCHRONOUS)]
        kept.write_text("".join(lines))
        self.start()
        primary.ask(f"ALTER SYSTEM SET {SYNCHRONOUS} = '{self.name}'")
        primary.ask("SELECT pg_reload_conf()")
        wait_for(lambda: bool(primary.ask(REPLICATING, self.name)), "the replica does not follow")

    def start(self) -> None:
        given = {
            **SETTINGS,
            "listen_addresses": self.address,
            "port": str(self.port),
            "unix_socket_directories": "",
            "cluster_name": self.name,
            "max_connections": "100",
            "wal_keep_size": "256MB",
            "shared_buffers": "64MB",
            "fsync": "off",
        }
        command = [str(self.programs / "postgres"), "-D", str(self.cluster)]
        told_before = self.log.stat().st_size if self.log.exists() else 0
        self.child = Child.start(
            command + [f"--{name}={value}" for name, value in given.items()], self.account, log=self.log
        )
        tail = LogTail(self.log, told_before)
        wait_until_ready(
            self.child,
            self.dsn("postgres"),
            tail,
            notify=lambda text: None,
            seconds_max=START_SECONDS_MAX,
        )

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it without a word to anybody, and wait for the last of its processes."""
        assert self.child is not None
        os.kill(self.child.pid, number)
        wait_for(lambda: not server_processes(self.cluster), f"{self.name} does not end")

    def promote(self) -> None:
        """Make it the primary; returns once it takes changes."""
        self._run(self.programs / "pg_ctl", "promote", f"--pgdata={self.cluster}", "--wait")

    def stop(self) -> None:
        if self.child is not None and not self.child.has_ended:
            self.child.stop()

    def ask(self, statement: str, *values: Any, database: str = DATABASE) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def _run(self, *command: str | Path) -> None:
        status, printed = run(command, self.account, seconds_max=COMMAND_SECONDS_MAX)
        if status:
            raise RuntimeError(f"{Path(command[0]).name}: {printed}")


@dataclass
class Pair:
    """A primary and its replica, which change places."""

    primary: Node
    replica: Node

    @property
    def dsn(self) -> str:
        """Whichever of the two takes changes, the first of both first."""
        nodes = sorted((self.primary, self.replica), key=lambda each: each.name)
        return make_conninfo(
            nodes[0].dsn(),
            host="127.0.0.1,127.0.0.1",
            port=",".join(str(each.port) for each in nodes),
            target_session_attrs="read-write",
            load_balance_hosts="random",
        )

    def promote(self) -> None:
        """Make the replica the primary."""
        self.replica.promote()
        self.primary, self.replica = self.replica, self.primary


@contextmanager
def pair() -> Iterator[Pair]:
    """Both servers, each commit of the one waiting for the other; all is gone at the end."""
    with nodes("one", "two") as (first, second):
        first.initialise()
        second.follow(first)
        yield Pair(first, second)


@contextmanager
def nodes(*names: str) -> Iterator[list[Node]]:
    """Servers that are still to be made; those that run at the end are stopped."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-servers-"))
    folder.chmod(0o755)
    account = choose_account(None)
    servers = folder / "servers"
    servers.mkdir(mode=0o755)
    give(servers, account)
    spare = server_cluster.usable_spare(server_cluster.SPARE_FOLDER)
    programs = reachable_binaries(find_binaries(), account, spare, lambda text: None)
    password = secrets.token_urlsafe(16)
    made = [Node(name, servers, programs, account, password) for name in names]
    try:
        yield made
    finally:
        for each in made:
            each.stop()
        shutil.rmtree(folder, ignore_errors=True)
