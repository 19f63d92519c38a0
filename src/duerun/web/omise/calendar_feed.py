"""`/calendar.ics`: the dates ahead for calendar programs, which bring a token and no key."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from duerun.domain.errors import DuerunError
from duerun.services import calendar_tokens
from duerun.services.unit import Runtime
from duerun.telemetry import logger
from duerun.web.errors import TooManyRequestsError
from duerun.web.omise.call import Options
from duerun.web.omise.errors import error_response
from duerun.web.rates import RateLimiter

PATH = "/calendar.ics"
TYPE = "text/calendar; charset=utf-8"
SECONDS_KEPT = 300
UNKNOWN = "there is no such calendar\n"
_LOCAL = ("127.0.0.1", "::1")

_log = logger("web.calendar")


class Feed:
    """The feed over one runtime. The address that asks is held to a rate, so that nobody guesses tokens."""

    def __init__(self, runtime: Runtime, options: Options) -> None:
        self._runtime, self._options = runtime, options
        self._rates = RateLimiter()

    def route(self) -> Route:
        return Route(PATH, self._answer, methods=["GET"])

    async def _answer(self, request: Request) -> Response:
        try:
            self._hold_to_rate(request)
            feed = await calendar_tokens.read(self._runtime, request.query_params.get("token", ""))
        except DuerunError as error:
            _log.warning("calendar feed: %s", type(error).__name__)
            return error_response(error, location_base=self._options.error_location)
        if feed is None:
            return Response(UNKNOWN, 404, {"Cache-Control": "no-store"}, "text/plain")
        body = feed.text()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": f"private, max-age={SECONDS_KEPT}", "Content-Type": TYPE}
        if _knows(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers | {"Content-Disposition": 'inline; filename="duerun.ics"'})

    def _hold_to_rate(self, request: Request) -> None:
        host = request.client.host if request.client else ""
        if not self._options.rate_limited or host in _LOCAL:
            return
        wait = self._rates.take(host, per_minute=self._options.requests_per_minute_max)
        if wait:
            raise TooManyRequestsError(retry_after_seconds=wait)


def _knows(request: Request, tag: str) -> bool:
    """Whether the one that asks has this very text (RFC 9110, 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return tag in tags or given.strip() == "*"
