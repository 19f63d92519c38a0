"""The command by which a person answers for the bank account of a recipient."""

from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import tell
from duerun.domain.accounts import Account
from duerun.services import recipients
from duerun.services.unit import Runtime

app = typer.Typer(help="Recipients: whose bank account is known to be theirs.", no_args_is_help=True)

RecipientId = Annotated[str, typer.Argument(help="Id of the recipient, as in recp_5fzbq0.")]
Ending = Annotated[str, typer.Option("--ending", help="Last four digits of the bank account that you know.")]


@app.callback()
def _group() -> None:
    """Commands of their own, also while there is only one."""


@app.command("verify")
def verify_command(
    recipient: RecipientId, ending: Ending, data: Data = None, live: Live = False, account: AccountId = None
) -> None:
    """Answer for the bank account of a recipient: verified and active, so that payouts go there from then on."""

    async def verify(runtime: Runtime, owner: Account) -> None:
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            verified = await recipients.vouch(unit, recipient, ending=ending)
        tell(f"{verified.id} is verified and active: {verified.bank_account_name}, {ending}")

    run(with_account(read(data=data), account, live, verify))
