"""Every refusal as an Omise error object (source: the wire specification, 1.1 and 5)."""

import uuid

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from duerun.domain.errors import DuerunError, RejectedError, UnavailableError
from duerun.web.errors import WebError

LOCATION_BASE = "https://www.omise.co/api-errors"
REALM = "Duerun"
RETRY_AFTER_SECONDS = 1
CONTENT_TYPE = "application/json; charset=utf-8"

STATUS_BY_CODE = {
    "authentication_failure": 401,
    "bad_request": 400,
    "expired_charge": 400,
    "failed_capture": 400,
    "failed_expire": 400,
    "failed_refund": 400,
    "failed_reverse": 400,
    "internal_error": 500,
    "invalid_amount": 400,
    "invalid_bank_account": 400,
    "invalid_card": 400,
    "invalid_charge": 400,
    "invalid_date_format": 400,
    "invalid_file_type": 400,
    "invalid_filters": 400,
    "invalid_page": 400,
    "invalid_recipient": 400,
    "invalid_scope": 400,
    "missing_card": 400,
    "missing_file": 400,
    "not_found": 404,
    "service_unavailable": 503,
    "too_many_requests": 429,
    "used_token": 400,
}
_TOLD = STATUS_BY_CODE.keys() - {"internal_error"}


class ErrorObject(msgspec.Struct, frozen=True, tag_field="object", tag="error"):
    """The body of every error. It has no member `status`: one client would read that as an integer."""

    location: str
    code: str
    message: str


def error_body(code: str, message: str, *, location_base: str = LOCATION_BASE) -> bytes:
    """The error object as JSON."""
    location = f"{location_base}#{code.replace('_', '-')}"
    sendable = message.encode("utf-8", "replace").decode("utf-8")
    return msgspec.json.encode(ErrorObject(location=location, code=code, message=sendable))


def error_headers(request_id: str | None = None) -> dict[str, str]:
    """What every error answer carries besides its length; a request id is drawn if none is given."""
    return {
        "Content-Type": CONTENT_TYPE,
        "Cache-Control": "no-cache, no-store",
        "X-Request-Id": request_id or str(uuid.uuid4()),
    }


def error_response(
    error: Exception, *, location_base: str = LOCATION_BASE, request_id: str | None = None
) -> Response:
    """The answer to a request that ended in `error`. What is no refusal is a 500 that tells nothing."""
    refusal = _refusal(error)
    status = _status(error, refusal)
    return Response(
        error_body(refusal.code, refusal.message, location_base=location_base),
        status_code=status,
        headers=error_headers(request_id) | _extra_headers(error, status),
    )


def _refusal(error: Exception) -> DuerunError:
    """The error in Duerun's words."""
    if isinstance(error, HTTPException):
        return _router_refusal(error.status_code)
    if isinstance(error, RejectedError) or (isinstance(error, DuerunError) and error.code in _TOLD):
        return error
    return DuerunError("internal error")


def _router_refusal(status: int) -> DuerunError:
    known = {
        401: ("authentication failed", "authentication_failure"),
        404: ("path was not found", "not_found"),
        405: ("method is not allowed", "bad_request"),
        429: ("too many requests", "too_many_requests"),
        503: ("service is unavailable", "service_unavailable"),
    }
    fallback = (
        ("request is not valid", "bad_request") if status < 500 else ("internal error", "internal_error")
    )
    message, code = known.get(status, fallback)
    return RejectedError(message, code=code)


def _status(error: Exception, refusal: DuerunError) -> int:
    if isinstance(error, WebError):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, UnavailableError):
        return 503
    return STATUS_BY_CODE.get(refusal.code, 400)


def _extra_headers(error: Exception, status: int) -> dict[str, str]:
    carried = error.headers if isinstance(error, WebError | HTTPException) else None
    by_status = {
        401: {"WWW-Authenticate": f'Basic realm="{REALM}"'},
        429: {"Retry-After": str(RETRY_AFTER_SECONDS)},
        503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
    }
    return by_status.get(status, {}) | dict(carried or {})
