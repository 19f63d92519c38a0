"""Every refusal of the face as an array of problems (source: the VOP wire specification, section 7)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from duerun.domain.errors import UnavailableError
from duerun.web.payees.problems import ERROR_TYPE, WireProblem

JSON_TYPE = "application/json;charset=utf-8"
BUSY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request."""

    status: int
    code: str
    title: str
    detail: str | None = None


class RefusedError(Exception):
    """A request that the face refuses, for one reason or several of one status."""

    def __init__(self, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(each.detail or each.title for each in problems))
        self.problems = problems
        self.headers = dict(headers or {})


INTERNAL = Problem(500, "INTERNAL_ERROR", "INTERNAL_SERVER_ERROR")
UNAVAILABLE = Problem(503, "INTERNAL_ERROR", "SERVICE_UNAVAILABLE")
NO_TOKEN = Problem(401, "CLIENT_INVALID", "UNAUTHORISED", "Token is invalid or has expired.")
NO_SCOPE = Problem(403, "CLIENT_INVALID", "FORBIDDEN", "Token has incorrect scope.")
DISABLED = Problem(403, "CLIENT_INVALID", "FORBIDDEN", "The client is disabled.")
NO_TASK = Problem(404, "CLIENT_INVALID", "NOT_FOUND", "The requested task does not exist.")
NO_PATH = Problem(404, "CLIENT_INVALID", "NOT_FOUND", "The requested path does not exist.")
NO_METHOD = Problem(405, "FORMAT_ERROR", "METHOD_NOT_ALLOWED", "The method is not allowed here.")
BAD_TASK_ID = Problem(400, "FORMAT_ERROR", "INVALID_FIELD", "Field 'taskId' must be a UUID")
CUT_OFF = Problem(400, "FORMAT_ERROR", "INVALID_FIELD", "The body ended before it was whole.")
TOO_SLOW = Problem(400, "FORMAT_ERROR", "INVALID_FIELD", "The body comes too slowly.")


def missing_header(name: str, status: int = 400) -> Problem:
    detail = f"A mandatory header '{name}' has not been provided, therefore the request cannot be sent."
    return Problem(status, "FORMAT_ERROR", "MANDATORY_HEADER_NOT_PROVIDED", detail)


def invalid_header(name: str) -> Problem:
    detail = f"The provided value for the header '{name}' differs from the expected format."
    return Problem(400, "FORMAT_ERROR", "INVALID_HEADER", detail)


def not_acceptable(types: str) -> Problem:
    return Problem(406, "FORMAT_ERROR", "NOT_ACCEPTABLE", f"The answer is {types} in UTF-8.")


def unsupported(detail: str) -> Problem:
    return Problem(415, "FORMAT_ERROR", "UNSUPPORTED_MEDIA_TYPE", detail)


def not_processed(status: int, detail: str) -> Problem:
    return Problem(status, "CLIENT_INCONSISTENT", "NOT_PROCESSED", detail)


def too_many(detail: str) -> Problem:
    return Problem(429, "CLIENT_INVALID", "TOO_MANY_REQUESTS", detail)


def problem_response(
    error: Exception, *, path: str, error_type: str = ERROR_TYPE, request_id: str | None = None
) -> Response:
    """The answer to a request that ended in `error`. What is no refusal is a 500 that tells nothing."""
    problems, headers = _told(error)
    body = msgspec.json.encode(
        [
            WireProblem(
                status=each.status,
                type=error_type,
                code=each.code,
                title=each.title,
                detail=each.detail,
                instance=path.encode("utf-8", "replace").decode(),
            )
            for each in problems
        ]
    )
    common = {
        "Content-Type": JSON_TYPE,
        "Cache-Control": "no-store",
        "X-Request-Id": request_id or str(uuid.uuid4()),
    }
    return Response(body, status_code=problems[0].status, headers={**common, **headers})


def cut_off_response(message: str, path: str) -> Response:
    """The answer to a request that could not be read as HTTP."""
    detail = f"{message.capitalize()}."
    return problem_response(RefusedError(Problem(400, "FORMAT_ERROR", "INVALID_FIELD", detail)), path=path)


def _told(error: Exception) -> tuple[Sequence[Problem], Mapping[str, str]]:
    if isinstance(error, RefusedError):
        return error.problems, error.headers
    if isinstance(error, HTTPException):
        known = {404: NO_PATH, 405: NO_METHOD}
        return (known.get(error.status_code, INTERNAL),), dict(error.headers or {})
    if isinstance(error, UnavailableError):
        return (UNAVAILABLE,), {"Retry-After": str(BUSY_SECONDS)}
    return (INTERNAL,), {}
