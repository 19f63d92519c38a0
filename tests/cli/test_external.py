"""An external PostgreSQL in place of the embedded one: the tests' own server, which runs with fsync off."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from duerun.assembly import build_runtime
from duerun.services import access
from duerun.settings import Settings

from .conftest import duerun, free_port

REFUSAL = "the database runs with fsync off and there are keys of live mode"


@pytest.fixture(scope="module")
def external(dsn: str) -> Iterator[str]:
    """An empty database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS cli_tests WITH (FORCE)")
        connection.execute("CREATE DATABASE cli_tests")
        yield make_conninfo(dsn, dbname="cli_tests")
        connection.execute("DROP DATABASE cli_tests WITH (FORCE)")


async def admit_live_keys(dsn: str) -> None:
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    account = next(iter(await access.every_account(runtime)))
    await access.create_keys(runtime, account.id, livemode=True, now=datetime.now(UTC))
    await runtime.database.close()


async def test_an_external_database_is_migrated_used_and_kept_from_live_mode_without_fsync(
    external: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"

    behind = duerun("work", "--data", data, DUERUN_DATABASE_URL=external)
    migrated = duerun("migrate", "--data", data, DUERUN_DATABASE_URL=external)
    made = duerun("keys", "create", "--new-account", "--data", data, DUERUN_DATABASE_URL=external)
    refused = duerun("keys", "create", "--live", "--data", data, DUERUN_DATABASE_URL=external)
    sound = duerun("doctor", "--data", data, DUERUN_DATABASE_URL=external)
    await admit_live_keys(external)
    unsound = duerun("doctor", "--data", data, DUERUN_DATABASE_URL=external)

    assert "run duerun migrate" in behind.stderr
    assert "applied 0001_foundation.sql" in migrated.stdout
    assert "skey_test_" in made.stdout
    assert (refused.returncode, sound.returncode, unsound.returncode) == (1, 0, 1)
    assert REFUSAL in refused.stderr
    assert "off: good for tests only" in sound.stdout
    assert REFUSAL in unsound.stdout
    for command in (["dev", "--port", str(free_port())], ["serve", "--port", str(free_port())], ["work"]):
        started = duerun(*command, "--data", data, DUERUN_DATABASE_URL=external)
        assert started.returncode == 1
        assert REFUSAL in started.stderr
    assert not data.exists()


@pytest.mark.parametrize("command", ["work", "migrate", "doctor"])
def test_a_database_that_is_away_is_told_at_once_and_with_the_reason(command: str) -> None:
    away = f"postgresql://duerun:sesame@127.0.0.1:{free_port()}/duerun"

    done = duerun(command, DUERUN_DATABASE_URL=away)

    told = done.stdout + done.stderr
    assert done.returncode == 1
    assert "the database cannot be reached: " in told
    assert "Connection refused" in told
    assert "sesame" not in told
    assert "Traceback" not in told
