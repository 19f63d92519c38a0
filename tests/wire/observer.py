"""Holds every answer of the servers under test against the contract, whoever asked for it.

Source: the wire specification, 1.1, 2.5, 3 and 4.2.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

from wire.contract import error_violations, violations

JSON_TYPE = "application/json"
# Described by a specification of its own.
NOT_OF_THE_FACE = ("/openapi.json", "/readyz/", "/vopgateway/", "/oauth/", "/vop/")
ASKED_BYTES_MAX = 65_536

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def faults(
    path: str, status: int, headers: Mapping[str, str], body: bytes, *, expanded: bool = False
) -> list[str]:
    """What an answer to a request for a path breaks of the contract. The names of headers are in lower case."""
    plain = path.partition("?")[0].rstrip("/")
    if (
        not headers.get("content-type", "").startswith(JSON_TYPE)
        or not body
        or f"{plain}/".startswith(NOT_OF_THE_FACE)
    ):
        return []
    return [f"{path}: {fault}" for fault in _faults(plain, status, headers, json.loads(body), expanded)]


def _faults(path: str, status: int, headers: Mapping[str, str], answer: Any, expanded: bool) -> Iterator[str]:
    version = headers.get("omise-version")
    if status != 200 or version is None:
        yield from error_violations(answer)
        return
    if not isinstance(answer, dict) or "object" not in answer:
        yield "$: an answer is an object that tells its kind"
    elif answer["object"] == "list" and answer.get("location") != path:
        yield f"$.location: {answer.get('location')!r} is not the path of the list"
    yield from violations(answer, version, expanded=expanded)


class Observer:
    """Collects the faults of all answers that pass through it, until they are taken."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def take(self) -> list[str]:
        """The faults since the last time."""
        found, self._found = self._found, []
        return found

    def around(self, application: Application) -> Application:
        """The application, observed. A fault is on record before its answer has been sent."""

        async def observed(scope: Message, receive: Receive, send: Send) -> None:
            start: Message = {}
            body = bytearray()
            asked = bytearray(scope.get("query_string", b""))

            async def overhear() -> Message:
                message = await receive()
                asked.extend(message.get("body", b"")[:ASKED_BYTES_MAX])
                return message

            async def observe(message: Message) -> None:
                if message["type"] == "http.response.start":
                    start.update(message)
                elif message["type"] == "http.response.body":
                    body.extend(message.get("body", b""))
                    if not message.get("more_body"):
                        expanded = b"expand" in asked
                        self._found += faults(
                            scope["path"], start["status"], _texts(start), bytes(body), expanded=expanded
                        )
                await send(message)

            await application(scope, overhear, observe)

        return observed


def _texts(start: Message) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in start["headers"]}
