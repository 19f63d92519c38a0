"""Refusals that only HTTP knows: each carries its status and the headers that explain it."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from duerun.domain.errors import RejectedError


class WebError(RejectedError):
    """A request that HTTP itself refuses; `status` is the HTTP status, `headers` go on the answer."""

    status: ClassVar[int] = 400

    def __init__(self, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.headers = dict(headers or {})


class IncompleteBodyError(WebError):
    """The body ended, or stood still, before it was whole. The connection is of no further use."""

    def __init__(self, message: str = "request body is cut off") -> None:
        super().__init__(message, headers={"Connection": "close"})


class MethodNotAllowedError(WebError):
    """The path exists, the method does not."""

    status = 405

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__("method is not allowed", headers={"Allow": ", ".join(allowed)})


class PayloadTooLargeError(WebError):
    """The body is over its limit."""

    status = 413

    def __init__(self, bytes_max: int) -> None:
        super().__init__(f"request body is larger than {bytes_max} bytes")


class UnsupportedMediaError(WebError):
    """The body's type, character set or content coding is not read here."""

    status = 415


class StillRunningError(WebError):
    """The first request with this Idempotency-Key has not been answered yet."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "the first request with this Idempotency-Key is still running", headers={"Retry-After": "1"}
        )


class UsedOtherwiseError(WebError):
    """The Idempotency-Key was used for another request."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Idempotency-Key was already used with other parameters")


class TooManyRequestsError(WebError):
    """The key is over its rate."""

    status = 429
    code = "too_many_requests"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__("too many requests", headers={"Retry-After": str(retry_after_seconds)})
