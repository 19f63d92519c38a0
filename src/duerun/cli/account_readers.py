"""Account files read by several processes at once, in the order of their lines and with little memory."""

import asyncio
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import BinaryIO

from duerun.domain.errors import RejectedError, UnavailableError
from duerun.storage.vop_directory import NewAccount
from duerun.web.vop import account_file
from duerun.web.vop.account_file import Batch, ReadBatch

# Below this a process would take longer to start than the file to be read.
SMALL_BYTES = 1_048_576
PROCESSES_MAX = 8
BATCHES_A_PROCESS = 3


class Readers:
    """Reads files whose names are told in messages; `size` in bytes decides whether processes are worth it."""

    def __init__(self, files: Sequence[BinaryIO], names: Sequence[str], size: int) -> None:
        self._files, self._names = files, names
        self._processes = 0 if size < SMALL_BYTES else min(os.cpu_count() or 1, PROCESSES_MAX)
        self._pool = _pool(self._processes)

    def __enter__(self) -> "Readers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def batches(self, show: Callable[[int], None]) -> AsyncIterator[list[NewAccount]]:
        """The accounts batch by batch; `show` is told how many bytes of the files have been taken.

        Raises RejectedError with the faults of the first batch that has any.
        """
        waiting: deque[tuple[int, asyncio.Future[ReadBatch]]] = deque()
        loop = asyncio.get_running_loop()
        for batch in self._cut():
            waiting.append((batch.file, loop.run_in_executor(self._pool, account_file.read, batch)))
            if len(waiting) >= BATCHES_A_PROCESS * max(self._processes, 1):
                yield await self._accounts(*waiting.popleft())
            show(sum(file.tell() for file in self._files))
        while waiting:
            yield await self._accounts(*waiting.popleft())

    def _cut(self) -> Iterator[Batch]:
        for number, file in enumerate(self._files):
            try:
                yield from account_file.batches(file, number)
            except RejectedError as error:
                raise RejectedError(self._of_file(number, error.message)) from None

    async def _accounts(self, file: int, reading: asyncio.Future[ReadBatch]) -> list[NewAccount]:
        try:
            found = await reading
        except BrokenProcessPool:
            raise UnavailableError("a process that reads the file has died") from None
        if found.faults:
            raise RejectedError(self._of_file(file, account_file.told(found.faults)))
        return found.accounts

    def _of_file(self, number: int, message: str) -> str:
        return f"{self._names[number]}: {message}" if len(self._names) > 1 else message


def _pool(processes: int) -> Executor:
    if not processes:
        return ThreadPoolExecutor(1)
    # A fork would take the event loop and the database's connections along.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_signals_alone)


def _leave_signals_alone() -> None:
    """Ctrl-C is for the command, which then ends these processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
