"""The reference pages say what the code does: they are written from it, and the index is complete."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
TOOL = ROOT / "tools" / "reference.py"
RUN_SECONDS_MAX = 60
PAGES = ("coverage.md", "errors.md", "search.md", "settings.md", "test-cards.md")


def run(*arguments: object) -> tuple[int, str]:
    """The status and the output of the tool."""
    done = subprocess.run(
        [sys.executable, str(TOOL), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS_MAX,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the pages that a test may change."""
    return Path(shutil.copytree(REFERENCE, tmp_path / "reference"))


def test_every_generated_page_is_what_the_code_says() -> None:
    status, output = run("--check")

    assert output == ""
    assert status == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_changed_by_hand_is_stale_until_it_is_written_again(copied: Path, name: str) -> None:
    page = copied / name
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")

    checked, written, again = (run(flag, "--folder", copied) for flag in ("--check", "--write", "--check"))

    assert checked == (1, f"stale: {name}\n")
    assert written == (0, f"written: {name}\n")
    assert again == (0, "")
    assert page.read_bytes() == (REFERENCE / name).read_bytes()


def test_a_missing_page_is_written(copied: Path) -> None:
    (copied / "errors.md").unlink()

    status, output = run("--write", "--folder", copied)

    assert (status, output) == (0, "written: errors.md\n")
    assert (copied / "errors.md").read_bytes() == (REFERENCE / "errors.md").read_bytes()
