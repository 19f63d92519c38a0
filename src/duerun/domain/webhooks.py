"""Webhooks: how an event is signed, when it is tried again, when it is given up.

Source: the wire specification, 14.2 and 14.3; the second set of headers is that of Standard Webhooks 1.0.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from urllib.parse import SplitResult, urlsplit

from duerun.domain.addresses import AllowList, is_own_machine, literal
from duerun.domain.errors import RejectedError

RETRIES_DEFAULT = "1m,5m,15m,1h,3h,6h,12h,24h,48h"
RETRY_FOR = timedelta(days=7)
RETRY_AFTER_MAX = timedelta(hours=48)
# While an event was tried fewer times than this, the later ones of the same object wait for it.
ORDERED_TRIES = 4
ROTATION = timedelta(hours=24)
SECRETS_MAX = 2
SECRET_BYTES = 32
URI_CHARACTERS_MAX = 2_000
ERROR_CHARACTERS_MAX = 200

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = re.compile(r"[0-9]{1,9}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class DeliveryState(StrEnum):
    """`pending` waits for its next try; the others are final."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class SignatureForm(StrEnum):
    """Which of the two documented signatures is sent."""

    OMISE = "omise"
    X_OMISE = "x-omise"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """What may be shown of a signing secret, never the secret itself. An older one ends at `expires_at`."""

    id: str
    livemode: bool
    last_digits: str
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an event has come: `status` is that of the last answer, None while there was none."""

    event_id: str
    uri: str
    state: DeliveryState
    attempt: int
    status: int | None
    error: str | None
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one call to a receiver; a call without an answer has an `error` and no `status`.

    `body` is the beginning of the answer.
    """

    status: int | None = None
    error: str | None = None
    retry_after: str | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a delivery stands after a try. `gone`: the receiver asked never to be called again."""

    state: DeliveryState
    next_at: datetime | None
    status: int | None
    error: str | None
    gone: bool = False


def judge(
    reply: Reply, *, attempt: int, first_at: datetime, now: datetime, retries: Sequence[timedelta]
) -> Outcome:
    """What follows from the reply to the try number `attempt` (from 1) at the real moment `now`."""
    status = reply.status
    if status is not None and 200 <= status <= 299:
        return Outcome(DeliveryState.DELIVERED, None, status, None)
    error = (reply.error or f"the receiver answered {status}")[:ERROR_CHARACTERS_MAX]
    if status == 410:
        return Outcome(DeliveryState.GIVEN_UP, None, status, error, gone=True)
    asked = retry_after(reply.retry_after, now)
    next_at = next_try_at(attempt, first_at, now, retries=retries, not_before=asked)
    state = DeliveryState.GIVEN_UP if next_at is None else DeliveryState.PENDING
    return Outcome(state, next_at, status, error)


def next_try_at(
    attempt: int,
    first_at: datetime,
    now: datetime,
    *,
    retries: Sequence[timedelta],
    not_before: datetime | None = None,
) -> datetime | None:
    """When a delivery whose try number `attempt` failed at `now` is tried again; None after day 7.

    Each wait counts from the try before it, and the last wait repeats.
    """
    wait = retries[min(attempt, len(retries)) - 1]
    moment = max(now + wait, not_before or now)
    return moment if moment <= first_at + RETRY_FOR else None


def parse_retries(text: str) -> tuple[timedelta, ...]:
    """Waits such as `1m,5m,1h`; raises `RejectedError` for anything else.

    >>> parse_retries("90s,2h")
    (datetime.timedelta(seconds=90), datetime.timedelta(seconds=7200))
    """
    found = [_DURATION.fullmatch(part.strip()) for part in text.split(",")]
    waits = tuple(timedelta(**{_UNITS[each[2]]: int(each[1])}) for each in found if each)
    if len(waits) != len(found):
        raise RejectedError("webhook_retries must be waits such as 1m,5m,1h,2d")
    return waits


def retry_after(text: str | None, now: datetime) -> datetime | None:
    """The moment that a `Retry-After` header asks for, seconds or a date, at most 48 hours ahead."""
    if text is None:
        return None
    if _SECONDS.fullmatch(text.strip()):
        return min(now + timedelta(seconds=int(text)), now + RETRY_AFTER_MAX)
    try:
        asked = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return min(asked if asked.tzinfo else asked.replace(tzinfo=UTC), now + RETRY_AFTER_MAX)


def headers(
    event_id: str, body: bytes, *, secrets: Sequence[str], now: datetime, form: SignatureForm
) -> dict[str, str]:
    """The headers of one try; `secrets` are base64 texts, the newest first. Without one nothing is signed."""
    timestamp = str(int(now.timestamp()))
    found = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
    }
    if not secrets:
        return found
    dotted = f"{timestamp}.".encode() + body
    standard = f"{event_id}.".encode() + dotted
    found["webhook-signature"] = " ".join(
        f"v1,{base64.b64encode(_mac(each, standard)).decode()}" for each in secrets
    )
    if form is not SignatureForm.X_OMISE:
        found["Omise-Signature"] = _hex(secrets, dotted)
        found["Omise-Signature-Timestamp"] = timestamp
    if form is not SignatureForm.OMISE:
        found["X-Omise-Signature"] = _hex(secrets, body)
    return found


def check_uri(uri: str, allow: AllowList, *, livemode: bool) -> None:
    """Raise `RejectedError` for an address to which nothing could be sent.

    It is an HTTPS address; plain HTTP is for test mode and this machine, where the operator has let it through.
    """
    if len(uri) > URI_CHARACTERS_MAX:
        raise RejectedError(f"webhook_uri is longer than {URI_CHARACTERS_MAX} characters")
    try:
        parts = _plain_parts(uri)
        address = literal(parts.hostname or "")
    except ValueError:
        raise RejectedError("webhook_uri must be an HTTPS address") from None
    let_through = allow.admits_name(parts.hostname or "") or (
        address is not None and allow.names_address(address)
    )
    stays_here = let_through and not livemode and is_own_machine(parts.hostname or "")
    if parts.scheme != "https" and not (parts.scheme == "http" and stays_here):
        raise RejectedError("webhook_uri must be an HTTPS address")
    if address is not None and not allow.admits(address):
        raise RejectedError("webhook_uri must not lead into an inner network")


def _plain_parts(uri: str) -> SplitResult:
    """The parts of a URL; `ValueError` for one with a user, a fragment, or characters that parsers read differently."""
    parts = urlsplit(uri)
    odd = "\\" in uri or any(not " " < letter <= "~" for letter in uri)
    if odd or not parts.hostname or parts.port == 0 or "@" in parts.netloc or parts.fragment:
        raise ValueError(uri)
    return parts


def _hex(secrets: Sequence[str], text: bytes) -> str:
    return ",".join(_mac(each, text).hex() for each in secrets)


def _mac(secret: str, text: bytes) -> bytes:
    return digest(base64.b64decode(secret), text, sha256)
