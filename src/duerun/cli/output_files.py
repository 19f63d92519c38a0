"""Files that commands write: there whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from duerun.domain.errors import RejectedError


@contextmanager
def whole_file(path: Path, *, beside: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write that takes its name at the end; `RejectedError` where that would overwrite `beside`."""
    part = path.with_name(f"{path.name}.part")
    if beside is not None and any(each.exists() and each.samefile(beside) for each in (path, part)):
        raise RejectedError(f"{path} is the input: give another --output")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
