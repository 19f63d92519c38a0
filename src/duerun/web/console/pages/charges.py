"""Charges: found and looked at."""

from starlette.responses import Response

from duerun.domain.charges import ChargeStatus
from duerun.services import charges, console_lists, parties
from duerun.web.console import paging
from duerun.web.console.visit import Page, Visit

STATES = tuple(map(str, ChargeStatus))


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit, states=STATES)
    async with visit.unit() as unit:
        found = await console_lists.list_charges(unit, wanted)
    return visit.show(
        "charges.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        states=STATES,
        scanned_max=console_lists.SCANNED_ROWS_MAX,
    )


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        charge = await charges.get_charge(unit, visit.path["id"])
        customer = await parties.get_customer(unit, charge.customer_id) if charge.customer_id else None
    return visit.show("charge.html", charge=charge, customer=customer)


PAGES = (
    Page("GET", "/console/charges", index, label="Charges"),
    Page("GET", "/console/charges/{id}", detail),
)
