"""Totals and pages of lists that are counted in blocks, against lists that are counted object by object."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from duerun.assembly import build_runtime
from duerun.domain.lists import ListQuery
from duerun.services import list_counts
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import list_blocks, lists
from duerun.storage.database import sql
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
    """An account's customers in small blocks and short sums, written behind the product's back."""
    monkeypatch.setattr(list_blocks, "BLOCK_OBJECTS", 7)
    monkeypatch.setattr(list_blocks, "BLOCKS_OPENED_MAX", 5)
    monkeypatch.setattr(list_blocks, "FRESH_SECONDS", 100.0)
    monkeypatch.setattr(list_blocks, "SUM_BLOCKS", 3)
    monkeypatch.setattr(list_blocks, "BLOCKS_SETTLED_MAX", 2)
    monkeypatch.setattr(list_counts, "SUMS_A_TICK_MAX", 2)
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

    def sums(self) -> list[tuple[int, int]]:
        """What each sum of customers tells, and what its blocks held when it took them over."""
        return self.connection.execute(
            "SELECT s.objects::int, (SELECT sum(b.summed)::int FROM list_blocks b WHERE b.list = s.list"
            " AND b.account_id = s.account_id AND b.livemode = s.livemode"
            " AND b.since >= s.since AND b.until <= s.until)"
            " FROM list_block_sums s WHERE account_id = %s AND list = 'customers' ORDER BY since",
            [self.account_id],
        ).fetchall()

    def moved(self) -> int:
        """How many blocks of customers differ from what their sums took over."""
        row = self.connection.execute(
            "SELECT count(*) FROM list_blocks WHERE account_id = %s AND list = 'customers' AND objects <> summed",
            [self.account_id],
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
    assert len(books.sums()) > 3
    assert all(told == held for told, held in books.sums())
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


async def test_what_moves_in_a_summed_block_is_told_at_once_and_settled_later(books: Books) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=20)
    before = books.sums()
    assert len(before) > 3
    books.add([15.0, 16.0, 455.0, 855.0])
    books.connection.execute(
        "UPDATE customers SET deleted_at = now() WHERE account_id = %s AND created_at < %s",
        [books.account_id, START + timedelta(seconds=25)],
    )
    assert books.moved() == 3
    assert books.sums() == before
    for query in queries(random.Random(7), 40):  # noqa: S311 - where pages are looked at
        await books.agree(query)

    books.add([2_000.0])
    await books.count(rounds=20)
    assert books.moved() == 0
    assert books.sums() != before
    assert all(told == held for told, held in books.sums())
    for query in queries(random.Random(8), 40):  # noqa: S311 - where pages are looked at
        await books.agree(query)


async def test_no_sum_is_made_of_a_block_that_somebody_changes(
    books: Books, own_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody waits: neither the counter for the writer nor the writer for the counter."""
    monkeypatch.setattr(list_counts, "SUMS_A_TICK_MAX", 0)
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=20)
    monkeypatch.setattr(list_counts, "SUMS_A_TICK_MAX", 100)
    with psycopg.connect(own_dsn) as late:
        books.add([115.0], late)
        # The counter looks where something was made.
        books.add([1_999.5])
        await asyncio.wait_for(books.count(rounds=3), timeout=60)
        assert books.sums() == [], "a sum was made of a block while its count changed"
        late.commit()
    books.add([1_999.6])
    await books.count(rounds=3)
    assert len(books.sums()) > 3
    for query in queries(random.Random(9), 40):  # noqa: S311 - where pages are looked at
        await books.agree(query)


async def test_pages_are_right_while_sums_are_made_and_settled(books: Books, own_dsn: str) -> None:
    """Each statement sees a block and its sum of one moment."""
    books.add([float(second) for second in range(0, 3_000, 2)])
    total = 1_500
    wrong: list[int] = []

    async def read() -> None:
        while not done.is_set():
            found = (await books.page("customers", ListQuery(limit=1), counted=True))[1]
            if not total <= found <= total + 400:
                wrong.append(found)

    def write() -> None:
        with psycopg.connect(own_dsn, autocommit=True) as writer:
            for number in range(400):
                books.add([float(number * 7)], writer)

    done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        await books.count(rounds=30)
        writing = asyncio.create_task(asyncio.to_thread(write))
        while not writing.done():
            await books.count()
        await writing
        done.set()
        await reading
    await books.count(rounds=30)

    assert wrong == []
    assert len(books.sums()) > 20
    assert all(told == held for told, held in books.sums())
    assert (await books.page("customers", ListQuery(limit=1), counted=True))[1] == total + 400
    await books.agree(ListQuery(offset=700))


@pytest.mark.parametrize("missing", ["", "list_blocks_counted"])
async def test_a_list_of_many_blocks_reads_its_sums_and_few_blocks(books: Books, missing: str) -> None:
    """Where the planner has seen nothing of either yet, and whichever index it takes."""
    books.connection.execute(
        "INSERT INTO list_blocks (list, account_id, livemode, since, until, objects, is_counted, summed)"
        " SELECT 'customers', %s, false, %s + n * interval '1 second', %s + (n + 1) * interval '1 second', 2048, true,"
        " CASE WHEN n < 4992 THEN 2048 END FROM generate_series(0, 4999) AS n",
        [books.account_id, START, START],
    )
    books.connection.execute(
        "INSERT INTO list_block_sums (list, account_id, livemode, since, until, objects)"
        " SELECT 'customers', %s, false, %s + n * interval '64 seconds', %s + (n + 1) * interval '64 seconds', 131072"
        " FROM generate_series(0, 77) AS n",
        [books.account_id, START, START],
    )
    asked = {
        "list": "customers",
        "account_id": books.account_id,
        "livemode": False,
        "list_from": START + timedelta(seconds=10),
        "list_to": START + timedelta(seconds=4_997),
    }
    with psycopg.connect(books.runtime.database.dsn) as connection:
        if missing:
            connection.execute(f"DROP INDEX {missing}".encode())
        for _ in range(7):
            read = connection.execute(sql("list_blocks_counted"), asked, prepare=True).fetchall()
            plan = connection.execute(
                "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) " + sql("list_blocks_counted"),
                asked,
                prepare=True,
            ).fetchall()
        connection.rollback()

    text = "\n".join(row[0] for row in plan)
    assert sum(row[2] for row in read) == 2_048 * 4_987
    assert len(read) == 77 + (64 - 10) + 5
    assert "Seq Scan" not in text, text
    # Those at the edges of the window may be read, and nothing else that is not told.
    assert sum(map(int, re.findall(r"Rows Removed by Filter: (\d+)", text))) <= 4, text


async def test_a_block_whose_opener_died_is_counted_all_the_same(books: Books) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    async with books.runtime.database.transaction() as connection:
        (place,) = [
            each
            for each in await list_blocks.newest(connection, after_id=books.account_id - 1, accounts_max=1)
            if not each.livemode
        ]
        customers = next(each for each in COUNTED if each.name == "customers")
        assert await list_blocks.open_blocks(connection, customers, place, None) > 0
    await books.count(rounds=3)
    assert books.blocks() > 0
    await books.agree(ListQuery(offset=100))


async def test_blocks_of_a_restored_dump_are_counted_and_no_sum_spans_them(books: Books) -> None:
    """The server that marked them had seen more transactions than this one will for years."""
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=8)
    books.connection.execute(
        "UPDATE list_blocks SET is_counted = false, objects = 0, horizon = '9000000000', summed = NULL"
        " WHERE account_id = %s AND list = 'customers'"
        " AND since >= %s AND since < %s",
        [books.account_id, START + timedelta(seconds=500), START + timedelta(seconds=700)],
    )
    books.connection.execute("DELETE FROM list_block_sums WHERE account_id = %s", [books.account_id])
    books.connection.execute("UPDATE list_blocks SET summed = NULL WHERE account_id = %s", [books.account_id])
    place = list_blocks.Newest(books.account_id, False, START + timedelta(seconds=SECONDS))
    customers = next(each for each in COUNTED if each.name == "customers")
    async with books.runtime.database.transaction() as connection:
        while (await list_blocks.sum_blocks(connection, customers, place)).done:
            pass
    row = books.connection.execute(
        "SELECT (SELECT max(until) FROM list_block_sums WHERE account_id = %(id)s) <="
        " (SELECT min(since) FROM list_blocks WHERE account_id = %(id)s AND NOT is_counted)",
        {"id": books.account_id},
    ).fetchone()
    assert row == (True,)

    books.add([float(second) for second in range(2_000, 3_000, 10)])
    await books.count(rounds=20)
    left = books.connection.execute(
        "SELECT count(*) FROM list_blocks WHERE account_id = %s AND NOT is_counted", [books.account_id]
    ).fetchone()
    assert left == (0,)
    for query in queries(random.Random(10), 40):  # noqa: S311 - where pages are looked at
        await books.agree(query)


async def test_a_page_is_right_where_blocks_are_counted_while_it_is_read(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    await books.count(rounds=8)
    books.connection.execute(
        "UPDATE list_blocks SET is_counted = false, summed = NULL WHERE account_id = %s AND since > %s",
        [books.account_id, START + timedelta(seconds=1_000)],
    )
    books.connection.execute(
        "DELETE FROM list_block_sums WHERE account_id = %s AND until > %s",
        [books.account_id, START + timedelta(seconds=1_000)],
    )
    looked = lists._holder

    def meanwhile(name: str, query: ListQuery) -> LiteralString:
        books.connection.execute(
            "UPDATE list_blocks SET is_counted = true WHERE account_id = %s AND NOT is_counted",
            [books.account_id],
        )
        return looked(name, query)

    query = ListQuery(offset=130, limit=10, newest_first=True)
    wanted = await books.page("customers", query, counted=False)
    monkeypatch.setattr(lists, "_holder", meanwhile)
    before = books.blocks()
    assert await books.page("customers", query, counted=True) == wanted
    assert books.blocks() > before


async def test_who_did_not_have_a_turn_looks_again(books: Books, own_dsn: str) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    with psycopg.connect(own_dsn) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [list_blocks.TURN_LOCK])
        await books.count(rounds=4)
        assert books.blocks() == 0
    await books.count(rounds=20)
    assert books.blocks() > 10
    assert len(books.sums()) > 3


async def test_an_account_in_which_nothing_was_made_is_looked_at_and_left(books: Books) -> None:
    books.add([float(second) for second in range(0, 2_000, 10)])
    # Other accounts of these tests have sums to be made, too.
    await books.count(rounds=120)
    assert await list_counts.count(books.runtime, books.seen) == 0


async def test_rows_are_looked_for_by_plans_that_are_made_for_their_list(books: Books) -> None:
    """A plan that is kept would be one for spans of any length, and for objects of one kind and another."""
    books.add([float(second) for second in range(0, 60, 2)])
    place = list_blocks.Newest(books.account_id, False, START + timedelta(seconds=SECONDS))
    async with books.runtime.database.connection() as connection:
        connection.prepare_threshold = 0
        for _ in range(3):
            for counted in COUNTED:
                last = (await list_blocks.state(connection, counted, place)).until
                await list_blocks.open_blocks(connection, counted, place, last)
                await list_blocks.mark_seen(connection, counted, place)
                await list_blocks.count_blocks(connection, counted, place)
        cursor = await connection.execute("SELECT statement FROM pg_prepared_statements")
        kept = [row["statement"] for row in await cursor.fetchall()]

    assert any("list_blocks" in each for each in kept)
    assert not [each for each in kept if "AS listed" in each]
