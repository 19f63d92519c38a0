"""Ctrl-C and SIGTERM: the first asks to finish, the second stops at once."""

import asyncio
import ctypes
import signal
import socket
import struct
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from duerun.cli.terminal import note

STOP_SECONDS_MAX = 30
SIGNALS = (signal.SIGINT, signal.SIGTERM)


# linux/filter.h: load the byte of flags of the TCP header; with SYN in it return 0, which drops, else return all.
_DROP_SYN = b"".join(
    struct.pack("=HBBI", *instruction)
    for instruction in ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF_FFFF))
)
_INSTRUCTION_BYTES = 8
_SO_ATTACH_FILTER = 26
# How long whoever began to connect has to finish: a round trip, and the host's own haste.
HANDSHAKE_SECONDS_MAX = 0.2


class Stop:
    """`asked` is set by the first signal, `forced` by the second."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.forced = asyncio.Event()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to the signals of this process."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.signalled)
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)

    def signalled(self) -> None:
        if self.asked.is_set():
            self.forced.set()
        else:
            note("Stopping: requests in flight are finished. Ctrl-C again stops at once.")
            self.asked.set()


async def run_until_stopped(stop: Stop, jobs: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run jobs that end by themselves once `stop.asked` is set; the end of one asks the others to stop.

    Raises what a job failed with. Jobs that do not end are cancelled after `STOP_SECONDS_MAX`, or when forced.
    """
    tasks = [asyncio.ensure_future(job) for job in jobs]
    forced = asyncio.ensure_future(stop.forced.wait())
    try:
        await asyncio.wait([*tasks, forced], return_when=asyncio.FIRST_COMPLETED)
        stop.asked.set()
        ended = asyncio.ensure_future(asyncio.wait(tasks))
        await asyncio.wait([ended, forced], timeout=STOP_SECONDS_MAX, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, forced):
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def unless_stopped(stop: Stop, job: Coroutine[Any, Any, None]) -> None:
    """Run a job that is dropped as soon as somebody asks to stop."""
    task = asyncio.ensure_future(job)
    asked = asyncio.ensure_future(stop.asked.wait())
    await asyncio.wait([task, asked], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not task.done():
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def turn_away(listener: socket.socket) -> None:
    """Let nobody connect any more, while those that have connected, or begun to, are still accepted.

    Closing the socket alone would cut off whoever stands between the two. Here those that come later ask again a
    second later, by themselves, and are refused then, or find whoever has taken the address over. Only Linux can do
    this.
    """
    if sys.platform == "linux":
        instructions = ctypes.create_string_buffer(_DROP_SYN)
        program = struct.pack("@HP", len(_DROP_SYN) // _INSTRUCTION_BYTES, ctypes.addressof(instructions))
        with suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
        await asyncio.sleep(HANDSHAKE_SECONDS_MAX)
