"""The scheme's API between PSPs: forms that both sides keep (source: the VOP wire specification, section 9)."""

import re
from datetime import UTC, datetime

PATH = "/vop/v1/payee-verifications"
SECONDS_MAX = 5.0
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,8}[1-9])?Z")
_BASIC = re.compile(r"[a-zA-Z0-9/\-?:().,'+ ]*")
# Latin letters with their marks, digits, and the signs that names are written with.
_EXTENDED = re.compile(r"[ -~\u00a1-\u024f\u1e00-\u1eff\u0300-\u036f\u2010-\u201f\u2032]*")


def format_timestamp(moment: datetime) -> str:
    """A moment as in `2024-08-12T15:19:22.678Z`, without zeroes at the end of the fraction.

    >>> format_timestamp(datetime(2026, 1, 2, 3, 4, 5, 670_000, tzinfo=UTC))
    '2026-01-02T03:04:05.67Z'
    """
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


def parse_timestamp(text: str) -> datetime | None:
    """The moment of a timestamp; None for any other form."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_latin(name: str, *, basic: bool) -> bool:
    """Whether a name is written in letters that are served."""
    return (_BASIC if basic else _EXTENDED).fullmatch(name) is not None
