"""Forms that take effect once, however often they are sent: each page draws a value that its form carries.

It counts as an `Idempotency-Key` does for the API, and is kept as long.
"""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from duerun.domain.errors import RejectedError
from duerun.services import idempotency
from duerun.storage.idempotency import Hold, Kept
from duerun.web.console.guard import CSRF_FIELD
from duerun.web.console.visit import Visit

FORM_BYTES = 16
SEEN = 303
ASK_AGAIN_SECONDS = 0.25
WAIT_SECONDS_MAX = 20.0


class Made(NamedTuple):
    """The object that a form has made, and whether an earlier click had made it already."""

    id: str
    is_repeated: bool


def new_form() -> str:
    """The value of a fresh form."""
    return secrets.token_hex(FORM_BYTES)


async def once(visit: Visit, make: Callable[[], Awaitable[str]]) -> Made:
    """Run `make`, which answers the id of what it makes, unless this form was sent before.

    A form that is refused may be mended and sent again. Raises `RejectedError` for one that was sent with other values.
    """
    digest, fingerprint = _digest(visit), _fingerprint(visit)
    found = await _claimed(visit, digest, fingerprint)
    if isinstance(found, Hold):
        async with idempotency.holding(visit.runtime, visit.account, found) as effect:
            effect.fingerprint = fingerprint
            made = found.object_id or await make()
            await idempotency.finish(visit.runtime, visit.account, effect, status=SEEN, body=made.encode())
        return Made(made, found.object_id is not None)
    if found is not None and not _is_same(found, fingerprint):
        raise RejectedError(
            "this form was already sent with other values: load the page again for a second one"
        )
    if found is None or found.body is None:
        raise RejectedError(
            "this form was already sent and is still being worked on: look whether it was done"
        )
    return Made(found.body.decode(), True)


async def _claimed(visit: Visit, digest: bytes, fingerprint: bytes) -> Hold | Kept | None:
    """The form to work on, or what became of it; waits a while for an earlier click that is still at work."""
    found = await idempotency.claim(visit.runtime, visit.account, digest, fingerprint)
    for _ in range(int(WAIT_SECONDS_MAX / ASK_AGAIN_SECONDS)):
        if found is not None and _is_answer(found, fingerprint):
            break
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        found = await idempotency.claim(visit.runtime, visit.account, digest, fingerprint)
    return found


def _is_answer(found: Hold | Kept, fingerprint: bytes) -> bool:
    return isinstance(found, Hold) or found.status is not None or not _is_same(found, fingerprint)


def _is_same(kept: Kept, fingerprint: bytes) -> bool:
    return kept.fingerprint is None or kept.fingerprint == fingerprint


def _digest(visit: Visit) -> bytes:
    form = visit.form.get("form", "")
    if len(form) != 2 * FORM_BYTES:
        raise RejectedError("this form is out of date: load the page again")
    return hashlib.sha256(f"console\0{visit.request.url.path}\0{form}".encode()).digest()


def _fingerprint(visit: Visit) -> bytes:
    values = {name: value for name, value in visit.form.items() if name != CSRF_FIELD}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).digest()
