"""The command `doctor`: what runs, from where, and what is wrong with it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.text import Text

from duerun.cli.hosting import opened, run, shared_dsn
from duerun.cli.options import Data, read
from duerun.cli.terminal import out
from duerun.domain.errors import DuerunError
from duerun.services import freezing, health
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage.health import UncertainSends
from duerun.storage.installation import Hold
from duerun.storage.migrate import known, pending
from duerun.storage.server import find_binaries, kept_cluster
from duerun.storage.server_binaries import working_version
from duerun.storage.server_cluster import FREE_BYTES_MIN

CLOCKS_APART_SECONDS_MAX = 2.0
# Behind this a lost answer is no longer on its way to being found out: somebody should ask the gateway.
UNCERTAIN_SECONDS_MAX = 600


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination."""

    what: str
    told: str
    is_fault: bool = False


def doctor(data: Data = None) -> None:
    """Examine the installation: server, version, folders, fsync, migrations, clock, disk. Status 1 for a fault."""
    if not run(_examine(read(data=data))):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    sound = True
    async for finding in _findings(settings):
        sound = sound and not finding.is_fault
        mark, style = ("✗", "red") if finding.is_fault else ("✓", "green")
        out.print(Text.assemble((f"{mark} ", style), f"{finding.what:<12}", finding.told))
    return sound


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in _around(settings):
        yield finding
    dsn = shared_dsn(settings)
    if not dsn:
        yield Finding("server", "not running; duerun dev starts it")
        return
    try:
        async with opened(settings, dsn) as runtime:
            async for finding in _within(runtime, dsn):
                yield finding
    except DuerunError as error:
        yield Finding("server", error.message, is_fault=True)


def _around(settings: Settings) -> Iterator[Finding]:
    """What can be told without a database."""
    if not settings.database_url:
        yield from _own_server(settings)
    folder = settings.data.absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    yield Finding("data folder", f"{folder}" if there == folder else f"{folder} (not made yet)")
    free = shutil.disk_usage(there).free
    yield Finding("free disk", f"{free / 2**30:.1f} GiB", is_fault=free < FREE_BYTES_MIN)


def _own_server(settings: Settings) -> Iterator[Finding]:
    """The programs of the embedded server, and the cluster that they are to work on."""
    try:
        folder = find_binaries(Path(settings.postgres_folder) if settings.postgres_folder else None)
        yield Finding("binaries", f"PostgreSQL {working_version(folder)} in {folder}")
    except DuerunError as error:
        yield Finding("binaries", error.message, is_fault=True)
        return
    try:
        cluster = kept_cluster(settings.data, folder)
    except DuerunError as error:
        yield Finding("cluster", error.message, is_fault=True)
    else:
        yield Finding("cluster", f"{cluster}" if cluster else "not made yet")


async def _within(runtime: Runtime, dsn: str) -> AsyncIterator[Finding]:
    """What the database tells."""
    now = runtime.clock.now()
    facts = await health.database_facts(runtime)
    yield Finding("server", f"PostgreSQL {facts.version} answers")
    apart = abs((facts.now - now).total_seconds())
    yield Finding(
        "clock", f"{apart:.3f} s apart from the database's", is_fault=apart > CLOCKS_APART_SECONDS_MAX
    )
    missing = pending(dsn)
    applied = len(known()) - len(missing)
    yield Finding("migrations", f"{applied} applied, {len(missing)} pending", is_fault=bool(missing))
    if not missing:
        yield _uncertain(await health.uncertain_sends(runtime))
        yield _sending(await freezing.read(runtime))
    live = not missing and await health.has_live_keys(runtime, now)
    yield _fsync(on=facts.fsync, live=live)


def _uncertain(sends: UncertainSends) -> Finding:
    if not sends.count:
        return Finding("sends", "each has its outcome")
    told = f"{sends.count} without an outcome, the oldest for {sends.oldest_seconds:.0f} s"
    return Finding("sends", told, is_fault=sends.oldest_seconds > UNCERTAIN_SECONDS_MAX)


def _sending(hold: Hold | None) -> Finding:
    if hold is None or hold.reason is None:
        return Finding("sending", "not frozen")
    return Finding("sending", freezing.told(hold.reason), is_fault=True)


def _fsync(*, on: bool, live: bool) -> Finding:
    if on:
        return Finding("fsync", "on")
    if live:
        return Finding("fsync", health.UNSAFE_LIVE_MODE, is_fault=True)
    return Finding("fsync", "off: good for tests only, live mode is refused")
