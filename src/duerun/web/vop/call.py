"""One call of the face: whose, when, with which rights and headers; and the table of calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from duerun.domain.payees.clients import Scope, VopClient
from duerun.services.unit import Runtime
from duerun.web.payees.problems import ERROR_TYPE
from duerun.web.vop.errors import BAD_TASK_ID, RefusedError
from duerun.web.vop.headers import Given, Kind, is_uuid


@dataclass(frozen=True, slots=True)
class VopOptions:
    """Settings of the face (source: the VOP wire specification, section 14)."""

    error_type: str = ERROR_TYPE
    submit_status: int = 202
    gzip: bool = True
    unknown_task_status: int = 404
    not_processed_status: int = 409
    missing_auth_status: int = 401
    requests_per_minute_max: int = 600
    rate_limited: bool = True
    clock_seconds_max: int = 300
    client_cert_header: str = ""
    own_bics: frozenset[str] = frozenset()
    basic_latin_only: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler needs of a request. `now` is read once."""

    runtime: Runtime
    options: VopOptions
    client: VopClient
    now: datetime
    given: Given
    request: Request

    def task_id(self) -> UUID:
        """The task of the path; raises `RefusedError` for what is no UUID."""
        text = self.request.path_params["task_id"]
        if not is_uuid(text):
            raise RefusedError(BAD_TASK_ID)
        return UUID(text)


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path: the scope that it needs, and which headers it has."""

    method: str
    path: str
    handler: Handler
    scope: Scope
    kind: Kind
