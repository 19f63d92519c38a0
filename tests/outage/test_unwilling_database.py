"""A database that takes no changes or lets nobody in, under real processes: nothing is sent that is not written down.

Reads answer or are told to come again, writes are told to come again, and all goes on without a restart. Incident O1.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from own_server import own_server
from processor import Book
from upgrade.builds import NEW
from upgrade.processes import Process, running
from upgrade.story import new_database, place_of

from .shop import ANSWER_SECONDS_MAX, SCHEDULES, Shop, wait_for

NAME = "outage_tests"
POOL = 4
TRIES_MAX = 500


@dataclass
class Scene:
    """A server and a worker over a database of their own, and a way to it that stays open."""

    shop: Shop
    worker: Process
    dsn: str
    control: "psycopg.Connection[tuple[object, ...]]"

    def end_connections(self) -> None:
        """End those of the processes; they have to connect anew."""
        self.control.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (NAME,),
        )

    def connections_max(self) -> int:
        """How many connections the server has, that of `control` among them."""
        row = self.control.execute("SELECT current_setting('max_connections')::int").fetchone()
        assert row is not None
        return int(str(row[0]))

    def failures(self) -> float:
        """How often the runner of the worker has failed, as it tells itself."""
        told = requests.get(f"{self.worker.url}/metrics", timeout=ANSWER_SECONDS_MAX).text
        lines = [
            line for line in told.splitlines() if line.startswith('duerun_loop_failures_total{loop="runner"}')
        ]
        return float(lines[0].split()[-1]) if lines else 0.0


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """On a server of their own: a connection that others leave would be one that is not taken."""
    with own_server() as dsn:
        yield from _scene(dsn, tmp_path_factory.mktemp("outage"))


def _scene(dsn: str, folder: Path) -> Iterator[Scene]:
    own, book = new_database(dsn, NAME), Book()
    with place_of(own, folder, book) as place, psycopg.connect(dsn, autocommit=True) as control:
        place.run(NEW, "migrate")
        told = place.run(NEW, "keys", "create", "--new-account").split()
        public, secret = (next(word for word in told if word.startswith(kind)) for kind in ("pkey", "skey"))
        server, worker = Process(place, NEW, "serve"), Process(place, NEW, "work")
        with running([server, worker]):
            shop = Shop(server.url, public, secret, place.clock, book)
            shop.furnish()
            shop.next_day()
            shop.wait_until_paid()
            yield Scene(shop, worker, own, control)


@contextmanager
def read_only(scene: Scene) -> Iterator[None]:
    scene.control.execute(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on".encode())
    scene.end_connections()
    try:
        yield
    finally:
        scene.control.execute(f"ALTER DATABASE {NAME} RESET default_transaction_read_only".encode())


@contextmanager
def all_taken(scene: Scene) -> Iterator[None]:
    """Somebody else holds all connections that the server has."""
    with ExitStack() as held:
        left = scene.connections_max() - 1
        for _ in range(TRIES_MAX):
            # One that is not let in yet is in no list, and has its place already: none may be left.
            scene.end_connections()
            with suppress(psycopg.OperationalError):
                while left:
                    held.enter_context(psycopg.connect(scene.dsn, dbname="postgres", autocommit=True))
                    left -= 1
            if not left:
                break
        assert not left, "somebody else has connections"
        yield


def test_a_database_that_takes_no_changes_is_read_and_nothing_is_sent(scene: Scene) -> None:
    shop = scene.shop
    with read_only(scene):
        wait_for(lambda: shop.reasons(scene.worker.url) == ["database_read_only"], "the worker does not tell")
        wait_for(lambda: shop.reasons() == ["database_read_only"], "the server does not tell")
        before = shop.effects()
        shop.next_day()
        quiet = shop.is_quiet() and shop.effects() == before
        reads, writes = shop.reads(), shop.writes()
        reasons = shop.reasons()

    wait_for(shop.is_ready, "the server does not come back")
    shop.wait_until_paid()
    assert quiet
    assert (set(reads), set(writes), reasons) == ({200}, {503}, ["database_read_only"])
    assert set(shop.writes()) == {200}
    wait_for(lambda: scene.failures() > 0, "the failures of the loop are not told")


def test_a_database_whose_connections_are_taken_is_asked_again(scene: Scene) -> None:
    shop = scene.shop
    with all_taken(scene):
        wait_for(
            lambda: shop.reasons(scene.worker.url) == ["database_unreachable"], "the worker does not tell"
        )
        before = shop.effects()
        shop.next_day()
        quiet = shop.is_quiet() and shop.effects() == before
        answers = shop.reads() + shop.writes()

    wait_for(shop.is_ready, "the server does not come back")
    shop.wait_until_paid()
    assert quiet
    assert set(answers) == {503}
    assert {*shop.reads(), *shop.writes()} == {200}


def test_requests_without_a_connection_are_told_to_come_again(scene: Scene) -> None:
    """All connections of the pool wait for somebody's lock."""
    shop = scene.shop
    path = f"/customers/{shop.call('GET', '/customers').json()['data'][0]['id']}"

    def change(number: int) -> int:
        return shop.call("PATCH", path, {"description": f"number {number}"}).status_code

    with psycopg.connect(scene.dsn) as holder, ThreadPoolExecutor(POOL) as callers:
        holder.execute("SELECT FROM customers FOR UPDATE")
        changes = [callers.submit(change, number) for number in range(POOL)]
        wait_for(lambda: shop.reasons() == ["database_unreachable"], "the pool is not used up")
        answers = shop.reads()
        holder.rollback()
        changed = [each.result() for each in changes]

    assert set(answers) <= {200, 503}
    assert answers[503] > 0
    assert set(changed) <= {200, 503}
    assert set(shop.reads()) == {200}
    assert len(shop.effects()) == SCHEDULES * shop.days
