"""The command that tells why: `duerun explain occu_…`."""

from typing import Annotated

import msgspec
import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import note, tell
from duerun.domain.accounts import Account
from duerun.services.explanations import Explanation, explain_occurrence
from duerun.services.unit import Runtime
from duerun.web.omise.explanations import render

OccurrenceId = Annotated[str, typer.Argument(help="Id of an occurrence in any state, as in occu_test_…")]
Json = Annotated[bool, typer.Option("--json", help="Print what the API answers.")]


def explain_command(
    occurrence: OccurrenceId,
    as_json: Json = False,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Tell why an occurrence is in its state: each decision with its inputs, and what follows."""

    async def show(runtime: Runtime, owner: Account) -> None:
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            found = await explain_occurrence(unit, occurrence)
        if as_json:
            tell(msgspec.json.format(msgspec.json.encode(render(found, livemode=live)), indent=2).decode())
        else:
            _show(found, owner)

    run(with_account(read(data=data), account, live, show))


def _show(found: Explanation, owner: Account) -> None:
    facts = found.facts
    tell(
        f"{facts.kind} of {facts.scheduled_on}, attempt {facts.attempt}, of {facts.schedule_id}: {facts.course.state}"
    )
    for each in found.steps:
        clock = (each.account_clock or each.at).astimezone(owner.zone)
        by = f" ({each.actor})" if each.actor else ""
        tell(f"{clock:%Y-%m-%d %H:%M:%S}  {each.what}: {each.why}{by}")
        for name, value in each.inputs.items():
            tell(f"{'':21}{name.replace('_', ' ')}: {value}")
    tell(f"what follows: {found.follows}")
    note(f"moments of the account's clock in {owner.timezone}")
    if not found.is_whole:
        note("it is older than the log of decisions: what came before the first line is not known")
