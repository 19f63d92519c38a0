"""A real PostgreSQL, a real server on a real port, and a fresh account for each test."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
import uvicorn
from hypothesis import settings

from duerun.assembly import build_application, build_runtime, close
from duerun.domain.accounts import Account
from duerun.services import access
from duerun.services.access import KeyPair
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer
from duerun.web.protocol import DuerunHttpProtocol
from wire.observer import Observer

# The same examples in every run, and no clock that fails one: a find belongs into the tests as a row of its own.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# Every answer of a server of the tests passes through here.
OBSERVER = Observer()
TESTS = Path(__file__).parent
# The long runs of a folder that begin side by side, with its first test.
RUN_TOGETHER = ("hosts",)
START_SECONDS_MAX = 20
ANSWER_SECONDS_MAX = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes run the tests, each file has one of them: its fixtures are made once."""
    for item in items:
        together = next((each for each in item.path.parents if each.name in RUN_TOGETHER), item.path)
        item.add_marker(pytest.mark.xdist_group(str(together.relative_to(TESTS))))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What a test before this one left behind is not this one's fault."""
    OBSERVER.take()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """A test fails that got an answer which breaks the contract, also if it did not look at it."""
    result = yield
    broken = OBSERVER.take()
    assert broken == [], "\n".join(["answers break the contract:", *broken])
    return result


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """One embedded PostgreSQL for all tests of this process, with the schema in place."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-tests-"))
    # Root's server runs as somebody else, who must be able to enter.
    folder.chmod(0o755)
    try:
        with EmbeddedServer.start(folder, fsync=False) as running:
            migrate(running.dsn)
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def dsn(server: EmbeddedServer) -> str:
    return server.dsn


@pytest.fixture(scope="session")
async def runtime(dsn: str) -> AsyncIterator[Runtime]:
    """The product's parts in the tests' own event loop."""
    built = build_runtime(Settings(), dsn)
    await built.database.open()
    yield built
    await close(built)


class _Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._listening = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()


class HttpServer:
    """Duerun's application behind uvicorn in a thread, as `duerun serve` runs it."""

    def __init__(self, dsn: str, settings: Settings, **options: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._dsn, self._settings, self._options = dsn, settings, options
        self._server: uvicorn.Server | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> "HttpServer":
        self._thread.start()
        assert self._ready.wait(START_SECONDS_MAX), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.should_exit = True
        self._thread.join(START_SECONDS_MAX)

    async def _serve(self) -> None:
        runtime = build_runtime(self._settings, self._dsn)
        await runtime.database.open()
        config = uvicorn.Config(
            OBSERVER.around(build_application(runtime, self._settings, **self._options)),
            port=self.port,
            http=DuerunHttpProtocol,
            log_level="error",
            lifespan="off",
        )
        self._server = _Announced(config, self._ready)
        await self._server.serve()
        await close(runtime)


@pytest.fixture(scope="session")
def http(dsn: str) -> Iterator[HttpServer]:
    with HttpServer(dsn, Settings()) as running:
        yield running


@pytest.fixture(scope="session")
def telling_http(dsn: str) -> Iterator[HttpServer]:
    """A server that also writes the events that Omise does not have."""
    with HttpServer(dsn, Settings(omise_extra_events=True)) as running:
        yield running


@dataclass
class Api:
    """A caller with the keys of one account."""

    url: str
    keys: KeyPair
    account_id: int
    live_keys: KeyPair
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> requests.Response:
        options.setdefault("timeout", ANSWER_SECONDS_MAX)
        return self.session.request(method, self.url + path, auth=(key or self.keys.secret, ""), **options)

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The object of a call that must succeed."""
        answer = self.call(method, path, json=body, **options)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def get(self, path: str, **options: Any) -> Any:
        return self.ok("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.ok("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.ok("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.ok("DELETE", path, **options)

    def refused(self, method: str, path: str, body: Any = None, *, status: int = 400, **options: Any) -> Any:
        """The error object of a call that must be refused with a status."""
        answer = self.call(method, path, json=body, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        error = answer.json()
        assert error["object"] == "error"
        assert set(error) == {"object", "location", "code", "message"}
        return error

    def token(self, number: str = "4242424242424242", **card: Any) -> str:
        """A token of a test card."""
        details = {
            "name": "Somchai Prasert",
            "number": number,
            "expiration_month": 10,
            "expiration_year": 2060,
        }
        created = self.post(
            "/tokens", {"card": details | {"security_code": "123"} | card}, key=self.keys.public
        )
        return str(created["id"])

    def customer(self, number: str = "4242424242424242", **given: Any) -> Any:
        """A customer with a test card."""
        return self.post("/customers", {"card": self.token(number), **given})

    def recipient(self, *, verified: bool = True) -> Any:
        """A recipient with a Thai bank account."""
        account = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
        made = self.post("/recipients", {"name": "Somchai", "type": "individual", "bank_account": account})
        return self.patch(f"/recipients/{made['id']}/verify") if verified else made

    def today(self) -> date:
        """The account's day in Thailand, as its clock says."""
        return datetime.fromisoformat(self.get("/clock")["now"]).astimezone(ZoneInfo("Asia/Bangkok")).date()

    def advance(self, to: str | None = None, *, days: int | None = None) -> Any:
        """Move the test clock; everything that falls due until then runs."""
        return self.post("/clock/advance", {"to": to} if to else {"days": days})


@pytest.fixture
async def api(runtime: Runtime, http: HttpServer) -> AsyncIterator[Api]:
    """A fresh account in Thailand, and its caller."""
    made = await new_account(runtime, http.url)
    yield made
    made.session.close()


@pytest.fixture
async def new_telling_api(
    runtime: Runtime, telling_http: HttpServer
) -> AsyncIterator[Callable[[], Awaitable[Api]]]:
    """Makes fresh accounts on the server that writes all events."""
    made: list[Api] = []

    async def make() -> Api:
        made.append(await new_account(runtime, telling_http.url))
        return made[-1]

    yield make
    for each in made:
        each.session.close()


@pytest.fixture
async def telling_api(new_telling_api: Callable[[], Awaitable[Api]]) -> Api:
    """A fresh account on the server that writes all events."""
    return await new_telling_api()


@pytest.fixture
async def account(runtime: Runtime, api: Api) -> Account:
    """The account of `api` in test mode, as it was when the test began."""
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, api.account_id, livemode=False)
    assert found is not None
    return found


@pytest.fixture
async def other_api(runtime: Runtime, http: HttpServer) -> AsyncIterator[Api]:
    """A second account, whose objects the first one must never see."""
    made = await new_account(runtime, http.url)
    yield made
    made.session.close()


@pytest.fixture
async def new_api(runtime: Runtime, http: HttpServer) -> AsyncIterator[Callable[..., Awaitable[Api]]]:
    """Makes callers of further accounts, of any country and with any settings."""
    made: list[Api] = []

    async def make(**given: Any) -> Api:
        made.append(await new_account(runtime, http.url, **given))
        return made[-1]

    yield make
    for each in made:
        each.session.close()


@pytest.fixture
def serve() -> type[HttpServer]:
    """Serves any database under any settings."""
    return HttpServer


@pytest.fixture
def admit() -> Callable[..., Awaitable[Api]]:
    """Makes a caller of a fresh account in any database."""
    return new_account


async def new_account(runtime: Runtime, url: str, *, country: str = "TH", **given: Any) -> Api:
    now = datetime.now(UTC)
    account_id = await access.create_account(
        runtime, email="merchant@example.com", country=country, now=now, **given
    )
    test = await access.create_keys(runtime, account_id, livemode=False, now=now)
    live = await access.create_keys(runtime, account_id, livemode=True, now=now)
    return Api(url, test, account_id, live)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder that stands while the test runs."""
    with contextlib.chdir(tmp_path):
        yield tmp_path
