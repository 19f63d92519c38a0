"""Customers: found, looked at with their cards and schedules, made, changed, charged and deleted."""

from datetime import date

from starlette.responses import Response

from duerun.domain.charges import Charge, ChargeStatus
from duerun.domain.console_users import Role
from duerun.domain.currencies import LIMITS, accepted
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Customer
from duerun.services import charges, console_lists, parties, schedules
from duerun.services.charges import ChargeOrder
from duerun.services.parties import CustomerChange
from duerun.services.unit import Unit
from duerun.web.console import fields, paging, words
from duerun.web.console.once import new_form, once
from duerun.web.console.pages.schedules import state_of
from duerun.web.console.visit import Page, Visit, shown_again

HERE = "/console/customers"
SCHEDULES_SHOWN_MAX = 25
EMAIL_CHARACTERS_MAX = 320
ID_CHARACTERS_MAX = 64
CARD_TEXTS = {"name": 255, "city": 255, "postal_code": 32}
# How money is taken, by the words of the form: whether at once, and the type of an authorisation.
WAYS: dict[str, tuple[bool, str | None]] = {
    "now": (True, None),
    "later": (False, None),
    "later_or_less": (False, "pre_auth"),
}
WAYS_TOLD = (
    ("now", "Take the money now"),
    ("later", "Only authorise it, to capture all of it later"),
    ("later_or_less", "Only authorise it, to capture all of it or less later"),
)


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
    account = visit.account
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
        today=account.today(visit.now),
        form_id=new_form(),
        limits=LIMITS[account.country],
        currencies=[(each, each) for each in sorted(accepted(account.country))],
        ways=WAYS_TOLD,
        card_choices=_card_choices(customer, account.today(visit.now)),
        email_max=EMAIL_CHARACTERS_MAX,
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        metadata=fields.metadata_form(customer.metadata),
    )


def _card_choices(customer: Customer, today: date) -> list[tuple[str, str]]:
    """The cards that are shown, to choose one; the default one stands for itself where it is not among them."""
    choices = (
        [] if customer.default_card_id in {each.id for each in customer.cards} else [("", "the default card")]
    )
    for card in customer.cards:
        marks = " (default)" if card.id == customer.default_card_id else ""
        marks += " (expired)" if card.expired(today) else ""
        choices.append((card.id, f"{card.brand} •••• {card.last_digits}{marks}"))
    return choices


async def show_new(visit: Visit) -> Response:
    return visit.show(
        "customer_new.html",
        form_id=new_form(),
        email_max=EMAIL_CHARACTERS_MAX,
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        metadata=fields.metadata_form({}),
    )


@shown_again(show_new)
async def create(visit: Visit) -> Response:
    """A new customer, with a card where there is a token. The same form makes one."""
    token_id = fields.free_text(visit, "token", ID_CHARACTERS_MAX) or None
    change = CustomerChange(
        email=fields.changed_text(visit, "email", None, EMAIL_CHARACTERS_MAX),
        description=fields.changed_text(visit, "description", None, fields.DESCRIPTION_CHARACTERS_MAX),
        metadata=fields.changed_metadata(visit, {}),
        token_id=token_id,
    )

    async def make() -> str:
        async with visit.unit() as unit:
            if token_id:
                await _require_token(unit, token_id)
            return (await parties.create_customer(unit, change)).id

    made = await once(visit, make)
    return visit.go(f"{HERE}/{made.id}", told="The customer is made.")


async def _require_token(unit: Unit, token_id: str) -> None:
    """Raises `RejectedError`: what was typed and is not there is a mistake in the form."""
    try:
        await parties.get_token(unit, token_id)
    except NotFoundError as error:
        raise RejectedError(f"{error.message} in this mode") from None


@shown_again(detail)
async def edit(visit: Visit) -> Response:
    """Set what the form says otherwise."""
    customer_id = visit.path["id"]
    async with visit.unit() as unit:
        customer = await parties.get_live_customer(unit, customer_id, lock=True)
        change = CustomerChange(
            email=fields.changed_text(visit, "email", customer.email, EMAIL_CHARACTERS_MAX),
            description=fields.changed_text(
                visit, "description", customer.description, fields.DESCRIPTION_CHARACTERS_MAX
            ),
            metadata=fields.changed_metadata(visit, customer.metadata),
        )
        if change != CustomerChange():
            await parties.update_customer(unit, customer_id, change)
    return visit.go(f"{HERE}/{customer_id}", told="Saved.")


@shown_again(detail)
async def add_card(visit: Visit) -> Response:
    """Attach the card of a token."""
    customer_id = visit.path["id"]
    visit.field("token")
    token_id = fields.free_text(visit, "token", ID_CHARACTERS_MAX)
    async with visit.unit() as unit:
        await parties.get_live_customer(unit, customer_id)
        await _require_token(unit, token_id)
        await parties.update_customer(unit, customer_id, CustomerChange(token_id=token_id))
    return visit.go(f"{HERE}/{customer_id}", told="The card is added.")


async def show_card(visit: Visit) -> Response:
    """What may be changed of a card, in a form."""
    async with visit.unit() as unit:
        customer = await parties.get_live_customer(unit, visit.path["id"])
        card = await parties.get_card(unit, customer.id, visit.path["card"])
    return visit.show("card_edit.html", customer=customer, card=card, characters_max=CARD_TEXTS)


@shown_again(show_card)
async def edit_card(visit: Visit) -> Response:
    """Set what the form says otherwise; what was left empty stays."""
    customer_id, card_id = visit.path["id"], visit.path["card"]
    async with visit.unit() as unit:
        await parties.get_live_customer(unit, customer_id)
        card = await parties.get_card(unit, customer_id, card_id)
        given: dict[str, str | int | None] = {
            name: fields.changed_text(visit, name, getattr(card, name), characters_max) or None
            for name, characters_max in CARD_TEXTS.items()
        }
        for name in ("expiration_month", "expiration_year"):
            number = fields.whole_number(visit, name)
            given[name] = None if number == getattr(card, name) else number
        if any(given.values()):
            await parties.update_card(unit, customer_id, card_id, **given)
    return visit.go(f"{HERE}/{customer_id}", told=f"The card that ends in {card.last_digits} is saved.")


async def set_default_card(visit: Visit) -> Response:
    """Let another card be charged where none is named."""
    customer_id, card_id = visit.path["id"], visit.path["card"]
    async with visit.unit() as unit:
        customer = await parties.get_live_customer(unit, customer_id, lock=True)
        if customer.default_card_id != card_id:
            await parties.update_customer(unit, customer_id, CustomerChange(default_card_id=card_id))
        card = await parties.get_card(unit, customer_id, card_id)
    return visit.go(f"{HERE}/{customer_id}", told=f"The card that ends in {card.last_digits} is the default.")


async def delete_card(visit: Visit) -> Response:
    """Delete a card; the one added last becomes the default where it was."""
    customer_id = visit.path["id"]
    async with visit.unit() as unit:
        card = await parties.destroy_card(unit, customer_id, visit.path["card"])
    return visit.go(f"{HERE}/{customer_id}", told=f"The card that ended in {card.last_digits} is deleted.")


async def delete(visit: Visit) -> Response:
    """Delete a customer, whose schedules are suspended by that."""
    async with visit.unit() as unit:
        customer = await parties.destroy_customer(unit, visit.path["id"])
    return visit.go(
        f"{HERE}/{customer.id}", told="The customer is deleted, and the schedules of charges are suspended."
    )


@shown_again(detail)
async def charge(visit: Visit) -> Response:
    """Charge a card of the customer. The same form charges it once."""
    order = _order(visit)

    async def make() -> str:
        return (await charges.create_charge(visit.runtime, visit.account, visit.now, order)).id

    made = await once(visit, make)
    async with visit.unit() as unit:
        found = await charges.get_charge(unit, made.id)
    return visit.go(f"/console/charges/{made.id}", told=_told(found, is_repeated=made.is_repeated))


def _order(visit: Visit) -> ChargeOrder:
    currency = fields.one_of(visit, "currency", sorted(accepted(visit.account.country)))
    capture, authorization_type = WAYS[fields.one_of(visit, "way", WAYS)]
    return ChargeOrder(
        amount_minor=fields.amount_minor(visit, "amount", currency),
        currency=currency,
        customer_id=visit.path["id"],
        card_id=visit.form.get("card", "").strip() or None,
        capture=capture,
        authorization_type=authorization_type,
        description=fields.free_text(visit, "charge_description", fields.DESCRIPTION_CHARACTERS_MAX) or None,
    )


def _told(charge: Charge, *, is_repeated: bool) -> str:
    if is_repeated:
        return (
            "This form was sent before: this is the charge that the first click has made, and no second one."
        )
    if charge.status is ChargeStatus.FAILED:
        return f"The charge failed: {charge.failure_message or charge.failure_code or 'no reason was given'}."
    money = f"{words.amount(charge.amount_minor, charge.currency)} {charge.currency}"
    if charge.status is ChargeStatus.SUCCESSFUL:
        return f"{money} is charged."
    if charge.authorized_at is not None:
        return f"{money} is authorised, and waits for its capture."
    return f"{money} was sent to the processor, whose answer is not known yet. It is asked for: do not charge again."


PAGES = (
    Page("GET", HERE, index, label="Customers"),
    Page("POST", HERE, create, role=Role.OPERATOR),
    Page("GET", f"{HERE}/new", show_new, role=Role.OPERATOR),
    Page("GET", f"{HERE}/{{id}}", detail),
    Page("POST", f"{HERE}/{{id}}/edit", edit, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/charge", charge, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/delete", delete, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/cards", add_card, role=Role.OPERATOR),
    Page("GET", f"{HERE}/{{id}}/cards/{{card}}", show_card, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/cards/{{card}}", edit_card, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/cards/{{card}}/default", set_default_card, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/cards/{{card}}/delete", delete_card, role=Role.OPERATOR),
)
