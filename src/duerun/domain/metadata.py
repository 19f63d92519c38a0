"""Metadata: texts by name that belong to whoever made an object (source: the wire specification, 1.3)."""

import json

from duerun.domain.card_numbers import contains_card_number
from duerun.domain.errors import RejectedError

METADATA_BYTES_MAX = 15 * 1024


def validate_metadata(texts: dict[str, str], field: str = "metadata") -> dict[str, str]:
    """The texts; raises `RejectedError` for more than 15 KiB as JSON, and for the number of a card."""
    written = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    if len(written.encode()) > METADATA_BYTES_MAX:
        raise RejectedError(f"{field} is larger than {METADATA_BYTES_MAX} bytes")
    if any(contains_card_number(part) for member in texts.items() for part in member):
        raise RejectedError(f"{field} must not contain a card number")
    return texts
