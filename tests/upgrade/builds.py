"""The versions that run side by side: this one, and one from the repository's own history."""

import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

# The version that an update comes from. A release moves it to the release before; its schema must be the older one.
UPGRADE_FROM = "6e05cc9a8ff0b6369e34e10069054ab539546330"
# What that version tells callers at the moment of a migration; empty once it is one that goes on behind a new column.
OLD_EXCUSES = ("the database was brought up to date meanwhile",)
ROOT = Path(__file__).parents[2]
GIT_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Build:
    """A version: a name for logs, and the tree that it runs from."""

    name: str
    tree: Path

    @property
    def source(self) -> Path:
        return self.tree / "src"

    def migrations(self) -> set[str]:
        """The names of its migrations."""
        return {each.name for each in (self.source / "duerun/storage/migrations").glob("*.sql")}


NEW = Build("new", ROOT)


def why_no_old() -> str | None:
    """Why the older version cannot be had from here; None if it can."""
    try:
        found = _git("cat-file", "-t", UPGRADE_FROM)
    except OSError:
        return "git is not there, and with it the older version"
    if found.returncode != 0 or found.stdout.strip() != b"commit":
        return "the older version is not in this copy's history (a shallow clone, or no clone)"
    return None


def old_build(folder: Path) -> Build:
    """The older version, laid out in a folder."""
    packed = _git("archive", "--format=tar", UPGRADE_FROM)
    assert packed.returncode == 0, packed.stderr.decode()
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    build = Build("old", folder)
    told = subprocess.run(
        [sys.executable, "-c", "import duerun; print(duerun.__file__)"],
        env={"PYTHONPATH": str(build.source)},
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    assert Path(told.stdout.strip()).is_relative_to(folder), "the older version is the one that runs"
    return build


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=GIT_SECONDS_MAX)
