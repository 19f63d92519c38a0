"""Receipts, added up from the book whenever they are read: nothing is kept, so nothing can differ from the book.

An id follows from the account, its mode and the day, so it is the same in every answer.
"""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.local_time import local_date, run_at
from duerun.domain.receipts import Receipt
from duerun.storage.database import Connection
from duerun.storage.lists import Page, fetch_page

NUMBER_HEAD = "RCPT"
_NO_CRITERIA = dict.fromkeys(("issued_on_from", "issued_on_to", "total_from", "total_to"))


async def list_receipts(
    connection: Connection,
    account: Account,
    query: ListQuery,
    *,
    pattern: str | None = None,
    criteria: Mapping[str, Any] = _NO_CRITERIA,
) -> Page[Receipt]:
    """The receipts of the account, today's among them."""
    rows, total = await fetch_page(
        connection,
        "receipts_list",
        query,
        account_id=account.id,
        livemode=account.livemode,
        timezone=account.timezone,
        currency=account.currency,
        number_head=NUMBER_HEAD,
        pattern=pattern,
        **criteria,
    )
    return Page(tuple(_receipt(account, row) for row in rows), total)


async def fetch(connection: Connection, account: Account, receipt_id: str) -> Receipt | None:
    """The receipt of the day that the id names, if that day has fees."""
    day = day_of(account, receipt_id)
    if day is None:
        return None
    span = {
        "issued_on_from": run_at(day, time(), account.zone),
        "issued_on_to": run_at(day + timedelta(days=1), time(), account.zone),
    }
    page = await list_receipts(connection, account, ListQuery(limit=1), criteria=_NO_CRITERIA | span)
    return page.rows[0] if page.rows else None


def id_of(account: Account, day: date) -> str:
    """The id of the receipt of a day."""
    midnight = run_at(day, time(), account.zone)
    return ids.derived_id("rcpt", f"{account.public_id} {day}", livemode=account.livemode, now=midnight)


def day_of(account: Account, receipt_id: str) -> date | None:
    """The day of an id of this account and mode; None for any other text."""
    midnight = ids.moment_of(receipt_id)
    if midnight is None:
        return None
    day = local_date(midnight, account.zone)
    return day if id_of(account, day) == receipt_id else None


def number_of(day: date) -> str:
    """The number of the receipt of a day, such as `RCPT20261124`."""
    return f"{NUMBER_HEAD}{day:%Y%m%d}"


def _receipt(account: Account, row: Mapping[str, Any]) -> Receipt:
    day: date = row["issued_on"]
    return Receipt(
        **{**row, "id": id_of(account, day)},
        livemode=account.livemode,
        number=number_of(day),
        currency=account.currency,
    )
