"""The commands for the own directory: import account files, tell what is there."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from duerun.cli.account_readers import Readers
from duerun.cli.hosting import run, shared_runtime
from duerun.cli.options import Data, read
from duerun.cli.terminal import err, tell, tell_columns
from duerun.services import directory
from duerun.services.directory import Loaded, Order
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The own directory: accounts for which this server answers.")

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        exists=True,
        dir_okay=False,
        readable=True,
        help="Account files, NDJSON or CSV, also compressed with gzip; all of them are one load.",
    ),
]


@app.command("import")
def import_command(
    files: Files,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Add and change only; accounts that are missing stay.")
    ] = False,
    accept_drop: Annotated[
        bool, typer.Option("--accept-drop", help="Load also if that removes many accounts.")
    ] = False,
    data: Data = None,
) -> None:
    """Make account files the directory, all of it or nothing; the old one answers until then."""
    order = Order([file.name for file in files], is_complete=not incremental, accepts_drop=accept_drop)
    done = run(_import(read(data=data), files, order))
    tell(f"{done.accounts} accounts: {done.added} added, {done.changed} changed, {done.removed} removed")


async def _import(settings: Settings, files: list[Path], order: Order) -> Loaded:
    async with shared_runtime(settings) as runtime:
        with ExitStack() as stack:
            bars = stack.enter_context(_bars())
            opened = [stack.enter_context(file.open("rb")) for file in files]
            size = sum(file.stat().st_size for file in files)
            bar = bars.add_task("Read", total=size)
            readers = stack.enter_context(Readers(opened, order.file_names, size))

            def show(position: int) -> None:
                bars.update(bar, completed=position, description="Read" if position < size else "Load")

            return await directory.load(runtime, readers.batches(show), order, runtime.clock.now())


def _bars() -> Progress:
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=err,
    )


@app.command("status")
def status(data: Data = None) -> None:
    """Show the accounts of each bank and the last loads."""
    found = run(_status(read(data=data)))
    tell(f"{sum(count for _, count in found.banks)} accounts")
    if found.banks:
        tell_columns(("bank", "accounts"), [(bank, str(count)) for bank, count in found.banks])
    if found.loads:
        head = ("loaded", "kind", "accounts", "added", "changed", "removed", "file")
        rows = [
            (
                f"{each.loaded_at:%Y-%m-%dT%H:%M:%SZ}",
                "complete" if each.is_complete else "incremental",
                *map(str, (each.accounts, each.added, each.changed, each.removed)),
                each.file_name,
            )
            for each in found.loads
        ]
        tell_columns(head, rows)


async def _status(settings: Settings) -> directory.Status:
    async with shared_runtime(settings) as runtime:
        return await directory.status(runtime)
