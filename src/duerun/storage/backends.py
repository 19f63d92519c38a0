"""The server's processes behind our sessions, where they run on this machine."""

import os
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import psycopg

from duerun import priority

_CREDENTIALS = struct.Struct("3i")


def is_local(connection: "psycopg.AsyncConnection[Any]") -> bool:
    """Whether a session goes over a socket of this machine."""
    return connection.info.host.startswith(("/", "@"))


def put_behind(connection: "psycopg.AsyncConnection[Any]") -> bool:
    """Let a session's process stand behind others of this machine; False if that has to be asked for again."""
    process = _process_of(connection)
    return process is None or priority.put_behind(process)


def _process_of(connection: "psycopg.AsyncConnection[Any]") -> int | None:
    """The process of a session, if it is certain to be the one that the session tells.

    The number is one of the server's machine or container. It is taken only over a socket of this machine whose other
    side, the postmaster, is the parent of that process: behind a proxy it could be anybody's. A postmaster
    that is out of sight, as in another container, is told as 0.
    """
    if sys.platform != "linux" or not is_local(connection):
        return None
    process = connection.info.backend_pid
    try:
        listener = _listener_of(connection.fileno())
        is_ours = listener > 0 and _parent_of(process) == listener
    except (OSError, ValueError, IndexError):
        return None
    return process if is_ours else None


def _listener_of(descriptor: int) -> int:
    with socket.socket(fileno=os.dup(descriptor)) as link:
        told = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    process: int = _CREDENTIALS.unpack(told)[0]
    return process


def _parent_of(process: int) -> int:
    told = Path(f"/proc/{process}/stat").read_bytes()
    # State and parent stand behind the name, which may hold spaces and brackets.
    return int(told.rpartition(b")")[2].split()[1])
