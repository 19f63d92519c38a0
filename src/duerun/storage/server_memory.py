"""How much memory the embedded server keeps pages in: a part of what this machine, or its container, has."""

import os
from collections.abc import Iterator
from pathlib import Path

PART = 8
MEGABYTES_MIN, MEGABYTES_MAX = 256, 2048
CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
OVERCOMMIT = Path("/proc/sys/vm/overcommit_memory")
NEVER_OVERCOMMIT = "2"


def shared_buffers(memory: int, overcommit: Path = OVERCOMMIT) -> str:
    """An eighth of the memory, from 256 MB to 2 GB, as PostgreSQL writes it; what is not used of it is not taken.

    Where the kernel sets apart what a program asks for, used or not, it is the least.
    """
    most = MEGABYTES_MIN if _read(overcommit) == NEVER_OVERCOMMIT else MEGABYTES_MAX
    return f"{min(max(memory // PART >> 20, MEGABYTES_MIN), most)}MB"


def memory_bytes(groups: Path = CONTROL_GROUPS, own: Path = OWN_GROUPS) -> int:
    """The memory of the machine, or the least limit of the control groups that this process runs in."""
    return min([os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), *_limits(groups, own)])


def _limits(groups: Path, own: Path) -> Iterator[int]:
    """Source: the kernel's documentation of control groups, versions 1 and 2; `max` stands for none."""
    for line in _read(own).splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            names = Path(path.strip("/")), "memory.max"
        elif "memory" in controllers.split(","):
            names = Path("memory", path.strip("/")), "memory.limit_in_bytes"
        else:
            continue
        for folder in (names[0], *names[0].parents):
            text = _read(groups / folder / names[1])
            if text.isdigit():
                yield int(text)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
