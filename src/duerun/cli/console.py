"""The commands for people who use the console. A password is read from the terminal or from standard input."""

import getpass
import sys
from itertools import groupby
from typing import Annotated, Any

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, read
from duerun.cli.owners import acting_runtime, only_account
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.console_users import PASSWORD_CHARACTERS_MAX, Role
from duerun.domain.errors import RejectedError
from duerun.services import console_users
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The web console.")
users = typer.Typer(no_args_is_help=True, help="People who may sign in to the console.")
app.add_typer(users, name="user")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The name to sign in with, such as an email address.")
]


@users.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do in the account.")] = Role.VIEWER,
    data: Data = None,
    account: AccountId = None,
) -> None:
    """Make a user, whose password is asked for, or give one that exists a role in an account."""
    run(_add(read(data=data), account, name, role))


@users.command("list")
def list_command(data: Data = None) -> None:
    """Show all users, their roles, and whether they use one-time codes."""
    run(_list(read(data=data)))


@users.command("disable")
def disable(
    name: Name,
    data: Data = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user in again.")] = False,
) -> None:
    """Let a user in no more; open sessions end at once."""
    run(_disable(read(data=data), name, is_disabled=not undo))


@users.command("password")
def password(name: Name, data: Data = None) -> None:
    """Set a user's password, which is asked for; open sessions and a lock-out end."""
    run(_password(read(data=data), name))


@users.command("totp-reset")
def totp_reset(name: Name, data: Data = None) -> None:
    """Ask a user for one-time codes no more, since the device is lost; open sessions end."""
    run(_totp_reset(read(data=data), name))


def ask_password() -> str:
    """A password from the terminal, typed twice, or one line of standard input. Never an argument: others see those."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(PASSWORD_CHARACTERS_MAX + 2).rstrip("\r\n")
    given = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != given:
        raise RejectedError("the two passwords are not the same")
    return given


async def _add(settings: Settings, account_id: str | None, name: str, role: Role) -> None:
    async with acting_runtime(settings) as runtime:
        account = await only_account(runtime, account_id)
        is_known = await console_users.exists(runtime, name)
        await console_users.add(
            runtime,
            name=name,
            role=role,
            account_id=account.id,
            password=None if is_known else ask_password(),
            now=runtime.clock.now(),
        )
    tell(f"{name.strip().lower()} is {role} of {account.public_id}")


async def _list(settings: Settings) -> None:
    async with acting_runtime(settings) as runtime:
        rows = await console_users.list_all(runtime)
    shown = [_shown(name, list(each)) for name, each in groupby(rows, key=lambda row: str(row["name"]))]
    tell_columns(("name", "roles", "password", "one-time codes", "state"), shown)


def _shown(name: str, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    roles = ", ".join(f"{row['role']} of {row['public_id']}" for row in rows if row["role"]) or "none"
    first = rows[0]
    state = f"disabled {first['disabled_at']:%Y-%m-%d}" if first["disabled_at"] else "active"
    return (
        name,
        roles,
        "set" if first["has_password"] else "none",
        "on" if first["has_codes"] else "off",
        state,
    )


async def _disable(settings: Settings, name: str, *, is_disabled: bool) -> None:
    async with acting_runtime(settings) as runtime:
        await console_users.disable(runtime, name, runtime.clock.now(), is_disabled=is_disabled)
    tell(f"{name} is {'disabled' if is_disabled else 'let in again'}")


async def _password(settings: Settings, name: str) -> None:
    async with acting_runtime(settings) as runtime:
        await console_users.set_password(runtime, name, ask_password())
    tell(f"the password of {name} is set")


async def _totp_reset(settings: Settings, name: str) -> None:
    async with acting_runtime(settings) as runtime:
        await console_users.reset_codes(runtime, name)
    tell(f"{name} is asked for one-time codes no more")
