"""Object ids and keys: a prefix, the mode, then characters that grow with time and cannot be guessed."""

import os
from datetime import datetime

ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyz"
TIME_CHARACTERS = 8
RANDOM_CHARACTERS = 11
KEY_CHARACTERS = 28

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
    number = int(now.timestamp() * 1000)
    letters = bytearray()
    for _ in range(TIME_CHARACTERS):
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


def new_key(kind: str, *, livemode: bool) -> str:
    """A fresh API key; `kind` is `pkey` or `skey`. 28 characters carry 144 bits."""
    mode = "" if livemode else "test_"
    return f"{kind}_{mode}{random_text(KEY_CHARACTERS)}"
