"""The counter over what the product itself makes."""

from datetime import timedelta
from typing import Any

import pytest

from duerun.domain.lists import ListQuery
from duerun.engine.counter import Counter
from duerun.services import list_counts, rounds
from duerun.storage import list_blocks
from duerun.storage.lists import fetch_page

from .conftest import Merchant


async def test_schedules_are_counted_all_together_and_by_kind(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_blocks, "BLOCK_OBJECTS", 3)
    monkeypatch.setattr(list_blocks, "FRESH_SECONDS", 0.0)
    for _ in range(20):
        await merchant.schedule()
    now = merchant.runtime.clock.now()
    counter = Counter(merchant.runtime)
    while await counter.tick(now):
        pass

    of: dict[str, Any] = {"account_id": merchant.account.id, "livemode": False}
    lists = ("schedules", "charge_schedules", "transfer_schedules")
    query = ListQuery(offset=5, limit=4)
    async with merchant.runtime.database.connection() as connection:
        for name in lists:
            ours = await fetch_page(connection, f"{name}_list", query, counted=name, **of)
            assert ours == await fetch_page(connection, f"{name}_list", query, **of)
    counted = {
        row["list"]: row["objects"]
        for row in merchant.sql(
            "SELECT list, sum(objects)::int AS objects FROM list_blocks WHERE account_id = %s AND is_counted"
            " GROUP BY list",
            merchant.account.id,
        )
    }
    assert counted["schedules"] >= 15
    assert counted["charge_schedules"] == counted["schedules"]
    assert "transfer_schedules" not in counted


async def test_payments_are_counted_within_seconds_and_what_files_make_is_not(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a page of charges counts those of four seconds, not of five, while a thousand a second are made."""
    monkeypatch.setattr(list_blocks, "BLOCK_OBJECTS", 3)
    for _ in range(40):
        await merchant.schedule()
    later = merchant.runtime.clock.now() + timedelta(days=2)
    await rounds.run_all_due(merchant.runtime, merchant.account, later)
    for table in ("charges", "transactions", "events", "schedules"):
        merchant.sql(
            f"UPDATE {table} t SET created_at = now() - nth %% 40 * interval '0.12 seconds'"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM "
            f"{table} WHERE account_id = %s) AS numbered WHERE numbered.id = t.id RETURNING t.id",
            merchant.account.id,
        )
    counter = Counter(merchant.runtime)
    while await counter.tick(merchant.runtime.clock.now()):
        pass

    counted = merchant.sql(
        "SELECT list FROM list_blocks WHERE account_id = %s GROUP BY list ORDER BY list", merchant.account.id
    )
    assert [row["list"] for row in counted] == ["charges", "transactions"]


async def test_each_account_has_its_turn(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_counts, "ACCOUNTS_A_TURN_MAX", 1)
    seen = list_counts.Seen()
    found = set()
    for _ in range(50):
        await list_counts.count(merchant.runtime, seen)
        found.add(seen.after_id)
    ids = {row["id"] for row in merchant.sql("SELECT id FROM accounts")}
    assert ids <= found
