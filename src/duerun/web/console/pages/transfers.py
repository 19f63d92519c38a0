"""Transfers: found and looked at."""

from starlette.responses import Response

from duerun.domain.transfers import Transfer
from duerun.services import console_lists, transfers
from duerun.web.console import paging
from duerun.web.console.visit import Page, Visit

STATES = ("pending", "sent", "paid", "failed")


def state_of(transfer: Transfer) -> str:
    """How far a transfer is."""
    if transfer.failed_at is not None:
        return "failed"
    if transfer.paid_at is not None:
        return "paid"
    return "sent_out" if transfer.sent_at is not None else "pending"


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit, states=STATES)
    async with visit.unit() as unit:
        found = await console_lists.list_transfers(unit, wanted)
    return visit.show(
        "transfers.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        state_of=state_of,
        states=STATES,
        scanned_max=console_lists.SCANNED_ROWS_MAX,
    )


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        transfer = await transfers.get_transfer(unit, visit.path["id"])
    return visit.show("transfer.html", transfer=transfer, state=state_of(transfer))


PAGES = (
    Page("GET", "/console/transfers", index, label="Transfers"),
    Page("GET", "/console/transfers/{id}", detail),
)
