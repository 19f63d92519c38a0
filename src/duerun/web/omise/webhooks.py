"""The secrets that sign webhooks (source: the wire specification, 14.3)."""

from datetime import datetime

import msgspec

from duerun.domain.webhooks import WebhookSecret
from duerun.services import webhooks
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import WireList, moment

LOCATION = "/webhooks/secrets"


class WireWebhookSecret(msgspec.Struct, kw_only=True):
    """`secret`, base64 of 32 bytes, stands in the answer to its creation and never again."""

    object: str = "webhook_secret"
    id: str
    livemode: bool
    location: str
    deleted: bool
    secret: str | msgspec.UnsetType = msgspec.UNSET
    last_digits: str
    expires_at: datetime | None
    created_at: datetime
    created: datetime


def render(
    secret: WebhookSecret, *, text: str | msgspec.UnsetType = msgspec.UNSET, deleted: bool = False
) -> WireWebhookSecret:
    """A secret without its text, unless that is given."""
    created_at = moment(secret.created_at)
    return WireWebhookSecret(
        id=secret.id,
        livemode=secret.livemode,
        location=f"{LOCATION}/{secret.id}",
        deleted=deleted,
        secret=text,
        last_digits=secret.last_digits,
        expires_at=moment(secret.expires_at),
        created_at=created_at,
        created=created_at,
    )


async def create(call: Call) -> WireWebhookSecret:
    async with call.unit() as unit:
        secret, text = await webhooks.create_secret(unit)
    return render(secret, text=text)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await webhooks.list_secrets(unit, query)
    return call.listed([render(each) for each in page.rows], query, total=page.total, location=LOCATION)


async def retrieve(call: Call) -> WireWebhookSecret:
    async with call.unit() as unit:
        return render(await webhooks.get_secret(unit, call.path["id"]))


async def destroy(call: Call) -> WireWebhookSecret:
    async with call.unit() as unit:
        return render(await webhooks.delete_secret(unit, call.path["id"]), deleted=True)


ENDPOINTS = (
    Endpoint("POST", LOCATION, create),
    Endpoint("GET", LOCATION, index),
    Endpoint("GET", f"{LOCATION}/{{id}}", retrieve),
    Endpoint("DELETE", f"{LOCATION}/{{id}}", destroy),
)
