"""Recipients: found, and looked at with their bank account and schedules."""

from starlette.responses import Response

from duerun.domain.lists import ListQuery
from duerun.domain.parties import Recipient
from duerun.services import console_lists, recipients, schedules
from duerun.web.console import paging
from duerun.web.console.pages import schedules as schedule_pages
from duerun.web.console.visit import Page, Visit

SCHEDULES_SHOWN_MAX = 25
STATES = ("active", "unverified", "inactive", "failed")


def state_of(recipient: Recipient) -> str:
    """Whether money can go to a recipient."""
    if recipient.deleted_at is not None:
        return "deleted"
    if recipient.failure_code is not None:
        return "failed"
    if recipient.verified_at is None:
        return "unverified"
    return "active" if recipient.activated_at is not None else "inactive"


def masked(number: str) -> str:
    """A bank account's number as it is shown: its last four characters.

    >>> masked("1234567890")
    '•••• 7890'
    """
    return f"•••• {number[-4:]}"


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit, states=STATES)
    async with visit.unit() as unit:
        found = await console_lists.list_recipients(unit, wanted)
    return visit.show(
        "recipients.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        state_of=state_of,
        masked=masked,
        states=STATES,
        scanned_max=console_lists.SCANNED_ROWS_MAX,
    )


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        recipient = await recipients.get_recipient(unit, visit.path["id"])
        owned = (
            await schedules.list_of_recipient(
                unit, recipient.id, ListQuery(limit=SCHEDULES_SHOWN_MAX, newest_first=True)
            )
            if recipient.deleted_at is None
            else None
        )
    return visit.show(
        "recipient.html",
        recipient=recipient,
        state=state_of(recipient),
        masked=masked,
        owned=owned,
        state_of=schedule_pages.state_of,
    )


PAGES = (
    Page("GET", "/console/recipients", index, label="Recipients"),
    Page("GET", "/console/recipients/{id}", detail),
)
