"""Customers: found, and looked at with their cards and schedules."""

from starlette.responses import Response

from duerun.domain.lists import ListQuery
from duerun.services import console_lists, parties, schedules
from duerun.web.console import paging
from duerun.web.console.pages.schedules import state_of
from duerun.web.console.visit import Page, Visit

SCHEDULES_SHOWN_MAX = 25


async def index(visit: Visit) -> Response:
    wanted = paging.wanted(visit)
    async with visit.unit() as unit:
        found = await console_lists.list_customers(unit, wanted)
    return visit.show(
        "customers.html",
        found=found,
        wanted=wanted,
        older=paging.older(visit, found.older),
        scanned_max=console_lists.SCANNED_ROWS_MAX,
    )


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        customer = await parties.get_customer(unit, visit.path["id"])
        owned = (
            await schedules.list_of_customer(
                unit, customer.id, ListQuery(limit=SCHEDULES_SHOWN_MAX, newest_first=True)
            )
            if customer.deleted_at is None
            else None
        )
    return visit.show(
        "customer.html",
        customer=customer,
        owned=owned,
        state_of=state_of,
        today=visit.account.today(visit.now),
    )


PAGES = (
    Page("GET", "/console/customers", index, label="Customers"),
    Page("GET", "/console/customers/{id}", detail),
)
