"""The command that tells why: `duerun explain occu_…`."""

import json
from typing import Annotated, Any

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import note, tell
from duerun.domain.accounts import Account
from duerun.domain.explanations import Step
from duerun.services.explanations import Explanation, explain_occurrence
from duerun.services.unit import Runtime

OccurrenceId = Annotated[str, typer.Argument(help="Id of an occurrence in any state, as in occu_test_…")]
Json = Annotated[bool, typer.Option("--json", help="Print data for programs.")]


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
            tell(json.dumps(_data(found), indent=2))
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


def _data(found: Explanation) -> dict[str, Any]:
    facts = found.facts
    return {
        "object": "explanation",
        "occurrence": facts.id,
        "schedule": facts.schedule_id,
        "scheduled_on": f"{facts.scheduled_on}",
        "attempt": facts.attempt,
        "status": str(facts.course.state),
        "steps": [_step(each) for each in found.steps],
        "follows": found.follows,
        "whole": found.is_whole,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "what": step.what,
        "why": step.why,
        "from": step.before,
        "to": step.state,
        "at": step.at.isoformat(),
        "account_clock": step.account_clock.isoformat() if step.account_clock else None,
        "by": step.actor,
        "inputs": step.inputs,
    }
