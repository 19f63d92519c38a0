"""Every refusal of the face: its status, its words, and which one comes first."""

import uuid
from typing import Any

import pytest
import requests

from .conftest import BULK, NDJSON, NewRequester, Requester, ndjson, problems, record

TASK = f"{BULK}/{uuid.UUID(int=1)}"
CALLS = {"submit": ("POST", BULK), "status": ("GET", f"{TASK}/status"), "results": ("GET", TASK)}


def refused(
    requester: Requester, call: str, status: int, **headers: str | None
) -> list[tuple[str, str, str]]:
    """What a call is told that would end in 404 or be taken if its headers were right."""
    method, path = CALLS[call]
    named: dict[str, str | None] = {name.replace("_", "-"): value for name, value in headers.items()}
    if call == "submit":
        named = {"Content-Type": NDJSON, **named}
    found = requester.refused(
        method, path, status, data=ndjson([record()]) if call == "submit" else None, headers=named
    )
    assert all(each["instance"] == path for each in found)
    return [(each["code"], each["title"], each.get("detail", "")) for each in found]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "headers", "code", "title", "named"),
    [
        (400, {"X_Request_Id": None}, "FORMAT_ERROR", "MANDATORY_HEADER_NOT_PROVIDED", "'X-Request-Id'"),
        (400, {"X_Request_Id": "1"}, "FORMAT_ERROR", "INVALID_HEADER", "'X-Request-Id'"),
        (400, {"Accept_Language": "dutch!"}, "FORMAT_ERROR", "INVALID_HEADER", "'Accept-Language'"),
        (400, {"X_End_User": "ab"}, "FORMAT_ERROR", "INVALID_HEADER", "'X-End-User'"),
        (400, {"X_Channel": "c" * 51}, "FORMAT_ERROR", "INVALID_HEADER", "'X-Channel'"),
        (400, {"X_Software_Supplier": ""}, "FORMAT_ERROR", "INVALID_HEADER", "'X-Software-Supplier'"),
        (401, {"Authorization": None}, "FORMAT_ERROR", "MANDATORY_HEADER_NOT_PROVIDED", "'Authorization'"),
        (401, {"Authorization": "Bearer wrong"}, "CLIENT_INVALID", "UNAUTHORISED", "Token"),
        (401, {"Authorization": "Basic abc"}, "CLIENT_INVALID", "UNAUTHORISED", "Token"),
        (406, {"Accept": "text/html"}, "FORMAT_ERROR", "NOT_ACCEPTABLE", "UTF-8"),
        (406, {"Accept_Charset": "iso-8859-1"}, "FORMAT_ERROR", "NOT_ACCEPTABLE", "UTF-8"),
        (415, {"Content_Type": "text/csv"}, "FORMAT_ERROR", "UNSUPPORTED_MEDIA_TYPE", NDJSON),
        (
            415,
            {"Content_Type": f"{NDJSON};charset=latin1"},
            "FORMAT_ERROR",
            "UNSUPPORTED_MEDIA_TYPE",
            "UTF-8",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_header_is_refused_by_its_name(
    requester: Requester, call: str, status: int, headers: Any, code: str, title: str, named: str
) -> None:
    [found] = refused(requester, call, status, **headers)

    assert found[:2] == (code, title)
    assert named in found[2]


def test_the_texts_of_the_seed_are_kept_to_the_letter(requester: Requester) -> None:
    missing = refused(requester, "status", 400, X_Request_Id=None)
    invalid = refused(requester, "status", 400, X_Request_Id="no-uuid")
    bad_task = requester.refused("GET", f"{BULK}/abc/status", 400)

    assert missing[0][2] == (
        "A mandatory header 'X-Request-Id' has not been provided, therefore the request cannot be sent."
    )
    assert (
        invalid[0][2] == "The provided value for the header 'X-Request-Id' differs from the expected format."
    )
    assert bad_task == [
        {
            "status": 400,
            "type": "https://developer.surepay.nl/vop-bulk-for-banks/status-and-errorcodes",
            "code": "FORMAT_ERROR",
            "title": "INVALID_FIELD",
            "detail": "Field 'taskId' must be a UUID",
            "instance": "/vopgateway/v1/bulk/abc/status",
        }
    ]


def test_several_faults_of_headers_are_told_together(requester: Requester) -> None:
    found = refused(requester, "submit", 400, X_Request_Id=None, Content_Type=None, X_End_User="?")

    assert [each[1] for each in found] == [
        "MANDATORY_HEADER_NOT_PROVIDED",
        "MANDATORY_HEADER_NOT_PROVIDED",
        "INVALID_HEADER",
    ]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None, "X_Request_Id": None}, 401),
        ({"X_Request_Id": None, "Accept": "text/html"}, 400),
        ({"Accept": "text/html", "Content_Type": "text/csv"}, 406),
        ({"Content_Type": "text/csv", "X_End_User": "?"}, 415),
    ],
)
def test_the_first_check_that_fails_is_told(requester: Requester, headers: Any, status: int) -> None:
    refused(requester, "status", status, **headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": f"{NDJSON};charset=utf-8"},
        {"Content_Type": "applicaton/x-ndjson"},
        {"Accept": "*/*"},
        {"Accept": "application/json, text/html;q=0.5"},
        {"Accept_Language": "nl, en;q=0.8"},
        {"X_End_User": "user-1", "X_Channel": "Web", "X_Software_Supplier": "Payouts 3"},
        {"X_Request_Id": str(uuid.uuid4()).upper()},
    ],
)
def test_these_headers_are_taken(requester: Requester, headers: Any) -> None:
    assert requester.send(ndjson([record()]), **headers).status_code == 202


async def test_results_are_ndjson_whatever_else_is_accepted_beside_it(requester: Requester) -> None:
    task_id = requester.accepted(ndjson([record()]))
    await requester.check_all()

    both = requester.call("GET", f"{BULK}/{task_id}", headers={"Accept": f"application/json, {NDJSON}"})

    assert both.headers["content-type"].startswith(NDJSON)
    requester.refused("GET", f"{BULK}/{task_id}", 406, headers={"Accept": "application/json"})


def test_the_request_id_is_echoed(requester: Requester) -> None:
    sent = str(uuid.uuid4())

    taken = requester.send(ndjson([record()]), X_Request_Id=sent)
    refused_one = requester.call("GET", f"{BULK}/abc/status", headers={"X-Request-Id": sent})
    unknown = requester.call("GET", "/vopgateway/v1/nope", headers={"X-Request-Id": sent})

    assert {each.headers["x-request-id"] for each in (taken, refused_one, unknown)} == {sent}


@pytest.mark.parametrize("path", ["/vopgateway/v1/bul", "/vopgateway", "/oauth/token", "/vop/v2/x"])
def test_an_unknown_path_is_told_in_the_words_of_the_face(requester: Requester, path: str) -> None:
    assert requester.refused("GET", path, 404)[0]["title"] == "NOT_FOUND"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "GET"])
def test_another_method_is_told_which_are_taken(requester: Requester, method: str) -> None:
    answer = requester.call(method, BULK)

    assert problems(answer, 405)[0]["title"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == "POST"


async def test_too_many_requests_are_told_when_to_come_back(
    new_requester: NewRequester, new_http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duerun.web.vop import face

    monkeypatch.setattr(face.Face, "hold_to_rate", _without_loopback(face.Face.hold_to_rate))
    busy = await new_requester(new_http(vop_requests_per_minute_max=1).url)
    busy.grant()

    answers = [busy.call("GET", f"{TASK}/status") for _ in range(110)]

    refused_ones = [each for each in answers if each.status_code == 429]
    assert problems(refused_ones[0], 429)[0]["title"] == "TOO_MANY_REQUESTS"
    assert int(refused_ones[0].headers["retry-after"]) >= 1


def _without_loopback(held: Any) -> Any:
    """The rate as it counts for callers from elsewhere."""

    def hold(self: Any, request: requests.Request, key: str) -> None:
        request.scope["client"] = ("192.0.2.1", 1)  # type: ignore[attr-defined]
        held(self, request, key)

    return hold


async def test_too_many_open_tasks_are_refused(new_requester: NewRequester, new_http: Any) -> None:
    busy = await new_requester(new_http(vop_open_tasks_max=1).url)
    busy.accepted(ndjson([record()]))

    answer = busy.send(ndjson([record()]))

    assert problems(answer, 429)[0]["detail"] == "Too many tasks are waiting."
    assert "retry-after" in answer.headers


async def test_a_fault_of_the_server_tells_nothing(
    requester: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duerun.services import vop_tasks

    async def fail(*_: Any) -> None:
        raise RuntimeError("secret details")

    requester.grant()
    monkeypatch.setattr(vop_tasks, "get", fail)

    found = requester.refused("GET", f"{TASK}/status", 500)

    assert [(each["code"], each["title"]) for each in found] == [("INTERNAL_ERROR", "INTERNAL_SERVER_ERROR")]
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({"vop_missing_auth_status": 400}, {"Authorization": None}, 400),
        ({"vop_unknown_task_status": 400}, {}, 400),
        ({}, {}, 404),
    ],
)
async def test_settings_choose_between_the_rows_of_the_seed(
    new_requester: NewRequester, new_http: Any, settings: Any, headers: Any, status: int
) -> None:
    other = await new_requester(new_http(**settings).url)

    other.refused("GET", f"{TASK}/status", status, headers=headers)
