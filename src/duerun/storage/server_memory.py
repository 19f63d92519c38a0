"""How much memory the embedded server keeps pages in: a part of what this machine, or its container, has."""

import os
from collections.abc import Iterator
from pathlib import Path

PART = 8
MEGABYTES_MIN, MEGABYTES_MAX = 256, 2048
CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")


def shared_buffers() -> str:
    """An eighth of the memory, from 256 MB to 2 GB, as PostgreSQL writes it; what is not used of it is not taken."""
    return f"{min(max(memory_bytes() // PART >> 20, MEGABYTES_MIN), MEGABYTES_MAX)}MB"


def memory_bytes(groups: Path = CONTROL_GROUPS, own: Path = OWN_GROUP) -> int:
    """The memory of the machine, or the least limit of the control groups that this process runs in."""
    return min([os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), *_limits(groups, own)])


def _limits(groups: Path, own: Path) -> Iterator[int]:
    """Source: the kernel's documentation of control groups, version 2; `max` stands for none."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        if not line.startswith("0::/"):
            continue
        path = Path(line.removeprefix("0::/"))
        for folder in (path, *path.parents):
            try:
                text = (groups / folder / "memory.max").read_text().strip()
            except OSError:
                continue
            if text.isdigit():
                yield int(text)
