"""Every refusal has one shape, and the status that its class or code stands for."""

import json
import uuid

import pytest
from starlette.exceptions import HTTPException

from duerun.domain.errors import (
    DuerunError,
    NotAuthenticatedError,
    NotFoundError,
    RejectedError,
    UnavailableError,
)
from duerun.web.errors import (
    IncompleteBodyError,
    MethodNotAllowedError,
    PayloadTooLargeError,
    TooManyRequestsError,
    UnsupportedMediaError,
)
from duerun.web.omise.errors import STATUS_BY_CODE, error_response

CASES = [
    (RejectedError("amount is not a number"), 400, "bad_request", "amount is not a number"),
    (RejectedError("token was already used", code="used_token"), 400, "used_token", "token was already used"),
    (RejectedError("x", code="a_code_of_another_room"), 400, "a_code_of_another_room", "x"),
    (NotFoundError("schedule", "schd_test_1"), 404, "not_found", "schedule schd_test_1 was not found"),
    (NotAuthenticatedError(), 401, "authentication_failure", "authentication failed"),
    (UnavailableError(), 503, "service_unavailable", "service is unavailable"),
    (MethodNotAllowedError(["GET"]), 405, "bad_request", "method is not allowed"),
    (PayloadTooLargeError(10), 413, "bad_request", "request body is larger than 10 bytes"),
    (UnsupportedMediaError("charset must be utf-8"), 415, "bad_request", "charset must be utf-8"),
    (TooManyRequestsError(retry_after_seconds=7), 429, "too_many_requests", "too many requests"),
    (IncompleteBodyError(), 400, "bad_request", "request body is cut off"),
    (HTTPException(404), 404, "not_found", "path was not found"),
    (HTTPException(405, headers={"Allow": "GET"}), 405, "bad_request", "method is not allowed"),
    (HTTPException(400, detail="secret"), 400, "bad_request", "request is not valid"),
    (HTTPException(502, detail="secret"), 502, "internal_error", "internal error"),
    (DuerunError("secret"), 500, "internal_error", "internal error"),
    (DuerunError("secret", code="strange"), 500, "internal_error", "internal error"),
    (ZeroDivisionError("secret"), 500, "internal_error", "internal error"),
]


@pytest.mark.parametrize(("error", "status", "code", "message"), CASES)
def test_an_error_is_an_object_of_four_members(
    error: Exception, status: int, code: str, message: str
) -> None:
    response = error_response(error)

    assert response.status_code == status
    assert json.loads(bytes(response.body)) == {
        "object": "error",
        "location": f"https://www.omise.co/api-errors#{code.replace('_', '-')}",
        "code": code,
        "message": message,
    }


@pytest.mark.parametrize(("error", "status", "code", "message"), CASES)
def test_an_error_carries_the_headers_of_every_answer(
    error: Exception, status: int, code: str, message: str
) -> None:
    headers = error_response(error).headers

    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-store"
    assert uuid.UUID(headers["x-request-id"])
    assert "omise-version" not in headers


@pytest.mark.parametrize(
    ("error", "name", "value"),
    [
        (NotAuthenticatedError(), "www-authenticate", 'Basic realm="Duerun"'),
        (MethodNotAllowedError(["GET", "POST"]), "allow", "GET, POST"),
        (HTTPException(405, headers={"Allow": "GET"}), "allow", "GET"),
        (TooManyRequestsError(retry_after_seconds=7), "retry-after", "7"),
        (UnavailableError(), "retry-after", "1"),
        (IncompleteBodyError(), "connection", "close"),
    ],
)
def test_some_statuses_explain_themselves_in_a_header(error: Exception, name: str, value: str) -> None:
    assert error_response(error).headers[name] == value


def test_location_and_request_id_can_be_given() -> None:
    response = error_response(
        RejectedError("x", code="missing_file"), location_base="https://pay.example/errors", request_id="r-1"
    )

    assert json.loads(bytes(response.body))["location"] == "https://pay.example/errors#missing-file"
    assert response.headers["x-request-id"] == "r-1"


def test_a_message_that_no_utf_8_can_hold_is_still_an_error_object() -> None:
    response = error_response(RejectedError("bad \ud800 text"))

    assert json.loads(bytes(response.body))["message"] == "bad ? text"


def test_every_code_has_a_status_of_the_specification() -> None:
    assert set(STATUS_BY_CODE.values()) == {400, 401, 404, 429, 500, 503}
