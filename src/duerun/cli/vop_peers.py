"""The commands for other PSPs: import their directory, show it."""

from pathlib import Path
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import Data, read
from duerun.cli.owners import acting_runtime
from duerun.cli.terminal import tell, tell_columns
from duerun.services import vop_peers

app = typer.Typer(no_args_is_help=True, help="Other PSPs of the scheme, which are asked for their accounts.")


@app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="NDJSON: a PSP a line.")
    ],
    data: Data = None,
) -> None:
    """Put the PSPs of a file in place of all that are known."""

    async def load() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            with file.open("rb") as lines:
                before, after = await vop_peers.load(runtime, lines)
        tell(f"{after} PSPs in place of {before}")

    run(load())


@app.command("list")
def list_command(data: Data = None) -> None:
    """Show all PSPs."""

    async def show() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            peers = await vop_peers.list_all(runtime)
        rows = [
            (each.bic, str(len(each.bank_codes)), str(each.ready_from or "-"), each.addresses()[0])
            for each in peers
        ]
        tell_columns(("bic", "bank codes", "ready from", "first address"), rows)

    run(show())
