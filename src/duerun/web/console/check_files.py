"""Files of payees that a page sends, and their results: read and written row by row, whatever form they have.

The readers and writers wait for bytes and rows, so they run in threads of their own and ask the event loop for more.
"""

import asyncio
import io
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, TypeVar, cast

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.tasks import VopTask
from duerun.services import console_checks, vop_tasks
from duerun.services.unit import Runtime
from duerun.services.vop_tasks import Part
from duerun.web.multipart import FileKind, UploadedFile
from duerun.web.payees.ingest import Intake
from duerun.web.payees.ndjson_rows import read_ndjson
from duerun.web.payees.payee_rows import PayeeRow, RowContext
from duerun.web.payees.portal_csv import read_csv
from duerun.web.payees.portal_xlsx import read_xlsx, write_xlsx
from duerun.web.payees.records import encode_record
from duerun.web.payees.result_lines import parse_result
from duerun.web.xlsx_zip import old_workbook

Found = TypeVar("Found")
NDJSON_NAMES = ("ndjson", "jsonl", "json")
PIECE_BYTES = 64 * 1024
HELD_BYTES_MAX = 8 * 1024 * 1024
# How many parts of a file a page looks through for rows with one result.
PARTS_LOOKED_AT_MAX = 5

# Threads that wait for slow uploads are not those that hash passwords.
_THREADS = ThreadPoolExecutor(8, thread_name_prefix="check-files")
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(PayeeRow)

Row = tuple[PayeeRow, Answer | None]


class Place(NamedTuple):
    """Where a list of rows goes on: a part, and a row in it."""

    part: int = 0
    row: int = 0


class Shown(NamedTuple):
    """Some rows of a file. `rest` is where to go on, None at the end."""

    rows: list[Row]
    rest: Place | None


def kind_of_check(_content_type: bytes, filename: str) -> FileKind:
    """What a file is by its name; all that is no workbook is text."""
    extension = filename.lower().rpartition(".")[2]
    if extension == "xls":
        raise old_workbook()
    return FileKind.XLSX if extension == "xlsx" else FileKind.CSV


class _Loop:
    """Lets a thread wait for what the event loop does."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def wait(self, coroutine: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class _Pulled(io.RawIOBase):
    """An upload as a file that can be read in a thread."""

    def __init__(self, chunks: AsyncIterator[bytes], loop: _Loop) -> None:
        self._chunks, self._loop, self._held = chunks, loop, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = self._loop.wait(self._next())
        piece, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    async def _next(self) -> bytes:
        async for chunk in self._chunks:
            if chunk:
                return chunk
        return b""


async def take_in(runtime: Runtime, client: VopClient, file: UploadedFile, *, user: str) -> uuid.UUID:
    """Take a file in; the id of its task. Raises `RejectedError` for one that cannot be read."""
    await vop_tasks.require_room(runtime, client)
    with runtime.payees.uploads.of(client) as has_room:
        if not has_room:
            raise RejectedError("too many files are arriving: try again in a moment")
        task = await vop_tasks.begin(runtime, client, end_user=user, language=None, now=runtime.clock.now())
        try:
            loop = asyncio.get_running_loop()
            intake = await loop.run_in_executor(
                _THREADS, _keep_all, runtime, task, file, client.bics[0], _Loop()
            )
            return await vop_tasks.finish(
                runtime,
                task,
                records=intake.records,
                chunks=intake.parts,
                failure=None,
                key=None,
                digest=intake.digest,
                now=runtime.clock.now(),
            )
        except BaseException:
            await asyncio.shield(vop_tasks.abandon(runtime, task))
            raise


def _keep_all(runtime: Runtime, task: VopTask, file: UploadedFile, bic: str, loop: _Loop) -> Intake:
    source = cast(BinaryIO, io.BufferedReader(_Pulled(file.chunks, loop), PIECE_BYTES))
    intake, parts, first_fault = Intake(runtime.payees.policy), 0, ""
    group: list[PayeeRow] = []

    def keep(part: Part | None) -> None:
        loop.wait(_keep(runtime, task, part, parts, group))

    for row in _read(runtime, file, source, RowContext(bic, lambda: str(uuid.uuid4()))):
        group.append(row)
        if row.question is None:
            first_fault = first_fault or row.faults[0].detail
            continue
        for part in intake.feed(encode_record(row.uetr, row.question) + b"\n"):
            keep(part)
            parts, group = parts + 1, []
    if not intake.records:
        raise RejectedError(f"file has no row that can be checked: {first_fault}")
    for part in intake.finish():
        keep(part)
        parts, group = parts + 1, []
    if intake.failure:
        raise RejectedError(intake.failure)
    if group:
        keep(None)
    return intake


async def _keep(
    runtime: Runtime, task: VopTask, part: Part | None, number: int, group: list[PayeeRow]
) -> None:
    await console_checks.keep(
        runtime,
        task,
        part,
        number,
        row_count=len(group),
        fault_count=sum(each.question is None for each in group),
        rows=_ENCODER.encode_lines(group),
    )


def _read(runtime: Runtime, file: UploadedFile, source: BinaryIO, context: RowContext) -> Iterator[PayeeRow]:
    policy = runtime.payees.policy
    rows_max, bytes_max = policy.records_max, policy.bytes_max
    if file.kind is FileKind.XLSX:
        return read_xlsx(source.read(), context, rows_max=rows_max, bytes_max=bytes_max)
    if file.filename.lower().rpartition(".")[2] in NDJSON_NAMES:
        return read_ndjson(
            source, rows_max=rows_max, bytes_max=bytes_max, line_bytes_max=policy.line_bytes_max
        )
    return read_csv(source, context, rows_max=rows_max, bytes_max=bytes_max)


async def rows_of(runtime: Runtime, task: VopTask, number: int) -> list[Row]:
    """The rows of a part with their answers, in the order of the file."""
    rows, lines = await console_checks.part(runtime, task, number)
    return await asyncio.to_thread(_paired, rows, lines)


def _paired(rows: bytes, lines: bytes) -> list[Row]:
    answers = iter(lines.split(b"\n") if lines else ())
    found: list[Row] = []
    for row in map(_DECODER.decode, rows.splitlines()):
        if row.question is None:
            found.append((row, None))
            continue
        result = parse_result(next(answers))
        refused = replace(row, question=None, faults=result.faults) if result.faults else row
        found.append((refused, result.answer))
    return found


async def shown(
    runtime: Runtime, task: VopTask, parts: int, place: Place, *, result: str | None, rows_max: int
) -> Shown:
    """The next rows behind a place, with one result where it is given; a bounded part of the file is looked at."""
    found: list[Row] = []
    for number in range(place.part, min(parts, place.part + PARTS_LOOKED_AT_MAX)):
        first = place.row if number == place.part else 0
        for offset, each in enumerate((await rows_of(runtime, task, number))[first:], first):
            if result is not None and outcome_of(each) != result:
                continue
            if len(found) == rows_max:
                return Shown(found, Place(number, offset))
            found.append(each)
    rest = place.part + PARTS_LOOKED_AT_MAX
    return Shown(found, Place(rest) if rest < parts else None)


def outcome_of(row: Row) -> str:
    """MTCH, CMTC, NMTC, NOAP, or `refused`."""
    return str(row[1].verdict) if row[1] is not None else "refused"


def all_rows(runtime: Runtime, task: VopTask, parts: int) -> Iterator[Row]:
    """All rows with their answers, for a writer that runs in a thread; call it from the event loop."""
    return _all_rows(runtime, task, parts, _Loop())


def _all_rows(runtime: Runtime, task: VopTask, parts: int, loop: _Loop) -> Iterator[Row]:
    for number in range(parts):
        yield from loop.wait(rows_of(runtime, task, number))


def workbook(rows: Iterator[Row]) -> Iterator[bytes]:
    """A workbook of the results in pieces."""
    with SpooledTemporaryFile(HELD_BYTES_MAX) as file:
        write_xlsx(cast(BinaryIO, file), rows)
        file.seek(0)
        while piece := file.read(PIECE_BYTES):
            yield piece


def in_pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines put together: each piece costs a change of threads."""
    held = bytearray()
    for line in lines:
        held += line
        if len(held) > PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
