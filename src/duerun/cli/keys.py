"""The commands for keys: create, list, roll."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import acting_runtime, only_account
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.accounts import Account
from duerun.domain.currencies import CURRENCY_OF
from duerun.domain.errors import RejectedError
from duerun.services import access, health
from duerun.services.access import KEY_PREFIXES
from duerun.services.unit import Runtime
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Keys of the API. A key is shown once, when it is made.")

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")

Kind = Annotated[str, typer.Option("--kind", help="public or secret.")]
Minutes = Annotated[
    int | None, typer.Option("--minutes", min=0, help="How long the old keys still work. Default: 60")
]


@app.command("create")
def create(
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
    new_account: Annotated[bool, typer.Option("--new-account", help="Make an account for the keys.")] = False,
    email: Annotated[str, typer.Option(help="Address of the new account.")] = "merchant@example.com",
    country: Annotated[str, typer.Option(help="TH, JP, SG or MY.")] = "TH",
    user: Annotated[str, typer.Option(help="Who holds the keys: only named users approve bulk jobs.")] = "",
) -> None:
    """Make a public and a secret key; those that exist stay valid."""
    if country not in CURRENCY_OF:
        raise RejectedError(f"--country must be one of {', '.join(CURRENCY_OF)}")
    if not _ADDRESS.fullmatch(email):
        raise RejectedError("--email must be an address such as merchant@example.com")
    run(
        _create(
            read(data=data), account, live=live, owner=(email, country) if new_account else None, user=user
        )
    )


@app.command("list")
def list_command(data: Data = None) -> None:
    """Show what may be shown of all keys."""
    run(_list(read(data=data)))


@app.command("revoke")
def revoke(
    last_four: Annotated[
        str, typer.Argument(metavar="LAST_FOUR", help="The end of the key, as `keys list` shows it.")
    ],
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """End a key at once. Where several keys end alike, none is ended."""
    run(_revoke(read(data=data), account, last_four.strip().lstrip("."), live=live))


@app.command("roll")
def roll(
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
    kind: Kind = "secret",
    minutes: Minutes = None,
) -> None:
    """Make a key in place of the present ones of its kind, which end after a while."""
    if kind not in KEY_PREFIXES:
        raise RejectedError(f"--kind must be one of {', '.join(KEY_PREFIXES)}")
    run(_roll(read(data=data, key_roll_minutes=minutes), account, live=live, kind=kind))


async def _create(
    settings: Settings, account_id: str | None, *, live: bool, owner: tuple[str, str] | None, user: str
) -> None:
    async with acting_runtime(settings) as runtime:
        now = runtime.clock.now()
        await health.require_safe_keys(runtime, livemode=live)
        made = await _new_account(runtime, owner, now) if owner else None
        chosen = made or await only_account(runtime, account_id)
        pair = await access.create_keys(runtime, chosen.id, livemode=live, now=now, user=user)
    if made:
        tell(f"account     {made.public_id}")
    tell(f"public key  {pair.public}")
    tell(f"secret key  {pair.secret}")


async def _new_account(runtime: Runtime, owner: tuple[str, str], now: datetime) -> Account:
    email, country = owner
    number = await access.create_account(runtime, email=email, country=country, now=now)
    return next(each for each in await access.every_account(runtime) if each.id == number)


async def _list(settings: Settings) -> None:
    async with acting_runtime(settings) as runtime:
        rows = await access.list_keys(runtime)
    tell_columns(
        ("account", "mode", "kind", "ends in", "created", "valid until", "last used"),
        [_shown(row) for row in rows],
    )


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    mode = "live" if row["livemode"] else "test"
    until = f"{row['expires_at']:%Y-%m-%d %H:%M}" if row["expires_at"] else "no end"
    created = f"{row['created_at']:%Y-%m-%d}"
    used = f"{row['used_at']:%Y-%m-%d %H:%M}" if row["used_at"] else "never"
    return (row["public_id"], mode, row["kind"], f"...{row['last_four']}", created, until, used)


async def _revoke(settings: Settings, account_id: str | None, last_four: str, *, live: bool) -> None:
    async with acting_runtime(settings) as runtime:
        chosen = await only_account(runtime, account_id)
        now = runtime.clock.now()
        account = replace(chosen, livemode=live)
        found = [
            each
            for each in await access.keys_of(runtime, account, now)
            if each.last_four == last_four and not each.has_ended(now)
        ]
        if len(found) != 1:
            raise RejectedError(f"{len(found)} keys that count end in these characters: see duerun keys list")
        await access.revoke_key(runtime, account, found[0].reference, now)
    tell(f"the key that ends in {last_four} lets nobody in any more")


async def _roll(settings: Settings, account_id: str | None, *, live: bool, kind: str) -> None:
    async with acting_runtime(settings) as runtime:
        await health.require_safe_keys(runtime, livemode=live)
        account = await only_account(runtime, account_id)
        key = await access.roll_key(
            runtime,
            account.id,
            livemode=live,
            kind=kind,
            now=runtime.clock.now(),
            minutes=settings.key_roll_minutes,
        )
    tell(f"{kind} key  {key}")
    tell(f"the old ones end in {settings.key_roll_minutes} minutes")
