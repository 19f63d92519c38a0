"""The commands for an account's options: when its occurrences run, what it pays, what happens by itself."""

from typing import Annotated

import typer
from rich.table import Table

from duerun.cli.hosting import run, shared_runtime
from duerun.cli.options import AccountId, Data, read
from duerun.cli.owners import only_account
from duerun.cli.terminal import out, tell
from duerun.domain.account_options import OPTIONS
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import access
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Options of an account.")

Changes = Annotated[
    list[str], typer.Argument(help="One or more of name=value, such as charge_run_time=09:00.")
]


@app.command("show")
def show(data: Data = None, account: AccountId = None) -> None:
    """Show the options of an account as they count in test mode."""
    run(_show(read(data=data), account))


@app.command("set")
def set_command(changes: Changes, data: Data = None, account: AccountId = None) -> None:
    """Set options: all of them, or none if one is refused."""
    run(_set(read(data=data), account, dict(_parse(change) for change in changes)))


def _parse(change: str) -> tuple[str, str]:
    name, equals, value = change.partition("=")
    if not equals:
        raise RejectedError(f"{change} must be name=value")
    return name.strip(), value


async def _set(settings: Settings, account_id: str | None, changes: dict[str, str]) -> None:
    async with shared_runtime(settings) as runtime:
        account = await only_account(runtime, account_id)
        await access.set_options(runtime, account.id, changes)
    tell(f"{account.public_id}: {', '.join(changes)} set")


async def _show(settings: Settings, account_id: str | None) -> None:
    async with shared_runtime(settings) as runtime:
        account = await only_account(runtime, account_id)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in _values(account).items():
        table.add_row(name, value)
    out.print(table)


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
        "holidays": ", ".join(sorted(map(str, account.holidays))) or "none",
    }
    return {name: shown[name] for name in OPTIONS}
