"""Searches: the ids of one page, found by one statement for each scope, which names the account and the mode."""

import re
from dataclasses import replace
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.search import Scope, Search
from duerun.storage.database import Connection
from duerun.storage.lists import Page, fetch_page

_STATEMENTS: dict[Scope, tuple[str, dict[str, Any]]] = {
    Scope.CHARGE: ("search_charges", {}),
    Scope.CHARGE_SCHEDULE: ("search_schedules", {"kind": "charge"}),
    Scope.CUSTOMER: ("search_customers", {}),
    Scope.EVENT: ("search_events", {}),
    Scope.RECIPIENT: ("search_recipients", {}),
    Scope.REFUND: ("search_refunds", {}),
    Scope.TRANSACTION: ("search_transactions", {}),
    Scope.TRANSFER: ("search_transfers", {}),
    Scope.TRANSFER_SCHEDULE: (
        "search_schedules",
        {"kind": "transfer", "amount_from": None, "amount_to": None, "card_last_digits": None},
    ),
}
_LIKE_SIGNS = re.compile(r"([\\%_])")


async def find_ids(connection: Connection, account: Account, search: Search) -> Page[str]:
    """The ids of a page in its order, and how many objects are found in all."""
    name, fixed = _STATEMENTS[search.scope]
    criteria = dict(search.criteria)
    # As the window of a list it finds its rows by the index, whichever plan is kept for the statement.
    window = {"from_": criteria.pop("created_from"), "to": criteria.pop("created_to")}
    rows, total = await fetch_page(
        connection,
        name,
        replace(search.page, **window),
        account_id=account.id,
        livemode=account.livemode,
        pattern=containing(search.text),
        **fixed,
        **criteria,
    )
    return Page(tuple(row["id"] for row in rows), total)


def containing(text: str | None) -> str | None:
    r"""The pattern of texts that hold this one as it stands.

    >>> containing("100%")
    '%100\\%%'
    """
    return None if text is None else "%" + _LIKE_SIGNS.sub(r"\\\1", text) + "%"
