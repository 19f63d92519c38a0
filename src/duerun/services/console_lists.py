"""Lists for people: a page of objects, newest first, found in a limited time however many there are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from duerun.domain.charges import Charge
from duerun.domain.errors import NotFoundError
from duerun.domain.parties import Customer, Recipient
from duerun.domain.schedules import Schedule
from duerun.domain.transfers import Transfer
from duerun.services import charges, parties, recipients, schedules, transfers
from duerun.services.lookups import by_ids
from duerun.services.unit import Unit
from duerun.storage import console_lists as store
from duerun.storage.console_lists import FIRST, OCCURRENCES_MAX, SCANNED_ROWS_MAX, Found, OccurrenceRow, Place

__all__ = ["FIRST", "OCCURRENCES_MAX", "SCANNED_ROWS_MAX", "OccurrenceRow", "Place"]

ROWS_MAX = 25

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """A page. `older` is where to go on; `is_cut` tells that the limit of rows that are looked at ended the search."""

    rows: tuple[Row, ...]
    older: Place | None
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None is no criterion. A whole id is found wherever it stands."""

    text: str | None = None
    state: str | None = None
    kind: str | None = None
    before: Place = FIRST


async def list_schedules(unit: Unit, wanted: Wanted) -> Slice[Schedule]:
    if exact := await _exactly(unit, wanted, "schd_", schedules.get):
        return exact
    found = await store.schedules(
        unit.connection,
        unit.account,
        wanted.before,
        rows_max=ROWS_MAX,
        text=wanted.text,
        state=wanted.state,
        kind=wanted.kind,
    )
    return await _slice(unit, "schedule", found)


async def list_charges(unit: Unit, wanted: Wanted) -> Slice[Charge]:
    if exact := await _exactly(unit, wanted, "chrg_", charges.get_charge):
        return exact
    found = await store.charges(
        unit.connection, unit.account, wanted.before, rows_max=ROWS_MAX, text=wanted.text, state=wanted.state
    )
    return await _slice(unit, "charge", found)


async def list_transfers(unit: Unit, wanted: Wanted) -> Slice[Transfer]:
    if exact := await _exactly(unit, wanted, "trsf_", transfers.get_transfer):
        return exact
    found = await store.transfers(
        unit.connection, unit.account, wanted.before, rows_max=ROWS_MAX, text=wanted.text, state=wanted.state
    )
    return await _slice(unit, "transfer", found)


async def list_customers(unit: Unit, wanted: Wanted) -> Slice[Customer]:
    if exact := await _exactly(unit, wanted, "cust_", parties.get_customer):
        return exact
    found = await store.customers(
        unit.connection, unit.account, wanted.before, rows_max=ROWS_MAX, text=wanted.text
    )
    return await _slice(unit, "customer", found)


async def list_recipients(unit: Unit, wanted: Wanted) -> Slice[Recipient]:
    if exact := await _exactly(unit, wanted, "recp_", recipients.get_recipient):
        return exact
    found = await store.recipients(
        unit.connection, unit.account, wanted.before, rows_max=ROWS_MAX, text=wanted.text, state=wanted.state
    )
    return await _slice(unit, "recipient", found)


async def names_of(unit: Unit, schedules: Sequence[Schedule]) -> dict[str, str]:
    """Whom schedules charge or pay, by the id of customer or recipient, in words where there are some."""
    customers = await by_ids(
        unit, "customer", sorted({each.customer_id for each in schedules if each.customer_id})
    )
    paid = await by_ids(
        unit, "recipient", sorted({each.recipient_id for each in schedules if each.recipient_id})
    )
    names = {each.id: each.email or each.description or each.id for each in customers.values()}
    return names | {each.id: each.name for each in paid.values()}


async def occurrences(unit: Unit, schedule_id: str) -> list[OccurrenceRow]:
    """The latest attempts of a schedule, those to come among them, newest date first."""
    return await store.occurrences(unit.connection, unit.account, schedule_id)


async def _exactly(
    unit: Unit, wanted: Wanted, prefix: str, get: Callable[[Unit, str], Awaitable[Any]]
) -> Slice[Any] | None:
    if wanted.text is None or not wanted.text.startswith(prefix):
        return None
    try:
        return Slice((await get(unit, wanted.text),), None, False)
    except NotFoundError:
        return None


async def _slice(unit: Unit, kind: str, found: Found) -> Slice[Any]:
    objects = await by_ids(unit, kind, found.ids)
    return Slice(tuple(objects[each] for each in found.ids if each in objects), found.older, found.is_cut)
