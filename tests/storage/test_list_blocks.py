"""Totals and pages of lists that are counted in blocks, against lists that are counted object by object."""

import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from duerun.assembly import build_runtime
from duerun.domain.lists import ListQuery
from duerun.services import list_counts
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import list_blocks
from duerun.storage.list_blocks import COUNTED
from duerun.storage.lists import fetch_page
from own_server import own_database

START = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 4_000


@pytest.fixture(scope="module")
def own_dsn(dsn: str) -> Iterator[str]:
    with own_database(dsn, "list_tests") as own:
        yield own


@pytest.fixture
async def books(own_dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["Books"]:
    """An account's customers in small blocks, written behind the product's back."""
    monkeypatch.setattr(list_blocks, "BLOCK_OBJECTS", 7)
    monkeypatch.setattr(list_blocks, "BLOCKS_OPENED_MAX", 5)
    monkeypatch.setattr(list_blocks, "FRESH_SECONDS", 100.0)
    runtime = build_runtime(Settings(), own_dsn)
    await runtime.database.open()
    with psycopg.connect(own_dsn, autocommit=True) as connection:
        yield Books(runtime, connection)
    await runtime.database.close()


class Books:
    """Customers and their events, at moments that the test says."""

    def __init__(self, runtime: Runtime, connection: "psycopg.Connection[Any]") -> None:
        self.runtime = runtime
        self.connection = connection
        self.seen = list_counts.Seen()
        row = self.connection.execute(
            "INSERT INTO accounts (public_id, team_id, email, country, currency, timezone, api_version, created_at)"
            " VALUES ('acct_' || gen_random_uuid(), 'team', 'owner@example.com', 'TH', 'THB', 'Asia/Bangkok',"
            " '2019-05-29', %s)"
            " RETURNING id",
            [START],
        ).fetchone()
        assert row is not None
        self.account_id = row[0]
        self.number = 0

    def add(self, seconds: list[float], connection: "psycopg.Connection[Any] | None" = None) -> None:
        using = connection or self.connection
        rows = []
        for second in seconds:
            self.number += 1
            rows.append((f"cust_test_{self.account_id}_{self.number:06}", START + timedelta(seconds=second)))
        ids, moments = [row[0] for row in rows], [row[1] for row in rows]
        using.execute(
            "INSERT INTO customers (id, account_id, livemode, metadata, created_at)"
            " SELECT id, %s, false, '{}', at FROM unnest(%s::text[], %s::timestamptz[]) AS made (id, at)",
            [self.account_id, ids, moments],
        )
        using.execute(
            "INSERT INTO events (id, account_id, livemode, key, object_id, api_version, created_at)"
            " SELECT replace(id, 'cust', 'evnt'), %s, false, 'customer.create', id, '2019-05-29', at"
            " FROM unnest(%s::text[], %s::timestamptz[]) AS made (id, at)",
            [self.account_id, ids, moments],
        )

    def forget(self, share: float, chance: random.Random) -> None:
        ids = [
            row[0]
            for row in self.connection.execute(
                "SELECT id FROM customers WHERE account_id = %s AND deleted_at IS NULL ORDER BY id",
                [self.account_id],
            )
        ]
        gone = [each for each in ids if chance.random() < share]
        self.connection.execute("UPDATE customers SET deleted_at = now() WHERE id = ANY (%s)", [gone])

    async def count(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            await list_counts.count(self.runtime, self.seen)

    async def page(self, name: str, query: ListQuery, *, counted: bool) -> tuple[list[str], int]:
        async with self.runtime.database.connection() as connection:
            rows, total = await fetch_page(
                connection,
                f"{name}_list",
                query,
                counted=name if counted else None,
                account_id=self.account_id,
                livemode=False,
            )
        return [row["id"] for row in rows], total

    async def agree(self, query: ListQuery) -> None:
        for name in ("customers", "events"):
            assert await self.page(name, query, counted=True) == await self.page(
                name, query, counted=False
            ), (
                name,
                query,
            )

    def blocks(self, name: str = "customers") -> int:
        row = self.connection.execute(
            "SELECT count(*) FROM list_blocks WHERE account_id = %s AND list = %s AND is_counted",
            [self.account_id, name],
        ).fetchone()
        return int(row[0]) if row else 0


def queries(chance: random.Random, number: int) -> Iterator[ListQuery]:
    for _ in range(number):
        bounds = [
            START + timedelta(seconds=chance.uniform(-100, SECONDS + 100)) if chance.random() < 0.4 else None
            for _ in range(2)
        ]
        yield ListQuery(
            limit=chance.choice([1, 5, 20, 100]),
            offset=chance.choice([0, 0, 1, 6, 7, 8, 50, 300, 10**6, chance.randint(0, 400)]),
            newest_first=chance.random() < 0.5,
            from_=bounds[0],
            to=bounds[1],
        )


@pytest.mark.parametrize("seed", range(4))
async def test_pages_and_totals_are_those_of_counting_one_by_one(books: Books, seed: int) -> None:
    """Objects come in bursts, some of one moment, some late into counted spans; some are deleted."""
    chance = random.Random(seed)  # noqa: S311 - when objects come, not what is secret
    for step in range(12):
        at = SECONDS * (step + 1) / 12
        books.add(sorted(chance.uniform(at - 300, at) for _ in range(chance.randint(0, 40))))
        books.add([at] * chance.choice([0, 1, 20]))
        if step % 3 == 2:
            books.add([chance.uniform(0, at) for _ in range(5)])
            books.forget(0.1, chance)
        await books.count(rounds=chance.randint(0, 3))
        for query in queries(chance, 12):
            await books.agree(query)

    await books.count(rounds=20)
    assert books.blocks() > 10
    assert books.blocks("events") > 10
    for query in queries(chance, 60):
        await books.agree(query)


async def test_a_writer_that_began_before_a_block_is_in_its_count(books: Books, own_dsn: str) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    with psycopg.connect(own_dsn) as slow:
        books.add([15.0, 155.0], slow)
        await books.count(rounds=4)
        assert books.blocks() == 0, "a block was counted while somebody wrote who may not have seen it"
        await books.agree(ListQuery(offset=10))
        slow.commit()
    await books.count(rounds=8)
    assert books.blocks() > 10
    await books.agree(ListQuery(offset=10))
    await books.agree(ListQuery(offset=100, newest_first=True))


async def test_a_late_writer_changes_a_block_with_its_commit_and_not_before(
    books: Books, own_dsn: str
) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=8)
    assert books.blocks() > 10
    with psycopg.connect(own_dsn) as late:
        books.add([15.0, 155.0], late)
        await books.agree(ListQuery(offset=10))
        late.rollback()
        await books.agree(ListQuery(offset=10))
        books.add([16.0, 156.0], late)
        late.commit()
    await books.agree(ListQuery(offset=10))
    assert (await books.page("customers", ListQuery(), counted=True))[1] == 202


async def test_a_block_whose_opener_died_is_counted_all_the_same(books: Books) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    async with books.runtime.database.transaction() as connection:
        (place,) = [
            each
            for each in await list_blocks.newest(connection, after_id=books.account_id - 1, accounts_max=1)
            if not each.livemode
        ]
        customers = next(each for each in COUNTED if each.name == "customers")
        assert await list_blocks.open_blocks(connection, customers, place) > 0
    await books.count(rounds=3)
    assert books.blocks() > 0
    await books.agree(ListQuery(offset=100))


async def test_an_account_in_which_nothing_was_made_is_looked_at_and_left(books: Books) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=8)
    assert await list_counts.count(books.runtime, books.seen) == 0


async def test_rows_are_looked_for_by_plans_that_are_made_for_their_list(books: Books) -> None:
    """A plan that is kept would be one for spans of any length, and for objects of one kind and another."""
    books.add([float(second) for second in range(0, 60, 2)])
    place = list_blocks.Newest(books.account_id, False, START + timedelta(seconds=SECONDS))
    async with books.runtime.database.connection() as connection:
        connection.prepare_threshold = 0
        for _ in range(3):
            for counted in COUNTED:
                await list_blocks.open_blocks(connection, counted, place)
                await list_blocks.mark_seen(connection, counted, place)
                await list_blocks.count_blocks(connection, counted, place)
        cursor = await connection.execute("SELECT statement FROM pg_prepared_statements")
        kept = [row["statement"] for row in await cursor.fetchall()]

    assert any("list_blocks" in each for each in kept)
    assert not [each for each in kept if "AS listed" in each]
