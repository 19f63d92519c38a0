"""`/healthz`, `/readyz`, `/metrics`: for those who watch the server, without a key and about no single account."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from duerun.services import alarms, health
from duerun.services.alarms import Alarms
from duerun.services.health import FROZEN, READ_ONLY, Reason
from duerun.services.unit import Runtime
from duerun.web.health.families import of_alarms
from duerun.web.health.process import Process, Requests
from duerun.web.health.text import CONTENT_TYPE, encode

KEPT_SECONDS = 1.0
NO_STORE = {"Cache-Control": "no-store"}
CHALLENGE = {"WWW-Authenticate": "Bearer", **NO_STORE}
NOT_HERE = "metrics are served to this machine only: see the settings metrics_open and metrics_token\n"
# A proxy on this machine speaks for others.
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class MetricsOptions:
    """Who may read metrics: with a `token` who brings it, else this machine, or everybody if `is_open`."""

    is_open: bool = False
    token: str = field(default="", repr=False)


class Kept(Generic[Value]):
    """Reads once a second at most, and once at a time, however many ask."""

    def __init__(self, read: Callable[[], Awaitable[Value]]) -> None:
        self._read = read
        self._lock = asyncio.Lock()
        self._kept: tuple[float, Value] | None = None

    async def get(self) -> Value:
        async with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] >= KEPT_SECONDS:
                value = await self._read()
                self._kept = (time.monotonic(), value)
            return self._kept[1]


class HealthFace:
    """The three paths over one runtime; without `payments` they tell of checks of payees alone."""

    def __init__(
        self, runtime: Runtime, options: MetricsOptions, requests: Requests, *, payments: bool
    ) -> None:
        self._runtime, self._options, self._requests = runtime, options, requests
        self._payments = payments
        self._process = Process()
        self._reasons: Kept[list[Reason]] = Kept(lambda: health.unready(runtime))
        self._alarms: Kept[Alarms] = Kept(self._read)

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._live, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _live(self, request: Request) -> Response:
        """The process lives, whatever its database does."""
        return Response("ok\n", media_type="text/plain", headers=NO_STORE)

    async def _ready(self, request: Request) -> Response:
        """Whether requests should come here, and why not; `?for=reads` does without changes and sends."""
        reasons = await self._reasons.get()
        if not self._payments:
            reasons = [reason for reason in reasons if reason.code != FROZEN]
        if request.query_params.get("for") == "reads":
            reasons = [reason for reason in reasons if reason.code not in (READ_ONLY.code, FROZEN)]
        body = {
            "ready": not reasons,
            "reasons": [{"code": each.code, "message": each.message} for each in reasons],
        }
        return Response(
            msgspec.json.encode(body),
            status_code=503 if reasons else 200,
            media_type="application/json",
            headers=NO_STORE,
        )

    async def _metrics(self, request: Request) -> Response:
        if self._options.token:
            if not _brings(request, self._options.token):
                return Response(
                    "metrics need the bearer token of the setting metrics_token\n",
                    401,
                    CHALLENGE,
                    "text/plain",
                )
        elif not self._options.is_open and not _is_local(request):
            return Response(NOT_HERE, 403, NO_STORE, "text/plain")
        found = await self._alarms.get()
        families = [
            *of_alarms(found, payments=self._payments),
            self._requests.family(),
            *self._process.families(),
        ]
        return Response(encode(families), headers={"Content-Type": CONTENT_TYPE, **NO_STORE})

    async def _read(self) -> Alarms:
        return await alarms.read(self._runtime, self._runtime.clock.now(), payments=self._payments)


def _brings(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _is_local(request: Request) -> bool:
    """Whether a program on this machine asks, for itself."""
    if request.client is None or any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
