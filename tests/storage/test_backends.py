"""Whose sessions stand behind those of others: niceness as the kernel tells it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
import pytest

from duerun import priority
from duerun.storage import backends
from duerun.storage.database import Connection, Database
from duerun.storage.server_process import server_processes
from links import linked
from own_server import own_database

WAIT_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.05
HAS_GROUPS = Path("/proc/sys/kernel/sched_autogroup_enabled").exists()
WAITING = "the-one-that-waits"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="niceness of others is read from /proc")


@asynccontextmanager
async def opened(dsn: str, *, gives_way: bool) -> AsyncIterator[Database]:
    database = Database(dsn, gives_way=gives_way)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def short_folder() -> Iterator[Path]:
    """The path of a socket has room for about a hundred bytes."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def niceness(process: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, process)


def group_of(process: int) -> str:
    return Path(f"/proc/{process}/autogroup").read_text()


async def test_sessions_that_give_way_stand_behind_others_with_their_groups(dsn: str) -> None:
    async with (
        opened(dsn, gives_way=True) as behind,
        opened(dsn, gives_way=False) as before,
        behind.connection() as later,
        before.connection() as sooner,
    ):
        processes = later.info.backend_pid, sooner.info.backend_pid

        assert [niceness(each) for each in processes] == [priority.NICENESS, 0]
        if HAS_GROUPS:
            # Who is not root may be put off: the session asks again when it is lent the next time.
            deadline = time.monotonic() + WAIT_SECONDS_MAX
            while not backends.put_behind(later):
                assert time.monotonic() < deadline
                await asyncio.sleep(priority.ASKED_AGAIN_SECONDS)
            assert group_of(processes[0]).split()[1:] == ["nice", f"{priority.NICENESS}"]
            assert group_of(processes[1]).split()[1:] == ["nice", "0"]


async def test_a_process_that_is_not_behind_its_own_socket_stays_as_it_is(dsn: str) -> None:
    with short_folder() as folder:
        async with (
            linked(dsn, folder=folder) as through,
            opened(through, gives_way=True) as database,
            database.connection() as connection,
        ):
            told = connection.info.backend_pid

            assert niceness(told) == 0, "a proxy's number was taken for a process of this machine"


async def test_a_session_that_was_put_off_asks_again_when_it_is_lent(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])
    asked: list[int] = []

    def put_off(connection: Connection) -> bool:
        asked.append(connection.info.backend_pid)
        return next(answers, True)

    monkeypatch.setattr(backends, "put_behind", put_off)
    async with opened(dsn, gives_way=True) as database:
        for _ in range(4):
            async with database.connection():
                pass
        at_first = len(asked)
        for _ in range(4):
            async with database.connection():
                pass

    assert at_first == 4, "two sessions, each asked for twice until it is done"
    assert len(asked) == at_first


def worker(folder: Path, **variables: str) -> "subprocess.Popen[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUERUN_")}
    return subprocess.Popen(
        [sys.executable, "-m", "duerun", "work", "--data", str(folder)],
        env=kept | {"PGAPPNAME": WAITING} | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def wait_until(
    working: "subprocess.Popen[bytes]", told: Callable[[], object], expected: object
) -> None:
    """Wait while a worker runs; it is stopped in any case."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    try:
        while told() != expected:
            assert time.monotonic() < deadline, told()
            assert working.poll() is None
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        working.send_signal(signal.SIGTERM)
        working.wait(WAIT_SECONDS_MAX)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, priority.NICENESS, id="usually"),
        pytest.param({"DUERUN_WORK_GIVES_WAY": "false"}, 0, id="told-not-to"),
    ],
)
async def test_the_engine_and_its_sessions_give_way_unless_told_not_to(
    dsn: str, tmp_path: Path, variables: dict[str, str], expected: int
) -> None:
    with own_database(dsn, "giving_way") as own, psycopg.connect(own, autocommit=True) as looking:
        working = worker(tmp_path, DUERUN_DATABASE_URL=own, **variables)

        def told() -> tuple[bool, set[int], int]:
            rows = looking.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = %s", (WAITING,)
            ).fetchall()
            runs = bool(looking.execute("SELECT FROM loop_beats LIMIT 1").fetchall())
            return runs, {niceness(process) for (process,) in rows}, niceness(working.pid)

        await wait_until(working, told, (True, {expected}, expected))


async def test_a_worker_that_keeps_the_database_itself_stays_and_its_sessions_do_not() -> None:
    """A database that it starts again would be as low as it is."""
    with short_folder() as folder:
        folder.chmod(0o755)  # root's database runs as another user, who must be able to enter
        working = worker(folder / "data")

        def told() -> tuple[bool, bool, int]:
            running = server_processes(folder / "data" / "postgres")
            found = {niceness(process) for process in running}
            return 0 in found, priority.NICENESS in found, niceness(working.pid)

        await wait_until(working, told, (True, True, 0))
