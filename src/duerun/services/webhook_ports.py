"""What webhooks need from outside: somebody who sends, and a face that writes events down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from duerun.domain.accounts import Account
from duerun.domain.addresses import AllowList
from duerun.domain.events import Event
from duerun.domain.webhooks import Reply, SignatureForm

DELIVERIES_AT_ONCE = 8
DELIVERY_LEASE_SECONDS = 60.0
RETENTION_DAYS = 30


class WebhookSender(Protocol):
    """Posts to receivers. Whatever goes wrong on the way is a `Reply`, never an exception."""

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str]) -> Reply: ...

    async def close(self) -> None:
        """End all connections; the next call opens new ones."""


class EventWriter(Protocol):
    """How a face writes an event down for its receiver, given its object as JSON text."""

    def __call__(self, event: Event, data: str | None, account: Account) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Webhooks:
    """How events are delivered: by whom, in which form, with which waits, to which inner hosts; how long it is kept."""

    sender: WebhookSender
    write: EventWriter
    allow: AllowList
    form: SignatureForm
    retries: tuple[timedelta, ...]
    at_once: int = DELIVERIES_AT_ONCE
    lease_seconds: float = DELIVERY_LEASE_SECONDS
    retention_days: int = RETENTION_DAYS
