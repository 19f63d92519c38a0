"""The mark of a data folder: a file that no copy of the folder has, whatever the copy was made with.

A copied file tells the same random value and was born at another moment. Where the file system does not tell when a
file was born, its number counts: a restart changes neither, nor does another mount of the same volume.
"""

import ctypes
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from duerun.storage.server_cluster import write_private

NAME = "mark"
VALUE_BYTES = 16
_AT_FDCWD, _STATX_BTIME, _STATX_BYTES = -100, 0x800, 256
# Places in the kernel's struct statx: the mask of what it tells, and the moment of birth.
_MASK_AT, _BORN_AT = 0, 80


@dataclass(frozen=True, slots=True)
class Mark:
    """A random value, when its file was born (nanoseconds, 0 if nobody knows), and the file's number."""

    value: str
    born: int
    number: int

    def text(self) -> str:
        return f"{self.value}:{self.born}:{self.number}"

    def agrees(self, text: str) -> bool:
        """Whether a kept text tells of this very file."""
        value, born, number = [*text.split(":"), "", ""][:3]
        if self.born and born not in ("", "0"):
            return (value, born) == (self.value, str(self.born))
        return (value, number) == (self.value, str(self.number))


def read_mark(data: Path) -> Mark:
    """The mark of a data folder, made where it is missing."""
    path = data / NAME
    if not path.exists():
        write_private(path, secrets.token_hex(VALUE_BYTES), None)
    return Mark(path.read_text("ascii").strip(), _born(path), path.stat().st_ino)


def _born(path: Path) -> int:
    """When a file was born, in nanoseconds; 0 where that is not told. Python's own stat does not ask on Linux."""
    told = getattr(path.stat(), "st_birthtime", None)
    if told is not None:
        return int(told * 1e9)
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
    except (AttributeError, OSError):
        return 0
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    if statx(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, buffer):
        return 0
    answer = buffer.raw
    if not int.from_bytes(answer[_MASK_AT : _MASK_AT + 4], sys.byteorder) & _STATX_BTIME:
        return 0
    seconds = int.from_bytes(answer[_BORN_AT : _BORN_AT + 8], sys.byteorder, signed=True)
    return seconds * 10**9 + int.from_bytes(answer[_BORN_AT + 8 : _BORN_AT + 12], sys.byteorder)
