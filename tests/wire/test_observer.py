"""The check of all answers sees what it has to see."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from .observer import Observer, faults

VERSIONED = {"content-type": "application/json; charset=utf-8", "omise-version": "2019-05-29"}
UNVERSIONED = {"content-type": "application/json"}
ERROR = {
    "object": "error",
    "location": "https://www.omise.co/api-errors#not-found",
    "code": "not_found",
    "message": "a was not found",
}
CLOCK = {
    "object": "clock",
    "livemode": False,
    "location": "/clock",
    "now": "2026-01-01T00:00:00Z",
    "timezone": "Asia/Bangkok",
    "offset_seconds": 0,
}
LIST = {
    "object": "list",
    "data": [],
    "limit": 20,
    "offset": 0,
    "total": 0,
    "location": "/charges",
    "order": "chronological",
    "from": "1970-01-01T00:00:00Z",
    "to": "2026-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("path", "status", "headers", "answer"),
    [
        ("/clock", 200, VERSIONED, CLOCK),
        ("/charges/?limit=20", 200, VERSIONED, LIST),
        ("/charges/a", 404, UNVERSIONED, ERROR),
        ("/openapi.json", 200, UNVERSIONED, {"openapi": "3.1.0"}),
        ("/recurring_exports/a/download", 200, {"content-type": "text/csv"}, {}),
    ],
    ids=["object", "list", "error", "description", "file"],
)
def test_a_sound_answer_has_no_faults(path: str, status: int, headers: dict[str, str], answer: Any) -> None:
    assert faults(path, status, headers, json.dumps(answer).encode()) == []


@pytest.mark.parametrize(
    ("status", "headers", "answer", "fault"),
    [
        (200, VERSIONED, [], "/refunds: $: an answer is an object that tells its kind"),
        (200, VERSIONED, LIST, "/refunds: $.location: '/charges' is not the path of the list"),
        (200, VERSIONED, {**CLOCK, "now": None}, "/refunds: $.now: None is not moment"),
        (201, VERSIONED, CLOCK, "is not an error"),
        (200, UNVERSIONED, CLOCK, "is not an error"),
        (404, UNVERSIONED, {**ERROR, "status": 404}, "is not an error"),
        (404, UNVERSIONED, {**ERROR, "message": None}, "an error holds nothing but texts"),
        (404, UNVERSIONED, {**ERROR, "code": "bad_request"}, "does not lead to bad_request"),
    ],
    ids=["no object", "path of a list", "type", "status 201", "no version", "member", "null", "location"],
)
def test_a_fault_of_an_answer_is_seen(status: int, headers: dict[str, str], answer: Any, fault: str) -> None:
    (found,) = faults("/refunds", status, headers, json.dumps(answer).encode())

    assert fault in found


def test_an_observed_answer_arrives_as_it_was_and_its_faults_are_told_once() -> None:
    observer = Observer()
    sent: list[MutableMapping[str, Any]] = []

    asyncio.run(_ask(observer, [b'{"object": ', b'"purse"}'], sent))

    assert b"".join(message.get("body", b"") for message in sent) == b'{"object": "purse"}'
    assert observer.take() == ["/purse: $: unknown object purse"]
    assert observer.take() == []


async def _ask(observer: Observer, parts: list[bytes], sent: list[MutableMapping[str, Any]]) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = [(name.encode(), value.encode()) for name, value in VERSIONED.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, part in enumerate(parts, start=1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await observer.around(application)({"type": "http", "path": "/purse"}, receive, send)
