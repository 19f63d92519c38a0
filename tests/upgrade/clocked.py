"""Duerun's command on a clock that is ahead of the machine's: `python clocked.py CLOCK COMMAND [ARGUMENT ...]`.

CLOCK is a file of eight bytes, the seconds ahead as a double; whoever moves it moves all processes at once. It runs
with the version of Duerun that is on the path, and needs nothing of it but the class `SystemClock`.
"""

import mmap
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from duerun.cli import main as command
from duerun.clock import SystemClock

LAYOUT = "<d"


class AheadClock:
    """A moment as far ahead of the machine's as the file says."""

    def __init__(self, path: str) -> None:
        with Path(path).open("rb") as file:
            self._kept = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=struct.unpack_from(LAYOUT, self._kept)[0])


def main() -> None:
    del sys.argv[0]
    ahead = AheadClock(sys.argv[0])
    SystemClock.now = lambda self: ahead.now()  # type: ignore[method-assign]
    command()


if __name__ == "__main__":
    main()
