"""Backups by PostgreSQL's own programs: taken while everything runs, one consistent moment, checked before use.

A backup is a folder with `database.dump` (pg_dump's custom format) and `manifest.json`. It gets its name when it is
complete.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duerun.domain.errors import RejectedError, UnavailableError
from duerun.storage.database import require_direct
from duerun.storage.migrate import known
from duerun.storage.server_account import environment
from duerun.storage.server_binaries import client_programs

DUMP, MANIFEST = "database.dump", "manifest.json"
FORMAT = 1
COUNTED = (
    "accounts",
    "customers",
    "recipients",
    "schedules",
    "occurrences",
    "charges",
    "transfers",
    "events",
)
TOLD_LINES_MAX = 3
CONNECT_SECONDS_MAX = 10
VERIFY_SECONDS_MAX = 600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `migrations` are their numbers, `counts` rows at the moment of the backup."""

    format: int
    duerun: str
    made_at: str
    postgresql: str
    migrations: list[int]
    counts: dict[str, int]
    bytes: int
    sha256: str


def back_up(dsn: str, folder: Path, now: datetime, *, version: str, programs: Path | None) -> Manifest:
    """Write a backup into a new folder. `programs` is a configured folder of PostgreSQL's.

    Raises `RejectedError` if the folder exists, `UnavailableError` with what pg_dump says if it fails.
    """
    folder = folder.absolute()
    if folder.exists():
        raise RejectedError(f"{folder} exists: a backup is never written over another one")
    if not folder.parent.is_dir():
        raise RejectedError(f"{folder.parent} is no folder")
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        manifest = _dumped(dsn, made / DUMP, now, version, programs)
        _write(made / MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")
        _sync(made)
        made.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return manifest


def verify(folder: Path, *, programs: Path | None) -> Manifest:
    """The manifest of a backup whose every byte is as it was written; raises `RejectedError` that says what is not."""
    manifest = _read_manifest(folder)
    dump = folder / DUMP
    if not dump.is_file():
        raise RejectedError(f"{folder} has no {DUMP}")
    if dump.stat().st_size != manifest.bytes:
        raise RejectedError(f"{dump} has {dump.stat().st_size} bytes and was written with {manifest.bytes}")
    if _digest(dump) != manifest.sha256:
        raise RejectedError(f"{dump} is damaged: its sha256 is not the one of {MANIFEST}")
    newer = set(manifest.migrations) - {each.number for each in known()}
    if newer:
        raise RejectedError(
            f"the backup was made by a newer Duerun ({manifest.duerun}): it has migrations that are unknown here"
        )
    _contents(folder, manifest, programs)
    return manifest


def restore(folder: Path, dsn: str, *, programs: Path | None) -> Manifest:
    """Restore a backup into an empty database, all of it or nothing.

    Raises `RejectedError` for a damaged backup and for a database that is not empty, before anything is changed. What
    was restored tells of another place than it lies in, and so nothing is sent from it.
    """
    manifest = verify(folder, programs=programs)
    found = client_programs(_major(dsn), programs)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX) as connection:
        require_direct(connection)
        if _relations(connection):
            raise RejectedError("the database is not empty: restore into a new data folder or a new database")
        if " SCHEMA - public " in _contents(folder, manifest, programs):
            connection.execute("DROP SCHEMA IF EXISTS public")
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run([str(found / "pg_restore"), *options, *_target(dsn), str(folder / DUMP)], dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        counted = _counts(connection)
    if counted != manifest.counts:
        wrong = sorted(name for name in COUNTED if counted.get(name) != manifest.counts.get(name))
        raise UnavailableError(f"what was restored has other counts than the manifest: {', '.join(wrong)}")
    return manifest


def _dumped(dsn: str, dump: Path, now: datetime, version: str, programs: Path | None) -> Manifest:
    """Counts and dump of one and the same snapshot."""
    with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS_MAX) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        require_direct(connection)
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        server = str(_one(connection, "SELECT current_setting('server_version')"))
        migrations = [
            row[0] for row in connection.execute("SELECT number FROM schema_migrations ORDER BY number")
        ]
        counts = _counts(connection)
        found = client_programs(connection.info.server_version // 10_000, programs)
        options = ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
        dump.touch(mode=0o600)
        _run([str(found / "pg_dump"), *options, f"--file={dump}", *_target(dsn)], dsn)
    with dump.open("rb") as file:
        os.fsync(file.fileno())
    return Manifest(
        FORMAT,
        version,
        now.isoformat(timespec="seconds"),
        server,
        migrations,
        counts,
        dump.stat().st_size,
        _digest(dump),
    )


def _read_manifest(folder: Path) -> Manifest:
    try:
        value = json.loads((folder / MANIFEST).read_text("utf-8"))
        if value["format"] != FORMAT:
            raise RejectedError(f"{folder} is a backup of another format than {FORMAT}")
        return Manifest(**value)
    except OSError as error:
        raise RejectedError(f"{folder} is no backup: {MANIFEST} cannot be read") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RejectedError(f"{folder / MANIFEST} is damaged") from error


def _contents(folder: Path, manifest: Manifest, programs: Path | None) -> str:
    """The table of contents as pg_restore reads it."""
    major = int(manifest.postgresql.split(".")[0].split()[0].rstrip("abcdefghijklmnopqrstuvwxyz"))
    found = client_programs(major, programs)
    return _run([str(found / "pg_restore"), "--list", str(folder / DUMP)], "")


def _relations(connection: "psycopg.Connection[Any]") -> int:
    return int(
        _one(
            connection,
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'"
            " AND n.nspname NOT LIKE 'pg_toast_temp%'",
        )
    )


def _counts(connection: "psycopg.Connection[Any]") -> dict[str, int]:
    return {name: int(_one(connection, f"SELECT count(*) FROM {name}")) for name in COUNTED}


def _one(connection: "psycopg.Connection[Any]", statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def _major(dsn: str) -> int:
    with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS_MAX) as connection:
        return connection.info.server_version // 10_000


def _target(dsn: str) -> list[str]:
    """The database for a command line, where everybody can read it: without the password."""
    known_parts = {name: value for name, value in conninfo_to_dict(dsn).items() if name != "password"}
    return [f"--dbname={make_conninfo(**known_parts)}"]  # type: ignore[arg-type]


def _secret(dsn: str) -> dict[str, str]:
    password = conninfo_to_dict(dsn).get("password") if dsn else None
    return {"PGPASSWORD": str(password)} if password else {}


def _run(command: Sequence[str], dsn: str) -> str:
    """What a program prints; raises `UnavailableError` with the last lines that it says where it fails."""
    done = subprocess.run(  # noqa: S603 - no shell, and the program is a full path
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment() | _secret(dsn),
        check=False,
    )
    if done.returncode:
        told = " ".join(done.stderr.strip().splitlines()[-TOLD_LINES_MAX:])
        raise UnavailableError(f"{Path(command[0]).name} failed: {told}")
    return done.stdout


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
