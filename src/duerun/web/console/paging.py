"""What lists of the console share: what is looked for, and how a page is left for the one behind it."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from duerun.domain.errors import RejectedError
from duerun.services.console_lists import FIRST, Place, Wanted
from duerun.web.console.visit import Visit

TEXT_CHARACTERS_MAX = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r"([0-9]{1,18})~([a-z_0-9]{1,80})")


def wanted(visit: Visit, *, states: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> Wanted:
    """What the query asks for; raises `RejectedError` for a filter that there is not."""
    text = visit.asked("q")
    return Wanted(
        text=text[:TEXT_CHARACTERS_MAX] if text else None,
        state=_one_of(visit, "state", states),
        kind=_one_of(visit, "kind", kinds),
        before=parse_place(visit.asked("before")),
    )


def _one_of(visit: Visit, name: str, words: tuple[str, ...]) -> str | None:
    word = visit.asked(name)
    if word is not None and word not in words:
        raise RejectedError(f"{name} must be one of {', '.join(words) or 'nothing'}")
    return word


def format_place(place: Place) -> str:
    """A place as text for an address."""
    return f"{(place.created_at - _EPOCH) // _MICROSECOND}~{place.id}"


def parse_place(text: str | None) -> Place:
    """The inverse; no text is the beginning."""
    if text is None:
        return FIRST
    match = _PLACE.fullmatch(text)
    if match is None:
        raise RejectedError("before is no place in this list")
    try:
        return Place(_EPOCH + int(match[1]) * _MICROSECOND, match[2])
    except OverflowError:
        raise RejectedError("before is no place in this list") from None


def older(visit: Visit, place: Place | None) -> str:
    """The address of the page behind this one, "" where nothing is left."""
    if place is None:
        return ""
    kept = {name: value for name, value in visit.query.items() if name != "before" and value}
    return f"?{urlencode({**kept, 'before': format_place(place)})}"
