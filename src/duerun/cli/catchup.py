"""The commands for dates that were missed and wait for a person."""

from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.accounts import Account
from duerun.services import catch_up
from duerun.services.unit import Runtime

app = typer.Typer(
    no_args_is_help=True, help="Dates that were missed while the engine was not running, and are held."
)

Ids = Annotated[
    list[str], typer.Argument(help="Ids of held occurrences, as `duerun catchup list` shows them.")
]


@app.command("list")
def list_command(data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Show what is held, the oldest date first, and what would be moved."""
    run(with_account(read(data=data), account, live, show_held))


@app.command("run")
def run_command(ids: Ids, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Let held occurrences run now."""

    async def release(runtime: Runtime, owner: Account) -> None:
        await catch_up.release(runtime, owner, owner.now(runtime.clock.now()), ids)
        tell(f"{len(ids)} released: the engine runs them now")

    run(with_account(read(data=data), account, live, release))


@app.command("skip")
def skip_command(ids: Ids, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Give held occurrences up: they are recorded as skipped."""

    async def skip(runtime: Runtime, owner: Account) -> None:
        await catch_up.skip(runtime, owner, owner.now(runtime.clock.now()), ids)
        tell(f"{len(ids)} skipped")

    run(with_account(read(data=data), account, live, skip))


async def show_held(runtime: Runtime, account: Account) -> None:
    """Print what is held in one account and mode."""
    rows = [
        (row["id"], f"{row['scheduled_on']}", row["kind"], _amount(row), row["schedule_id"])
        for row in await catch_up.list_held(runtime, account)
    ]
    if rows:
        tell_columns(("occurrence", "date", "kind", "amount", "schedule"), rows)
    else:
        tell("nothing is held")


def _amount(row: dict[str, object]) -> str:
    if row["amount_minor"] is not None:
        return f"{row['amount_minor']} {row['currency']}"
    return "the balance" if row["percentage"] is None else f"{row['percentage']} % of the balance"
