"""How events write objects down: in the account's version, as JSON text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import BulkJob
from duerun.domain.charges import Charge, Refund
from duerun.domain.occurrences import Occurrence
from duerun.domain.parties import Card, Customer, Recipient
from duerun.domain.schedules import Schedule
from duerun.domain.transfers import Transfer
from duerun.web.omise import (
    bulk,
    cards,
    charges,
    customers,
    occurrences,
    recipients,
    refunds,
    schedules,
    transfers,
)
from duerun.web.omise.call import Options
from duerun.web.omise.wire import SERVED_AS, Version


@dataclass(frozen=True, slots=True)
class _View:
    """For whom an object is written down."""

    account: Account
    version: Version
    options: Options


_encoder = msgspec.json.Encoder()
_RENDERERS: dict[type, Callable[[Any, _View], Any]] = {
    Charge: lambda value, view: charges.render(value, view.version, value.created_at),
    Refund: lambda value, view: refunds.render(value, view.version),
    Card: lambda value, view: cards.render_own(value, view.version),
    Schedule: lambda value, view: schedules.render(
        value,
        schedules.View(
            view.version,
            value.ended_at or value.created_at,
            view.options.status_running,
            view.options.status_paused,
        ),
    ),
    Occurrence: lambda value, _: occurrences.render(value),
    BulkJob: lambda value, view: bulk.render(value, view.account.team_id, view.options),
    Recipient: lambda value, view: recipients.render(value, view.version),
    Transfer: lambda value, view: transfers.render(value, view.version),
    Customer: lambda value, view: customers.render(value, view.version, value.created_at),
}


def event_renderer(options: Options) -> Callable[[Any, Account], str]:
    """Writes an object down in full, as the face with these options shows it in the account's version."""

    def event_data(value: Any, account: Account) -> str:
        view = _View(account, SERVED_AS.get(account.api_version, Version.V2019), options)
        return _encoder.encode(_RENDERERS[type(value)](value, view)).decode()

    return event_data
