"""Whose data a command works on: the account that was named, or the only one there is."""

import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from duerun.cli.hosting import shared_runtime
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import access
from duerun.services.unit import Runtime, acting
from duerun.settings import Settings

AT_THE_SERVER = "a person at the server's command line"
NAME_CHARACTERS_MAX = 100
Work = Callable[[Runtime, Account], Awaitable[None]]


def operator() -> str:
    """Who acts here, as the machine knows it; whoever became somebody else by sudo is told by the own name."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        return AT_THE_SERVER
    readable = "".join(each if each.isprintable() else "?" for each in name[:NAME_CHARACTERS_MAX])
    return f"{AT_THE_SERVER} ({readable})"


@asynccontextmanager
async def acting_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A shared runtime for a command that changes something: what it changes is this person's doing."""
    async with shared_runtime(settings) as runtime:
        with acting(operator()):
            yield runtime


async def with_account(settings: Settings, account_id: str | None, live: bool, work: Work) -> None:
    """Do some work for one account in one of its modes, as a person who acts."""
    async with acting_runtime(settings) as runtime:
        chosen = await only_account(runtime, account_id)
        mode = [each for each in await access.every_account(runtime) if each.livemode is live]
        await work(runtime, next(each for each in mode if each.id == chosen.id))


async def only_account(runtime: Runtime, account_id: str | None) -> Account:
    """The account that was named, or the only one there is."""
    accounts = [each for each in await access.every_account(runtime) if not each.livemode]
    named = [each for each in accounts if account_id in (None, each.public_id)]
    if account_id is not None and not named:
        raise RejectedError(f"account {account_id} was not found")
    if not named:
        raise RejectedError("there is no account yet: add --new-account")
    if len(named) > 1:
        raise RejectedError(f"there are {len(named)} accounts: name one with --account")
    return named[0]
