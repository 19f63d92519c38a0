"""What a process knows of itself: the requests that it answered, its memory, its age."""

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from duerun.domain.payees import epc
from duerun.web.health.text import Family, Sample
from duerun.web.vop import face as vop_edge

PATHS = ("/healthz", "/readyz", "/metrics")
_STATM = Path("/proc/self/statm")


class Requests:
    """Counts answers by face and class of status."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def around(self, application: Any) -> Any:
        """The application, counted."""

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            face = face_of(scope["path"])

            async def count(message: Any) -> None:
                if message["type"] == "http.response.start":
                    self._counts[face, f"{message['status'] // 100}xx"] += 1
                await send(message)

            await application(scope, receive, count)

        return counted

    def family(self) -> Family:
        samples: list[Sample] = [
            ({"face": face, "status": status}, float(count))
            for (face, status), count in sorted(self._counts.items())
        ]
        sentence = "Requests that this process answered, by face and class of status."
        return Family("duerun_http_requests_total", "counter", sentence, samples)


def face_of(path: str) -> str:
    """Which face a path belongs to, known or not."""
    path = path.rstrip("/")
    if path in PATHS:
        return "health"
    if path == epc.PATH:
        return "epc"
    if f"{path}/".startswith("/console/"):
        return "console"
    return "vop" if vop_edge.owns(path) else "omise"


class Process:
    """The memory and the age of this process, counted from when it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def families(self) -> Iterator[Family]:
        uptime = time.monotonic() - self._started
        yield Family("duerun_uptime_seconds", "gauge", "Time since this process began.", [({}, uptime)])
        yield Family(
            "process_resident_memory_bytes",
            "gauge",
            "Memory of this process.",
            [({}, float(_memory_bytes()))],
        )


def _memory_bytes() -> int:
    """What is resident now; where the system does not tell, the most that ever was."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
