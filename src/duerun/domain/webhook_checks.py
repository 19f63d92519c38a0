"""What a receiver does: find out whether an event is genuine.

Source: the wire specification, 14.2, and Standard Webhooks 1.0. Names of headers are given in lower case.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, digest

from duerun.domain.errors import RejectedError

AGE_SECONDS_MAX = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Verdict(StrEnum):
    """What a signature is worth, in the words of a listing."""

    GENUINE = "verified"
    FALSE = "WRONG"
    STALE = "TOO OLD"
    ABSENT = "absent"


def parse_secret(text: str) -> bytes:
    """The key inside a signing secret; raises `RejectedError` for a text that is none.

    >>> parse_secret("c2VjcmV0")
    b'secret'
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise RejectedError("the secret must be base64, as POST /webhooks/secrets answers it")
    return key


def verify_omise(headers: Mapping[str, str], body: bytes, key: bytes, now: datetime) -> Verdict:
    """Whether one of the values of `Omise-Signature` is right, or, where only that came, of `X-Omise-Signature`."""
    given = headers.get("omise-signature")
    if given is None:
        bare = headers.get("x-omise-signature")
        return Verdict.ABSENT if bare is None else _one_of(bare.split(","), digest(key, body, sha256).hex())
    timestamp = headers.get("omise-signature-timestamp", "")
    own = digest(key, timestamp.encode() + b"." + body, sha256).hex()
    return _fresh(_one_of(given.split(","), own), timestamp, now)


def verify_standard(headers: Mapping[str, str], body: bytes, key: bytes, now: datetime) -> Verdict:
    """Whether one of the values of `webhook-signature` is right."""
    given = headers.get("webhook-signature")
    if given is None:
        return Verdict.ABSENT
    timestamp = headers.get("webhook-timestamp", "")
    text = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    own = "v1," + base64.b64encode(digest(key, text, sha256)).decode()
    return _fresh(_one_of(given.split(" "), own), timestamp, now)


def _one_of(given: list[str], own: str) -> Verdict:
    is_right = any(compare_digest(each.strip().encode(), own.encode()) for each in given)
    return Verdict.GENUINE if is_right else Verdict.FALSE


def _fresh(verdict: Verdict, timestamp: str, now: datetime) -> Verdict:
    if verdict is not Verdict.GENUINE:
        return verdict
    if not _TIMESTAMP.fullmatch(timestamp):
        return Verdict.FALSE
    return verdict if abs(now.timestamp() - int(timestamp)) <= AGE_SECONDS_MAX else Verdict.STALE
