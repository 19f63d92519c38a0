"""The commands for calendars that other programs read: their tokens."""

from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import note, tell, tell_columns
from duerun.domain.accounts import Account
from duerun.domain.calendars import Scope
from duerun.domain.errors import RejectedError
from duerun.domain.lists import LIMIT_MAX, ListQuery
from duerun.services import calendar_tokens
from duerun.services.unit import Runtime

app = typer.Typer(no_args_is_help=True, help="Calendars of what is to come, for calendar programs.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens that open a calendar without a key.")
app.add_typer(tokens, name="token")

Customer = Annotated[str | None, typer.Option("--customer", help="Only schedules of this customer.")]
Recipient = Annotated[str | None, typer.Option("--recipient", help="Only schedules of this recipient.")]
Schedule = Annotated[str | None, typer.Option("--schedule", help="Only this schedule.")]
TokenId = Annotated[str, typer.Argument(help="Id of a token, as `duerun calendar token list` shows it.")]


@tokens.command("add")
def add_command(
    customer: Customer = None,
    recipient: Recipient = None,
    schedule: Schedule = None,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Make a token and show it, once; without an option it opens the calendar of the whole account."""
    scopes = ((Scope.CUSTOMER, customer), (Scope.RECIPIENT, recipient), (Scope.SCHEDULE, schedule))
    named = [(scope, scope_id) for scope, scope_id in scopes if scope_id is not None]
    if len(named) > 1:
        raise RejectedError("at most one of --customer, --recipient, --schedule may be given")

    async def add(runtime: Runtime, owner: Account) -> None:
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            token, text = await calendar_tokens.add(unit, *(named[0] if named else (Scope.ACCOUNT, None)))
        tell(f"{token.id}  /calendar.ics?token={text}")
        note("the token is shown once: whoever has this path reads the calendar, until it is revoked")

    run(with_account(read(data=data), account, live, add))


@tokens.command("list")
def list_command(data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Show the tokens that are valid: what they open, and their last four characters."""

    async def show(runtime: Runtime, owner: Account) -> None:
        rows: list[tuple[str, ...]] = []
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            while True:
                page = await calendar_tokens.show(unit, ListQuery(limit=LIMIT_MAX, offset=len(rows)))
                rows += [
                    (each.id, each.scope, each.scope_id or "", each.last_four, f"{each.created_at:%Y-%m-%d}")
                    for each in page.rows
                ]
                if not page.rows or len(rows) >= page.total:
                    break
        if rows:
            tell_columns(("token", "opens", "id", "ends in", "since"), rows)
        else:
            tell("there are no calendar tokens")

    run(with_account(read(data=data), account, live, show))


@tokens.command("revoke")
def revoke_command(token: TokenId, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """End a token: its calendar is not found any more."""

    async def revoke(runtime: Runtime, owner: Account) -> None:
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            await calendar_tokens.revoke(unit, token)
        tell(f"{token} revoked")

    run(with_account(read(data=data), account, live, revoke))
