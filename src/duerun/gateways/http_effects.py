"""What a page of `GET {base}/effects` says.

Source: `docs/reference/gateway-protocol.md`.
"""

import json
from datetime import UTC, datetime
from typing import Any

from duerun.gateways.base import Effect, EffectsNotOfferedError, EffectsPage, EffectsUnavailableError
from duerun.gateways.http_answers import OK, Answer

NOT_OFFERED = (404, 405, 501)
EFFECTS_A_PAGE_MAX = 10_000
TEXT_CHARS_MAX = 255
CURSOR_CHARS_MAX = 2_048
KINDS = ("charge", "transfer")


def read_page(answer: Answer) -> EffectsPage:
    """Raises `EffectsNotOfferedError`, or `EffectsUnavailableError` for what is no page of the protocol."""
    if answer.status in NOT_OFFERED:
        raise EffectsNotOfferedError
    if answer.status != OK:
        raise EffectsUnavailableError(answer.trouble or f"status {answer.status}")
    try:
        value = json.loads(answer.body.decode("utf-8"))
        listed, following = value["effects"], value.get("next")
        if not isinstance(listed, list) or len(listed) > EFFECTS_A_PAGE_MAX:
            raise ValueError("effects")
        if following is not None:
            following = _text(following, CURSOR_CHARS_MAX)
        return EffectsPage(tuple(_effect(each) for each in listed), following)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise EffectsUnavailableError("the answer is no page of effects") from None


def _effect(value: dict[str, Any]) -> Effect:
    amount, kind = value["amount"], value["kind"]
    if type(amount) is not int or kind not in KINDS or not abs(amount) < 2**63:
        raise ValueError(kind)
    at = datetime.fromisoformat(_text(value["at"]))
    return Effect(
        id=_text(value["id"]),
        key=_text(value["key"]),
        reference=_text(value["reference"]),
        kind=kind,
        amount_minor=amount,
        currency=_text(value["currency"]).upper(),
        at=at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC),
    )


def _text(value: object, chars_max: int = TEXT_CHARS_MAX) -> str:
    if not (isinstance(value, str) and len(value) <= chars_max and value.isprintable()):
        raise ValueError("text")
    return value
