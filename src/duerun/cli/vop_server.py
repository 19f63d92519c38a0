"""The commands that run checks of payees: the VOP face alone, and a process that checks files."""

import asyncio
import gc
import os
import socket
import sys
from typing import Annotated

import typer

from duerun import telemetry
from duerun.cli.hosting import listening, own_runtime, run, serve, waiting_runtime
from duerun.cli.options import Data, Host, Port, read
from duerun.cli.stopping import Stop, run_until_stopped
from duerun.cli.terminal import tell
from duerun.cli.verifiers import Verifiers
from duerun.engine.loop import build_vop_loops, run_all
from duerun.engine.verifier import Verifier, holder_name
from duerun.services import vop_clients
from duerun.services.unit import Runtime
from duerun.settings import DEV_VOP_BIC, DEV_VOP_CLIENT, DEV_VOP_SECRET, Settings

IDLE_SECONDS_MAX = 60.0
REST_SECONDS = 0.05
PARTS_AT_ONCE = 2
# A part makes many objects and no cycles: looking for these after each few hundred objects costs a third of the time.
GARBAGE_OBJECTS_MIN = 200_000
FAILURES_MAX = 10


def add_to(app: typer.Typer) -> None:
    """Put the commands beside the other ones for checks of payees."""
    app.command("serve")(serve_alone)
    app.command("work", hidden=True)(work)


def serve_alone(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    dev: Annotated[
        bool, typer.Option("--dev", help="Make the client of duerun dev, for trying out.")
    ] = False,
) -> None:
    """Serve the VOP face alone, with what checks its files."""
    settings = read(data=data, host=host, port=port)
    telemetry.configure(settings.telemetry_level)
    with listening(settings) as listener:
        run(_serve(settings, listener, dev=dev))


async def _serve(settings: Settings, listener: socket.socket, *, dev: bool) -> None:
    stop = Stop()
    with stop.on_signals():
        async with own_runtime(settings) as runtime:
            if dev:
                await admit_dev_client(runtime)
            tell(f"Duerun verifies payees at http://{settings.host}:{settings.port}")
            await run_until_stopped(
                stop,
                [
                    serve(runtime, settings, listener, stop, rate_limited=not dev, vop_alone=True),
                    run_all(runtime, stop.asked, build_vop_loops(runtime)),
                    Verifiers(runtime, settings).run(stop.asked),
                ],
            )


async def admit_dev_client(runtime: Runtime) -> None:
    """The published client of `duerun dev`, in test mode."""
    now = runtime.clock.now()
    await vop_clients.admit_dev_client(runtime, DEV_VOP_CLIENT, DEV_VOP_SECRET, [DEV_VOP_BIC], now)


def work(
    data: Data = None,
    holder: Annotated[str, typer.Option(help="What tells this process from others.")] = "",
    while_needed: Annotated[bool, typer.Option("--while-needed", help="End when there is no work.")] = False,
) -> None:
    """Check files of payees."""
    settings = read(data=data)
    telemetry.configure(settings.telemetry_level)
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS_MIN)
    run(_work(settings, holder or holder_name(), while_needed=while_needed))


async def _work(settings: Settings, holder: str, *, while_needed: bool) -> None:
    stop = Stop()
    with stop.on_signals():
        async with waiting_runtime(settings) as runtime:
            await _check_files(runtime, holder, stop, while_needed=while_needed)


async def _check_files(runtime: Runtime, holder: str, stop: Stop, *, while_needed: bool) -> None:
    """Check parts, one computing while another waits for the database."""
    async with asyncio.TaskGroup() as group:
        workers = [
            group.create_task(_check_parts(runtime, holder, stop, while_needed=while_needed))
            for _ in range(PARTS_AT_ONCE)
        ]
    if not all(worker.result() for worker in workers):
        sys.exit(1)


async def _check_parts(runtime: Runtime, holder: str, stop: Stop, *, while_needed: bool) -> bool:
    """Check part after part; whether that went well.

    It ends by itself when idle for long, when whoever started it is gone, and after many failures in a row.
    """
    verifier = Verifier(runtime, holder=holder, only_small=False)
    parent, idle_seconds, failures = os.getppid(), 0.0, 0
    while not stop.asked.is_set() and failures < FAILURES_MAX:
        try:
            count = await verifier.tick(runtime.clock.now())
            failures = 0
        except Exception as error:
            telemetry.logger("verifier").error("a part could not be checked", exc_info=error)
            count, failures = 0, failures + 1
        idle_seconds = 0.0 if count else idle_seconds + REST_SECONDS
        if while_needed and (idle_seconds > IDLE_SECONDS_MAX or os.getppid() != parent):
            break
        if not count:
            await asyncio.sleep(REST_SECONDS)
    return failures == 0
