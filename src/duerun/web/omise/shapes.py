"""Any object as a call shows it: in the version of the call and at its moment."""

from collections.abc import Callable
from typing import Any

from duerun.domain.charges import Charge, Refund
from duerun.domain.events import Transaction
from duerun.domain.parties import Card, Customer, Recipient
from duerun.domain.receipts import Receipt
from duerun.domain.schedules import Schedule
from duerun.domain.transfers import Transfer
from duerun.web.omise import (
    cards,
    charges,
    customers,
    receipts,
    recipients,
    refunds,
    schedules,
    transactions,
    transfers,
)
from duerun.web.omise.call import Call

_SHAPES: dict[type, Callable[[Any, Call], Any]] = {
    Card: lambda value, call: cards.render_own(value, call.version),
    Charge: lambda value, call: charges.render(value, call.version, call.now),
    Customer: lambda value, call: customers.render(value, call.version, call.now),
    Receipt: lambda value, call: receipts.render(value, call.version, email=call.account.email),
    Recipient: lambda value, call: recipients.render(value, call.version),
    Refund: lambda value, call: refunds.render(value, call.version),
    Schedule: lambda value, call: schedules.render(value, schedules.view_of(call)),
    Transaction: lambda value, call: transactions.render(value, call.version),
    Transfer: lambda value, call: transfers.render(value, call.version),
}


def shape(value: Any, call: Call) -> Any:
    """The object as the answer to this call."""
    return _SHAPES[type(value)](value, call)
