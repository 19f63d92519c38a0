"""The commands for webhooks: listen, list, replay."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.receiver import Receiver, listen
from duerun.cli.terminal import note, tell, tell_columns
from duerun.domain.accounts import Account
from duerun.domain.webhook_checks import parse_secret
from duerun.services import webhook_replays
from duerun.services.unit import Runtime
from duerun.services.webhook_replays import DELIVERIES_SHOWN_MAX
from duerun.storage.webhooks import Listed

PORT_DEFAULT = 8099

app = typer.Typer(
    no_args_is_help=True, help="Webhooks: receive them here, see how far they came, send them again."
)

Ids = Annotated[list[str], typer.Argument(help="Ids of events, as `duerun webhooks list` shows them.")]


@app.command("listen")
def listen_command(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port on this machine.")] = PORT_DEFAULT,
    secret: Annotated[
        str | None, typer.Option(help="Secret to verify with. Default: DUERUN_CLIENT_WEBHOOK_SECRET")
    ] = None,
    fail: Annotated[int, typer.Option(min=0, help="Answer 500 to so many events, to see retries.")] = 0,
) -> None:
    """Receive events on this machine and print each: what happened, and whether its signatures are right."""
    text = read(client_webhook_secret=secret).client_webhook_secret
    run(listen(Receiver(parse_secret(text) if text else None, fail), port))


@app.command("list")
def list_command(
    failed: Annotated[
        bool, typer.Option("--failed", help="Only those that failed or were given up.")
    ] = False,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Show the deliveries of an account, the newest event first."""

    async def show(runtime: Runtime, owner: Account) -> None:
        tell_deliveries(await webhook_replays.list_deliveries(runtime, owner, only_failed=failed))

    run(with_account(read(data=data), account, live, show))


@app.command("replay")
def replay_command(ids: Ids, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Send events again at once, whatever became of them: all of them, or none if one is unknown."""

    async def replay(runtime: Runtime, owner: Account) -> None:
        await webhook_replays.replay(runtime, owner, runtime.clock.now(), ids)
        tell(f"{len(set(ids))} queued: the engine delivers them now")

    run(with_account(read(data=data), account, live, replay))


def tell_deliveries(found: list[Listed]) -> None:
    """One line a delivery."""
    if not found:
        tell("there are no deliveries")
        return
    head = ("event", "key", "object", "state", "attempts", "status", "next try", "error")
    tell_columns(head, [_row(each) for each in found])
    if len(found) == DELIVERIES_SHOWN_MAX:
        note(f"These are the newest {DELIVERIES_SHOWN_MAX}; there may be more.")


def _row(each: Listed) -> tuple[str, ...]:
    return (
        each.event_id,
        each.key,
        each.object_id,
        str(each.state),
        f"{each.attempt}",
        "-" if each.status is None else f"{each.status}",
        _moment(each.next_at),
        each.error or "",
    )


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
