"""Work that nobody waits for stands behind the rest of the machine's.

Linux counts the niceness of a process among those of its own group only: each session (setsid) is such a group where
`sched_autogroup_enabled` is 1, as most kernels have it. A leader of a session therefore lowers its group as well. In a
control group (systemd, containers) groups of sessions count for nothing, and niceness does.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

# A tenth of the processor beside one with niceness 0 that wants all of it, and all of it beside one that wants none.
NICENESS = 10
# The kernel takes one change of a group in a tenth of a second from those who are not root.
ASKED_AGAIN_SECONDS = 0.1
TRIES_MAX = 20

_PROCESSES = Path("/proc")


def give_way() -> None:
    """Let this process stand behind others, with the threads that it has and all that it starts from here on."""
    with suppress(OSError):
        for thread in _threads():
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
    for _ in range(TRIES_MAX):
        if put_behind(os.getpid()):
            return
        time.sleep(ASKED_AGAIN_SECONDS)


def put_behind(process: int) -> bool:
    """Let a process of one thread stand behind others, or leave it if it is not ours to lower; False if the kernel
    wants to be asked again, in `ASKED_AGAIN_SECONDS`.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, process, NICENESS)
        if os.getsid(process) == process:
            _group_of(process).write_text(f"{NICENESS}")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _threads() -> list[int]:
    return [int(name) for name in os.listdir(_PROCESSES / "self" / "task")]


def _group_of(process: int) -> Path:
    return _PROCESSES / f"{process}" / "autogroup"
