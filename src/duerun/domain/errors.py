"""What can be wrong with a request, as a tree of exceptions with stable codes.

A code names the rule that was broken; a face gives it a shape and an HTTP status.
"""


class DuerunError(Exception):
    """A broken rule: `code` is stable, `message` names the field and the rule."""

    code = "internal_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class RejectedError(DuerunError):
    """The request cannot be done as it stands; repeating it changes nothing."""

    code = "bad_request"


class NotFoundError(DuerunError):
    """No such object in this account and mode. Foreign, other-mode and unknown ids are told alike."""

    code = "not_found"

    def __init__(self, kind: str, object_id: str) -> None:
        super().__init__(f"{kind} {object_id} was not found")


class NotAuthenticatedError(DuerunError):
    """The key is missing, unknown, revoked or of the wrong kind: all told alike."""

    code = "authentication_failure"

    def __init__(self) -> None:
        super().__init__("authentication failed")


class UnavailableError(DuerunError):
    """Not now: a resource of the server is missing or busy. The same request may work later."""

    code = "service_unavailable"

    def __init__(self, message: str = "service is unavailable") -> None:
        super().__init__(message)


class OutOfReachError(UnavailableError):
    """The database cannot be had now, or takes no changes."""


class FrozenError(UnavailableError):
    """Nothing is sent until a person has recovered the installation."""
