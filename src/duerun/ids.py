"""Object ids and keys: a prefix, the mode, then characters that grow with time and cannot be guessed."""

import os
import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b, sha256

ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyz"
TIME_CHARACTERS = 8
RANDOM_CHARACTERS = 11
KEY_CHARACTERS = 28
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_CHARACTERS = 5
ATTEMPT_CHARACTERS = 14

_ID = re.compile(rf"[a-z]+_(?:test_)?([0-9a-z]{{{TIME_CHARACTERS}}})[0-9a-z]{{{RANDOM_CHARACTERS}}}")

# 252 is the largest multiple of 36 in a byte: bytes above it would favour the first letters, so they are dropped.
_FAIR = 252
_UNFAIR_BYTES = bytes(range(_FAIR, 256))
_TO_ALPHABET = bytes(ALPHABET[byte % 36] for byte in range(256))


def random_text(length: int) -> str:
    """`length` characters of `[0-9a-z]`, each equally likely."""
    drawn = b""
    while len(drawn) < length:
        drawn += os.urandom(length + length // 16 + 8).translate(_TO_ALPHABET, _UNFAIR_BYTES)
    return drawn[:length].decode("ascii")


def time_text(now: datetime) -> str:
    """Milliseconds since 1970 in base 36, eight characters: sorts as time does until the year 2059."""
    return _base_36(int(now.timestamp() * 1000), TIME_CHARACTERS)


def _base_36(number: int, length: int) -> str:
    letters = bytearray()
    for _ in range(length):
        number, remainder = divmod(number, 36)
        letters.append(ALPHABET[remainder])
    letters.reverse()
    return letters.decode("ascii")


def new_id(prefix: str, *, livemode: bool, now: datetime) -> str:
    """A fresh id such as `schd_test_` and 19 characters (source: the wire specification, 2.3)."""
    mode = "" if livemode else "test_"
    return f"{prefix}_{mode}{time_text(now)}{random_text(RANDOM_CHARACTERS)}"


def new_ids(prefix: str, count: int, *, livemode: bool, now: datetime) -> list[str]:
    """`count` fresh ids of one moment in one draw of randomness, ascending."""
    head = f"{prefix}_{'' if livemode else 'test_'}{time_text(now)}"
    drawn = random_text(RANDOM_CHARACTERS * count)
    places = range(0, RANDOM_CHARACTERS * count, RANDOM_CHARACTERS)
    return sorted(head + drawn[place : place + RANDOM_CHARACTERS] for place in places)


def derived_id(prefix: str, source: str, *, livemode: bool, now: datetime) -> str:
    """The one id that belongs to a source, such as an account and a day: the same in every call."""
    number = int.from_bytes(blake2b(source.encode(), digest_size=8).digest(), "big")
    tail = _base_36(number % 36**RANDOM_CHARACTERS, RANDOM_CHARACTERS)
    return f"{prefix}_{'' if livemode else 'test_'}{time_text(now)}{tail}"


def occurrence_id(schedule_id: str, day: date, attempt: int, *, livemode: bool) -> str:
    """The one id of an attempt at a date: whoever plans it, and however often, it has the same key at the gateway.

    It begins with the day and is else a digest. `bulk_apply.sql` makes the same ids.
    """
    days = day.toordinal() - EPOCH.date().toordinal()
    digest = b64encode(sha256(f"{schedule_id} {days} {attempt}".encode()).digest()).decode("ascii")
    tail = digest[:ATTEMPT_CHARACTERS].lower().replace("+", "0").replace("/", "1")
    return f"occu_{'' if livemode else 'test_'}{days % 10**DAY_CHARACTERS:0{DAY_CHARACTERS}}{tail}"


def moment_of(object_id: str) -> datetime | None:
    """The moment that the time part of an id tells, to the millisecond; None where the text is no id."""
    match = _ID.fullmatch(object_id)
    return EPOCH + timedelta(milliseconds=int(match[1], 36)) if match else None


def new_key(kind: str, *, livemode: bool) -> str:
    """A fresh API key; `kind` is `pkey` or `skey`. 28 characters carry 144 bits."""
    mode = "" if livemode else "test_"
    return f"{kind}_{mode}{random_text(KEY_CHARACTERS)}"
