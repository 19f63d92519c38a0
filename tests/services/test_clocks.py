"""Who holds a test clock."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.errors import UnavailableError
from duerun.services import clocks
from duerun.services.unit import Runtime
from duerun.storage import accounts
from duerun.storage import clocks as store


async def test_a_clock_that_a_stopped_process_held_is_free_after_the_next_start(
    runtime: Runtime, api: Any
) -> None:
    async with runtime.database.transaction() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
        assert account is not None
        await store.take(connection, account, lease_seconds=120)
    with pytest.raises(UnavailableError):
        await clocks.advance(runtime, account, days=1)

    await clocks.let_go(runtime)

    assert (await clocks.advance(runtime, account, days=1)).occurrences == 0


async def test_an_advance_stops_behind_its_batch_when_the_server_stops_and_can_be_sent_again(
    runtime: Runtime, api: Any
) -> None:
    customer = api.customer()
    for _ in range(3):
        charge = {"customer": customer["id"], "amount": 10_000}
        api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
    ran_before = api.get("/charges")["total"]
    async with runtime.database.transaction() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    to = account.due_at("charge", account.today(datetime.now(UTC)) + timedelta(days=10))
    stopping = replace(runtime, stopping=asyncio.Event())
    stopping.stopping.set()

    with pytest.raises(UnavailableError, match="the server is stopping"):
        await clocks.advance(stopping, account, to=to)
    ran_on_the_way = api.get("/charges")["total"]
    again = await clocks.advance(runtime, account, to=to)

    assert ran_on_the_way == ran_before
    assert again.occurrences == 30
    assert api.get("/charges")["total"] == ran_before + 30


async def test_a_clock_that_somebody_else_took_over_is_moved_by_nobody_before(
    runtime: Runtime, api: Any
) -> None:
    hour = timedelta(hours=1)
    async with runtime.database.transaction() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
        assert account is not None
        frozen = await store.take(connection, account, lease_seconds=0)
        other = await store.take(connection, account, lease_seconds=60)
        assert frozen is not None
        assert other is not None

        moved = await store.move(connection, account, frozen, hour, lease_seconds=60)
        await store.release(connection, account, frozen)

        assert not moved
        assert await store.take(connection, account, lease_seconds=60) is None
        assert await store.move(connection, account, other, hour, lease_seconds=60)
        await store.release(connection, account, other)


async def test_an_advance_first_waits_for_what_a_dead_one_had_sent(runtime: Runtime, api: Any) -> None:
    """A process that died behind its claim left occurrences that are sent: they run at their own moment."""
    charge = {"customer": api.customer()["id"], "amount": 10_000}
    schedule = api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
    async with runtime.database.transaction() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
        assert account is not None
        tomorrow = account.today(datetime.now(UTC)) + timedelta(days=1)
        await connection.execute(
            "UPDATE occurrences SET state = 'sent', sends = 1, token = 1, sent_at = now(),"
            " lease_until = now() + interval '2 seconds', card_id = %s, amount_minor = 10000"
            " WHERE schedule_id = %s AND state = 'due'",
            (schedule["charge"]["card"], schedule["id"]),
        )

    advanced = await clocks.advance(
        runtime, account, to=account.due_at("charge", tomorrow + timedelta(days=1))
    )

    found = api.get(f"/schedules/{schedule['id']}/occurrences", params={"order": "reverse_chronological"})[
        "data"
    ]
    assert found[0]["scheduled_on"] == str(tomorrow + timedelta(days=1))
    assert [each["status"] for each in found] == ["successful"] * 3
    assert all(each["processed_at"] <= f"{advanced.now:%Y-%m-%dT%H:%M:%SZ}" for each in found)
    assert found[0]["processed_at"][:10] == str(tomorrow + timedelta(days=1))


async def test_a_new_start_asks_at_once_about_what_was_sent(runtime: Runtime, api: Any) -> None:
    charge = {"customer": api.customer()["id"], "amount": 10_000}
    schedule = api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
    async with runtime.database.connection() as connection:
        await connection.execute(
            "UPDATE occurrences SET state = 'sent', sent_at = now(), lease_until = now() + interval '1 hour'"
            " WHERE schedule_id = %s AND state = 'due'",
            (schedule["id"],),
        )
        await clocks.let_go(runtime)
        cursor = await connection.execute(
            "SELECT lease_until <= now() AS over FROM occurrences WHERE schedule_id = %s AND state = 'sent'",
            (schedule["id"],),
        )
        rows = await cursor.fetchall()

    assert [row["over"] for row in rows] == [True]
