"""Work that nobody waits for stands behind the rest of the machine's.

Linux counts the niceness of a process among those of its own group only: each session (setsid) is such a group where
`sched_autogroup_enabled` is 1. The group of a session's leader is therefore lowered as well.
Within control groups (systemd, containers) those groups count for nothing: niceness counts among the processes of one
control group, and its own weight among others.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path

# A tenth of a processor beside one process with niceness 0 that wants all of it, and all of it beside none.
NICENESS = 10
# The kernel takes one change of a group in a tenth of a second from those who are not root.
ASKED_AGAIN_SECONDS = 0.1
TRIES_MAX = 20

_PROCESSES = Path("/proc")
_TOLD = re.compile(r"nice (-?\d+)")


def give_way() -> None:
    """Let this process stand behind others, with the threads that it has and all that it starts from here on."""
    with suppress(OSError):
        for thread in _threads():
            _lower(thread)
    for _ in range(TRIES_MAX):
        if put_behind(os.getpid()):
            return
        time.sleep(ASKED_AGAIN_SECONDS)


def put_behind(process: int) -> bool:
    """Let a process of one thread stand behind others, or leave it if it is not ours to lower; False if the kernel
    wants to be asked again, in `ASKED_AGAIN_SECONDS`. Who stands further behind already stays there.
    """
    try:
        _lower(process)
        if os.getsid(process) == process:
            _lower_group(process)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _lower(thread: int) -> None:
    if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, thread, NICENESS)


def _lower_group(process: int) -> None:
    place = _PROCESSES / ("self" if process == os.getpid() else f"{process}") / "autogroup"
    told = _TOLD.search(place.read_text())
    if told and int(told[1]) < NICENESS:
        place.write_text(f"{NICENESS}")


def _threads() -> list[int]:
    return [int(name) for name in os.listdir(_PROCESSES / "self" / "task")]
