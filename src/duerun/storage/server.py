"""A PostgreSQL of our own: found, initialised, started and stopped with the process.

It listens on a Unix socket only and asks for a password (scram). Everything lies under one data folder:
`postgres` (the cluster), `postgres.log`, `secret` (the password) and `lock` (held while a server runs).
"""

import atexit
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo

from duerun.storage import server_cluster as folders
from duerun.storage.server_account import Account, ServerError, choose_account, failure
from duerun.storage.server_binaries import find_binaries, reachable_binaries, working_version
from duerun.storage.server_process import (
    POLL_SECONDS,
    Child,
    FolderLock,
    end_orphans,
    lock_text,
    server_command,
)

__all__ = ["EmbeddedServer", "ServerError", "ServerFacts", "find_binaries", "kept_cluster", "running_dsn"]

DATABASE = "duerun"
RECOVERY_SECONDS_MAX = 600
NOTIFY_SECONDS = 3
CONNECT_SECONDS_MAX = 10


@dataclass(frozen=True)
class ServerFacts:
    """What runs and where; `run_as` is the user's name when it is not ours."""

    version: str
    binaries: Path
    data: Path
    cluster: Path
    log: Path
    sockets: Path
    run_as: str | None
    fsync: bool


@dataclass(frozen=True)
class _Server:
    """A server that is ready to be started."""

    facts: ServerFacts
    account: Account | None
    password: str

    def dsn(self, database: str) -> str:
        return _dsn(self.facts.sockets, self.password, database)


class EmbeddedServer:
    """A started server; as a context manager it stops at the end. One per data folder."""

    def __init__(self, server: _Server, child: Child, undo: ExitStack) -> None:
        self.dsn = server.dsn(DATABASE)
        self.facts = server.facts
        self._server, self._child = server, child
        self._undo = undo
        self._is_stopped = False
        self._process_id = os.getpid()
        self._stopping = threading.RLock()

    @classmethod
    def start(
        cls,
        data: Path,
        *,
        binaries: Path | None = None,
        fsync: bool = True,
        spare: Path = folders.SPARE_FOLDER,
        notify: Callable[[str], None] = lambda text: None,
    ) -> Self:
        """Start a server on the data folder and wait until it answers; `ServerError` if that cannot be.

        `binaries` is a configured folder of PostgreSQL's programs. `fsync=False` is for tests: a crash of the
        machine may then lose everything. `spare` takes the cluster and the programs where the user that the
        server runs as cannot reach them. `notify` is told what a person may want to know.
        """
        data = folders.prepare_data(data)
        with ExitStack() as undo:
            lock = FolderLock.take(data)
            undo.callback(lock.release)
            server = _prepare(data, find_binaries(binaries), spare, notify, undo, fsync=fsync)
            end_orphans(server.facts.cluster, server.facts.sockets, notify)
            child = _launch(server, undo, notify)
            lock.tell(f"{os.getpid()}\n{server.facts.sockets}\n")
            running = undo.pop_all()
        started = cls(server, child, running)
        atexit.register(started.stop)
        return started

    @property
    def has_ended(self) -> bool:
        """Whether the server went by itself."""
        return self._child.has_ended and not self._is_stopped

    def restart(self, notify: Callable[[str], None] = lambda text: None) -> None:
        """Start it again at the same address after it went by itself; `ServerError` if that cannot be."""
        with self._stopping:
            if self._is_stopped:
                return
            end_orphans(self.facts.cluster, self.facts.sockets, notify)
            self._child = _launch(self._server, self._undo, notify)

    def stop(self) -> None:
        """Shut down fast and wait for it; again is fine, and a forked child leaves the server alone."""
        if os.getpid() != self._process_id:
            return
        with self._stopping:
            self._is_stopped = True
            self._undo.close()
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def running_dsn(data: Path) -> str | None:
    """The conninfo of the server that another process runs on the data folder; `None` when none is ready."""
    _, _, sockets = (lock_text(data) or "").strip().partition("\n")
    if not sockets:
        return None
    return _dsn(Path(sockets), folders.read_password(data, cluster=data), DATABASE)


def kept_cluster(data: Path, binaries: Path, *, spare: Path = folders.SPARE_FOLDER) -> Path | None:
    """The cluster of a data folder, None before its first start; `ServerError` unless these programs can use it."""
    if not data.is_dir():
        return None
    places = folders.cluster_folders(data.resolve(), folders.usable_spare(spare))
    cluster = folders.find_cluster(places)
    if cluster is not None:
        folders.check_cluster(cluster, choose_account(cluster), version=working_version(binaries))
    return cluster


def _prepare(
    data: Path, found: Path, spare: Path, notify: Callable[[str], None], undo: ExitStack, *, fsync: bool
) -> _Server:
    """Find or make everything the server needs; nothing runs yet."""
    places = folders.cluster_folders(data, folders.usable_spare(spare))
    existing = folders.find_cluster(places)
    account = choose_account(existing)
    programs = reachable_binaries(found, account, folders.usable_spare(spare), notify)
    password = folders.read_password(data, cluster=existing)
    sockets = folders.socket_folder(data, account)
    undo.callback(_remove_folder, sockets)
    facts = ServerFacts(
        version=working_version(programs),
        binaries=programs,
        data=data,
        cluster=existing or places[0],
        log=data / "postgres.log",
        sockets=sockets,
        run_as=account.name if account else None,
        fsync=fsync,
    )
    server = _Server(account=account, password=password, facts=facts)
    if existing is None:
        return _with_new_cluster(server, places, notify)
    folders.check_cluster(existing, account, version=facts.version)
    folders.check_space(existing)
    return server


def _with_new_cluster(server: _Server, places: tuple[Path, Path], notify: Callable[[str], None]) -> _Server:
    made, cluster = folders.new_folder(places, server.account, notify)
    folders.check_space(made)
    password = server.facts.sockets / "password"
    try:
        folders.write_private(password, server.password, server.account)
        folders.initialise(
            made,
            cluster,
            server.facts.binaries,
            server.account,
            version=server.facts.version,
            password=password,
            fsync=server.facts.fsync,
        )
    finally:
        password.unlink(missing_ok=True)
    return replace(server, facts=replace(server.facts, cluster=cluster))


def _launch(server: _Server, undo: ExitStack, notify: Callable[[str], None]) -> Child:
    facts = server.facts
    told_before = facts.log.stat().st_size if facts.log.exists() else 0
    command = server_command(facts.binaries, facts.cluster, facts.sockets, fsync=facts.fsync)
    child = Child.start(command, server.account, log=facts.log)
    undo.callback(child.stop)
    log = LogTail(facts.log, told_before)
    wait_until_ready(child, server.dsn("postgres"), log, notify=notify, seconds_max=RECOVERY_SECONDS_MAX)
    _create_database(server.dsn("postgres"))
    return child


@dataclass(frozen=True)
class LogTail:
    """What the server has written to its log since it was started."""

    path: Path
    offset: int

    def read(self) -> str:
        with self.path.open("rb") as file:
            file.seek(self.offset if self.path.stat().st_size >= self.offset else 0)
            return file.read().decode(errors="replace")

    def last_line(self) -> str:
        return (self.read().strip().splitlines() or [""])[-1]


def wait_until_ready(
    child: Child, dsn: str, log: LogTail, *, notify: Callable[[str], None], seconds_max: float
) -> None:
    """Wait until the server answers. `ServerError` if it ends, or is not ready within `seconds_max`.

    A server that was killed replays its log first, which may take minutes; `notify` hears of it.
    """
    started = told = time.monotonic()
    while not _answers(dsn):
        now = time.monotonic()
        if child.has_ended:
            raise failure("PostgreSQL did not start", log.read(), log=log.path)
        if now - started > seconds_max:
            raise failure(f"PostgreSQL was not ready within {seconds_max} s", log.read(), log=log.path)
        if now - told > NOTIFY_SECONDS:
            told = now
            notify(f"PostgreSQL is still starting after {now - started:.0f} s: {log.last_line()}")
        time.sleep(POLL_SECONDS)


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS_MAX).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise ServerError(
                "the file secret in the data folder does not hold this database's password: "
                "restore it from a backup"
            ) from error
        return False
    return True


def _create_database(dsn: str) -> None:
    """Make the product's database if it is missing: here, so that a first start killed midway goes on."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _dsn(sockets: Path, password: str, database: str) -> str:
    return make_conninfo(
        "", host=str(sockets), port=5432, user=folders.SUPERUSER, password=password, dbname=database
    )


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
