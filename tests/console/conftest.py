"""A server with its console, people who use it, and a browser without scripts."""

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests
from playwright.async_api import Browser, Page, async_playwright

from conftest import Api, HttpServer, new_account
from console.browsing import PASSWORD, PATIENCE_MILLISECONDS, chromium
from duerun.assembly import build_runtime, close
from duerun.domain.console_users import Role
from duerun.services import console_users, webhooks
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts

DEV_USER = "dev"
ANSWER_SECONDS_MAX = 60
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')

NewUser = Callable[..., Awaitable[str]]


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies and runs no scripts."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: object) -> requests.Response:
        return self._call("GET", path, **options)

    def post(self, path: str, *, csrf: str | None = None, **fields: str) -> requests.Response:
        """Send a form as a page of ours would: with the token of the page that is shown."""
        token = self.csrf() if csrf is None else csrf
        return self._call("POST", path, data={"csrf": token, **fields})

    def csrf(self) -> str:
        """The token of this visitor's forms, from the page that he sees."""
        here = self._call("GET", "/console", allow_redirects=True).text
        found = _CSRF.search(here)
        assert found, "the page has no form"
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> requests.Response:
        return self.post("/console/sign-in", name=name, password=password, code=code)

    def _call(self, method: str, path: str, **options: object) -> requests.Response:
        given = {"allow_redirects": False, "timeout": ANSWER_SECONDS_MAX, **options}
        return self.session.request(method, self.url + path, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def console_http(dsn: str) -> Iterator[HttpServer]:
    """A server as `duerun serve` runs it, with a key for the seeds of one-time codes."""
    settings = Settings(console_secret="a text of the tests", console_address_failures_max=100_000)
    with HttpServer(dsn, settings) as running:
        yield running


@pytest.fixture(scope="session")
def dev_http(dsn: str) -> Iterator[HttpServer]:
    """A server as `duerun dev` runs it: one user signs in with one click."""
    with HttpServer(dsn, Settings(), one_click_user=DEV_USER) as running:
        yield running


@pytest.fixture
async def api(runtime: Runtime, console_http: HttpServer) -> AsyncIterator[Api]:
    """A fresh account, and a caller of its API."""
    made = await new_account(runtime, console_http.url)
    yield made
    made.session.close()


@pytest.fixture
def new_user(runtime: Runtime, api: Api) -> NewUser:
    """Makes users of the account, or of another one; their names."""

    async def make(role: Role = Role.ADMIN, *, account_id: int | None = None) -> str:
        name = f"user-{secrets.token_hex(8)}"
        await console_users.add(
            runtime,
            name=name,
            role=role,
            account_id=account_id or api.account_id,
            password=PASSWORD,
            now=datetime.now(UTC),
        )
        return name

    return make


@pytest.fixture
def new_visitor(console_http: HttpServer) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors, none of whom is signed in."""
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(console_http.url))
        return made[-1]

    yield make
    for each in made:
        each.session.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
async def admin(new_user: NewUser, visitor: Visitor) -> Visitor:
    """A visitor who is signed in as an admin of the account."""
    assert visitor.sign_in(await new_user()).status_code == 303
    return visitor


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests."""
    path = chromium()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def sending(dsn: str) -> AsyncIterator[Runtime]:
    """A runtime of its own, whose connections to receivers end with the test."""
    built = build_runtime(Settings(), dsn)
    await built.database.open()
    yield built
    await built.webhooks.sender.close()
    await close(built)


async def try_all(runtime: Runtime, api: Api) -> None:
    """Try what is due once: nobody is there."""
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    while (await webhooks.deliver(runtime, account, datetime.now(UTC))).count:
        pass
