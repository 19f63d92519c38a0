"""How events write objects down: in the account's version, as JSON text."""

from collections.abc import Callable
from typing import Any

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.charges import Charge, Refund
from duerun.domain.parties import Card, Customer, Recipient
from duerun.domain.schedules import Schedule
from duerun.domain.transfers import Transfer
from duerun.web.omise import cards, charges, customers, recipients, refunds, schedules, transfers
from duerun.web.omise.wire import SERVED_AS, Version

_encoder = msgspec.json.Encoder()
_RENDERERS: dict[type, Callable[[Any, Version], Any]] = {
    Charge: lambda value, version: charges.render(value, version, value.created_at),
    Refund: lambda value, version: refunds.render(value, version),
    Card: lambda value, version: cards.render_own(value, version),
    Schedule: lambda value, version: schedules.render(
        value, schedules.View(version, value.ended_at or value.created_at)
    ),
    Recipient: lambda value, version: recipients.render(value, version),
    Transfer: lambda value, version: transfers.render(value, version),
    Customer: lambda value, version: customers.render(value, version, value.created_at),
}


def event_data(value: Any, account: Account) -> str:
    """The full object as the account's version shows it."""
    version = SERVED_AS.get(account.api_version, Version.V2019)
    return _encoder.encode(_RENDERERS[type(value)](value, version)).decode()
