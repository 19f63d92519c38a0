"""A new schedule: of charges to a customer, or of transfers to a recipient."""

from collections.abc import Sequence

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.parties import Card, Customer, Recipient
from duerun.domain.recurrence import WEEKDAY_NAMES, Period
from duerun.services import parties, recipients, schedules
from duerun.services.schedules import ChargeOrder, TransferOrder
from duerun.web.console import fields, rule_fields
from duerun.web.console.once import new_form, once
from duerun.web.console.visit import Page, Visit, shown_again

HERE = "/console/schedules/new"
DEFAULT_CARD = "default"
CUSTOMER_PREFIX, RECIPIENT_PREFIX = "cust_", "recp_"


async def show(visit: Visit) -> Response:
    """The form, once it is known for whom."""
    sent = visit.form.get("customer") or visit.form.get("recipient")
    asked = sent or visit.asked("for") or ""
    customer, recipient = await _party(visit, asked)
    if customer is None and recipient is None:
        return visit.show("schedule_whose.html", asked=asked)
    return visit.show(
        "schedule_new.html",
        customer=customer,
        recipient=recipient,
        here=HERE,
        form_id=new_form(),
        days=rule_fields.sent_values(visit),
        periods=list(Period),
        weekdays=WEEKDAY_NAMES,
        ordinals=rule_fields.ORDINALS,
        every_max=rule_fields.EVERY_MAX,
        cards=card_choices(customer.cards) if customer else [],
        metadata=fields.metadata_form({}),
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        today=visit.account.today(visit.now),
    )


async def _party(visit: Visit, asked: str) -> tuple[Customer | None, Recipient | None]:
    """Raises `NotFoundError` for an id of a customer or a recipient that is not there."""
    async with visit.unit() as unit:
        if asked.startswith(CUSTOMER_PREFIX):
            return await parties.get_live_customer(unit, asked), None
        if asked.startswith(RECIPIENT_PREFIX):
            return None, await recipients.get_live_recipient(unit, asked)
    return None, None


def card_choices(cards: Sequence[Card]) -> list[tuple[str, str]]:
    """What a form offers of cards, by id: the customer's default card first, whichever that is on the day."""
    told = [(card.id, f"{card.brand} •••• {card.last_digits}") for card in cards]
    return [(DEFAULT_CARD, "the customer's default card of the day"), *told]


@shown_again(show)
async def create(visit: Visit) -> Response:
    """Make it; the same form again leads to the schedule that the first one made."""

    async def make() -> str:
        when, what = rule_fields.order(visit), _what(visit)
        return (await schedules.create(visit.runtime, visit.account, visit.now, when, what)).id

    made = await once(visit, make)
    return visit.go(f"/console/schedules/{made.id}", told="The schedule is made.")


def _what(visit: Visit) -> ChargeOrder | TransferOrder:
    currency = visit.account.currency
    amount = fields.optional_amount(visit, "amount", currency)
    if "recipient" in visit.form:
        share = fields.percentage(visit, "percentage") if visit.form.get("percentage", "").strip() else None
        fields.only_one(amount=amount, percentage=share)
        return TransferOrder(recipient_id=visit.field("recipient"), amount_minor=amount, percentage=share)
    card = visit.form.get("card", DEFAULT_CARD)
    return ChargeOrder(
        customer_id=visit.field("customer"),
        amount_minor=fields.amount_minor(visit, "amount", currency),
        card_id=None if card == DEFAULT_CARD else card,
        description=fields.free_text(visit, "description", fields.DESCRIPTION_CHARACTERS_MAX) or None,
        metadata=fields.changed_metadata(visit, {}) or {},
    )


PAGES = (
    Page("GET", HERE, show, role=Role.OPERATOR),
    Page("POST", HERE, create, role=Role.OPERATOR),
)
