"""The own directory of payees: an account file of practice holders, imported by a `duerun vop directory import`."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import machine
from duerun.domain.payees import practice
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer

SAMPLE_SECONDS = 0.05


def write_file(path: Path, accounts: int) -> None:
    """An account file with an account for each practice holder, numbered from 1."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, accounts + 1):
            file.write(json.dumps(_account(number), ensure_ascii=False, separators=(",", ":")) + "\n")


def _account(number: int) -> dict[str, Any]:
    name = practice.name_of(number)
    account: dict[str, Any] = {"iban": practice.iban_of(number), "status": "ACTIVE", "accountName": name}
    if number % practice.ORGANISATION_EVERY == 0:
        other_id = {"identification": f"{number:09d}", "schemeNameCode": "DUNS"}
        holder = {"legalName": {"name": name, "language": "en"}, "otherIds": [other_id]}
        return account | {"accountHolderType": "ORG", "organisationAccountHolder": holder}
    persons = [each.partition(" ") for each in name.split(" & ")]
    holders = [{"givenNames": given, "surname": surname} for given, _, surname in persons]
    return account | {"accountHolderType": "NP", "personalAccountHolders": holders}


def run(accounts: int) -> dict[str, Any]:
    """Seconds and memory of a first load, seconds of the same file again, and the size of the file."""
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # root's database runs as another user, who must be able to enter
        path = folder / "accounts.ndjson"
        write_file(path, accounts)
        with EmbeddedServer.start(folder) as server:
            migrate(server.dsn)
            seconds, peak = _import(path, server.dsn)
            again, _ = _import(path, server.dsn)
        return {
            "seconds": round(seconds, 2),
            "again_seconds": round(again, 2),
            "import_peak_megabytes": peak,
            "file_megabytes": path.stat().st_size // 1_000_000,
        }


def _import(path: Path, dsn: str) -> tuple[float, int]:
    """The seconds that the command took, and the most memory that it and its processes held at once."""
    command = [sys.executable, "-m", "duerun", "vop", "directory", "import", str(path)]
    started, peak = time.perf_counter(), 0
    with subprocess.Popen(
        command,
        env={**os.environ, "DUERUN_DATABASE_URL": dsn},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None:
            peak = max(peak, machine.tree_megabytes(process.pid))
            time.sleep(SAMPLE_SECONDS)
        said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise RuntimeError(said)
    return time.perf_counter() - started, peak
