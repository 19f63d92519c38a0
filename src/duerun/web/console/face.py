"""The edge of the console: session, role and form in front of each page, and a page for each refusal."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from duerun.domain.errors import (
    DuerunError,
    FrozenError,
    NotAuthenticatedError,
    NotFoundError,
    RejectedError,
    UnavailableError,
)
from duerun.services import console_access
from duerun.services.console_aside import Aside
from duerun.services.console_clocks import Advances
from duerun.services.console_today import MoneyOfTheDay
from duerun.services.unit import Runtime, acting
from duerun.telemetry import logger
from duerun.web.console import guard, statics, words
from duerun.web.console.options import ConsoleOptions
from duerun.web.console.visit import Page, Visit
from duerun.web.errors import MethodNotAllowedError, PayloadTooLargeError, WebError
from duerun.web.forms import checked_text

FORM_BYTES_MAX = 65_536
FORM_FIELDS_MAX = 200
SIGN_IN = "/console/sign-in"

_log = logger("web.console")


class NotAllowedError(WebError):
    """The user's role does not cover this."""

    status = 403

    def __init__(self, needed: str) -> None:
        super().__init__(f"this needs the role {needed}: ask an admin of this account")


@dataclass(frozen=True, slots=True)
class Console:
    """The console over one runtime."""

    runtime: Runtime
    options: ConsoleOptions
    pages: Sequence[Page]
    money: MoneyOfTheDay = field(init=False)
    aside: Aside = field(default_factory=Aside)
    advances: Advances = field(default_factory=Advances)

    def __post_init__(self) -> None:
        object.__setattr__(self, "money", MoneyOfTheDay(self.runtime))

    def routes(self) -> list[Route]:
        """One route a path; fixed paths stand before those that take an id."""
        paths: dict[str, dict[str, Page]] = {}
        for page in sorted(self.pages, key=lambda each: ("{" in each.path, each.path.count("{"))):
            paths.setdefault(page.path, {})[page.method] = page
        return [
            Route(f"{statics.BASE}/{{hash}}/{{name:path}}", _Resource(self, {})),
            *(Route(path, _Resource(self, methods)) for path, methods in paths.items()),
            Route("/console/{rest:path}", _Resource(self, {})),
        ]

    async def answer(self, request: Request, methods: Mapping[str, Page]) -> Response:
        """The answer to one request: never an exception, always hardened."""
        try:
            if request.url.path.startswith(f"{statics.BASE}/"):
                return guard.harden(await statics.answer(request))
            return guard.harden(await self._answer(request, methods))
        except Exception as error:
            return guard.harden(await self._refusal(request, error))

    async def _answer(self, request: Request, methods: Mapping[str, Page]) -> Response:
        page = methods.get("GET" if request.method == "HEAD" else request.method)
        visit = await self._visit(request, page)
        if not methods:
            raise NotFoundError("page", "asked for")
        if page is None:
            raise MethodNotAllowedError(sorted(methods))
        if page.role is not None:
            if visit.signed_in is None:
                return self._to_sign_in(request, visit)
            if not visit.may(page.role):
                raise NotAllowedError(page.role)
        if page.method == "POST":
            guard.require_own_form(request, visit.cookie, visit.form)
        if visit.signed_in is None:
            return await page.handler(visit)
        with acting(visit.signed_in.name):
            return await page.handler(visit)

    async def _visit(self, request: Request, page: Page | None) -> Visit:
        real_now = self.runtime.clock.now()
        cookie = guard.cookie_of(request, guard.SESSION_COOKIE)
        found = None
        if cookie:
            found = await console_access.session_of(
                self.runtime, self.options.access, cookie, real_now, quiet=page is not None and page.quiet
            )
        if found is None:
            cookie = guard.cookie_of(request, guard.VISITOR_COOKIE) or guard.new_visitor()
        session, account = found or (None, None)
        return Visit(
            runtime=self.runtime,
            options=self.options,
            request=request,
            money=self.money,
            aside=self.aside,
            advances=self.advances,
            real_now=real_now,
            csrf=guard.csrf_token(cookie),
            cookie=cookie,
            signed_in=session,
            account_or_none=account,
            path={name: value.replace("\0", "\ufffd") for name, value in request.path_params.items()},
            query=_pairs(request.url.query),
            navigation=[each for each in self.pages if each.label],
            form=await _form(request) if page is not None and page.method == "POST" and not page.raw else {},
        )

    def _to_sign_in(self, request: Request, visit: Visit) -> Response:
        if visit.is_htmx:
            return Response(status_code=401, headers={"HX-Redirect": SIGN_IN})
        return RedirectResponse(SIGN_IN, status_code=303)

    async def _refusal(self, request: Request, error: Exception) -> Response:
        """A page that says what went wrong, and what was kept."""
        status = _status(error)
        request_id = str(uuid.uuid4())
        if status >= 500:
            cause = error if status == 500 else None
            _log.error(
                "%s %s %s: %s", request_id, request.method, type(error).__name__, error, exc_info=cause
            )
        if status == 503 and not isinstance(error, FrozenError):
            return Response(
                "The database cannot be reached. Try again in a moment.\n", 503, media_type="text/plain"
            )
        try:
            visit = await self._visit(request, None)
        except DuerunError:
            return Response("The request cannot be read.\n", 400, media_type="text/plain")
        shown = words.refusal(error.message) if isinstance(error, DuerunError) and status != 500 else ""
        headers = error.headers if isinstance(error, WebError) else {}
        response = visit.show("error.html", status=status, message=shown, request_id=request_id)
        response.headers.update(headers)
        return response


class _Resource:
    """All methods of one path, as an ASGI application so that every method arrives."""

    def __init__(self, console: Console, methods: dict[str, Page]) -> None:
        self.console, self.methods = console, methods

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self.console.answer(Request(scope, receive, send), self.methods)
        await response(scope, receive, send)


def _status(error: Exception) -> int:
    if isinstance(error, WebError):
        return error.status
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, NotAuthenticatedError):
        return 403
    if isinstance(error, UnavailableError):
        return 503
    return 400 if isinstance(error, RejectedError) else 500


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise PayloadTooLargeError(FORM_BYTES_MAX)
    try:
        return _pairs(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise RejectedError("the form is not UTF-8") from None


def _pairs(text: str) -> dict[str, str]:
    """The fields of a form or a query; of one that is given twice the last counts."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX, errors="strict")
    except ValueError:
        raise RejectedError("the form has too many fields, or one that is not UTF-8") from None
    return {checked_text(name): checked_text(value) for name, value in pairs}
