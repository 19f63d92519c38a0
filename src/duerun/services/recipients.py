"""Recipients and their bank accounts (source: the wire specification, 8.1)."""

import hashlib
from dataclasses import dataclass, field, replace

from duerun.domain import banks
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import changed_names, changes
from duerun.domain.banks import Bank
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Recipient
from duerun.services.suspensions import suspend_for
from duerun.services.unit import Unit
from duerun.storage import recipients as store
from duerun.storage.lists import Page

CODE = "invalid_recipient"
ENDING_DIGITS = 4
MARK_CHARACTERS = 16
TYPES = ("individual", "corporation")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccountChange:
    """What a request asks to set of a bank account; None leaves a value as it is."""

    bank: Bank = field(default_factory=Bank)
    type: str | None = None
    number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientChange:
    """What a request asks to set; None leaves a value as it is."""

    name: str | None = None
    type: str | None = None
    email: str | None = None
    description: str | None = None
    tax_id: str | None = None
    metadata: dict[str, str] | None = None
    bank_account: BankAccountChange = BankAccountChange()


def only_in_test_mode(account: Account) -> None:
    """Raise `not_found` in live mode: there the call does not exist."""
    if account.livemode:
        raise RejectedError("path was not found", code="not_found")


async def create_recipient(unit: Unit, change: RecipientChange) -> Recipient:
    """A new recipient, neither verified nor active unless the account says otherwise."""
    recipient = _new_recipient(unit, change)
    await store.insert(unit.connection, unit.account, recipient)
    await unit.record("recipient.create", recipient)
    unit.note("recipients.create", recipient.id, bank_account=_ending(recipient))
    if _verifies_at_once(unit.account):
        return await _verify(unit, recipient)
    return recipient


def _new_recipient(unit: Unit, change: RecipientChange) -> Recipient:
    name = _required(change.name, "name")
    kind = _type(_required(change.type, "type"))
    account = change.bank_account
    account_name = _required(account.name, "bank_account name")
    number = banks.validate_account_number(_required(account.number, "bank_account number"))
    bank = banks.validate_bank(unit.account.country, account.bank, livemode=unit.account.livemode)
    return Recipient(
        id=unit.new_id("recp"),
        livemode=unit.account.livemode,
        name=name,
        type=kind,
        email=change.email,
        description=change.description,
        tax_id=change.tax_id,
        metadata=change.metadata or {},
        bank_brand=bank.brand,
        bank_code=bank.bank_code,
        branch_code=bank.branch_code,
        bank_account_type=banks.validate_account_type(account.type),
        bank_account_number=number,
        bank_account_name=account_name,
        bank_account_created_at=unit.now,
        created_at=unit.now,
    )


async def update_recipient(unit: Unit, recipient_id: str, change: RecipientChange) -> Recipient:
    """Set what is given; with another bank account the recipient has to be verified again."""
    before = await get_live_recipient(unit, recipient_id, lock=True)
    after = _with_bank_account(unit, _with_details(before, change), change.bank_account)
    await store.update(unit.connection, unit.account, after)
    await unit.record("recipient.update", after)
    ends = changes({"bank_account": _ending(before)}, {"bank_account": _ending(after)})
    unit.note("recipients.change", recipient_id, changed=changed_names(before, after), **ends)
    if before.activated_at is not None and after.activated_at is None:
        await unit.record("recipient.deactivate", after)
    if after.verified_at is None and _verifies_at_once(unit.account):
        return await _verify(unit, after)
    return after


def _with_details(recipient: Recipient, change: RecipientChange) -> Recipient:
    return replace(
        recipient,
        name=change.name or recipient.name,
        type=_type(change.type or recipient.type),
        email=change.email or recipient.email,
        description=change.description or recipient.description,
        tax_id=change.tax_id or recipient.tax_id,
        metadata=change.metadata or recipient.metadata,
    )


def _with_bank_account(unit: Unit, recipient: Recipient, change: BankAccountChange) -> Recipient:
    bank = _changed_bank(unit.account, recipient, change.bank)
    number = banks.validate_account_number(change.number) if change.number else recipient.bank_account_number
    changed = replace(
        recipient,
        bank_brand=bank.brand,
        bank_code=bank.bank_code,
        branch_code=bank.branch_code,
        bank_account_type=banks.validate_account_type(change.type) or recipient.bank_account_type,
        bank_account_number=number,
        bank_account_name=change.name or recipient.bank_account_name,
    )
    if changed == recipient:
        return recipient
    return replace(
        changed, bank_account_created_at=unit.now, verified_at=None, activated_at=None, failure_code=None
    )


def _changed_bank(account: Account, recipient: Recipient, given: Bank) -> Bank:
    kept = Bank(recipient.bank_brand, recipient.bank_code, recipient.branch_code)
    if given == Bank():
        return kept
    code = given.brand or given.bank_code or kept.bank_code
    wanted = Bank(code, code, given.branch_code or kept.branch_code)
    return banks.validate_bank(account.country, wanted, livemode=account.livemode)


async def verify_recipient(unit: Unit, recipient_id: str) -> Recipient:
    """Take a recipient as verified, in test mode only; a second call changes nothing."""
    only_in_test_mode(unit.account)
    recipient = await get_live_recipient(unit, recipient_id, lock=True)
    if recipient.verified_at is not None:
        return recipient
    unit.note("recipients.verify", recipient_id)
    return await _verify(unit, recipient)


async def vouch(unit: Unit, recipient_id: str, *, ending: str, seen: str | None = None) -> Recipient:
    """A person answers for the bank account whose number ends so: verified and active; a second call changes nothing.

    Raises `RejectedError` for another ending, or where `seen` is not the present `account_mark`.
    """
    recipient = await get_live_recipient(unit, recipient_id, lock=True)
    digits = recipient.bank_account_number
    if not digits.endswith(ending) or len(ending) < min(ENDING_DIGITS, len(digits)):
        raise RejectedError(f"the number of the bank account of {recipient_id} does not end in {ending}")
    if seen is not None and seen != account_mark(recipient):
        raise RejectedError("the bank account was changed meanwhile: look at it again")
    if recipient.verified_at is not None and recipient.activated_at is not None:
        return recipient
    unit.note("recipients.verify", recipient_id, bank_account=_ending(recipient))
    return await _verify(unit, recipient, activates=True)


def account_mark(recipient: Recipient) -> str:
    """What differs once the bank account does."""
    told = (
        recipient.bank_brand,
        recipient.bank_code,
        recipient.branch_code,
        recipient.bank_account_type,
        recipient.bank_account_number,
        recipient.bank_account_name,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:MARK_CHARACTERS]


async def _verify(unit: Unit, recipient: Recipient, *, activates: bool = False) -> Recipient:
    activates = (activates or unit.account.auto_activate_recipients) and recipient.activated_at is None
    is_new = recipient.verified_at is None
    verified = replace(
        recipient,
        verified_at=recipient.verified_at or unit.now,
        activated_at=unit.now if activates else recipient.activated_at,
        failure_code=None,
    )
    await store.update(unit.connection, unit.account, verified)
    happened = ["recipient.verify"] * is_new + ["recipient.activate"] * activates
    await unit.record_all([(key, verified) for key in happened])
    return verified


async def destroy_recipient(unit: Unit, recipient_id: str) -> Recipient:
    """Destroy a recipient, once; a second call answers the same. The default recipient stays."""
    recipient = await get_recipient(unit, recipient_id, lock=True)
    if recipient.deleted_at is not None:
        return recipient
    if recipient.is_default:
        raise RejectedError("the default recipient cannot be destroyed", code=CODE)
    recipient = replace(recipient, deleted_at=unit.now)
    await store.update(unit.connection, unit.account, recipient)
    await suspend_for(unit, recipient_id=recipient.id)
    await unit.record("recipient.destroy", recipient)
    unit.note("recipients.delete", recipient_id)
    return recipient


async def get_recipient(unit: Unit, recipient_id: str, *, lock: bool = False) -> Recipient:
    """A recipient, destroyed ones too."""
    recipient = await store.fetch(unit.connection, unit.account, recipient_id, lock=lock)
    if recipient is None:
        raise NotFoundError("recipient", recipient_id)
    return recipient


async def get_live_recipient(unit: Unit, recipient_id: str, *, lock: bool = False) -> Recipient:
    """A recipient that was not destroyed."""
    recipient = await get_recipient(unit, recipient_id, lock=lock)
    if recipient.deleted_at is not None:
        raise NotFoundError("recipient", recipient_id)
    return recipient


async def get_default_recipient(unit: Unit) -> Recipient:
    """Who gets what names no recipient; raises `invalid_recipient` where the account has none."""
    recipient = await store.fetch_default(unit.connection, unit.account)
    if recipient is None:
        raise RejectedError("recipient must be given", code=CODE)
    return recipient


async def list_recipients(unit: Unit, query: ListQuery) -> Page[Recipient]:
    return await store.list_recipients(unit.connection, unit.account, query)


def _ending(recipient: Recipient) -> str:
    """A bank account as the audit log tells it."""
    return f"…{recipient.bank_account_number[-ENDING_DIGITS:]}"


def _verifies_at_once(account: Account) -> bool:
    return account.auto_verify_recipients and not account.livemode


def _type(written: str) -> str:
    if written not in TYPES:
        raise RejectedError(f"type must be one of {', '.join(TYPES)}", code=CODE)
    return written


def _required(text: str | None, field: str) -> str:
    if not text or not text.strip():
        raise RejectedError(f"{field} can't be blank", code=CODE)
    return text
