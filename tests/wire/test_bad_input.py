"""A fixed corpus of bad input through every endpoint: a clear refusal each time, never a 500."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from duerun.web.omise.call import Endpoint
from duerun.web.omise.routes import ENDPOINTS

from .raw import Answer, authorization, exchange, port_of, request_bytes

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPLOAD = "/schedules/upload"
_PLACE = re.compile(r"\{(\w+)\}")

BROKEN_BODIES = {
    "integer of 5000 digits": (JSON, b'{"amount": ' + b"9" * 5_000 + b"}"),
    "number beyond all bounds": (JSON, b'{"amount": 1e999}'),
    "nan": (JSON, b'{"amount": NaN}'),
    "infinity": (JSON, b'{"amount": -Infinity}'),
    "escaped nul": (JSON, b'{"description": "a\\u0000b"}'),
    "raw nul": (JSON, b'{"description": "a\x00b"}'),
    "lone surrogate": (JSON, b'{"description": "\\ud800"}'),
    "lone surrogate in a key": (JSON, b'{"\\udfff": 1}'),
    "a key twice": (JSON, b'{"amount": 1, "amount": 2}'),
    "an inner key twice": (JSON, b'{"charge": {"amount": 1, "amount": 2}}'),
    "open brackets": (JSON, b'{"a": ' + b"[" * 100_000),
    "deep brackets": (JSON, b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "deep objects": (JSON, b'{"a":' * 33 + b"1" + b"}" * 33),
    "1001 keys": (JSON, json.dumps({f"k{n}": n for n in range(1_001)}).encode()),
    "array": (JSON, b"[1, 2]"),
    "null": (JSON, b"null"),
    "text": (JSON, b'"text"'),
    "unfinished object": (JSON, b'{"amount": 1'),
    "not utf-8": (JSON, b'{"description": "\xff\xfe"}'),
    "leading zero": (JSON, b'{"amount": 01}'),
    "nul in the key of a form": (FORM, b"a%00b=1"),
    "nul in a form": (FORM, b"description=%00"),
    "form is not utf-8": (FORM, b"description=%ff"),
    "surrogate in a form": (FORM, b"description=%ed%a0%80"),
    "brackets that do not match": (FORM, b"a[[=1"),
    "a form key twice": (FORM, b"a=1&a=2"),
    "a form key in two shapes": (FORM, b"a[b]=1&a=2"),
    "deep form": (FORM, b"a" + b"[b]" * 40 + b"=1"),
    "1001 form keys": (FORM, b"&".join(b"k%d=1" % n for n in range(1_001))),
}
BROKEN_QUERIES = ["limit=%00", "limit=%ff", "a[[=1", "a=1&a=2", "%ed%b0%80=1", "a" + "[b]" * 40 + "=1"]
ODD_IDS = {
    "nul": "%00",
    "nul inside": "cust_test_%00abc",
    "not utf-8": "%ff%fe",
    "surrogate": "%ed%a0%80",
    "emoji": "%F0%9F%92%B8",
    "line feed": "%0a",
    "space": "%20",
    "quote": "%27%3B--",
    "format characters": "%25s%25%28a%29s",
    "braces": "%7Bid%7D",
    "dots": "..",
    "10000 characters": "x" * 10_000,
    "3000 escaped characters": "%C3%A9" * 3_000,
}
LISTS = [
    "/customers",
    "/charges",
    "/refunds",
    "/recipients",
    "/transfers",
    "/transactions",
    "/events",
    "/schedules",
    "/charges/schedules",
    "/transfers/schedules",
]
BAD_LIST_PARAMETERS = {
    "limit=0": "bad_request",
    "limit=101": "bad_request",
    "limit=-1": "bad_request",
    "limit=1.5": "bad_request",
    "limit=" + "9" * 5_000: "bad_request",
    "offset=-1": "bad_request",
    "offset=99999999999999999999": "bad_request",
    "order=newest": "bad_request",
    "order[]=chronological": "bad_request",
    "from=yesterday": "invalid_date_format",
    "to=2025-02-30": "invalid_date_format",
    "from=2025-01-01T25:00:00Z": "invalid_date_format",
    "to=9999-12-31T23:59:59-12:00": "invalid_date_format",
}
ENDS_OF_RANGES = [
    "offset=9223372036854775807",
    "from=9999-12-31",
    "to=0002-01-01",
    "from=2030-01-01&to=2020-01-01",
]


def send(
    api: Any, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> Answer:
    port = port_of(api.url)
    head = {"Host": "127.0.0.1", "Authorization": authorization(api.keys.secret), **(headers or {})}
    if body is not None:
        head["Content-Length"] = str(len(body))
    return exchange(port, request_bytes(method, path, head, body or b""), method=method)


def assert_refused(answer: Answer, status: int = 400, code: str = "bad_request") -> Any:
    """The error object, which must be one, without a word about the inside."""
    error = answer.json()
    assert (answer.status, error["code"]) == (status, code), error
    assert error.keys() == {"object", "location", "code", "message"}
    assert error["object"] == "error"
    assert error["location"].endswith("#" + code.replace("_", "-"))
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return error


def named(endpoint: Endpoint, value: str) -> str:
    return _PLACE.sub(value, endpoint.path)


def each(endpoints: Iterator[Endpoint]) -> list[Any]:
    return [pytest.param(it, id=f"{it.method} {it.path}") for it in endpoints]


WITH_PARAMETERS = each(it for it in ENDPOINTS if it.path != UPLOAD)
WITH_IDS = each(it for it in ENDPOINTS if "{" in it.path)


@pytest.mark.parametrize("endpoint", WITH_PARAMETERS)
def test_a_broken_body_is_refused_by_every_endpoint(api: Any, endpoint: Endpoint) -> None:
    path = named(endpoint, "recr_test_1")

    for headers, body in BROKEN_BODIES.values():
        answer = send(api, endpoint.method, path, headers, body)
        assert_refused(answer)


@pytest.mark.parametrize("endpoint", WITH_PARAMETERS)
def test_a_broken_query_is_refused_by_every_endpoint(api: Any, endpoint: Endpoint) -> None:
    for query in BROKEN_QUERIES:
        assert_refused(send(api, endpoint.method, f"{named(endpoint, 'recr_test_1')}?{query}"))


@pytest.mark.parametrize("endpoint", WITH_PARAMETERS)
def test_a_body_that_is_cut_off_is_refused_by_every_endpoint(api: Any, endpoint: Endpoint) -> None:
    body = b'{"description": "half'
    head = {"Host": "x", "Authorization": authorization(api.keys.secret), **JSON, "Content-Length": "900"}
    request = request_bytes(endpoint.method, named(endpoint, "recr_test_1"), head, body)

    assert_refused(exchange(port_of(api.url), request, cut_off=True))


@pytest.mark.parametrize("endpoint", WITH_IDS)
def test_an_odd_id_is_not_found(api: Any, endpoint: Endpoint) -> None:
    for odd in ODD_IDS.values():
        answer = send(api, endpoint.method, named(endpoint, odd), JSON, b'{"amount": 100}')

        if endpoint.path.startswith("/recurring_exports"):
            assert assert_refused(answer)["message"] == "recurring_id is invalid"
        else:
            assert assert_refused(answer, 404, "not_found")["message"].endswith(" was not found")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/customers/a/b",
        "/customers/a%2Fb",
        "/%00",
        "//customers",
        "/schedules/x/y/z",
        "/a" * 5_000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"])
def test_an_unknown_path_is_not_found(api: Any, method: str, path: str) -> None:
    error = assert_refused(send(api, method, path), 404, "not_found")

    assert error["message"] == "path was not found"


@pytest.mark.parametrize("path", sorted({it.path for it in ENDPOINTS}))
def test_another_method_is_refused_with_those_that_are_allowed(api: Any, path: str) -> None:
    allowed = sorted(it.method for it in ENDPOINTS if it.path == path)

    for method in {"GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE"} - set(allowed):
        answer = send(api, method, path)

        assert assert_refused(answer, 405)["message"] == "method is not allowed"
        assert answer.headers["allow"] == ", ".join(allowed)


@pytest.mark.parametrize("path", LISTS)
def test_a_bad_list_parameter_is_refused_by_every_list(api: Any, path: str) -> None:
    for query, code in BAD_LIST_PARAMETERS.items():
        assert_refused(send(api, "GET", f"{path}?{query}"), 400, code)


@pytest.mark.parametrize("path", LISTS)
def test_the_ends_of_the_ranges_of_a_list_are_served(api: Any, path: str) -> None:
    for query in ENDS_OF_RANGES:
        answer = send(api, "GET", f"{path}?{query}")

        assert (answer.status, answer.json()["data"]) == (200, [])
