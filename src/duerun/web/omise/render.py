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
from duerun.web.omise.call import Options
from duerun.web.omise.wire import SERVED_AS, Version

_encoder = msgspec.json.Encoder()
_RENDERERS: dict[type, Callable[[Any, Version, Options], Any]] = {
    Charge: lambda value, version, _: charges.render(value, version, value.created_at),
    Refund: lambda value, version, _: refunds.render(value, version),
    Card: lambda value, version, _: cards.render_own(value, version),
    Schedule: lambda value, version, options: schedules.render(
        value,
        schedules.View(
            version, value.ended_at or value.created_at, options.status_running, options.status_paused
        ),
    ),
    Recipient: lambda value, version, _: recipients.render(value, version),
    Transfer: lambda value, version, _: transfers.render(value, version),
    Customer: lambda value, version, _: customers.render(value, version, value.created_at),
}


def event_renderer(options: Options) -> Callable[[Any, Account], str]:
    """Writes an object down in full, as the face with these options shows it in the account's version."""

    def event_data(value: Any, account: Account) -> str:
        version = SERVED_AS.get(account.api_version, Version.V2019)
        return _encoder.encode(_RENDERERS[type(value)](value, version, options)).decode()

    return event_data
