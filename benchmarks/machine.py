"""What the machine was like while a figure was taken: without it, a figure says little."""

import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

SYNCS = 200
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE = b"x" * 8192

SAMPLE_SECONDS = 0.1


def facts() -> dict[str, Any]:
    """Cores, load average, and the milliseconds of one fdatasync of a page."""
    return {
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "fdatasync_milliseconds": round(_fdatasync_milliseconds(), 3),
    }


def _fdatasync_milliseconds() -> float:
    with tempfile.TemporaryFile() as file:
        started = time.perf_counter()
        for place in range(SYNCS):
            os.pwrite(file.fileno(), PAGE, place * len(PAGE))
            os.fdatasync(file.fileno())
        return (time.perf_counter() - started) * 1000 / SYNCS


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, and of its children that have ended; 0 if it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(each) for each in fields[11:15]) / TICKS_A_SECOND


def tree_megabytes(pid: int, *, but: str = "") -> int:
    """The resident memory of a process and of all that it has started, at this moment; shared pages count each time.

    Processes whose name is `but`, and what they have started, are left out.
    """
    total, waiting = 0, [pid]
    while waiting:
        folder = Path(f"/proc/{waiting.pop()}")
        try:
            if but and (folder / "comm").read_text().strip() == but:
                continue
            total += int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            children = [each.read_text() for each in folder.glob("task/*/children")]
        except OSError:
            continue
        waiting += (int(child) for text in children for child in text.split())
    return total // 1_048_576


class TreePeak:
    """The most memory that a process and its children held at once, PostgreSQL left out, sampled beside the work."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0
        self._pid, self._stop = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "TreePeak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.megabytes = max(self.megabytes, tree_megabytes(self._pid, but="postgres"))
