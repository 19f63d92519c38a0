"""Whose data a command works on: the account that was named, or the only one there is."""

from collections.abc import Awaitable, Callable

from duerun.cli.hosting import shared_runtime
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import access
from duerun.services.unit import Runtime
from duerun.settings import Settings

AT_THE_SERVER = "a person at the server's command line"
Work = Callable[[Runtime, Account], Awaitable[None]]


async def with_account(settings: Settings, account_id: str | None, live: bool, work: Work) -> None:
    """Do some work for one account in one of its modes."""
    async with shared_runtime(settings) as runtime:
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
