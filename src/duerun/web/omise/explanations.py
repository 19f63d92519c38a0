"""Why an occurrence is in its state: an extension of Duerun (see `docs/reference/explain.md`)."""

from datetime import date, datetime

import msgspec

from duerun.domain.explanations import Step
from duerun.services.explanations import Explanation, explain_occurrence
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import moment


class WireStep(msgspec.Struct, kw_only=True):
    """One decision. `account_clock` is the account's moment and `at` the server's; `by` is null for engine and API."""

    what: str
    why: str
    from_: str | None = msgspec.field(name="from")
    to: str
    at: datetime
    account_clock: datetime | None
    by: str | None
    inputs: dict[str, str | int]


class WireExplanation(msgspec.Struct, kw_only=True):
    """What led to a state, and what follows. `whole` is false where the occurrence is older than the log."""

    object: str = "explanation"
    livemode: bool
    location: str
    occurrence: str
    schedule: str
    scheduled_on: date
    attempt: int
    status: str
    steps: list[WireStep]
    follows: str
    whole: bool


def render(explanation: Explanation, *, livemode: bool) -> WireExplanation:
    """The answer, which `duerun explain --json` prints as well."""
    facts = explanation.facts
    return WireExplanation(
        livemode=livemode,
        location=f"/occurrences/{facts.id}/explain",
        occurrence=facts.id,
        schedule=facts.schedule_id,
        scheduled_on=facts.scheduled_on,
        attempt=facts.attempt,
        status=str(facts.course.state),
        steps=[_step(each) for each in explanation.steps],
        follows=explanation.follows,
        whole=explanation.is_whole,
    )


def _step(step: Step) -> WireStep:
    return WireStep(
        what=step.what,
        why=step.why,
        from_=str(step.before) if step.before else None,
        to=str(step.state),
        at=moment(step.at),
        account_clock=moment(step.account_clock) if step.account_clock else None,
        by=step.actor,
        inputs=step.inputs,
    )


async def retrieve(call: Call) -> WireExplanation:
    async with call.unit() as unit:
        found = await explain_occurrence(unit, call.path["id"])
    return render(found, livemode=call.account.livemode)


ENDPOINTS = (Endpoint("GET", "/occurrences/{id}/explain", retrieve),)
