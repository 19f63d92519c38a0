"""Recipients: found, looked at with their bank account and schedules, made, changed, verified, paid and deleted."""

from starlette.responses import Response

from duerun.domain import banks
from duerun.domain.banks import Bank
from duerun.domain.console_users import Role
from duerun.domain.currencies import LIMITS
from duerun.domain.errors import RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Recipient
from duerun.services import console_lists, recipients, reports, schedules, transfers
from duerun.services.recipients import TYPES, BankAccountChange, RecipientChange
from duerun.services.transfers import TransferOrder
from duerun.web.console import fields, paging, words
from duerun.web.console.once import new_form, once
from duerun.web.console.pages import schedules as schedule_pages
from duerun.web.console.visit import Page, Visit, shown_again

HERE = "/console/recipients"
SCHEDULES_SHOWN_MAX = 25
STATES = ("active", "unverified", "inactive", "failed")
NAME_CHARACTERS_MAX = 255
EMAIL_CHARACTERS_MAX = 320
CODE_CHARACTERS_MAX = 64
TYPES_TOLD = [(each, each.capitalize()) for each in TYPES]
ACCOUNT_TYPES_TOLD = [("", "not told"), *((each, each.capitalize()) for each in banks.ACCOUNT_TYPES)]
# Where an account's bank is a code and a branch, as in Japan.
WITH_BRANCHES = frozenset(("JP",))


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
        balance = await reports.get_balance(unit)
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
        account_mark=recipients.account_mark(recipient),
        owned=owned,
        state_of=schedule_pages.state_of,
        form_id=new_form(),
        balance=balance,
        limits=LIMITS[visit.account.country],
    )


def _form(visit: Visit, recipient: Recipient | None) -> Response:
    """The form of a new recipient, or of one that is there."""
    return visit.show(
        "recipient_form.html",
        recipient=recipient,
        form_id=new_form(),
        types=TYPES_TOLD,
        account_types=ACCOUNT_TYPES_TOLD,
        bank=_bank_of(recipient),
        banks=_bank_choices(visit, _bank_of(recipient)),
        has_branches=visit.account.country in WITH_BRANCHES,
        masked=masked,
        name_max=NAME_CHARACTERS_MAX,
        email_max=EMAIL_CHARACTERS_MAX,
        description_max=fields.DESCRIPTION_CHARACTERS_MAX,
        metadata=fields.metadata_form(recipient.metadata if recipient else {}),
        code_max=CODE_CHARACTERS_MAX,
    )


def _bank_of(recipient: Recipient | None) -> str:
    return (recipient.bank_brand or recipient.bank_code or "") if recipient else ""


def _bank_choices(visit: Visit, present: str) -> list[tuple[str, str]]:
    """Banks to choose from, where a country's have names; none where any code of the right form counts."""
    if visit.account.country != "TH":
        return []
    known = {*banks.codes_of("TH", livemode=visit.account.livemode), present} - {""}
    named = [(code, banks.name_of(code)) for code in known]
    return [("", "choose a bank"), *sorted(named, key=lambda each: each[1].lower())]


async def show_new(visit: Visit) -> Response:
    return _form(visit, None)


async def show_edit(visit: Visit) -> Response:
    async with visit.unit() as unit:
        return _form(visit, await recipients.get_live_recipient(unit, visit.path["id"]))


def _code(visit: Visit, name: str, present: str | None = None) -> str | None:
    """A number or a code that is kept as text; None where it was left empty, or stands as it is."""
    text = visit.form.get(name, "").strip()
    if len(text) > CODE_CHARACTERS_MAX:
        raise RejectedError(f"{name.replace('_', ' ')} must have at most {CODE_CHARACTERS_MAX} characters")
    return None if text == (present or "") else text or None


def _change(visit: Visit, present: Recipient | None = None) -> RecipientChange:
    """What the form asks to set; what was left empty, or stands as it is, is not asked for."""

    def text(name: str, characters_max: int = NAME_CHARACTERS_MAX, *, field: str | None = None) -> str | None:
        stands = getattr(present, field or name) if present else None
        return fields.changed_text(visit, name, stands, characters_max) or None

    return RecipientChange(
        name=text("name"),
        type=text("type"),
        email=text("email", EMAIL_CHARACTERS_MAX),
        description=text("description", fields.DESCRIPTION_CHARACTERS_MAX),
        metadata=fields.changed_metadata(visit, present.metadata if present else {}),
        tax_id=_code(visit, "tax_id", present.tax_id if present else None),
        bank_account=BankAccountChange(
            bank=Bank(
                bank_code=_code(visit, "bank", _bank_of(present)),
                branch_code=_code(visit, "branch", present.branch_code if present else None),
            ),
            type=_code(visit, "account_type", present.bank_account_type if present else None),
            number=_code(visit, "account_number", present.bank_account_number if present else None),
            name=text("account_name", field="bank_account_name"),
        ),
    )


@shown_again(show_new)
async def create(visit: Visit) -> Response:
    """A new recipient. The same form makes one."""
    change = _change(visit)

    async def make() -> str:
        async with visit.unit() as unit:
            return (await recipients.create_recipient(unit, change)).id

    made = await once(visit, make)
    return visit.go(f"{HERE}/{made.id}", told="The recipient is made.")


@shown_again(show_edit)
async def edit(visit: Visit) -> Response:
    """Set what the form says otherwise; another bank account is verified again."""
    recipient_id, told = visit.path["id"], "Saved."
    async with visit.unit() as unit:
        before = await recipients.get_live_recipient(unit, recipient_id, lock=True)
        change = _change(visit, before)
        if change != RecipientChange():
            after = await recipients.update_recipient(unit, recipient_id, change)
            if before.verified_at is not None and after.verified_at is None:
                told = (
                    "Saved. The bank account is another one: it has to be verified before money goes to it."
                )
    return visit.go(f"{HERE}/{recipient_id}", told=told)


async def verify(visit: Visit) -> Response:
    """Take a recipient as verified, in test mode."""
    async with visit.unit() as unit:
        recipient = await recipients.verify_recipient(unit, visit.path["id"])
    return visit.go(f"{HERE}/{recipient.id}", told="The recipient is verified.")


async def vouch(visit: Visit) -> Response:
    """Answer for the bank account that was seen: money can go there from now on."""
    ending, seen = (visit.form.get(name, "") for name in ("ending", "seen"))
    async with visit.unit() as unit:
        recipient = await recipients.vouch(unit, visit.path["id"], ending=ending.strip(), seen=seen)
    return visit.go(f"{HERE}/{recipient.id}", told="The recipient is verified, and money can go there.")


async def delete(visit: Visit) -> Response:
    """Delete a recipient, whose schedules are suspended by that."""
    async with visit.unit() as unit:
        recipient = await recipients.destroy_recipient(unit, visit.path["id"])
    return visit.go(
        f"{HERE}/{recipient.id}", told="The recipient is deleted, and the schedules of payouts are suspended."
    )


@shown_again(detail)
async def transfer(visit: Visit) -> Response:
    """A new transfer: what the form says, or all that is transferable. The same form makes one."""
    order = _order(visit)

    async def make() -> str:
        async with visit.unit() as unit:
            return (await transfers.create_transfer(unit, order)).id

    made = await once(visit, make)
    async with visit.unit() as unit:
        found = await transfers.get_transfer(unit, made.id)
    sum_told = f"{words.amount(found.amount_minor, found.currency)} {found.currency}"
    told = f"A transfer of {sum_told} is made."
    if made.is_repeated:
        told = "This form was sent before: this is the transfer that the first click has made, and no second one."
    elif found.failed_at is not None:
        told = f"The transfer failed at once: {found.failure_message or found.failure_code}."
    return visit.go(f"/console/transfers/{made.id}", told=told)


def _order(visit: Visit) -> TransferOrder:
    amount = fields.optional_amount(visit, "amount", visit.account.currency)
    takes_all = visit.form.get("all") == "yes"
    if takes_all == (amount is not None):
        raise RejectedError("either an amount or the whole balance must be chosen")
    return TransferOrder(
        amount_minor=amount,
        recipient_id=visit.path["id"],
        fail_fast=visit.form.get("fail_fast") == "yes",
    )


PAGES = (
    Page("GET", HERE, index, label="Recipients"),
    Page("POST", HERE, create, role=Role.OPERATOR),
    Page("GET", f"{HERE}/new", show_new, role=Role.OPERATOR),
    Page("GET", f"{HERE}/{{id}}", detail),
    Page("GET", f"{HERE}/{{id}}/edit", show_edit, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/edit", edit, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/verify", verify, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/vouch", vouch, role=Role.APPROVER),
    Page("POST", f"{HERE}/{{id}}/delete", delete, role=Role.OPERATOR),
    Page("POST", f"{HERE}/{{id}}/transfers", transfer, role=Role.OPERATOR),
)
