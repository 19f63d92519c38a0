"""The command `recover`: from a restored or copied database back to work, step by step and repeatable."""

import dataclasses
import json
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import (
    Data,
    GatewayConcurrency,
    GatewayMaxProcessing,
    GatewayTimeout,
    GatewayToken,
    GatewayUrl,
    read,
)
from duerun.cli.owners import acting_runtime
from duerun.cli.terminal import note, tell
from duerun.domain.errors import UnavailableError
from duerun.services import freezing, reconciliation, recovery
from duerun.services.recovery import Report
from duerun.services.unit import Runtime
from duerun.settings import Settings

WORDS = {
    "asked": "asked about",
    "succeeded": "had taken effect: settled",
    "refused": "were refused: settled",
    "never_arrived": "never arrived: they wait",
    "contradicted": "are told otherwise by the gateway: duerun uncertain list",
    "unanswered": "without an answer",
    "not_asked": "cannot be asked about: their keys, or a person, decide",
}
QUESTION = (
    "Is every other installation that this database was copied from stopped for good, and is what was changed there "
    "since the backup entered again (schedules deleted, paused, changed)?"
)

Status = Annotated[bool, typer.Option("--status", help="Only show whether sends are frozen, and why.")]
Freeze = Annotated[bool, typer.Option("--freeze", help="Only freeze: nothing is sent from now on.")]
CompareOnly = Annotated[bool, typer.Option("--compare-only", help="Compare, and stay frozen.")]
Yes = Annotated[bool, typer.Option("--yes", help="The other installation is stopped: do not ask me.")]
NoGateway = Annotated[
    bool, typer.Option("--no-gateway", help="No processor is attached and none was: thaw without comparing.")
]
Json = Annotated[bool, typer.Option("--json", help="Print data.")]


def recover(
    data: Data = None,
    status: Status = False,
    freeze: Freeze = False,
    compare_only: CompareOnly = False,
    yes: Yes = False,
    no_gateway: NoGateway = False,
    json_: Json = False,
    gateway_url: GatewayUrl = None,
    gateway_token: GatewayToken = None,
    gateway_timeout_seconds: GatewayTimeout = None,
    gateway_max_processing_seconds: GatewayMaxProcessing = None,
    gateway_concurrency: GatewayConcurrency = None,
) -> None:
    """Behind a restore or a copy: compare with the gateway, settle what it did meanwhile, then send again.

    Nothing is sent before the last step. Each step may be repeated, and a run that was cut off goes on.
    """
    settings = read(
        data=data,
        gateway_url=gateway_url,
        gateway_token=gateway_token,
        gateway_timeout_seconds=gateway_timeout_seconds,
        gateway_max_processing_seconds=gateway_max_processing_seconds,
        gateway_concurrency=gateway_concurrency,
    )
    if status:
        run(_show(settings, as_json=json_))
    elif freeze:
        run(_freeze(settings))
    else:
        run(_recover(settings, _Choice(compare_only, yes, no_gateway, json_)))


@dataclasses.dataclass(frozen=True, slots=True)
class _Choice:
    compare_only: bool
    yes: bool
    no_gateway: bool
    as_json: bool


async def _show(settings: Settings, *, as_json: bool) -> None:
    async with acting_runtime(settings) as runtime:
        hold = await freezing.read(runtime)
    reason = hold.reason if hold else None
    since = hold.frozen_at.isoformat() if hold and hold.frozen_at else None
    if as_json:
        tell(json.dumps({"frozen": reason is not None, "reason": reason, "since": since}))
    elif reason is None:
        tell("not frozen: payments are sent")
    else:
        tell(f"frozen since {since}: {freezing.told(reason)}")


async def _freeze(settings: Settings) -> None:
    async with acting_runtime(settings) as runtime:
        await freezing.freeze(runtime, freezing.BY_HAND)
    tell("frozen: nothing is sent before duerun recover")


async def _recover(settings: Settings, choice: _Choice) -> None:
    async with acting_runtime(settings) as runtime:
        hold = await freezing.read(runtime)
        if hold is None or hold.reason is None:
            if not choice.compare_only:
                tell("not frozen: there is nothing to recover from (duerun recover --freeze stops all sends)")
                return
        else:
            note(freezing.told(hold.reason))
        if not choice.yes:
            typer.confirm(QUESTION, abort=True, err=True)
        turn = await recovery.begin(runtime)
        if not choice.no_gateway:
            await _compared(runtime, as_json=choice.as_json)
        if choice.compare_only:
            note("still frozen: duerun recover thaws")
            return
        await _tell_strangers(runtime)
        await recovery.thaw(runtime, turn)
        note("thawed: payments are sent again; missed days follow the catch-up policy (duerun catchup list)")


async def _compared(runtime: Runtime, *, as_json: bool) -> None:
    """Compare; raises `UnavailableError` if the gateway did not answer about all."""
    report = await recovery.compare(
        runtime, lambda left: note(f"waiting {left:.0f} s, until a payment that is on its way has arrived")
    )
    _tell(report, as_json=as_json)
    if not report.is_complete:
        raise UnavailableError(
            f"the gateway did not answer about {report.unanswered} payments: nothing is sent; run this again"
        )


async def _tell_strangers(runtime: Runtime) -> None:
    """What gateways list and nobody here knows, such as payments of schedules that were made behind the backup."""
    compared = await reconciliation.compare_all(runtime, runtime.clock.now())
    found = sum(each.found for each in compared)
    if found:
        note(f"{found} effects at the gateway differ from what is known here: duerun reconcile list")
    elif not any(each.is_whole for each in compared):
        note(
            "no gateway's list of effects was read to its end: payments of what was made behind the backup are unknown"
        )


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        tell(json.dumps(dataclasses.asdict(report)))
        return
    for name, count in dataclasses.asdict(report).items():
        if count or name == "asked":
            tell(f"{count:>8} {WORDS[name]}")
