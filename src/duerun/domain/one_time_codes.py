"""One-time codes that follow the clock (source: RFC 6238, with HMAC-SHA-1, 30 seconds and six digits)."""

import hmac
from base64 import b32encode
from datetime import UTC, datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
SEED_BYTES = 20
# A code counts in its own step, and in the one before and behind it, since clocks differ.
STEPS_AROUND = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def step_of(now: datetime) -> int:
    """The number of the step in which a moment lies."""
    return int((now - _EPOCH).total_seconds()) // STEP_SECONDS


def code_of(seed: bytes, step: int) -> str:
    """The six digits of a step (source: RFC 4226, 5.3).

    >>> code_of(b"12345678901234567890", 1)
    '287082'
    """
    digest = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(seed: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The step that a code belongs to, if it is near `now` and behind the last one that was used."""
    current = step_of(now)
    given = code.strip().replace(" ", "").encode()
    found = None
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        equal = hmac.compare_digest(code_of(seed, step).encode(), given)
        if equal and step > after:
            found = step
    return found


def secret_text(seed: bytes) -> str:
    """The seed as authenticator apps take it: base32."""
    return b32encode(seed).decode("ascii").rstrip("=")


def setup_uri(seed: bytes, *, name: str, issuer: str = "Duerun") -> str:
    """The address that hands a seed to an authenticator app."""
    return (
        f"otpauth://totp/{quote(issuer)}:{quote(name, safe='')}?secret={secret_text(seed)}"
        f"&issuer={quote(issuer)}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )
