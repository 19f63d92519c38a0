"""The edge of the Omise face: key, version and parameters in front of each handler, one shape for all answers."""

import asyncio
import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from duerun.domain.accounts import Account
from duerun.domain.errors import NotAuthenticatedError, OutOfReachError, RejectedError
from duerun.services import access
from duerun.services.unit import Runtime
from duerun.storage.accounts import Caller
from duerun.storage.proofs import PROOF, Proof
from duerun.telemetry import logger
from duerun.web.errors import MethodNotAllowedError, TooManyRequestsError
from duerun.web.omise import idempotency
from duerun.web.omise.call import Call, Endpoint, Handler, Options
from duerun.web.omise.errors import CONTENT_TYPE, error_response
from duerun.web.omise.expand import expand
from duerun.web.omise.wire import SERVED_AS, Version
from duerun.web.rates import RateLimiter
from duerun.web.wire import Params, read_params

ANSWER_SECONDS_MAX = 30.0
KEY_CHARACTERS_MAX = 256

_log = logger("web.omise")
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Face:
    """The Omise face over one runtime."""

    runtime: Runtime
    options: Options
    rates: RateLimiter = field(default_factory=RateLimiter)

    def routes(self, endpoints: Sequence[Endpoint]) -> list[Route]:
        """One route a path; fixed paths stand before those that take an id."""
        paths: dict[str, dict[str, Endpoint]] = {}
        for endpoint in sorted(endpoints, key=lambda each: ("{" in each.path, each.path.count("{"))):
            paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        return [Route(path, _Resource(self, methods)) for path, methods in paths.items()]

    async def answer(self, request: Request, methods: dict[str, Endpoint]) -> Response:
        """The answer to one request: never an exception, always an object of the face."""
        request_id = str(uuid.uuid4())
        try:
            return await self._answer(request, methods, request_id)
        except Exception as error:
            response = error_response(error, location_base=self.options.error_location, request_id=request_id)
            if response.status_code >= 500:
                # A bug is shown whole; what is only not available now is one line.
                cause = error if response.status_code == 500 else None
                _log.error(
                    "%s %s %s: %s", request_id, request.method, type(error).__name__, error, exc_info=cause
                )
            return response

    async def _answer(self, request: Request, methods: dict[str, Endpoint], request_id: str) -> Response:
        endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
        now = self.runtime.clock.now()
        key = _basic_user(request.headers.get("authorization", ""))
        self._hold_to_rate(request, key)
        known = access.recognise(self.runtime, key, now)
        if endpoint is not None and known is not None and _may_prove_late(endpoint, request, known[0]):
            return await self._answer_known(_Asked(request, endpoint, request_id, now), key, *known)
        caller = await self._authenticate(key, now)
        if endpoint is None:
            raise MethodNotAllowedError(sorted(methods))
        return await self._answer_to(caller, _Asked(request, endpoint, request_id, now))

    async def _answer_known(self, asked: "_Asked", key: str, caller: Caller, proof: Proof) -> Response:
        """Answer who was known a moment ago. What was not proved on the way is done anew for who calls now."""
        try:
            params = await asked.params()
        except Exception:
            _require_able(await self._authenticate(key, asked.now), asked)
            raise
        token = PROOF.set(proof)
        try:
            response = await self._answer_to(caller, asked, params)
            if proof.is_given:
                return response
        except Exception as error:
            if proof.is_given or isinstance(error, OutOfReachError):
                raise
        finally:
            PROOF.reset(token)
        return await self._answer_to(await self._authenticate(key, asked.now), asked, params)

    async def _answer_to(self, caller: Caller, asked: "_Asked", params: Params | None = None) -> Response:
        endpoint, request, account = asked.endpoint, asked.request, caller.account
        call = Call(
            self.runtime,
            self.options,
            account,
            account.now(asked.now),
            _require_able(caller, asked),
            await asked.params() if params is None else params,
            _ids(request),
            request,
            caller.user,
        )
        key = idempotency.key_of(call)
        if key is None:
            return self._render(await _in_time(endpoint, endpoint.handler, call), call, asked.id)

        async def run(handler: Handler, called: Call) -> Response:
            return self._render(await _in_time(endpoint, handler, called), called, asked.id)

        response = await idempotency.answer(endpoint, call, key, run)
        response.headers.update(self._headers(call, asked.id))
        return response

    async def _authenticate(self, key: str, now: datetime) -> Caller:
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                return await access.authenticate(self.runtime, key, now)
        except TimeoutError:
            raise OutOfReachError from None

    def _hold_to_rate(self, request: Request, key: str) -> None:
        local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
        if self.options.rate_limited and not local:
            wait = self.rates.take(key, per_minute=self.options.requests_per_minute_max)
            if wait:
                raise TooManyRequestsError(retry_after_seconds=wait)

    def _render(self, answer: Any, call: Call, request_id: str) -> Response:
        headers = self._headers(call, request_id)
        if isinstance(answer, Response):
            answer.headers.update(headers)
            return answer
        body = _encoder.encode(answer)
        if self.options.pretty_json:
            body = msgspec.json.format(body, indent=2)
        return Response(body, headers=headers | {"Content-Type": CONTENT_TYPE})

    def _headers(self, call: Call, request_id: str) -> dict[str, str]:
        return {
            "Cache-Control": "no-cache, no-store",
            "X-Request-Id": request_id,
            "Omise-Version": str(call.version),
            **call.headers,
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request to an endpoint, with the real time at which it came."""

    request: Request
    endpoint: Endpoint
    id: str
    now: datetime

    async def params(self) -> Params:
        return {} if self.endpoint.raw else await read_params(self.request)


class _Resource:
    """All methods of one path, as an ASGI application so that every method arrives."""

    def __init__(self, face: Face, methods: dict[str, Endpoint]) -> None:
        self.face, self.methods = face, methods

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self.face.answer(Request(scope, receive, send), self.methods)
        await response(scope, receive, send)


def _require_able(caller: Caller, asked: _Asked) -> Version:
    """The version in which a caller is answered; raises for one with a key of the wrong kind."""
    if caller.kind != "secret" and not asked.endpoint.public:
        raise NotAuthenticatedError
    return version(asked.request, caller.account)


def _may_prove_late(endpoint: Endpoint, request: Request, caller: Caller) -> bool:
    """Whether nothing happens before the database is asked, and no processor is reached for by what is known of it.

    Keys of requests are claimed for a caller who is proved.
    """
    if endpoint.method == "GET":
        return not endpoint.raw
    return (
        endpoint.proved_late and caller.account.gateway is None and idempotency.HEADER not in request.headers
    )


def version(request: Request, account: Account) -> Version:
    """The version of the header, else the account's; an unknown one raises `bad_request`."""
    asked = request.headers.get("omise-version", "").strip()
    served = SERVED_AS.get(asked or account.api_version)
    if served is None:
        raise RejectedError(f"Omise-Version must be one of {', '.join(SERVED_AS)}")
    return served


def _ids(request: Request) -> dict[str, str]:
    """The ids of the path. U+0000, which no stored text can hold, becomes the sign for what is unreadable."""
    return {name: value.replace("\0", "\ufffd") for name, value in request.path_params.items()}


async def _in_time(endpoint: Endpoint, handler: Handler, call: Call) -> Any:
    if endpoint.unhurried:
        return await handler(call)
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            return await _handled(handler, call)
    except TimeoutError:
        raise OutOfReachError from None


async def _handled(handler: Handler, call: Call) -> Any:
    expands = call.wants_objects()
    answer = await handler(call)
    if expands:
        await expand(call, answer)
    return answer


def _basic_user(header: str) -> str:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise NotAuthenticatedError
    try:
        user = base64.b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, ValueError):
        raise NotAuthenticatedError from None
    if not user or len(user) > KEY_CHARACTERS_MAX:
        raise NotAuthenticatedError
    return user
