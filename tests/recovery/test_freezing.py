"""A restored or copied database sends nothing before a person says so (incident D3)."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import requests

from copies import Copied, Site, Still, account_of, running, settings_of
from duerun.domain.errors import FrozenError
from duerun.services import charges, freezing, health, recovery, rounds
from duerun.services.charges import ChargeOrder
from duerun.services.unit import Runtime
from processor import Book, Processor

DAYS = timedelta(days=3)
WAITS_MAX = 6_000
ANSWER_SECONDS_MAX = 60


def ask(method: str, url: str, **given: Any) -> requests.Response:
    return requests.request(method, url, timeout=ANSWER_SECONDS_MAX, **given)


async def run_due(runtime: Runtime, copied: Copied, clock: Still) -> int:
    return await rounds.run_all_due(runtime, await account_of(runtime, copied), clock.now())


async def test_a_copied_database_sends_nothing_in_live_mode_and_says_why(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
        copy = site.databases.copy(original.dsn)
        clock = Still()
        clock.moment += DAYS
        async with running(copy, processor, clock) as runtime:
            # Before anybody has noticed, and behind it.
            assert await run_due(runtime, original, clock) == 0
            assert "copy" in (await freezing.notice(runtime, None) or "")
            assert await run_due(runtime, original, clock) == 0
            with pytest.raises(FrozenError, match="duerun recover"):
                await charges.create_charge(
                    runtime,
                    await account_of(runtime, original),
                    clock.now(),
                    ChargeOrder(amount_minor=20_000, currency="thb", customer_id=original.customer),
                )
            assert [each.code for each in await health.unready(runtime)] == ["sending_frozen"]
        assert processor.book.effects == []
        assert not processor.book.calls

        # The one that it was copied from works on.
        async with running(original.dsn, processor, clock) as runtime:
            assert await freezing.notice(runtime, None) is None
            assert await run_due(runtime, original, clock) > 0
        assert len(processor.book.effects) == len(original.schedule_ids)


async def test_a_charge_by_hand_is_answered_503_with_the_reason_while_nothing_is_sent(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
        copy = site.databases.copy(original.dsn)
        with site.serve(copy, settings_of(processor)) as http:
            asked = {"amount": "20000", "currency": "thb", "customer": original.customer}
            answer = ask("POST", f"{http.url}/charges", data=asked, auth=(original.live_key, ""))
            ready, metrics = ask("GET", f"{http.url}/readyz"), ask("GET", f"{http.url}/metrics")
        assert answer.status_code == 503
        assert answer.json()["code"] == "service_unavailable"
        assert "duerun recover" in answer.json()["message"]
        assert ready.status_code == 503
        assert "duerun_frozen 1" in metrics.text
        assert not processor.book.calls


async def test_the_sandbox_goes_on_in_a_copy(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
    copy = site.databases.copy(original.dsn)
    async with running(copy, None) as runtime:
        assert await freezing.notice(runtime, None) is not None
        account = await account_of(runtime, original, livemode=False)
        async with runtime.database.transaction() as connection:
            await freezing.require_sending(connection, runtime, account)
        assert await health.unready(runtime) == []


async def test_tables_that_were_restored_into_the_same_database_are_noticed(site: Site) -> None:
    dsn = site.databases.new()
    async with running(dsn, None) as runtime:
        assert await freezing.notice(runtime, None) is None
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE saved AS SELECT * FROM installation")
        connection.execute("ALTER TABLE installation RENAME TO gone")
        connection.execute("CREATE TABLE installation (LIKE gone INCLUDING ALL)")
        connection.execute("INSERT INTO installation SELECT * FROM saved")
    async with running(dsn, None) as runtime:
        assert await freezing.notice(runtime, None) is not None


async def test_who_freezes_waits_for_an_intent_that_is_being_committed(site: Site) -> None:
    """Behind a freeze nobody commits an intent any more that was allowed before it."""
    with Processor(Book()) as processor:
        original = await site.original(processor)
        async with running(original.dsn, processor) as runtime:
            account = await account_of(runtime, original)
            async with runtime.database.transaction() as connection:
                assert not await freezing.is_held(connection, runtime, account)
                freezer = asyncio.create_task(freezing.freeze(runtime, freezing.BY_HAND))
                await _until_somebody_waits(runtime)
                assert not freezer.done()
            await freezer
            async with runtime.database.transaction() as connection:
                assert await freezing.is_held(connection, runtime, account)


async def _until_somebody_waits(runtime: Runtime) -> None:
    waiting = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with runtime.database.connection() as connection:
        for _ in range(WAITS_MAX):
            row = await (await connection.execute(waiting)).fetchone()
            if row and row["n"]:
                return
            await asyncio.sleep(0.01)
    pytest.fail("nobody waits for the lock")


async def test_nothing_that_was_lost_is_sent_a_second_time_while_nothing_is_sent(site: Site) -> None:
    book = Book(faults=1.0, only=("request_lost",))
    with Processor(book) as processor:
        original = await site.original(processor, schedules=2)
        clock = Still()
        clock.moment += timedelta(days=1)
        async with running(original.dsn, processor, clock) as runtime:
            account = await account_of(runtime, original)
            await rounds.run_due(runtime, account, clock.now())
            order = ChargeOrder(amount_minor=20_000, currency="thb", customer_id=original.customer)
            await charges.create_charge(runtime, account, clock.now(), order)
            await freezing.freeze(runtime, freezing.BY_HAND)
            await long_ago(runtime)
            book.faults = 0.0
            posts = sum(count for (method, _), count in book.calls.items() if method == "POST")
            assert posts == 3
            await rounds.rescue(runtime, account, clock.now())
            asked = [key for method, key in book.calls if method == "GET"]
            assert len(asked) == 3
            assert sum(count for (method, _), count in book.calls.items() if method == "POST") == posts
            assert book.effects == []

            await recovery.thaw(runtime, await recovery.begin(runtime))
            await long_ago(runtime)
            await rounds.rescue(runtime, account, clock.now())
        assert len(book.effects) == 3


async def long_ago(runtime: Runtime) -> None:
    """So long behind their sends that "not found" proves something."""
    async with runtime.database.connection() as connection:
        for table in ("occurrences", "charges"):
            await connection.execute(
                f"UPDATE {table} SET sent_at = sent_at - interval '1 hour', lease_until = now() "
                "WHERE lease_until IS NOT NULL"
            )
