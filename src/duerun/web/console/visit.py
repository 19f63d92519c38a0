"""One visit to a page: who looks, at which account in which mode, at which moment; and what a page answers with."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from duerun.domain.accounts import Account
from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.services.console_access import Session
from duerun.services.console_aside import PAGE_WAIT_SECONDS, PART_WAIT_SECONDS, Aside
from duerun.services.console_clocks import Advances
from duerun.services.console_today import MoneyOfTheDay
from duerun.services.unit import Runtime, Unit
from duerun.web.console import words
from duerun.web.console.options import ConsoleOptions
from duerun.web.console.render import render

FLASH_COOKIE = "duerun_console_told"
FLASH_CHARACTERS_MAX = 500
FLASH_SECONDS = 60
PATH = "/console"
# Where the browser goes behind a form: to the reason why it was refused, or to what was done.
ANSWER = b'id="answer"'

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page needs of a request. `now` is the account's present moment, `real_now` the server's; read once.

    `csrf` goes into each form, `navigation` are the pages that it leads to; `signed_in` and `account_or_none` are None
    on pages for everybody. `refusal` is why the form that was sent is shown again.
    """

    runtime: Runtime
    options: ConsoleOptions
    request: Request
    money: MoneyOfTheDay
    aside: Aside
    advances: Advances
    real_now: datetime
    csrf: str
    cookie: str = field(repr=False)
    signed_in: Session | None = None
    account_or_none: Account | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    navigation: Sequence["Page"] = ()
    refusal: str = ""

    @property
    def session(self) -> Session:
        assert self.signed_in is not None
        return self.signed_in

    @property
    def account(self) -> Account:
        assert self.account_or_none is not None
        return self.account_or_none

    @property
    def now(self) -> datetime:
        return self.account.now(self.real_now)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """One unit of work of the account in its mode."""
        async with self.runtime.unit(self.account, self.now) as unit:
            yield unit

    async def beside(self, question: Hashable, make: Callable[[Unit], Awaitable[Result]]) -> Result | None:
        """What `make` finds out for this account at its moment; None while it takes longer than a page may.

        A part that htmx asks for waits longer. `question` names what else the result depends on.
        """
        account = self.account
        key = (account.id, account.livemode, account.clock_offset, account.today(self.now), question)

        async def made() -> Result:
            async with self.unit() as unit:
                return await make(unit)

        wait_seconds = PART_WAIT_SECONDS if self.is_htmx else PAGE_WAIT_SECONDS
        return await self.aside.get(key, made, wait_seconds=wait_seconds)

    def field(self, name: str) -> str:
        """A field of the form that must be there; raises `RejectedError`."""
        value = self.form.get(name, "").strip()
        if not value:
            raise RejectedError(f"{name.replace('_', ' ')} must be filled in")
        return value

    def asked(self, name: str) -> str | None:
        """A parameter of the query, None where it is not there or empty."""
        return self.query.get(name, "").strip() or None

    def may(self, needed: Role | str) -> bool:
        """Whether the user's role covers another one."""
        return self.signed_in is not None and self.signed_in.role.may(Role(needed))

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("hx-request") == "true"

    def show(self, template: str, *, status: int | None = None, **values: Any) -> Response:
        """A page, or a part of one, from a template that sees the visit and the values."""
        status = status or (400 if self.refusal else 200)
        told = unquote(self.request.cookies.get(FLASH_COOKIE, ""))[:FLASH_CHARACTERS_MAX]
        text = render(template, visit=self, told="" if self.is_htmx else told, status=status, **values)
        response = HTMLResponse(text, status_code=status)
        if told and not self.is_htmx:
            response.delete_cookie(FLASH_COOKIE, path=PATH, httponly=True, samesite="lax")
        return response

    def go(self, path: str, *, told: str = "") -> Response:
        """On to another page of the console, which tells what was done."""
        response = RedirectResponse(path, status_code=303)
        if told:
            response.set_cookie(
                FLASH_COOKIE,
                quote(told[:FLASH_CHARACTERS_MAX]),
                max_age=FLASH_SECONDS,
                path=PATH,
                httponly=True,
                samesite="lax",
                secure=self.request.url.scheme == "https",
            )
        return response


Handler = Callable[[Visit], Awaitable[Response]]


def shown_again(page: Handler) -> Callable[[Handler], Handler]:
    """A form that is refused is shown again on its page, with what was typed and the reason.

    Where the page does not offer the form any more, the refusal has a page of its own.
    """

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        async def handle(visit: Visit) -> Response:
            try:
                return await handler(visit)
            except RejectedError as error:
                response = await page(replace(visit, refusal=words.refusal(error.message)))
                if ANSWER not in bytes(response.body):
                    raise
                return response

        return handle

    return around


@dataclass(frozen=True, slots=True)
class Page:
    """One method of one path, and the role that it needs; `None` lets everybody in.

    `label` puts it into the navigation. A `quiet` page, which asks by itself again and again, keeps no session alive.
    A `raw` page reads the body itself, and its CSRF token comes in the header.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None = Role.VIEWER
    label: str = ""
    quiet: bool = False
    raw: bool = False
