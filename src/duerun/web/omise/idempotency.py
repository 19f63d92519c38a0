"""`Idempotency-Key`: the first answer again, and never a second effect (source: the wire specification, 1.4)."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from duerun.domain.errors import DuerunError, RejectedError
from duerun.services import idempotency
from duerun.services.unit import Effect
from duerun.storage.idempotency import Hold, Kept
from duerun.web.errors import StillRunningError, UsedOtherwiseError
from duerun.web.omise import bulk, charges, customers, recipients, refunds, schedules, transfers
from duerun.web.omise.call import REPLAYED, Call, Endpoint, Handler
from duerun.web.omise.errors import CONTENT_TYPE, error_response

HEADER = "idempotency-key"
METHODS = frozenset({"POST", "PATCH"})
CARD_DIGITS_KEPT = 4
KEY_CHARACTERS_MAX = 255

_KEY = re.compile(rf"[\x20-\x7e]{{1,{KEY_CHARACTERS_MAX}}}")
# Who shows the object that a request which died has made or changed.
_SHOWN_BY: dict[str, Handler] = {
    "chrg": charges.retrieve,
    "cust": customers.retrieve,
    "recp": recipients.retrieve,
    "recr": bulk.retrieve,
    "schd": schedules.retrieve,
    "trsf": transfers.retrieve,
}

Run = Callable[[Handler, Call], Awaitable[Response]]


def key_of(call: Call) -> str | None:
    """The key of a request; `RejectedError` for one that is no key. Quotes around it do not count."""
    written = call.request.headers.get(HEADER)
    if written is None or call.request.method not in METHODS:
        return None
    key = written.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise RejectedError(f"Idempotency-Key must be 1 to {KEY_CHARACTERS_MAX} printable ASCII characters")
    return key


async def answer(endpoint: Endpoint, call: Call, key: str, run: Run) -> Response:
    """The answer under a key: of this request if it is the first one, else the first one's again."""
    path = call.request.scope["path"]
    digest = hashlib.sha256(f"{call.request.method}\0{path}\0{key}".encode()).digest()
    fingerprint = None if endpoint.raw else fingerprint_of(call)
    found = await idempotency.claim(call.runtime, call.account, digest, fingerprint)
    if isinstance(found, Hold):
        async with idempotency.holding(call.runtime, call.account, found) as effect:
            effect.fingerprint = fingerprint
            return await _answer_first(endpoint, call, effect, run)
    if found is None:
        raise StillRunningError
    return _replayed(found, await bulk.fingerprint_of_upload(call) if endpoint.raw else fingerprint)


async def _answer_first(endpoint: Endpoint, call: Call, effect: Effect, run: Run) -> Response:
    shown = _shown(call, effect.hold.object_id)
    try:
        response = await run(*(shown or (endpoint.handler, call)))
    except DuerunError as error:
        refusal = error_response(error, location_base=call.options.error_location)
        if refusal.status_code < 500:
            await _finish(call, effect, refusal)
        raise
    await _finish(call, effect, response)
    if shown is not None:
        response.headers.update(REPLAYED)
    return response


async def _finish(call: Call, effect: Effect, response: Response) -> None:
    await idempotency.finish(
        call.runtime, call.account, effect, status=response.status_code, body=bytes(response.body)
    )


def _shown(call: Call, object_id: str | None) -> tuple[Handler, Call] | None:
    """How to answer with what an earlier request has left; None where nothing is left, or nobody shows it."""
    if object_id is None:
        return None
    prefix = object_id.partition("_")[0]
    if prefix == "rfnd":
        return refunds.retrieve, replace(call, path={**call.path, "refund": object_id})
    handler = _SHOWN_BY.get(prefix)
    return None if handler is None else (handler, replace(call, path={"id": object_id}))


def _replayed(kept: Kept, fingerprint: bytes | None) -> Response:
    if kept.fingerprint is not None and fingerprint is not None and kept.fingerprint != fingerprint:
        raise UsedOtherwiseError
    if kept.status is None or kept.body is None:
        raise StillRunningError
    return Response(kept.body, status_code=kept.status, headers={"Content-Type": CONTENT_TYPE} | REPLAYED)


def fingerprint_of(call: Call) -> bytes:
    """What stands for the parameters. Of a card only the last digits count: nothing of it can be guessed from this."""
    params = _without_card(call.params)
    text = json.dumps([str(call.version), params], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).digest()


def _without_card(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: str(item)[-CARD_DIGITS_KEPT:] if name == "number" else _without_card(item)
            for name, item in value.items()
            if name != "security_code"
        }
    return value
