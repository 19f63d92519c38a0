"""The commands for requesters of checks: make, change, list."""

from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import Data, Live, read
from duerun.cli.owners import acting_runtime
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.clients import Offering, Scope, format_scopes, parse_match, parse_scopes
from duerun.domain.payees.profiles import PROFILES
from duerun.services import vop_clients
from duerun.storage.vop_clients import Changes

app = typer.Typer(no_args_is_help=True, help="Requesters of checks: banks, PSPs, payout teams.")

ClientId = Annotated[str, typer.Argument(metavar="CLIENT", help="Name of the client, as in acme-payouts.")]
Bics = Annotated[list[str] | None, typer.Option("--bic", help="A BIC it may ask for; several are allowed.")]
Scopes = Annotated[str | None, typer.Option(help=f"What it may do. Default: {' '.join(Scope)}")]
OfferingName = Annotated[Offering | None, typer.Option(help="How much its answers tell.")]
Profile = Annotated[str | None, typer.Option(help=f"How names are compared: {', '.join(PROFILES)}.")]
Match = Annotated[str | None, typer.Option(help="Single points of matching, as in word_order=CMTC.")]


@app.command("create")
def create(
    client_id: ClientId,
    bic: Bics = None,
    scopes: Scopes = None,
    offering: OfferingName = None,
    profile: Profile = None,
    match: Match = None,
    live: Live = False,
    data: Data = None,
) -> None:
    """Make a client and show its secret, once."""

    async def make() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            secret = await vop_clients.create(
                runtime,
                client_id,
                livemode=live,
                now=runtime.clock.now(),
                bics=_bics(bic) or (),
                scopes=sorted(parse_scopes(scopes)) if scopes else tuple(Scope),
                offering=offering,
                profile=_profile(profile),
                match=parse_match(match) if match else None,
            )
        tell(f"client  {client_id}")
        tell(f"secret  {secret}")

    run(make())


@app.command("change")
def change(
    client_id: ClientId,
    bic: Bics = None,
    scopes: Scopes = None,
    offering: OfferingName = None,
    profile: Profile = None,
    match: Match = None,
    disable: Annotated[bool | None, typer.Option("--disable/--enable", help="Shut it out.")] = None,
    data: Data = None,
) -> None:
    """Set some things of a client otherwise; what is not given stays."""
    changes = Changes(
        scopes=sorted(parse_scopes(scopes)) if scopes else None,
        bics=_bics(bic),
        offering=offering,
        profile=_profile(profile),
        match=parse_match(match) if match else None,
        is_disabled=disable,
    )

    async def apply() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            await vop_clients.change(runtime, client_id, changes)
        tell(f"client {client_id} is changed")

    run(apply())


@app.command("roll")
def roll(client_id: ClientId, data: Data = None) -> None:
    """Give a client a new secret and show it, once; the old one ends at once, and its tokens with it."""

    async def renew() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            secret = await vop_clients.roll_secret(runtime, client_id)
        tell(f"secret  {secret}")

    run(renew())


@app.command("webhook")
def webhook(
    client_id: ClientId,
    uri: Annotated[str, typer.Argument(help="Where the end of a task is told; - for nowhere.")],
    token_uri: Annotated[str, typer.Option(help="The client's own token endpoint.")] = "",
    token_client: Annotated[str, typer.Option(help="Our name there.")] = "",
    token_secret: Annotated[
        str | None, typer.Option(help="Our secret there. Default: DUERUN_VOP_TOKEN_SECRET")
    ] = None,
    data: Data = None,
) -> None:
    """Tell a client at its own address when a task ends."""

    settings = read(data=data, vop_token_secret=token_secret)

    async def set_up() -> None:
        async with acting_runtime(settings) as runtime:
            if uri == "-":
                await vop_clients.tell_nowhere(runtime, client_id)
                return
            if not (token_uri and token_client and settings.vop_token_secret):
                raise RejectedError("--token-uri, --token-client and --token-secret belong to a webhook")
            await vop_clients.tell_at(
                runtime,
                client_id,
                uri,
                token_uri=token_uri,
                webhook_client_id=token_client,
                secret=settings.vop_token_secret,
            )

    run(set_up())


@app.command("list")
def list_command(data: Data = None) -> None:
    """Show all clients, without their secrets."""

    async def show() -> None:
        async with acting_runtime(read(data=data)) as runtime:
            clients = await vop_clients.list_all(runtime)
        rows = [
            (
                each.client_id,
                "live" if each.livemode else "test",
                "disabled" if each.is_disabled else "enabled",
                ",".join(each.bics) or "-",
                each.offering or "-",
                each.profile or "-",
                format_scopes(each.scopes),
            )
            for each in clients
        ]
        tell_columns(("client", "mode", "state", "bics", "offering", "profile", "scopes"), rows)

    run(show())


def _bics(given: list[str] | None) -> list[str] | None:
    return [_bic(each) for each in given] if given else None


def _bic(text: str) -> str:
    try:
        return parse_bic(text)
    except RejectedError as error:
        raise RejectedError(f"--bic {error.message}") from None


def _profile(given: str | None) -> str | None:
    if given is not None and given not in PROFILES:
        raise RejectedError(f"--profile must be one of {', '.join(PROFILES)}")
    return given
