"""A data folder's mark tells a copy from the folder itself."""

import os
import shutil
from pathlib import Path

from duerun.storage.server_mark import Mark, read_mark


def test_the_mark_stays_as_it_is_across_starts_moves_and_changes_of_mode(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    kept = read_mark(folder).text()
    assert read_mark(folder).agrees(kept)
    folder.rename(tmp_path / "moved")
    (tmp_path / "moved" / "mark").chmod(0o640)
    os.utime(tmp_path / "moved" / "mark")
    assert read_mark(tmp_path / "moved").agrees(kept)


def test_a_copy_that_keeps_everything_is_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    kept = read_mark(folder).text()
    shutil.copytree(folder, tmp_path / "copy")
    assert not read_mark(tmp_path / "copy").agrees(kept)


def test_a_folder_that_lost_its_mark_is_another_one(tmp_path: Path) -> None:
    kept = read_mark(tmp_path).text()
    (tmp_path / "mark").unlink()
    assert not read_mark(tmp_path).agrees(kept)


def test_without_a_moment_of_birth_the_number_of_the_file_counts() -> None:
    kept = Mark("value", 0, 7).text()
    assert Mark("value", 0, 7).agrees(kept)
    assert Mark("value", 99, 7).agrees(kept)
    assert not Mark("value", 0, 8).agrees(kept)
    assert not Mark("other", 0, 7).agrees(kept)
    born = Mark("value", 99, 7).text()
    assert Mark("value", 99, 8).agrees(born)
    assert not Mark("value", 98, 7).agrees(born)


def test_a_mark_that_cannot_be_read_agrees_with_nothing() -> None:
    assert not Mark("value", 1, 2).agrees("")
