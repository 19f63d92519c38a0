"""The commands for payments whose outcome the gateway does not tell."""

from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.accounts import Account
from duerun.services import uncertain
from duerun.services.unit import Runtime

app = typer.Typer(
    no_args_is_help=True, help="Payments that were sent and have no outcome: seen, and settled by your word."
)

PaymentId = Annotated[str, typer.Argument(help="Id as `duerun uncertain list` shows it.")]
Succeeded = Annotated[
    bool,
    typer.Option(
        "--succeeded/--refused",
        help="What the processor's own records say: the money moved, or it did not and never will.",
    ),
]


@app.command("list")
def list_command(data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Show what has no outcome, the oldest send first."""
    run(with_account(read(data=data), account, live, show))


@app.command("settle")
def settle_command(
    payment: PaymentId,
    succeeded: Succeeded,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Settle one payment as if the gateway had answered. A refusal may be tried again: look at the processor first."""

    async def settle(runtime: Runtime, owner: Account) -> None:
        now = owner.now(runtime.clock.now())
        await uncertain.settle(runtime, owner, now, payment, succeeded=succeeded)
        tell(f"{payment} is settled: {'succeeded' if succeeded else 'refused'}")

    run(with_account(read(data=data), account, live, settle))


async def show(runtime: Runtime, account: Account) -> None:
    """Print what has no outcome in one account and mode."""
    rows = [
        (
            row["id"],
            row["kind"],
            f"{row['amount_minor']} {row['currency']}",
            f"{row['sent_seconds_ago']:.0f} s",
            f"{row['sends']}",
            row["paid_for"],
        )
        for row in await uncertain.list_uncertain(runtime, account)
    ]
    if rows:
        tell_columns(("payment", "kind", "amount", "sent", "sends", "for"), rows)
    else:
        tell("each payment has its outcome")
