"""Charges: found, looked at, captured, given up, refunded, and described anew."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from duerun.domain.charges import Charge, ChargeStatus
from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.services import charges, console_lists, parties
from duerun.services.unit import Unit
from duerun.web.console import fields, paging, words
from duerun.web.console.once import new_form, once
from duerun.web.console.visit import Page, Visit, shown_again

HERE = "/console/charges"
STATES = tuple(map(str, ChargeStatus))
OPERATIONS: dict[str, tuple[Callable[[Unit, str], Awaitable[Charge]], str]] = {
    "reverse": (charges.reverse_charge, "The authorisation is given up: nothing is taken."),
    "expire": (charges.expire_charge, "The authorisation has lapsed: nothing is taken."),
    "mark_as_paid": (charges.mark_as_paid, "The charge is marked as paid."),
    "mark_as_failed": (charges.mark_as_failed, "The charge is marked as failed."),
}


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
    return visit.show(
        "charge.html",
        charge=charge,
        customer=customer,
        form_id=new_form(),
        is_capturable=charge.capturable and visit.now < charge.expires_at,
        takes_less=charge.authorization_type == "pre_auth",
        is_refundable=charge.refundable(visit.now),
        is_voidable=charge.voidable(visit.now),
        plain_amount=fields.plain_amount,
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        metadata=fields.metadata_form(charge.metadata),
    )


@shown_again(detail)
async def capture(visit: Visit) -> Response:
    """Take the money of an authorised charge, all of it or what the form says."""
    charge_id = visit.path["id"]
    async with visit.unit() as unit:
        currency = (await charges.get_charge(unit, charge_id)).currency
        amount = fields.optional_amount(visit, "capture_amount", currency)
        charge = await charges.capture_charge(unit, charge_id, amount)
    taken = words.amount(charge.captured_minor, charge.currency)
    return visit.go(f"{HERE}/{charge_id}", told=f"{taken} {charge.currency} is captured.")


@shown_again(detail)
async def refund(visit: Visit) -> Response:
    """Give money back: what the form says, or all that is left. The same form gives it back once."""
    charge_id = visit.path["id"]

    async def make() -> str:
        async with visit.unit() as unit:
            charge = await charges.get_charge(unit, charge_id, lock=True)
            amount = fields.optional_amount(visit, "amount", charge.currency)
            rest = charge.refundable_minor if amount is None else amount
            return (await charges.refund_charge(unit, charge_id, amount_minor=rest)).id

    made = await once(visit, make)
    async with visit.unit() as unit:
        given = await charges.get_refund(unit, charge_id, made.id)
    back = f"{words.amount(given.amount_minor, given.currency)} {given.currency}"
    told = f"{back} was given back by the first click." if made.is_repeated else f"{back} is given back."
    return visit.go(f"{HERE}/{charge_id}", told=told)


@shown_again(detail)
async def edit(visit: Visit) -> Response:
    """Set what the form says otherwise."""
    charge_id = visit.path["id"]
    async with visit.unit() as unit:
        charge = await charges.get_charge(unit, charge_id, lock=True)
        text = fields.changed_text(
            visit, "description", charge.description, fields.DESCRIPTION_CHARACTERS_MAX
        )
        metadata = fields.changed_metadata(visit, charge.metadata)
        if text is not None or metadata is not None:
            await charges.update_charge(unit, charge_id, description=text, metadata=metadata)
    return visit.go(f"{HERE}/{charge_id}", told="Saved.")


async def operate(visit: Visit) -> Response:
    """Give an authorisation up, or end it by hand."""
    if visit.path["operation"] not in OPERATIONS:
        raise RejectedError("there is no such operation")
    use_case, told = OPERATIONS[visit.path["operation"]]
    async with visit.unit() as unit:
        charge = await use_case(unit, visit.path["id"])
    return visit.go(f"{HERE}/{charge.id}", told=told)


PAGES = (
    Page("GET", HERE, index, label="Charges"),
    Page("GET", f"{HERE}/{{id}}", detail),
    Page("POST", f"{HERE}/{{id}}/capture", capture, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/refund", refund, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/edit", edit, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/{{operation}}", operate, role=Role.OPERATOR),
)
