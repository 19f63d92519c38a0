"""A disk without room: nothing is sent that is not written down, and all goes on once there is room. Incident O1."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .shop import SCHEDULES

TESTS = Path(__file__).parents[1]
SECONDS_MAX = 280
# A namespace in which a small file system may be mounted, and within it one in which nobody is root again.
SMALL_DISK = (
    'mount -t tmpfs -o size=400m,mode=755 small "$1" && cd "$1" && exec unshare --user "$2" "$3" "$1"'
)


def _in_namespaces(*command: str) -> list[str]:
    return ["unshare", "--user", "--map-root-user", "--mount", *command]


def _why_not() -> str | None:
    if shutil.which("unshare") is None:
        return "there is no unshare, and so no small file system"
    tried = subprocess.run(_in_namespaces("unshare", "--user", "true"), capture_output=True, check=False)
    return "this machine lets nobody mount a small file system" if tried.returncode else None


@pytest.mark.timeout(SECONDS_MAX + 20)
@pytest.mark.skipif(_why_not() is not None, reason=str(_why_not()))
def test_a_full_disk_stops_sends_and_writes_and_all_goes_on_once_there_is_room(tmp_path: Path) -> None:
    script = str(TESTS / "outage" / "full_disk.py")
    done = subprocess.run(
        _in_namespaces("sh", "-c", SMALL_DISK, "sh", str(tmp_path), sys.executable, script),
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["quiet"]
    assert set(seen["reads"]) <= {"200", "503"}
    assert set(seen["writes"]) == {"503"}
    assert seen["brought back"]
    assert {*seen["after"]["reads"], *seen["after"]["writes"]} == {"200"}
    assert seen["paid"] == 2 * SCHEDULES
