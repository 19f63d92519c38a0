"""An occurrence: why it is in its state, step by step, and what follows."""

from starlette.responses import Response

from duerun.services.explanations import explain_occurrence
from duerun.web.console.visit import Page, Visit

# What leads on to a page of its own.
LINKS = {
    "customer": "customers",
    "recipient": "recipients",
    "bulk_job": "bulk",
    "tried_before": "occurrences",
    "tried_again": "occurrences",
}


async def detail(visit: Visit) -> Response:
    async with visit.unit() as unit:
        found = await explain_occurrence(unit, visit.path["id"])
    results = "charges" if found.facts.kind == "charge" else "transfers"
    return visit.show("occurrence.html", found=found, facts=found.facts, leads_to=LINKS | {"result": results})


PAGES = (Page("GET", "/console/occurrences/{id}", detail),)
