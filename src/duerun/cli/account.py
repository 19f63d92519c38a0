"""The commands for an account's options: when its occurrences run, what it pays, what happens by itself."""

from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import out, tell
from duerun.domain.account_options import OPTIONS
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.gateway_terms import TERMS
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
    for name, value in (_values(account) | _gateway(account)).items():
        table.add_row(name, value)
    out.print(table)


def _gateway(account: Account) -> dict[str, str]:
    """The account's own processor; its token is not shown."""
    own = account.gateway
    if own is None:
        return {"gateway_url": "none: the server's gateway"}
    told = {f"gateway_{name}": getattr(own, name) for name in TERMS}
    shown = {name: f"{value}".lower() for name, value in told.items() if value is not None}
    return {"gateway_url": own.url, "gateway_token": "kept"} | shown


def _values(account: Account) -> dict[str, str]:
    shown = {
        "timezone": account.timezone,
        "charge_run_time": f"{account.charge_run_time:%H:%M}",
        "transfer_run_time": f"{account.transfer_run_time:%H:%M}",
        "api_version": account.api_version,
        "charge_fee_rate": f"{account.fees.charge_rate} %",
        "vat_rate": f"{account.fees.vat_rate} %",
        "transfer_fee": f"{account.fees.transfer_minor}",
        "transfer_fee_vat": f"{account.fees.transfer_vat_minor}",
        "settlement_days": f"{account.settlement_days}",
        "auto_verify_recipients": f"{account.auto_verify_recipients}".lower(),
        "auto_activate_recipients": f"{account.auto_activate_recipients}".lower(),
        "bulk_approval_rows": str(account.bulk_approval_rows),
        "bulk_approval_amount": str(account.bulk_approval_amount),
        "catch_up_charges": account.catch_up_charges or "server",
        "catch_up_transfers": account.catch_up_transfers or "server",
        "catch_up_max": str(account.catch_up_max),
        "holidays": ", ".join(sorted(map(str, account.holidays))) or "none",
    }
    return {name: shown[name] for name in OPTIONS}
