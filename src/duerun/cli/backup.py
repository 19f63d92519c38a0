"""The commands `backup` and `restore`."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from duerun import __version__
from duerun.cli.hosting import embedded, opened, run, shared_dsn
from duerun.cli.options import Data, read
from duerun.cli.terminal import note, tell
from duerun.clock import SystemClock
from duerun.domain.errors import RejectedError
from duerun.services import freezing
from duerun.settings import Settings
from duerun.storage import backups
from duerun.storage.backups import Manifest
from duerun.storage.migrate import migrate
from duerun.storage.server import find_binaries, kept_cluster
from duerun.storage.server_mark import read_mark

NOT_INCLUDED = (
    "Not in the backup: settings (DUERUN_*), among them gateway_token and vop_storage_key, without which encrypted "
    "files of checks stay closed. In it, readable: names, bank accounts, signing secrets of webhooks"
)
FROZEN = "Nothing is sent from it yet: stop the old installation, start this one, and run duerun recover"


class _MakesByDefault(TyperGroup):
    """`duerun backup FOLDER` makes one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_MakesByDefault,
    no_args_is_help=True,
    help="`duerun backup FOLDER` backs up the database while everything runs; `verify` checks a backup.",
)

Folder = Annotated[Path, typer.Argument(help="Folder of the backup.", metavar="FOLDER")]


@app.command()
def make(folder: Folder, data: Data = None) -> None:
    """Back up into a new folder: one consistent moment, readable by you alone."""
    run(_make(read(data=data), folder.absolute()))


@app.command()
def verify(folder: Folder, data: Data = None) -> None:
    """Check that each byte of a backup is as it was written and that this Duerun can restore it."""
    _tell(backups.verify(folder, programs=_programs(read(data=data))))
    tell("the backup is sound")


def restore(folder: Folder, data: Data = None) -> None:
    """Restore a backup into a new data folder or an empty database. Nothing is sent before `duerun recover`."""
    run(_restore(read(data=data), folder.absolute()))


async def _make(settings: Settings, folder: Path) -> None:
    dsn = shared_dsn(settings)
    if dsn:
        manifest = await _backed_up(settings, folder, dsn)
    elif kept_cluster(settings.data, find_binaries(_programs(settings))) is None:
        raise RejectedError(f"there is no database in the data folder {settings.data.absolute()}")
    else:
        async with embedded(settings) as own:
            manifest = await _backed_up(settings, folder, own)
    _tell(manifest)
    tell(f"backed up to {folder}")
    note(NOT_INCLUDED)


async def _backed_up(settings: Settings, folder: Path, dsn: str) -> Manifest:
    back_up = partial(backups.back_up, version=__version__, programs=_programs(settings))
    return await asyncio.to_thread(back_up, dsn, folder, SystemClock().now())


async def _restore(settings: Settings, folder: Path) -> None:
    # Before a server is made for what cannot be restored.
    backups.verify(folder, programs=_programs(settings))
    dsn = shared_dsn(settings)
    if dsn:
        await _restored(settings, folder, dsn)
    else:
        async with embedded(settings) as own:
            await _restored(settings, folder, own)
    note(FROZEN)


async def _restored(settings: Settings, folder: Path, dsn: str) -> None:
    manifest = await asyncio.to_thread(partial(backups.restore, programs=_programs(settings)), folder, dsn)
    for name in await asyncio.to_thread(migrate, dsn):
        tell(f"applied {name}")
    mark = None if settings.database_url else read_mark(settings.data)
    async with opened(settings, dsn) as runtime:
        await freezing.freeze(runtime, freezing.RESTORED, mark=mark)
    _tell(manifest)
    tell(f"restored from {folder}")


def _tell(manifest: Manifest) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    tell(f"made {manifest.made_at} by Duerun {manifest.duerun} on PostgreSQL {manifest.postgresql}")
    tell(f"{manifest.bytes} bytes: {counts}")


def _programs(settings: Settings) -> Path | None:
    return Path(settings.postgres_folder) if settings.postgres_folder else None
