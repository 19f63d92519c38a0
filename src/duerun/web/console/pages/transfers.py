"""Transfers: found, looked at, changed, marked and deleted."""

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.currencies import LIMITS
from duerun.domain.errors import RejectedError
from duerun.domain.transfers import Transfer
from duerun.services import console_lists, transfers
from duerun.web.console import fields, paging
from duerun.web.console.visit import Page, Visit, shown_again

HERE = "/console/transfers"
STATES = ("pending", "sent", "paid", "failed")


def state_of(transfer: Transfer) -> str:
    """How far a transfer is."""
    if transfer.deleted_at is not None:
        return "deleted"
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
    return visit.show(
        "transfer.html",
        transfer=transfer,
        state=state_of(transfer),
        limits=LIMITS[visit.account.country],
        plain_amount=fields.plain_amount,
        metadata=fields.metadata_form(transfer.metadata),
    )


@shown_again(detail)
async def edit(visit: Visit) -> Response:
    """Set what the form says otherwise, while nothing was sent."""
    transfer_id = visit.path["id"]
    async with visit.unit() as unit:
        transfer = await transfers.get_transfer(unit, transfer_id)
        amount = fields.amount_minor(visit, "amount", transfer.currency)
        metadata = fields.changed_metadata(visit, transfer.metadata)
        if amount != transfer.amount_minor or metadata is not None:
            await transfers.update_transfer(unit, transfer_id, amount_minor=amount, metadata=metadata)
    return visit.go(f"{HERE}/{transfer_id}", told="Saved.")


async def delete(visit: Visit) -> Response:
    """Delete a transfer that was not sent."""
    async with visit.unit() as unit:
        transfer = await transfers.destroy_transfer(unit, visit.path["id"])
    return visit.go(f"{HERE}/{transfer.id}", told="The transfer is deleted: nothing is paid.")


async def mark(visit: Visit) -> Response:
    """Send a transfer, or take it as arrived, in test mode."""
    marks = {"mark_as_sent": transfers.mark_as_sent, "mark_as_paid": transfers.mark_as_paid}
    if visit.path["mark"] not in marks:
        raise RejectedError("there is no such operation")
    transfer = await marks[visit.path["mark"]](visit.runtime, visit.account, visit.now, visit.path["id"])
    return visit.go(f"{HERE}/{transfer.id}", told=_told(transfer))


def _told(transfer: Transfer) -> str:
    if transfer.failed_at is not None:
        return f"The transfer failed: {transfer.failure_message or transfer.failure_code}."
    if transfer.paid_at is not None:
        return "The transfer is paid."
    if transfer.sent_at is not None:
        return "The transfer is sent."
    return "The transfer went to the processor, whose answer is not known yet. It is asked for."


PAGES = (
    Page("GET", HERE, index, label="Transfers"),
    Page("GET", f"{HERE}/{{id}}", detail),
    Page("POST", f"{HERE}/{{id}}/edit", edit, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/delete", delete, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/{{mark}}", mark, role=Role.OPERATOR),
)
