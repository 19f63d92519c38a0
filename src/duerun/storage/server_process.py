"""The server as a process: one per data folder, started beside us and ended with us."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Self

from duerun.storage import server_child
from duerun.storage.server_account import Account, ServerError, environment
from duerun.storage.server_cluster import SOCKET
from duerun.storage.server_memory import memory_bytes, shared_buffers

STOP_SECONDS_MAX = 60
KILL_SECONDS_MAX = 10
POLL_SECONDS = 0.02
LOG_BYTES_MAX = 16 * 2**20
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "20s",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "autovacuum_analyze_scale_factor": "0.05",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_min_messages": "warning",
}


class FolderLock:
    """The data folder's lock, held until the process ends, however it ends; a fork does not hold it on."""

    _open: set[int] = set()  # noqa: RUF012 - shared on purpose: what a forked child has to close

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._open.add(descriptor)

    @classmethod
    def take(cls, data: Path) -> Self:
        """Take the lock; `ServerError` naming the holder's process if another server runs on the folder."""
        try:
            descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ServerError(f"the data folder {data} is not writable: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 100).decode().partition("\n")[0]
            os.close(descriptor)
            raise ServerError(
                f"the data folder {data} is in use by process {holder or 'unknown'}: "
                "stop that one first or give another folder"
            ) from error
        lock = cls(descriptor)
        lock.tell(str(os.getpid()))
        return lock

    def tell(self, text: str) -> None:
        """Write what others may read while the lock is held."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def release(self) -> None:
        """Give the lock back; again is fine."""
        if self._descriptor in self._open:
            self._open.discard(self._descriptor)
            os.close(self._descriptor)

    @classmethod
    def forget_in_child(cls) -> None:
        """A forked worker closes its copies, or the lock would outlive a killed parent."""
        while cls._open:
            os.close(cls._open.pop())


os.register_at_fork(after_in_child=FolderLock.forget_in_child)


def lock_text(data: Path) -> str | None:
    """What the holder of the data folder's lock has told; `None` when nobody holds it."""
    try:
        descriptor = os.open(data / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, 4096).decode()
    finally:
        os.close(descriptor)
    return None


class Child:
    """A running `postgres`, in a session of its own so that Ctrl-C does not reach it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def start(cls, command: list[str], account: Account | None, *, log: Path) -> Self:
        """Start the command from a thread that lives as long: Linux ties the child to the thread."""
        born: Future[subprocess.Popen[bytes]] = Future()
        keeper = threading.Thread(
            target=_keep,
            args=(lambda: _spawn(command, account, log), born),
            name="postgres-keeper",
            daemon=True,
        )
        keeper.start()
        return cls(born.result())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        """PostgreSQL's fast shutdown; harder after `STOP_SECONDS_MAX`."""
        for number, seconds in (
            (signal.SIGINT, STOP_SECONDS_MAX),
            (signal.SIGQUIT, KILL_SECONDS_MAX),
            (signal.SIGKILL, KILL_SECONDS_MAX),
        ):
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return


def server_command(binaries: Path, cluster: Path, sockets: Path, *, fsync: bool) -> list[str]:
    """The command line of the server; its settings are ours, whatever the cluster's own files say."""
    settings = {
        "shared_buffers": shared_buffers(memory_bytes()),
        **SETTINGS,
        "unix_socket_directories": str(sockets),
        "fsync": "on" if fsync else "off",
    }
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    return [str(binaries / "postgres"), "-D", str(cluster), *arguments]


def end_orphans(cluster: Path, sockets: Path, notify: Callable[[str], None]) -> None:
    """Stop what a killed parent left running on the cluster, and remove its stale lock files.

    Only for the holder of the folder's lock: whatever else runs on the cluster then has no parent.
    """
    for number, seconds in (
        (signal.SIGINT, STOP_SECONDS_MAX),
        (signal.SIGQUIT, KILL_SECONDS_MAX),
        (signal.SIGKILL, KILL_SECONDS_MAX),
    ):
        running = server_processes(cluster)
        if running:
            notify(
                f"A PostgreSQL without a parent still runs on {cluster} (process {running[0]}): stopping it"
            )
            _signal(running, number, postmaster=_recorded_pid(cluster))
            _wait_for_end(cluster, seconds)
    if server_processes(cluster):
        raise ServerError(
            f"a PostgreSQL on {cluster} does not stop: end the processes {server_processes(cluster)}"
        )
    for stale in (cluster / "postmaster.pid", sockets / SOCKET, sockets / f"{SOCKET}.lock"):
        stale.unlink(missing_ok=True)


def server_processes(cluster: Path) -> list[int]:
    """The PostgreSQL processes on the cluster, told by name and working folder: a pid may be reused."""
    if Path("/proc/self/cwd").exists():
        return [pid for pid in _all_pids() if _works_in(pid, cluster)]
    recorded = _recorded_pid(cluster)
    return [recorded] if recorded is not None and _is_postgres(recorded) else []


def open_log(path: Path) -> int:
    """Open the server's log to append to it; beyond `LOG_BYTES_MAX` the old one is put aside."""
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _keep(spawn: Callable[[], subprocess.Popen[bytes]], born: "Future[subprocess.Popen[bytes]]") -> None:
    try:
        process = spawn()
    except BaseException as error:
        born.set_exception(error)
        return
    born.set_result(process)
    process.wait()


def _spawn(command: list[str], account: Account | None, log: Path) -> subprocess.Popen[bytes]:
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    launcher = [sys.executable, "-I", "-S", server_child.__file__, str(os.getpid()), str(uid), str(gid)]
    descriptor = open_log(log)
    try:
        return subprocess.Popen(  # noqa: S603 - no shell, and both programs are full paths
            [*launcher, *command],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd="/",
            env=environment(),
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def _all_pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _works_in(pid: int, cluster: Path) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        name, folder = (process / "comm").read_text().strip(), os.readlink(process / "cwd")
    except OSError:
        return False
    return name == "postgres" and folder == str(cluster)


def _is_postgres(pid: int) -> bool:
    told = subprocess.run(["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603
    return told.stdout.strip().endswith(b"postgres")


def _recorded_pid(cluster: Path) -> int | None:
    try:
        first = (cluster / "postmaster.pid").read_text().partition("\n")[0]
    except OSError:
        return None
    return int(first) if first.isdigit() else None


def _signal(running: list[int], number: signal.Signals, *, postmaster: int | None) -> None:
    """SIGINT is a shutdown for the postmaster only; to its children it means other things."""
    for pid in running:
        if number is not signal.SIGINT or pid == postmaster:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _wait_for_end(cluster: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while server_processes(cluster) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
