"""Files of checks: sent, followed, fetched, cancelled (source: the VOP wire specification, sections 3, 5 and 6)."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.payees.clients import Scope
from duerun.domain.payees.tasks import VopTask
from duerun.services import vop_tasks
from duerun.services.vop_tasks import KeyReusedError, Part, TaskOpenError, TooManyTasksError
from duerun.web.payees.ingest import Gunzip, Intake
from duerun.web.vop.call import Call, Endpoint
from duerun.web.vop.errors import (
    BUSY_SECONDS,
    CUT_OFF,
    JSON_TYPE,
    NO_TASK,
    TOO_SLOW,
    Problem,
    RefusedError,
    invalid_header,
    not_processed,
    too_many,
    unsupported,
)
from duerun.web.vop.headers import Kind

NDJSON_TYPE = "application/x-ndjson;charset=utf-8"
CHUNK_SECONDS_MAX = 30.0
UPLOAD_SECONDS_MAX = 3_600.0
# Behind its first seconds a file that comes more slowly than this only keeps others out.
SLOW_SECONDS_MAX = 20.0
BYTES_A_SECOND_MIN = 1_024
OPEN_TASKS_RETRY_SECONDS = 30


class WireTask(msgspec.Struct, rename="camel"):
    """The answer to a file that was accepted."""

    task_id: str


class WireStatus(msgspec.Struct, omit_defaults=True):
    """How far a task is; `detail` where it ended without results."""

    status: str
    detail: str | None = None


async def submit(call: Call) -> Response:
    """Take a file in; the answer comes when the whole of it is kept."""
    is_gzip = _is_gzip(call)
    try:
        await vop_tasks.require_room(call.runtime, call.client)
    except TooManyTasksError as error:
        wait = {"Retry-After": str(OPEN_TASKS_RETRY_SECONDS)}
        raise RefusedError(too_many(f"{error.message.capitalize()}."), headers=wait) from None
    with call.runtime.payees.uploads.of(call.client) as has_room:
        if not has_room:
            wait = {"Retry-After": str(BUSY_SECONDS)}
            raise RefusedError(too_many("Too many files are arriving."), headers=wait)
        task = await vop_tasks.begin(
            call.runtime,
            call.client,
            end_user=call.given.end_user,
            language=call.given.language,
            now=call.now,
        )
        try:
            return await _take_in(call, task, is_gzip=is_gzip)
        except KeyReusedError:
            raise RefusedError(invalid_header("Idempotency-Key")) from None
        except BaseException:
            await asyncio.shield(vop_tasks.abandon(call.runtime, task))
            raise


async def _take_in(call: Call, task: VopTask, *, is_gzip: bool) -> Response:
    runtime = call.runtime
    intake = Intake(runtime.payees.policy)
    async for part in _parts(call.request, intake, is_gzip=is_gzip):
        await vop_tasks.add(runtime, task, part)
    task_id = await vop_tasks.finish(
        runtime,
        task,
        records=intake.records,
        chunks=intake.parts,
        failure=intake.failure,
        key=call.request.headers.get("idempotency-key"),
        digest=intake.digest,
        now=runtime.clock.now(),
    )
    body = msgspec.json.encode(WireTask(task_id=str(task_id)))
    return Response(body, status_code=call.options.submit_status, media_type=JSON_TYPE)


async def _parts(request: Request, intake: Intake, *, is_gzip: bool) -> AsyncIterator[Part]:
    """The parts of a file as they arrive. Of one that has failed the rest is read and dropped."""
    gunzip = Gunzip() if is_gzip else None
    async for data in _timed(request):
        for piece in gunzip.feed(data) if gunzip else (data,):
            for part in intake.feed(piece):
                yield part
        if gunzip and gunzip.failure:
            intake.fail(gunzip.failure)
    if gunzip:
        gunzip.finish()
        if gunzip.failure:
            intake.fail(gunzip.failure)
    for part in intake.finish():
        yield part


async def _timed(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; raises `RefusedError` where it ends or stands still too early."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + UPLOAD_SECONDS_MAX
    started, received = loop.time(), 0
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + CHUNK_SECONDS_MAX)):
                data = await anext(stream)
        except StopAsyncIteration:
            return
        except (ClientDisconnect, TimeoutError):
            raise RefusedError(CUT_OFF, headers={"Connection": "close"}) from None
        received += len(data)
        if received < (loop.time() - started - SLOW_SECONDS_MAX) * BYTES_A_SECOND_MIN:
            raise RefusedError(TOO_SLOW, headers={"Connection": "close"})
        yield data


def _is_gzip(call: Call) -> bool:
    """Whether the body is compressed; raises `RefusedError` for a coding that is not read."""
    given = ",".join(call.request.headers.getlist("content-encoding")).lower()
    codings = [each.strip() for each in given.split(",") if each.strip() not in ("", "identity")]
    if codings in (["gzip"], ["x-gzip"]) and call.options.gzip:
        return True
    if codings:
        raise RefusedError(
            unsupported(
                "Content-Encoding must be gzip or none."
                if call.options.gzip
                else "Content-Encoding is not taken."
            )
        )
    return False


async def status(call: Call) -> Response:
    """How far a task is."""
    task = await _task(call)
    body = msgspec.json.encode(WireStatus(task.status, task.detail))
    return Response(body, media_type=JSON_TYPE)


async def results(call: Call) -> Response:
    """The results, one line for each record, in the order of the file."""
    task = await _task(call)
    try:
        vop_tasks.require_results(task)
    except TaskOpenError as error:
        raise RefusedError(not_processed(call.options.not_processed_status, error.message)) from None
    lines = vop_tasks.results(call.runtime, task)
    if not _takes_gzip(call.request):
        return StreamingResponse(_ended(lines), media_type=NDJSON_TYPE, headers={"Vary": "Accept-Encoding"})
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return StreamingResponse(_gzipped(_ended(lines)), media_type=NDJSON_TYPE, headers=headers)


async def cancel(call: Call) -> Response:
    """End a task that goes on; it is FAILED from then on."""
    task_id = call.task_id()
    try:
        task = await vop_tasks.cancel(call.runtime, call.client, task_id, call.now)
    except NotFoundError:
        raise RefusedError(_unknown(call)) from None
    except RejectedError as error:
        problem = Problem(409, "CLIENT_INCONSISTENT", "NOT_CANCELLED", error.message)
        raise RefusedError(problem) from None
    body = msgspec.json.encode(WireStatus(task.status, task.detail))
    return Response(body, media_type=JSON_TYPE)


async def _task(call: Call) -> VopTask:
    task_id = call.task_id()
    try:
        return await vop_tasks.get(call.runtime, call.client, task_id)
    except NotFoundError:
        raise RefusedError(_unknown(call)) from None


def _unknown(call: Call) -> Problem:
    if call.options.unknown_task_status == NO_TASK.status:
        return NO_TASK
    return Problem(400, "FORMAT_ERROR", "INVALID_FIELD", NO_TASK.detail)


async def _ended(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for some in lines:
        yield some + b"\n"


async def _gzipped(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    stream = zlib.compressobj(wbits=31)
    async for piece in pieces:
        yield stream.compress(piece)
    yield stream.flush()


def _takes_gzip(request: Request) -> bool:
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, quality = item.partition(";")
        if coding.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


ENDPOINTS = (
    Endpoint("POST", "/vopgateway/v1/bulk", submit, Scope.WRITE, Kind.SUBMIT),
    Endpoint("GET", "/vopgateway/v1/bulk/{task_id}/status", status, Scope.READ, Kind.STATUS),
    Endpoint("GET", "/vopgateway/v1/bulk/{task_id}", results, Scope.READ, Kind.RESULTS),
    Endpoint("DELETE", "/vopgateway/v1/bulk/{task_id}", cancel, Scope.WRITE, Kind.STATUS),
)
