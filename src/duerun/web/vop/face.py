"""The edge of the VOP face: rights and headers in front of each handler, one shape for all refusals.

Source: the VOP wire specification, 2.3 (the order of checks).
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from duerun.domain.errors import NotAuthenticatedError, UnavailableError
from duerun.domain.payees.clients import VopClient
from duerun.services import vop_clients
from duerun.services.unit import Runtime
from duerun.telemetry import logger
from duerun.web.rates import RateLimiter
from duerun.web.vop import tokens
from duerun.web.vop.call import Call, Endpoint, VopOptions
from duerun.web.vop.errors import (
    DISABLED,
    NO_METHOD,
    NO_SCOPE,
    NO_TOKEN,
    RefusedError,
    missing_header,
    problem_response,
    too_many,
)
from duerun.web.vop.headers import is_uuid, read_headers

TOKEN_CHARACTERS_MAX = 256
PREFIXES = ("/vopgateway/", "/oauth/", "/vop/")

_log = logger("web.vop")
Answer = Callable[[Request], Awaitable[Response]]


def owns(path: str) -> bool:
    """Whether a path belongs to this face, known or not."""
    return f"{path}/".startswith(PREFIXES)


def request_id(request: Request) -> str:
    """The id that an answer carries: that of the request, or a new one where it has none or a bad one."""
    given = request.headers.get("x-request-id", "")
    return given if is_uuid(given) else str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Face:
    """The VOP face over one runtime."""

    runtime: Runtime
    options: VopOptions
    rates: RateLimiter = field(default_factory=RateLimiter)

    def routes(self, endpoints: Sequence[Endpoint]) -> list[Route]:
        """One route a path, whatever the method."""
        paths: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        return [
            *(Route(path, Resource(self._bound(methods))) for path, methods in paths.items()),
            Route(tokens.PATH, Resource(self.guarded(self._grant))),
        ]

    def _bound(self, methods: dict[str, Endpoint]) -> Answer:
        async def answer(request: Request) -> Response:
            return await self._answer(request, methods)

        return self.guarded(answer)

    def guarded(self, answer: Answer) -> Answer:
        """An answer to each request: never an exception, always in the face's words."""

        async def guard(request: Request) -> Response:
            told_id = request_id(request)
            try:
                response = await answer(request)
            except Exception as error:
                if isinstance(error, UnavailableError):
                    _log.error("%s %s: %s", told_id, request.method, error)
                elif not isinstance(error, RefusedError):
                    _log.error("%s %s failed", told_id, request.method, exc_info=error)
                return problem_response(
                    error, path=request.url.path, error_type=self.options.error_type, request_id=told_id
                )
            response.headers["X-Request-Id"] = told_id
            return response

        return guard

    async def _grant(self, request: Request) -> Response:
        if request.method != "POST":
            raise RefusedError(NO_METHOD, headers={"Allow": "POST"})
        self.hold_to_rate(request, request.client.host if request.client else "")
        return await tokens.grant(request, self.runtime)

    async def _answer(self, request: Request, methods: dict[str, Endpoint]) -> Response:
        endpoint = methods.get(request.method)
        if endpoint is None:
            raise RefusedError(NO_METHOD, headers={"Allow": ", ".join(methods)})
        now = self.runtime.clock.now()
        client, scopes = await self.authenticate(request)
        if endpoint.scope not in scopes & client.scopes:
            raise RefusedError(NO_SCOPE)
        self.hold_to_rate(request, client.client_id)
        given = read_headers(request.headers, endpoint.kind)
        return await endpoint.handler(Call(self.runtime, self.options, client, now, given, request))

    async def authenticate(self, request: Request) -> tuple[VopClient, frozenset[str]]:
        """Whose bearer token a request carries, and the scopes of the token."""
        header = request.headers.get("authorization")
        challenge = {"WWW-Authenticate": "Bearer"}
        if header is None:
            status = self.options.missing_auth_status
            raise RefusedError(missing_header("Authorization", status), headers=challenge)
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_CHARACTERS_MAX:
            raise RefusedError(NO_TOKEN, headers=challenge)
        try:
            client, scopes = await vop_clients.of_token(self.runtime, token.strip(), self.runtime.clock.now())
        except NotAuthenticatedError:
            raise RefusedError(NO_TOKEN, headers=challenge) from None
        if client.is_disabled:
            raise RefusedError(DISABLED)
        return client, frozenset(scopes)

    def hold_to_rate(self, request: Request, key: str) -> None:
        """Raise `RefusedError` for a client that asks too often."""
        local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
        if not self.options.rate_limited or local:
            return
        wait = self.rates.take(key, per_minute=self.options.requests_per_minute_max)
        if wait:
            raise RefusedError(too_many("Too many requests."), headers={"Retry-After": str(wait)})


class Resource:
    """All methods of one path, as an ASGI application."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
        request = Request(scope, receive)  # type: ignore[arg-type]
        response = await self._answer(request)
        await response(scope, receive, send)  # type: ignore[arg-type]
