"""The commands for the test clock: show, advance."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from duerun.cli.client import LONG_CALL_SECONDS_MAX, Client, connect
from duerun.cli.hosting import run
from duerun.cli.options import Key, Url, read
from duerun.cli.terminal import progress, tell
from duerun.domain.errors import RejectedError
from duerun.settings import Settings

POLL_SECONDS = 0.25

app = typer.Typer(no_args_is_help=True, help="The test clock of an account, on a running server.")


@app.command("show")
def show(url: Url = None, key: Key = None) -> None:
    """Tell where the clock stands."""
    run(_show(read(client_url=url, client_key=key)))


@app.command("advance")
def advance_command(
    days: Annotated[int | None, typer.Option("--days", help="Days to move forward.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Moment to move to, as in 2027-01-31T09:00Z.")
    ] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Move the clock forward; everything that falls due on the way runs."""
    if (days is None) == (to is None):
        raise RejectedError("exactly one of --days, --to must be given")
    run(_advance(read(client_url=url, client_key=key), {"days": days} if to is None else {"to": to}))


async def _show(settings: Settings) -> None:
    async with connect(settings.client_url, settings.client_key) as client:
        clock = await client.call("GET", "/clock")
    tell(f"{clock['now']}  ({clock['timezone']}, {timedelta(seconds=clock['offset_seconds'])} ahead)")


async def _advance(settings: Settings, order: dict[str, Any]) -> None:
    async with connect(settings.client_url, settings.client_key) as client:
        clock = await advance(client, order)
    left = f", {len(clock['uncertain'])} of all without an outcome" if clock.get("uncertain") else ""
    tell(f"{clock['now']}  ({clock['occurrences']} occurrences ran{left})")


async def advance(client: Client, order: dict[str, Any]) -> dict[str, Any]:
    """Advance the clock and show how far it is; the clock as it stands then."""
    start = _moment((await client.call("GET", "/clock"))["now"])
    target = start + timedelta(days=order["days"]) if "days" in order else _moment(order["to"])
    moving = asyncio.ensure_future(
        client.call("POST", "/clock/advance", order, seconds_max=LONG_CALL_SECONDS_MAX)
    )
    try:
        with progress() as bars:
            days = max((target - start).days, 0)
            bar = bars.add_task("Days pass", total=days)
            while not (await asyncio.wait([moving], timeout=POLL_SECONDS))[0]:
                now = _moment((await client.call("GET", "/clock"))["now"])
                bars.update(bar, completed=(now - start).days)
            if moving.exception() is None:
                bars.update(bar, completed=days)
        return await moving
    finally:
        moving.cancel()


def _moment(text: str) -> datetime:
    """A moment as the API writes it, or as a person gives it; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RejectedError(f"{text} is not a moment such as 2027-01-31T09:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
