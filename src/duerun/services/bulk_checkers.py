"""Processes beside a server that check the rows of a large file while it arrives, and how their work is put together.

Rows are checked in the server itself until a file has turned out to be large and a process is ready, which takes half
a second. What a process that failed had in hand is checked in the server as well, so that no file is refused for a
fault of ours. Lines are staged in the order of the file, and of several faults its first one is told.
"""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec

from duerun.domain.errors import RejectedError
from duerun.services.bulk_check_process import LENGTH_BYTES, Piece, Refused, framed
from duerun.services.bulk_checks import Checked, CheckPlan, Checks, together
from duerun.telemetry import logger

# A file of more rows is large.
LARGE_ROWS = 30_000
ROWS_A_PIECE = 2_000
CHARACTERS_A_PIECE = 1_000_000
PIECES_A_PROCESS_MAX = 2
# A process starts in less than a second and checks a piece in a tenth of one if it has a processor: behind these, it
# counts as dead.
START_SECONDS_MAX = 30.0
ANSWER_SECONDS_MAX = 30.0
ANSWER_BYTES_BUFFERED = 2**21
# Rows that the server checks at once, before others have their turn.
ROWS_A_TURN = 100

_MODULE = "duerun.services.bulk_check_process"
# A RuntimeError is what uvloop has for a pipe that was closed.
_FAULTS = (OSError, EOFError, TimeoutError, RuntimeError, msgspec.DecodeError)

_log = logger("services.bulk_checkers")
_ANSWER = msgspec.msgpack.Decoder[Checked | Refused](Checked | Refused)

Write = Callable[[bytes], Awaitable[None]]


class Places:
    """How many processes may check files for this server at once; a large file takes all that others leave."""

    def __init__(self, count: int = 0) -> None:
        self._free = count

    def take(self) -> int:
        """All that are free."""
        taken, self._free = self._free, 0
        return taken

    def give_back(self, count: int) -> None:
        self._free += count


class _Process:
    """A process with the plan of one file; it checks one piece after the other."""

    def __init__(
        self, process: asyncio.subprocess.Process, given: StreamWriter, answers: StreamReader
    ) -> None:
        self._process, self._given, self._answers = process, given, answers
        self._turn = asyncio.Lock()
        self._has_failed = asyncio.Event()

    async def begin(self, plan: CheckPlan) -> None:
        """Hand over what is to be done; raises as `check` does."""
        await self._ask(msgspec.msgpack.encode(plan), seconds_max=START_SECONDS_MAX)

    async def check(self, piece: Piece) -> Checked | Refused:
        """One of `_FAULTS` is raised where the process is dead or hangs, now and from then on."""
        message = await self._ask(msgspec.msgpack.encode(piece), seconds_max=ANSWER_SECONDS_MAX)
        answer: Checked | Refused = _ANSWER.decode(message)
        return answer

    async def failed(self) -> None:
        """Wait until it does."""
        await self._has_failed.wait()

    async def _ask(self, message: bytes, *, seconds_max: float) -> bytes:
        async with self._turn:
            if self._has_failed.is_set() or self._given.is_closing():
                self._has_failed.set()
                raise BrokenPipeError
            try:
                async with asyncio.timeout(seconds_max):
                    self._given.write(framed(message))
                    await self._given.drain()
                    head = await self._answers.readexactly(LENGTH_BYTES)
                    return await self._answers.readexactly(int.from_bytes(head, "big"))
            except BaseException:
                self._has_failed.set()
                raise

    async def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._given.close()
        # What it still said is read, since a pipe that is full is not closed.
        await self._process.communicate()


async def _started() -> _Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        stdin=PIPE,
        stdout=PIPE,
        limit=ANSWER_BYTES_BUFFERED,
        start_new_session=True,
    )
    if process.stdin is None or process.stdout is None:
        raise OSError("a process without pipes")
    return _Process(process, process.stdin, process.stdout)


async def _ended(starting: asyncio.Task[_Process]) -> None:
    process = await starting
    await process.end()


@asynccontextmanager
async def _process() -> AsyncIterator[_Process]:
    """One that is gone with its pipes at the end of the block, whenever that is cut off."""
    starting = asyncio.create_task(_started())
    try:
        yield await asyncio.shield(starting)
    finally:
        # It has to have started before it can be ended, and what ends it may be cut off as well.
        ending = asyncio.create_task(_ended(starting))
        while not ending.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(ending)


class FileChecks:
    """The rows of one file on their way through the checks into the staging.

    `rows`, `sums` and `open_transfers` tell of what was staged.
    """

    def __init__(self, plan: CheckPlan, write: Write, places: Places) -> None:
        self.rows = 0
        self.sums: Counter[str] = Counter()
        self.open_transfers = False
        self._plan, self._write, self._places = plan, write, places
        self._here = Checks(plan)
        self._is_broken = False
        self._next_row_no = 1
        self._held: list[str] = []
        self._held_characters = 0
        self._turn_here = asyncio.Lock()
        self._under_way: deque[asyncio.Task[Checked]] = deque()
        self._crew: list[asyncio.Task[None]] = []
        self._ready: deque[_Process] = deque()

    @property
    def helpers(self) -> int:
        """How many processes are ready for the next rows."""
        return len(self._ready)

    async def take(self, texts: Sequence[str]) -> None:
        """The texts of the next records. Raises RejectedError for a broken one among them, or among earlier ones."""
        self._held += texts
        self._held_characters += sum(map(len, texts))
        if not self._ready:
            await self.finish()
            if self._next_row_no > LARGE_ROWS and not self._crew:
                self._crew = [asyncio.create_task(self._work()) for _ in range(self._places.take())]
        elif len(self._held) >= ROWS_A_PIECE or self._held_characters >= CHARACTERS_A_PIECE:
            self._under_way.append(asyncio.create_task(self._checked(self._next_piece())))
            while len(self._under_way) > PIECES_A_PROCESS_MAX * len(self._crew):
                await self._stage_next()

    async def finish(self) -> None:
        """Check and stage all that was taken, up to what is broken."""
        while self._under_way and not self._is_broken:
            await self._stage_next()
        if self._held and not self._is_broken:
            await self._stage(await self._checked(self._next_piece()))

    async def end(self) -> None:
        """Let go of the processes, whatever they have in hand."""
        try:
            for task in (*self._under_way, *self._crew):
                task.cancel()
            await asyncio.gather(*self._under_way, *self._crew, return_exceptions=True)
        finally:
            self._places.give_back(len(self._crew))

    def _next_piece(self) -> Piece:
        piece = Piece(self._next_row_no, self._held)
        self._next_row_no += len(self._held)
        self._held, self._held_characters = [], 0
        return piece

    async def _stage_next(self) -> None:
        try:
            checked = await self._under_way.popleft()
        except RejectedError:
            self._is_broken = True
            raise
        await self._stage(checked)

    async def _stage(self, checked: Checked) -> None:
        await self._write(checked.lines)
        self.rows += checked.rows
        self.sums.update(checked.sums)
        self.open_transfers |= checked.open_transfers

    async def _work(self) -> None:
        """A process for this file, until there is no more to do or it fails."""
        try:
            async with _process() as process:
                await process.begin(self._plan)
                self._ready.append(process)
                await process.failed()
                self._ready.remove(process)
        except _FAULTS as error:
            _log.warning("a process that checks rows did not start", exc_info=error)

    async def _checked(self, piece: Piece) -> Checked:
        if not self._ready:
            return await self._checked_here(piece)
        process = self._ready[0]
        self._ready.rotate(-1)
        try:
            answer = await process.check(piece)
        except _FAULTS as error:
            _log.warning("rows are checked in the server: a process failed", exc_info=error)
            return await self._checked_here(piece)
        if isinstance(answer, Refused):
            raise RejectedError(answer.message, code=answer.code)
        return answer

    async def _checked_here(self, piece: Piece) -> Checked:
        """Some rows at a time, so that others are served in between."""
        first, found = piece.first_row_no, []
        async with self._turn_here:
            for place in range(0, len(piece.texts), ROWS_A_TURN):
                if place:
                    await asyncio.sleep(0)
                found.append(self._here.check(piece.texts[place : place + ROWS_A_TURN], first + place))
        return together(found)


@asynccontextmanager
async def checking(plan: CheckPlan, write: Write, places: Places) -> AsyncIterator[FileChecks]:
    """The checks of one file, which write lines of the staging; no process is left behind them."""
    checks = FileChecks(plan, write, places)
    try:
        yield checks
    finally:
        await checks.end()
