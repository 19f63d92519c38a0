"""`duerun backup`, `restore` and `recover` as a person uses them."""

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from .conftest import Dev, duerun


def frozen(data: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads(duerun("recover", "--status", "--json", "--data", data).stdout)
    return told


def test_a_folder_is_backed_up_restored_and_recovered_and_a_copy_of_it_is_noticed(
    start: Callable[[str], Dev], folder: Path
) -> None:
    dev = start("kept")
    made = duerun("backup", folder / "backup", "--data", dev.data)
    assert "signing secrets" in made.stderr
    dev.stop()
    # A restart is no copy, however the last one ended.
    dev = start("kept")
    dev.stop(signal.SIGKILL)
    assert frozen(dev.data) == {"frozen": False, "reason": None, "since": None}

    shutil.copytree(dev.data, folder / "copied", symlinks=True, copy_function=shutil.copy2)
    _own_as(dev.data, folder / "copied")
    assert frozen(folder / "copied")["reason"] == "copied"
    assert frozen(dev.data)["frozen"] is False

    assert "the backup is sound" in duerun("backup", "verify", folder / "backup").stdout
    refused = duerun("restore", folder / "backup", "--data", dev.data)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    restored = folder / "restored"
    assert duerun("restore", folder / "backup", "--data", restored).returncode == 0
    assert frozen(restored)["reason"] == "restored"
    refused = duerun("recover", "--yes", "--data", restored)
    assert refused.returncode == 1
    assert "--no-gateway" in refused.stderr
    assert duerun("recover", "--data", restored).returncode == 1
    assert frozen(restored)["frozen"] is True
    assert duerun("recover", "--yes", "--no-gateway", "--data", restored).returncode == 0
    assert frozen(restored)["frozen"] is False


def _own_as(original: Path, copy: Path) -> None:
    """As `cp -a` does it for root: every file belongs to whom it belonged."""
    for path in (original, *original.rglob("*")):
        found = path.lstat()
        shutil.chown(copy / path.relative_to(original), found.st_uid, found.st_gid)


def test_a_backup_of_nothing_is_refused(folder: Path) -> None:
    refused = duerun("backup", folder / "none", "--data", folder / "never-made")
    assert refused.returncode == 1
    assert "no database" in refused.stderr
    assert not (folder / "none").exists()
