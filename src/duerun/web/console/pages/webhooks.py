"""Webhooks: deliveries with what was answered, events sent once more, and the address they go to."""

from datetime import datetime, timedelta

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.domain.local_time import run_at
from duerun.domain.webhooks import URI_CHARACTERS_MAX
from duerun.services import accounts, console_lists, console_webhooks, webhook_replays
from duerun.services.accounts import AccountChange
from duerun.services.console_webhooks import RANGE_EVENTS_MAX, DeliveryRow
from duerun.web.console import paging
from duerun.web.console.visit import Page, Visit

STATES = ("pending", "failing", "delivered", "given_up")
LISTS = {
    "schd": "schedules",
    "chrg": "charges",
    "trsf": "transfers",
    "cust": "customers",
    "recp": "recipients",
}
ONLY = ("failed", "all")


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit, states=STATES)
    async with visit.unit() as unit:
        found = await console_webhooks.list_deliveries(unit, wanted)
    local = visit.now.astimezone(visit.account.zone)
    return visit.show(
        "webhooks.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        states=STATES,
        scanned_max=console_lists.SCANNED_ROWS_MAX,
        state_of=state_of,
        page_of=page_of,
        range_max=RANGE_EVENTS_MAX,
        range_from=f"{local - timedelta(days=1):%Y-%m-%dT%H:%M}",
        range_to=f"{local + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        uri_characters_max=URI_CHARACTERS_MAX,
    )


def state_of(row: DeliveryRow) -> str:
    """The state as people see it: what failed and waits for another try is one."""
    return "failing" if row.state == "pending" and row.error else row.state


def page_of(object_id: str) -> str:
    """Where an object of an event is looked at; "" where it has no page."""
    name = LISTS.get(object_id.partition("_")[0])
    return f"/console/{name}/{object_id}" if name else ""


async def replay(visit: Visit) -> Response:
    """Deliver one event from the beginning."""
    await webhook_replays.replay(visit.runtime, visit.account, visit.real_now, [visit.path["id"]])
    return visit.go("/console/webhooks", told="The event is delivered once more.")


async def replay_range(visit: Visit) -> Response:
    """Deliver the events of a time from the beginning."""
    only = visit.field("only")
    if only not in ONLY:
        raise RejectedError(f"only must be one of {', '.join(ONLY)}")
    since, until = _moment(visit, "from"), _moment(visit, "to")
    if until <= since:
        raise RejectedError("to must be behind from")
    count = await console_webhooks.replay_range(
        visit.runtime, visit.account, visit.real_now, since, until, only_failed=only == "failed"
    )
    told = f"{count:,} {'event is' if count == 1 else 'events are'} delivered once more."
    return visit.go("/console/webhooks", told=told if count else "There are no such events in this time.")


def _moment(visit: Visit, name: str) -> datetime:
    """A local time of the account's zone, as forms send it."""
    try:
        local = datetime.fromisoformat(visit.field(name))
        if local.tzinfo is not None:
            raise ValueError(name)
        return run_at(local.date(), local.time(), visit.account.zone)
    except ValueError:
        raise RejectedError(f"{name} must be a local time such as 2027-01-31T08:30") from None


async def set_address(visit: Visit) -> Response:
    """Set the address, or take it away where nothing is filled in."""
    uri = visit.form.get("uri", "").strip()
    async with visit.unit() as unit:
        await accounts.update_account(
            unit, AccountChange(webhook_uri=uri, kept={}), visit.runtime.webhooks.allow
        )
    told = "Events go to the new address." if uri else "No events are delivered any more."
    return visit.go("/console/webhooks", told=told)


PAGES = (
    Page("GET", "/console/webhooks", index, label="Webhooks"),
    Page("POST", "/console/webhooks/replay", replay_range, role=Role.OPERATOR),
    Page("POST", "/console/webhooks/address", set_address, role=Role.ADMIN),
    Page("POST", "/console/webhooks/{id}/replay", replay, role=Role.OPERATOR),
)
