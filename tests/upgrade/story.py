"""One merchant whose schedules run day by day, under whatever processes there are; what came of it is told in rows."""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests
from psycopg.conninfo import make_conninfo

from duerun.assembly import build_runtime, close
from duerun.engine.planner import Planner
from duerun.engine.rescuer import Rescuer
from duerun.engine.runner import Runner
from duerun.settings import Settings
from duerun.storage.migrate import migrate
from processor import TOKEN, Book, Processor

from .builds import Build
from .processes import LOOK_SECONDS, Place, Process, VirtualClock, running

START = datetime(2031, 1, 1, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
DAY_SECONDS_MAX = 120.0
CARDS = {
    "good": "4242424242424242",
    "refused": "4111111111140011",
    "refused once": "4111111111170091",
    "answer lost": "4111111111140094",
}
OPEN = (
    "SELECT (SELECT count(*) FROM occurrences WHERE state IN ('sent', 'unknown') OR (state = 'due' AND due_at <= %s)) "
    "+ (SELECT count(*) FROM charges WHERE gateway_state <> 'settled' AND %s)"
)
LEFT = (
    "SELECT id, state, sends, sent_at, lease_until, now() FROM occurrences WHERE state IN ('sent', 'unknown') "
    "UNION ALL SELECT id, gateway_state, NULL, created_at, NULL, now() FROM charges WHERE gateway_state <> 'settled'"
)
ROWS = (
    "SELECT schedule_id, scheduled_on, attempt, retry_on, kind, state, amount_minor, due_at FROM occurrences "
    "ORDER BY schedule_id, scheduled_on, attempt"
)
SCHEDULES = "SELECT id, state FROM schedules ORDER BY id"

Rows = list[tuple[Any, ...]]


@dataclass
class Merchant:
    """The account: its keys, and a customer for callers."""

    public: str
    secret: str
    customer: str


def new_database(dsn: str, name: str, *, like: str | None = None) -> str:
    """A fresh database, or a copy of another one that nobody uses."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}{f' TEMPLATE {like}' if like else ''}".encode())
    return make_conninfo(dsn, dbname=name)


def settle_in(place: Place, build: Build) -> Merchant:
    """Make the schema, the account and its schedules with a version."""
    place.run(build, "migrate")
    told = place.run(build, "keys", "create", "--new-account")
    public, secret = (re.search(rf"{kind}_test_\w+", told) for kind in ("pkey", "skey"))
    assert public is not None
    assert secret is not None
    server = Process(place, build, "serve")
    with running([server]):
        return _furnish(server.url, public.group(), secret.group())


def _furnish(url: str, public: str, secret: str) -> Merchant:
    def call(path: str, body: Any, key: str = secret) -> Any:
        answer = requests.post(url + path, json=body, auth=(key, ""), timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def customer(number: str) -> str:
        card = {"name": "Mali", "number": number, "expiration_month": 12, "expiration_year": 2060}
        token = call("/tokens", {"card": card}, public)["id"]
        return str(call("/customers", {"card": token})["id"])

    day = (START + DAY).date()
    until = {"start_date": str(day), "end_date": "2050-01-01"}
    payers = {name: customer(number) for name, number in CARDS.items()}
    call("/charges", {"amount": 15_000_000, "currency": "thb", "customer": payers["good"]})
    rules: list[dict[str, Any]] = [
        {"every": 1, "period": "day"},
        {"every": 3, "period": "day"},
        {"every": 1, "period": "week", "on": {"weekdays": ["monday", "thursday"]}},
        {"every": 1, "period": "month", "on": {"days_of_month": [1, 15, 28]}},
        {"every": 1, "period": "month", "on": {"weekday_of_month": "last_friday"}},
    ]
    for number, payer in enumerate(payers.values()):
        for place, rule in enumerate(rules):
            charge = {"customer": payer, "amount": 20_000 + 100 * number + place}
            call("/schedules", rule | until | {"charge": charge})
    account = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
    recipient = call("/recipients", {"name": "Somchai", "type": "individual", "bank_account": account})["id"]
    verified = requests.patch(f"{url}/recipients/{recipient}/verify", auth=(secret, ""), timeout=60)
    assert verified.ok, verified.text
    until["start_date"] = str(day + 10 * DAY)
    for place, rule in enumerate(rules):
        call("/schedules", rule | until | {"transfer": {"recipient": recipient, "amount": 30_000 + place}})
    return Merchant(public, secret, payers["good"])


def is_open(connection: "psycopg.Connection[Any]", clock: VirtualClock, *, charges: bool = False) -> bool:
    """Whether anything of schedules, or of callers as well, is due or has no outcome."""
    row = connection.execute(OPEN, (clock.now(), charges)).fetchone()
    return bool(row and row[0])


def wait_until_done(dsn: str, clock: VirtualClock, *, charges: bool = False) -> None:
    """Wait for the end of all that is due; of callers' charges only where nobody calls any more."""
    deadline = time.monotonic() + DAY_SECONDS_MAX
    with psycopg.connect(dsn, autocommit=True) as connection:
        while is_open(connection, clock, charges=charges):
            assert time.monotonic() < deadline, f"left open: {connection.execute(LEFT).fetchall()}"
            time.sleep(LOOK_SECONDS)


@dataclass
class Calendar:
    """Turns one day after another, each once the one before is done, until it is told to stop."""

    dsn: str
    clock: VirtualClock
    days_max: int
    days: int = 0
    failure: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Calendar":
        self._thread = threading.Thread(target=self._turn, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let the day at hand be done."""
        self._stop.set()
        self.join()

    def join(self) -> None:
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _turn(self) -> None:
        try:
            while not self._stop.is_set() and self.days < self.days_max:
                self.clock.step(DAY)
                self.days += 1
                wait_until_done(self.dsn, self.clock)
        except BaseException as error:
            self.failure = error


def rows(dsn: str) -> tuple[Rows, Rows]:
    """All occurrences and the states of all schedules."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(ROWS).fetchall(), connection.execute(SCHEDULES).fetchall()


def dated(book: Book) -> Counter[tuple[Any, ...]]:
    """What the ledger has of schedules: reference, attempt, amount, refusal; each should be there once."""
    return Counter(
        (each.request["reference"], each.request["attempt"], each.request["amount"], each.refusal)
        for each in book.effects
        if ":" in each.request["reference"]
    )


def judge(book: Book) -> None:
    """What the gateway's own ledger can say against us."""
    tries = Counter((each.request["reference"], each.request["attempt"]) for each in book.effects)
    assert {tried: count for tried, count in tries.items() if count > 1} == {}
    assert (book.conflicts, book.complaints) == ([], [])


async def by_one_process(dsn: str, folder: Path, days: int) -> tuple[Rows, Rows, Book]:
    """The same days under one process of this version."""
    migrate(dsn)
    clock = VirtualClock(folder / "one.clock", START)
    book = Book()
    with Processor(book) as processor:
        settings = Settings(
            gateway_url=processor.url,
            gateway_token=TOKEN,
            gateway_timeout_seconds=2,
            gateway_max_processing_seconds=1,
            catch_up_charges="all",
            catch_up_transfers="all",
        )
        runtime = build_runtime(settings, dsn, clock=clock)
        await runtime.database.open()
        ticks = [each(runtime).tick for each in (Runner, Rescuer, Planner)]
        with psycopg.connect(dsn, autocommit=True) as connection:
            for _ in range(days):
                clock.step(DAY)
                while is_open(connection, clock):
                    for tick in ticks:
                        await tick(clock.now())
                    await asyncio.sleep(0)
        await close(runtime)
    return *rows(dsn), book


@contextmanager
def place_of(dsn: str, folder: Path, book: Book) -> Iterator[Place]:
    """A place over a database, with a gateway that keeps its ledger in a book."""
    with Processor(book) as processor:
        yield Place(dsn, processor.url, VirtualClock(folder / "clock", START), folder)
