"""Requests become parameters, by every rule for bodies and queries."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from duerun.domain.errors import RejectedError
from duerun.web.errors import IncompleteBodyError, PayloadTooLargeError, UnsupportedMediaError
from duerun.web.wire import BODY_BYTES_MAX, parse_json, read_params

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def request_of(
    method: str = "POST",
    *,
    body: bytes | Iterable[bytes] = b"",
    query: bytes = b"",
    content_type: str | None = None,
    headers: dict[str, str] | None = None,
    ending: Message | None = None,
) -> Request:
    """A request whose body arrives in the given chunks; `ending` takes the place of the last message."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append(ending or {"type": "http.request", "body": b"", "more_body": False})
    fields = (
        {"transfer-encoding": "chunked"}
        | dict(headers or {})
        | ({"content-type": content_type} if content_type is not None else {})
    )
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()]
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    scope = {"type": "http", "method": method, "path": "/", "query_string": query, "headers": pairs}
    return Request(scope, receive)


async def test_without_its_framing_a_request_has_no_body() -> None:
    request = request_of(method="GET", body=b'{"b": 2}', query=b"a=1", content_type=JSON)
    request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"transfer-encoding"]

    assert await read_params(request) == {"a": "1"}


async def test_list_parameters_in_the_json_body_of_a_get_are_read() -> None:
    body = b'{"from": null, "limit": 5, "offset": 10, "order": "reverse_chronological", "to": null}'

    params = await read_params(request_of("GET", body=body, content_type=JSON))

    assert params == {"limit": 5, "offset": 10, "order": "reverse_chronological"}


@pytest.mark.parametrize(
    ("method", "winner"),
    [
        ("GET", "query"), ("DELETE", "query"), ("HEAD", "query"),
        ("POST", "body"), ("PATCH", "body"), ("PUT", "body"),
    ],
)  # fmt: skip
async def test_query_and_body_are_united_and_one_wins(method: str, winner: str) -> None:
    request = request_of(method, query=b"both=query&q=1", body=b'{"both":"body","b":2}', content_type=JSON)

    params = await read_params(request)

    assert params == {"both": winner, "q": "1", "b": 2}


async def test_a_null_of_the_winning_side_does_not_hide_the_other_value() -> None:
    get = await read_params(request_of("GET", query=b"limit", body=b'{"limit":3}', content_type=JSON))
    post = await read_params(request_of(query=b"limit=3", body=b'{"limit":null}', content_type=JSON))

    assert (get, post) == ({"limit": 3}, {"limit": "3"})


@pytest.mark.parametrize("content_type", [JSON, FORM, None, "", "text/plain"])
async def test_no_body_means_no_parameters(content_type: str | None) -> None:
    assert await read_params(request_of(content_type=content_type)) == {}


@pytest.mark.parametrize(
    ("content_type", "body", "params"),
    [
        pytest.param(JSON, b'{"a":{"b":[1,true,"x",1.5]}}', {"a": {"b": [1, True, "x", 1.5]}}, id="json"),
        pytest.param("Application/JSON; Charset=UTF-8", b'{"a":1}', {"a": 1}, id="json with charset"),
        pytest.param('application/json;charset="utf8"', b'{"a":1}', {"a": 1}, id="quoted charset"),
        pytest.param(JSON, b'\xef\xbb\xbf{"a":1}', {"a": 1}, id="json with a byte order mark"),
        pytest.param(FORM, b"a[b]=1", {"a": {"b": "1"}}, id="form"),
        pytest.param(FORM + "; charset=utf-8", b"a=1\r\n", {"a": "1"}, id="form with charset and line end"),
        pytest.param(None, b' {"a":1}', {"a": 1}, id="brace without a content type"),
        pytest.param(None, b"a=1", {"a": "1"}, id="form without a content type"),
        pytest.param(JSON, b'{"a":null,"b":{"c":null},"d":[null,1]}', {"b": {}, "d": [1]}, id="nulls"),
        pytest.param(JSON, b'{"n":9999999999999999999}', {"n": 9999999999999999999}, id="19 digits, exact"),
        pytest.param(JSON, rb'{"n":"\ud83d\ude00\n"}', {"n": "😀\n"}, id="escaped pair of surrogates"),
        pytest.param(
            JSON, b'{"n":"' + b"[" * 99 + rb'\"[["}', {"n": "[" * 99 + '"[['}, id="brackets in text"
        ),
    ],
)
async def test_a_body_is_read_by_its_type(
    content_type: str | None, body: bytes, params: dict[str, Any]
) -> None:
    assert await read_params(request_of(body=body, content_type=content_type)) == params


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"{", "request body is not valid JSON", id="cut"),
        pytest.param(b"   ", "request body is not valid JSON", id="blank"),
        pytest.param(b'{"a":1}{', "request body is not valid JSON", id="more than one value"),
        pytest.param(b'{"a":"\xff"}', "request body is not valid JSON", id="no UTF-8"),
        pytest.param(b'{"a":"x\x00"}', "request body is not valid JSON", id="raw NUL"),
        pytest.param(b"[1]", "request body must be a JSON object", id="array"),
        pytest.param(b"null", "request body must be a JSON object", id="null"),
        pytest.param(b'{"a":1,"a":2}', 'key "a" is given twice', id="doubled key"),
        pytest.param(b'{"b":{"a":1,"a":2}}', 'key "a" is given twice', id="doubled key inside"),
        pytest.param(b'{"a":NaN}', "request holds NaN, which is not a JSON number", id="NaN"),
        pytest.param(b'{"a":-Infinity}', "request holds -Infinity, which is not a JSON number", id="inf"),
        pytest.param(b'{"a":1e999}', "request holds a number that is too large", id="1e999"),
        pytest.param(b'{"a":12345678901234567890}', "request holds an integer with more than 19 digits",
                     id="20 digits"),
        pytest.param(b'{"a":' + b"9" * 5_000 + b"}", "request holds an integer with more than 19 digits",
                     id="5,000 digits"),
        pytest.param(rb'{"a":"\u0000"}', "request holds the character U+0000", id="NUL"),
        pytest.param(rb'{"\u0000":1}', "request holds the character U+0000", id="NUL in a key"),
        pytest.param(rb'{"\u0000":1,"\u0000":2}', "request holds the character U+0000", id="NUL, doubled"),
        pytest.param(rb'{"a":["\ud800"]}', "request holds a lone surrogate", id="lone surrogate"),
        pytest.param(rb'{"\udfff":1}', "request holds a lone surrogate", id="lone surrogate in a key"),
        pytest.param(b'{"a":' * 32 + b"{}" + b"}" * 32, "request is nested deeper than 32 levels",
                     id="33 levels"),
        pytest.param(b"[" * 1_000_000, "request is nested deeper than 32 levels", id="bomb of arrays"),
        pytest.param(b'{"a":' * 200_000, "request is nested deeper than 32 levels", id="bomb of objects"),
        pytest.param(b'{"a":"' + rb"\"" * 500_000, "request body is not valid JSON", id="endless text"),
        pytest.param(b"{" + b",".join(b'"%d":1' % key for key in range(1_001)) + b"}",
                     "request has more than 1000 keys", id="1,001 keys"),
        pytest.param(b'{"a":[' + b",".join([b'{"b":1}'] * 1_000) + b"]}",
                     "request has more than 1000 keys", id="1,001 keys in all objects"),
    ],
)  # fmt: skip
def test_broken_json_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_json(body)

    assert caught.value.message == message
    assert caught.value.code == "bad_request"


def test_limits_of_json_themselves_are_allowed() -> None:
    deep = parse_json(b'{"a":' * 31 + b"{" + b"}" * 32)
    many = parse_json(b"{" + b",".join(b'"%d":1' % key for key in range(1_000)) + b"}")

    assert list(deep) == ["a"]
    assert len(many) == 1_000


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Content-Encoding": "gzip"}, "content-encoding must be identity"),
        ({"Content-Encoding": "identity, br"}, "content-encoding must be identity"),
        ({"Content-Type": "application/json; charset=tis-620"}, "charset must be utf-8"),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=latin1"}, "charset must be utf-8"),
        ({"Content-Type": "text/xml"}, f"content-type must be {JSON} or {FORM}"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, f"content-type must be {JSON} or {FORM}"),
    ],
)
async def test_media_that_are_not_read_are_refused(headers: dict[str, str], message: str) -> None:
    with pytest.raises(UnsupportedMediaError) as caught:
        await read_params(request_of(body=b"x", headers=headers))

    assert (caught.value.message, caught.value.status) == (message, 415)


async def test_identity_is_no_content_encoding() -> None:
    request = request_of(body=b"a=1", headers={"Content-Encoding": "Identity"})

    assert await read_params(request) == {"a": "1"}


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Length": str(BODY_BYTES_MAX + 1)}, {"Content-Length": "9" * 40}]
)
async def test_a_body_over_one_mebibyte_is_refused(headers: dict[str, str]) -> None:
    chunks = (b"x" * 65_536 for _ in range(17))

    with pytest.raises(PayloadTooLargeError) as caught:
        await read_params(request_of(body=chunks, headers=headers))

    assert caught.value.status == 413
    assert caught.value.message == "request body is larger than 1048576 bytes"


async def test_a_body_of_one_mebibyte_is_read() -> None:
    value = b"x" * (BODY_BYTES_MAX - len(b"a="))

    assert await read_params(request_of(body=b"a=" + value, content_type=FORM)) == {"a": value.decode()}


async def test_a_body_that_is_cut_off_is_refused() -> None:
    request = request_of(body=b'{"a":', content_type=JSON, ending={"type": "http.disconnect"})

    with pytest.raises(IncompleteBodyError) as caught:
        await read_params(request)

    assert (caught.value.message, caught.value.status) == ("request body is cut off", 400)


async def test_a_body_that_stands_still_is_refused() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    request = Request(request_of().scope, receive)

    with pytest.raises(IncompleteBodyError):
        await read_params(request, seconds_max=0.02)


@given(st.binary(max_size=80) | st.text(alphabet='{}[]":,\\ua01.e-n', max_size=60).map(str.encode))
def test_any_bytes_are_parameters_or_a_refusal(body: bytes) -> None:
    try:
        params = parse_json(body)
    except RejectedError:
        return

    assert isinstance(params, dict)
