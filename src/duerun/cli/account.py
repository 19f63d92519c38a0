"""The commands for an account's options: when its occurrences run, what it pays, what happens by itself."""

from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import out, tell
from duerun.domain.account_options import told, told_gateway
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import access
from duerun.services.unit import Runtime

app = typer.Typer(no_args_is_help=True, help="Options of an account.")

Changes = Annotated[
    list[str], typer.Argument(help="One or more of name=value, such as charge_run_time=09:00.")
]


@app.command("show")
def show(data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Show the options of an account as they count in one mode."""
    run(with_account(read(data=data), account, live, _show))


@app.command("set")
def set_command(changes: Changes, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Set options: all of them, or none if one is refused. Those of a gateway count in one mode."""
    given = dict(_parse(change) for change in changes)
    run(with_account(read(data=data), account, live, partial(_set, given)))


def _parse(change: str) -> tuple[str, str]:
    name, equals, value = change.partition("=")
    if not equals:
        # Not even its beginning: it may be a token.
        raise RejectedError("each option must be name=value")
    return name.strip(), value


async def _set(changes: dict[str, str], runtime: Runtime, account: Account) -> None:
    await access.set_options(runtime, account.id, changes, livemode=account.livemode)
    tell(f"{account.public_id}: {', '.join(changes)} set")


async def _show(runtime: Runtime, account: Account) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in (told(account) | told_gateway(account)).items():
        table.add_row(name, value)
    out.print(table)
