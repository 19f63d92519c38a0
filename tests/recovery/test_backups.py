"""Backups are checked before they are used, and are restored as a whole or not at all."""

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from copies import Databases, Site, account_of, running
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.services import freezing
from duerun.storage import backups
from processor import Book, Processor

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def back_up(dsn: str, folder: Path) -> backups.Manifest:
    return backups.back_up(dsn, folder, NOW, version="0.0.test", programs=None)


@pytest.fixture
def backup(databases: Databases, tmp_path: Path) -> Path:
    back_up(databases.new(), tmp_path / "backup")
    return tmp_path / "backup"


def test_a_backup_is_for_its_owner_alone_and_tells_what_it_holds(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o700
    assert {each.name: each.stat().st_mode & 0o777 for each in backup.iterdir()} == {
        "database.dump": 0o600,
        "manifest.json": 0o600,
    }
    manifest = backups.verify(backup, programs=None)
    assert manifest.duerun == "0.0.test"
    assert manifest.counts["schedules"] == 0
    assert manifest.bytes == (backup / "database.dump").stat().st_size


def test_a_backup_is_never_written_over_another(databases: Databases, backup: Path) -> None:
    with pytest.raises(RejectedError, match="never written over"):
        back_up(databases.new(), backup)


def test_a_backup_that_fails_leaves_nothing_behind(databases: Databases, tmp_path: Path) -> None:
    with pytest.raises(psycopg.Error):
        back_up(databases.empty(), tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [0, 200, -1])
def test_a_byte_that_changed_is_found(backup: Path, place: int) -> None:
    dump = backup / "database.dump"
    content = bytearray(dump.read_bytes())
    content[place] ^= 1
    dump.write_bytes(content)
    with pytest.raises(RejectedError, match="damaged"):
        backups.verify(backup, programs=None)


def test_a_dump_that_was_cut_off_or_is_missing_is_found(backup: Path) -> None:
    dump = backup / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    with pytest.raises(RejectedError, match="bytes"):
        backups.verify(backup, programs=None)
    dump.unlink()
    with pytest.raises(RejectedError, match=r"no database\.dump"):
        backups.verify(backup, programs=None)


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "damaged"), ("[]", "damaged"), ('{"format": 1}', "damaged"), ('{"format": 2}', "another format")],
)
def test_a_manifest_that_cannot_be_read_is_refused(backup: Path, text: str, told: str) -> None:
    (backup / "manifest.json").write_text(text)
    with pytest.raises(RejectedError, match=told):
        backups.verify(backup, programs=None)


def test_a_backup_of_a_newer_version_is_refused(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["migrations"].append(9_999)
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RejectedError, match="newer Duerun"):
        backups.verify(backup, programs=None)


def test_a_database_that_is_not_empty_is_left_alone(databases: Databases, backup: Path) -> None:
    with pytest.raises(RejectedError, match="not empty"):
        backups.restore(backup, databases.new(), programs=None)


async def test_what_was_restored_is_what_was_there_and_sends_nothing(site: Site, tmp_path: Path) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
        back_up(original.dsn, tmp_path / "backup")
        empty = site.databases.empty()
        manifest = backups.restore(tmp_path / "backup", empty, programs=None)
        assert manifest.counts["schedules"] == len(original.schedule_ids)
        async with running(empty, processor) as runtime:
            account = await account_of(runtime, original)
            # By itself, before any command has said so.
            async with runtime.database.transaction() as connection:
                assert await freezing.is_held(connection, runtime, account)


def test_the_password_is_on_no_command_line(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, tmp_path: Path
) -> None:
    seen: list[str] = []

    def watch(command: list[str], dsn: str) -> str:
        seen.extend(command)
        raise UnavailableError("watched")

    monkeypatch.setattr(backups, "_run", watch)
    dsn = databases.new()
    password = str(psycopg.conninfo.conninfo_to_dict(dsn)["password"])
    with pytest.raises(UnavailableError):
        back_up(dsn, tmp_path / "backup")
    assert seen
    assert not [each for each in seen if password in each]
