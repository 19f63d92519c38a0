"""The commands that compare gateways' own ledgers with ours, and show what differs."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import Data, GatewayToken, GatewayUrl, read
from duerun.cli.owners import acting_runtime
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.errors import RejectedError
from duerun.services import reconciliation
from duerun.services.unit import Runtime
from duerun.settings import Settings

app = typer.Typer(
    help="Gateways' own lists of effects, compared with ours: what differs is kept until you have seen it."
)

Since = Annotated[
    str | None,
    typer.Option("--since", help="Read from this moment on once more, as in 2027-01-31T09:00Z."),
]
Ids = Annotated[list[int], typer.Argument(help="Numbers of findings, as `duerun reconcile list` shows them.")]


@app.callback(invoke_without_command=True)
def compare(
    context: typer.Context,
    since: Since = None,
    data: Data = None,
    gateway_url: GatewayUrl = None,
    gateway_token: GatewayToken = None,
) -> None:
    """Compare all gateways now; the engine does so each minute."""
    if context.invoked_subcommand is None:
        settings = read(data=data, gateway_url=gateway_url, gateway_token=gateway_token)
        run(_compare(settings, _moment(since)))


@app.command("list")
def list_command(
    every: Annotated[
        bool, typer.Option("--all", help="Also those that were acknowledged, or that went by themselves.")
    ] = False,
    data: Data = None,
) -> None:
    """Show what differs, the newest first."""
    run(_list(read(data=data), every))


@app.command("acknowledge")
def acknowledge(
    ids: Ids,
    note: Annotated[str | None, typer.Option("--note", help="What was done about it.")] = None,
    data: Data = None,
) -> None:
    """Tell that you have seen findings: they raise no alarm any more, and stay on record."""
    run(_acknowledge(read(data=data), ids, note))


async def _compare(settings: Settings, since: datetime | None) -> None:
    async with acting_runtime(settings) as runtime:
        compared = await reconciliation.compare_all(runtime, runtime.clock.now(), since=since)
        rows = [
            (
                f"{each.gateway}",
                f"{each.effects}",
                f"{each.found}",
                each.trouble or ("to its end" if each.is_whole else "goes on next time"),
            )
            for each in compared
        ]
        if rows:
            tell_columns(("gateway", "effects", "new findings", "read"), rows)
        else:
            tell("no gateway has a list of effects")
        await show(runtime)


async def _list(settings: Settings, every: bool) -> None:
    async with acting_runtime(settings) as runtime:
        await show(runtime, is_all=every)


async def _acknowledge(settings: Settings, ids: list[int], note: str | None) -> None:
    async with acting_runtime(settings) as runtime:
        await reconciliation.acknowledge(runtime, ids, runtime.clock.now(), note=note)
    tell(f"{len(ids)} acknowledged")


async def show(runtime: Runtime, *, is_all: bool = False) -> None:
    """Print the findings."""
    rows = [
        (
            f"{row['id']}",
            f"{row['gateway']}",
            row["kind"],
            row["key"],
            row["effect_id"] or "none",
            f"{row['amount_minor']} {row['currency']}",
            f"{row['first_seen_at']:%Y-%m-%d %H:%M:%S}",
            _state(row),
        )
        for row in await reconciliation.list_findings(runtime, is_all=is_all)
    ]
    if rows:
        tell_columns(("finding", "gateway", "kind", "key", "effect", "amount", "first seen", "state"), rows)
    else:
        tell("nothing differs")


def _state(row: dict[str, object]) -> str:
    if row["acknowledged_at"]:
        return f"acknowledged: {row['note']}" if row["note"] else "acknowledged"
    return "resolved" if row["resolved_at"] else "open"


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RejectedError("--since must be a moment such as 2027-01-31T09:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
