"""From the bytes of a request to its parameters: JSON, bracketed form or none, body and query.

Source: the wire specification, 1.2 and 1.3. All limits hold before anything large is built.
"""

import asyncio
import json
import math
import re
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from duerun.domain.errors import RejectedError
from duerun.web.errors import IncompleteBodyError, PayloadTooLargeError, UnsupportedMediaError
from duerun.web.forms import KEYS_MAX, NESTING_MAX, checked_text, parse_form, shown, too_deep, too_many_keys

BODY_BYTES_MAX = 1024 * 1024
BODY_SECONDS_MAX = 20
INTEGER_DIGITS_MAX = 19

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_FIRST = frozenset({"GET", "HEAD", "DELETE"})

# Without one of these a request has no body.
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})

Params = dict[str, Any]
"""Parameters by name: texts, integers, floats, booleans, and objects and arrays of them. Null is left out."""

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"?')
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


async def read_params(request: Request, *, seconds_max: float = BODY_SECONDS_MAX) -> Params:
    """The union of query and body; the query wins on GET and DELETE, the body on all other methods.

    Raises `RejectedError` (400), `PayloadTooLargeError` (413) or `UnsupportedMediaError` (415).
    """
    query = parse_form(request.scope["query_string"]) if request.scope["query_string"] else {}
    if not _FRAMING.intersection(name for name, _ in request.scope["headers"]):
        return query
    refuse_encoded(request)
    body = decode_body(
        await read_body(request, seconds_max=seconds_max), request.headers.get("content-type", "")
    )
    return body | query if request.method in QUERY_FIRST else query | body


def refuse_encoded(request: Request) -> None:
    """Raise `UnsupportedMediaError` for a compressed body."""
    codings = {coding.strip().lower() for coding in request.headers.getlist("content-encoding")}
    if not codings <= {"", "identity"}:
        raise UnsupportedMediaError("content-encoding must be identity")


def declared_bytes(request: Request) -> int:
    """The `Content-Length`, or 0 if there is none."""
    declared = request.headers.get("content-length", "")
    return int(declared[:INTEGER_DIGITS_MAX]) if declared.isascii() and declared.isdigit() else 0


async def read_body(
    request: Request, *, bytes_max: int = BODY_BYTES_MAX, seconds_max: float = BODY_SECONDS_MAX
) -> bytes:
    """The whole body. A body that is too large is refused as soon as that is known, without reading it.

    Raises `PayloadTooLargeError`, or `IncompleteBodyError` for one that ends or stands still too early.
    """
    if declared_bytes(request) > bytes_max:
        raise PayloadTooLargeError(bytes_max)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds_max):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bytes_max:
                    raise PayloadTooLargeError(bytes_max)
    except (ClientDisconnect, TimeoutError):
        raise IncompleteBodyError from None
    return bytes(body)


def decode_body(body: bytes, content_type: str) -> Params:
    """The parameters of a body, by its content type; without one, an opening brace tells JSON from a form."""
    if not body:
        return {}
    media_type = _media_type(content_type) or (JSON_TYPE if body.lstrip()[:1] == b"{" else FORM_TYPE)
    if media_type == JSON_TYPE:
        return parse_json(body)
    if media_type == FORM_TYPE:
        return parse_form(body.rstrip(b"\r\n"))
    raise UnsupportedMediaError(f"content-type must be {JSON_TYPE} or {FORM_TYPE}")


def parse_json(body: bytes) -> Params:
    """The members of a JSON object, without those that are null.

    Raises `RejectedError` for text that is not JSON in UTF-8, and for broken limits.

    >>> parse_json(b'{"limit": 5, "from": null}')
    {'limit': 5}
    """
    _refuse_deep(body)
    reader = _ObjectReader()
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=reader.object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_refuse_constant,
        )
    except ValueError:
        raise RejectedError("request body is not valid JSON") from None
    if not isinstance(value, dict):
        raise RejectedError("request body must be a JSON object")
    members: Params = _checked(value)
    return members


class _ObjectReader:
    """Counts the keys of all objects of one document and refuses doubled ones."""

    def __init__(self) -> None:
        self.keys = 0

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys += len(pairs)
        if self.keys > KEYS_MAX:
            raise too_many_keys()
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members:
                raise RejectedError(f"key {shown(checked_text(key))} is given twice")
            members[key] = value
        return members


def _media_type(content_type: str) -> str:
    media_type, options = parse_options_header(content_type)
    charset = options.get(b"charset", b"utf-8").lower()
    if charset not in (b"utf-8", b"utf8"):
        raise UnsupportedMediaError("charset must be utf-8")
    return media_type.decode("latin-1")


def _refuse_deep(body: bytes) -> None:
    """Raise before the parser meets the brackets; texts and what is escaped in them do not count."""
    if body.count(b"[") + body.count(b"{") <= NESTING_MAX:
        return
    depth = 0
    for bracket in _STRING.sub(b"", _ESCAPE.sub(b"", body)).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > NESTING_MAX:
            raise too_deep()


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > INTEGER_DIGITS_MAX:
        raise RejectedError(f"request holds an integer with more than {INTEGER_DIGITS_MAX} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise RejectedError("request holds a number that is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise RejectedError(f"request holds {name}, which is not a JSON number")


def _checked(value: Any) -> Any:
    """The value with all texts checked and all nulls left out."""
    if isinstance(value, str):
        return checked_text(value)
    if isinstance(value, dict):
        return {checked_text(key): _checked(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_checked(item) for item in value if item is not None]
    return value
