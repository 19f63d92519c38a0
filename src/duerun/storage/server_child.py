"""The last step before `postgres`: give up root, ask to be stopped with the parent, become the server.

A program of its own, run by path, because only root may be able to reach our interpreter, and because a hook
between fork and exec is not safe in a process with threads:
`python -I -S server_child.py PARENT_PID UID GID PROGRAM [ARGUMENT ...]`
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> None:
    """Replace this process by PROGRAM, run as UID and GID; exit at once if the parent has gone."""
    parent, uid, gid = (int(argument) for argument in arguments[:3])
    become(uid, gid)
    end_with(parent)
    os.execv(arguments[3], list(arguments[3:]))  # noqa: S606 - no shell, and the program is a full path


def become(uid: int, gid: int) -> None:
    """Switch to the user for good: groups first, while we still may."""
    if uid == os.geteuid():
        return
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def end_with(parent: int) -> None:
    """Get SIGINT (PostgreSQL's fast shutdown) when the parent ends; after `become`, as setuid clears it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent ended before the server started")


if __name__ == "__main__":
    main(sys.argv[1:])
