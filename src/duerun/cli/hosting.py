"""What a running command stands on: a database, a runtime over it, a port."""

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
import uvloop

from duerun import priority
from duerun.assembly import build_application, build_health_application, build_runtime, close
from duerun.cli.keeping import giving_up_with, keep_up
from duerun.cli.stopping import Stop, turn_away
from duerun.cli.terminal import note
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.services import clocks, freezing, verification
from duerun.services.health import require_reachable
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage.migrate import migrate, pending
from duerun.storage.server import EmbeddedServer, running_dsn
from duerun.storage.server_mark import Mark, read_mark
from duerun.web.protocol import DuerunHttpProtocol

GRACE_SECONDS_MAX = 20
# Calls of any length have this long to finish; an advance of a clock then stops behind the batch at hand.
FINISH_SECONDS_MAX = 5
KEEP_ALIVE_SECONDS = 65
CONNECTIONS_MAX = 1_000
BACKLOG = 2_048
GARBAGE_THRESHOLDS = (20_000, 20, 10)

Result = TypeVar("Result")


def run(job: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine to its end."""
    look_seldom_for_garbage()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(job)


def look_seldom_for_garbage() -> None:
    """What is loaded by now stays for good, and what a request makes is gone behind it.

    To look for garbage as often as Python does by itself would take a fifth of a server's time.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[str]:
    """The conninfo of an embedded server of our own, which stops at the end."""
    folder = Path(settings.postgres_folder) if settings.postgres_folder else None
    start = partial(EmbeddedServer.start, settings.data, binaries=folder, notify=note)
    server = await asyncio.to_thread(start)
    keeper = asyncio.create_task(keep_up(server))
    try:
        async with giving_up_with(keeper):
            yield server.dsn
    finally:
        keeper.cancel()
        await asyncio.shield(asyncio.to_thread(server.stop))


@asynccontextmanager
async def opened(settings: Settings, dsn: str, *, gives_way: bool = False) -> AsyncIterator[Runtime]:
    """A runtime whose database is open."""
    runtime = build_runtime(settings, dsn, gives_way=gives_way)
    await require_reachable(runtime)
    await runtime.database.open()
    try:
        yield runtime
    finally:
        await close(runtime)


@asynccontextmanager
async def own_runtime(settings: Settings, *, gives_way: bool = False) -> AsyncIterator[Runtime]:
    """A runtime over the external database, or over an embedded server of our own; migrated in both cases."""
    async with _own_dsn(settings) as dsn, opened(settings, dsn, gives_way=gives_way) as runtime:
        await asyncio.to_thread(migrate, dsn)
        if not settings.database_url:
            await clocks.let_go(runtime)
            await verification.let_go(runtime)
        await _tell_hold(runtime, None if settings.database_url else read_mark(settings.data))
        yield runtime


@asynccontextmanager
async def shared_runtime(settings: Settings, *, gives_way: bool = False) -> AsyncIterator[Runtime]:
    """A runtime beside other processes, over the database that they use; if there is none, over one of our own.

    Raises `UnavailableError` if a database that others use lacks migrations.
    """
    if not shared_dsn(settings):
        async with own_runtime(settings, gives_way=gives_way) as runtime:
            yield runtime
        return
    async with opened(settings, shared_dsn(settings), gives_way=gives_way) as runtime:
        if missing := await asyncio.to_thread(pending, runtime.database.dsn):
            raise UnavailableError(f"the database lacks {len(missing)} migrations: run duerun migrate")
        await _tell_hold(runtime, None)
        yield runtime


@asynccontextmanager
async def waiting_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A shared runtime for work that can wait: process and sessions stand behind others, unless settings forbid it."""
    # A database of our own is started by this process, and again after a crash: it would be as low as we are.
    has_own_database = not shared_dsn(settings)
    async with shared_runtime(settings, gives_way=settings.work_gives_way) as runtime:
        if settings.work_gives_way and not has_own_database:
            await asyncio.to_thread(priority.give_way)
        yield runtime


async def _tell_hold(runtime: Runtime, mark: Mark | None) -> None:
    """Notice a database that was restored or copied, before anything can be sent from it."""
    reason = await freezing.notice(runtime, mark)
    hold = await freezing.read(runtime)
    if reason is not None and hold is not None and freezing.concerns(runtime, hold):
        note(reason)


def shared_dsn(settings: Settings) -> str:
    """The external database, or the embedded server that another process runs on the data folder, or ""."""
    return settings.database_url or running_dsn(settings.data) or ""


@asynccontextmanager
async def _own_dsn(settings: Settings) -> AsyncIterator[str]:
    if settings.database_url:
        yield settings.database_url
        return
    async with embedded(settings) as dsn:
        yield dsn


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket that the API will answer on; `RejectedError` if the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise RejectedError(_why_not(settings, error)) from error
    with listener:
        yield listener


def _why_not(settings: Settings, error: OSError) -> str:
    address = f"{settings.host}:{settings.port}"
    if error.errno != errno.EADDRINUSE:
        return f"{address} cannot be listened on: {error.strerror or error}"
    if not settings.database_url and running_dsn(settings.data):
        return (
            f"{address} is in use, and a Duerun already runs on the data folder {settings.data.absolute()}: "
            "stop that one first"
        )
    return f"{address} is in use: stop the program that listens there, or give another --port"


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    runtime: Runtime,
    settings: Settings,
    listener: socket.socket,
    stop: Stop,
    *,
    rate_limited: bool,
    vop_alone: bool = False,
    one_click_user: str = "",
) -> None:
    """Answer HTTP until somebody asks to stop; requests in flight are finished."""
    application = build_application(
        runtime, settings, rate_limited=rate_limited, vop_alone=vop_alone, one_click_user=one_click_user
    )
    await _answer(application, runtime, listener, stop)


async def serve_health(runtime: Runtime, settings: Settings, listener: socket.socket, stop: Stop) -> None:
    """Answer those who watch a process that has no face."""
    await _answer(build_health_application(runtime, settings), runtime, listener, stop)


async def _answer(application: Any, runtime: Runtime, listener: socket.socket, stop: Stop) -> None:
    config = uvicorn.Config(
        application,
        http=DuerunHttpProtocol,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS_MAX,
    )
    server = _Server(config)
    watcher = asyncio.create_task(_end(server, listener, runtime, stop))
    try:
        await server.serve(sockets=[listener])
    finally:
        watcher.cancel()


async def _end(server: uvicorn.Server, listener: socket.socket, runtime: Runtime, stop: Stop) -> None:
    await stop.asked.wait()
    await turn_away(listener)
    server.should_exit = True
    with suppress(TimeoutError):
        async with asyncio.timeout(FINISH_SECONDS_MAX):
            await stop.forced.wait()
    runtime.stopping.set()
    await stop.forced.wait()
    server.force_exit = True
