"""The audit of the calendar tells each thing that somebody changed behind the engine's back, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.cli.audit import as_object
from duerun.domain.accounts import Account
from duerun.services import clocks
from duerun.services.audit import Calendar, Kind
from duerun.services.unit import EnginePolicy, Runtime
from duerun.storage import accounts

A_DAY = timedelta(days=1)
CARDS = ("4242424242424242", "4111111111170091", "4111111111160092", "4111111111150093", "4111111111140094")


async def account_of(runtime: Runtime, api: Any) -> Account:
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, api.account_id, livemode=False)
    assert found is not None
    return found


async def told(
    runtime: Runtime, account: Account, *, age_seconds: float = 3600.0
) -> list[tuple[str, date | None]]:
    """Kind and date of the differences of one account, in a hundred pages at most of what all tests have left."""
    async with runtime.database.connection() as connection:
        cursor = await connection.execute("SELECT 7 + count(*) / 100 AS schedules FROM schedules")
        [row] = await cursor.fetchall()
    calendar = Calendar(
        runtime, datetime.now(UTC), age_seconds=age_seconds, schedules_a_page=row["schedules"]
    )
    found = [each async for each in calendar.differences() if each.account == account.public_id]
    assert all(json.loads(json.dumps(as_object(each)))["object"] == "difference" for each in found)
    return [(each.kind, each.day) for each in found]


async def sql(runtime: Runtime, statement: str, *values: Any) -> None:
    async with runtime.database.connection() as connection:
        await connection.execute(statement.encode(), values)


def tomorrow(account: Account) -> date:
    return account.today(account.now(datetime.now(UTC))) + A_DAY


async def a_month(runtime: Runtime, api: Any) -> tuple[Account, str, date]:
    """A daily schedule that ran for some days: the account, its id, its first date."""
    account = await account_of(runtime, api)
    first = tomorrow(account)
    body = {"every": 1, "period": "day", "start_date": str(first)}
    made = api.post("/schedules", body | {"charge": {"customer": api.customer()["id"], "amount": 5_000}})
    api.advance(days=10)
    return await account_of(runtime, api), made["id"], first


async def test_a_year_of_faults_pauses_and_changes_leaves_no_difference(runtime: Runtime, api: Any) -> None:
    account = await account_of(runtime, api)
    api.post("/charges", {"amount": 15_000_000, "currency": "thb", "card": api.token()})
    start = {"start_date": str(tomorrow(account))}
    rules: list[dict[str, Any]] = [
        {"every": 3, "period": "day"},
        {"every": 1, "period": "week", "on": {"weekdays": ["monday", "friday"]}},
        {"every": 1, "period": "month", "on": {"days_of_month": [1, 28]}},
        {"every": 2, "period": "month", "on": {"weekday_of_month": "last_friday"}},
    ]
    paths = []
    for rule in rules:
        for card in CARDS:
            charge = {"customer": api.customer(card)["id"], "amount": 5_000}
            paths.append(api.post("/schedules", rule | start | {"charge": charge})["location"])
        transfer = {"recipient": api.recipient()["id"], "amount": 5_000}
        paths.append(api.post("/schedules", rule | start | {"transfer": transfer})["location"])
    small = replace(runtime, engine=EnginePolicy(claim_rows=3))

    for month in range(12):
        path = paths[month]
        api.patch(f"{path}/pause", {})
        await clocks.advance(small, await account_of(runtime, api), days=13)
        api.patch(f"{path}/resume", {})
        following = api.get(path)["next_occurrences_on"][0]
        api.patch(f"{path}/dates/{following}", {"skip": True})
        if month % 3 == 0:
            api.patch(paths[month + 6], {"end_date": str(date.fromisoformat(following) + 500 * A_DAY)})
        if month == 6:
            api.delete(paths[-1])
        await clocks.advance(small, await account_of(runtime, api), days=17)

    assert await told(runtime, await account_of(runtime, api)) == []
    assert api.get("/charges")["total"] > 800


async def test_a_changed_rule_is_held_to_its_own_dates(runtime: Runtime, api: Any) -> None:
    account = await account_of(runtime, api)
    body = {"every": 1, "period": "week", "on": {"weekdays": ["monday", "wednesday"]}}
    made = api.post("/schedules", body | {"charge": {"customer": api.customer()["id"], "amount": 5_000}})
    api.advance(days=20)
    api.patch(made["location"], {"on": {"weekdays": ["tuesday", "sunday"]}})
    api.advance(days=20)

    account = await account_of(runtime, api)
    before = await told(runtime, account)
    await sql(
        runtime,
        "DELETE FROM occurrences WHERE id = (SELECT id FROM occurrences WHERE schedule_id = %s "
        "AND state = 'successful' ORDER BY scheduled_on DESC LIMIT 1)",
        made["id"],
    )
    after = await told(runtime, account)

    assert before == []
    assert [kind for kind, _ in after] == [Kind.NO_ROW, Kind.STRAY]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM occurrences WHERE schedule_id = %s AND scheduled_on = %s", [Kind.NO_ROW, Kind.STRAY]),
        (
            "UPDATE occurrences SET scheduled_on = scheduled_on - 100 WHERE schedule_id = %s AND scheduled_on = %s",
            [Kind.NO_DATE, Kind.NO_ROW],
        ),
        (
            "UPDATE occurrences SET state = 'due', due_at = '2020-01-01', processed_at = NULL WHERE schedule_id = %s "
            "AND scheduled_on = %s",
            [Kind.PAYMENT, Kind.TOO_OLD],
        ),
        (
            "UPDATE occurrences SET state = 'unknown', processed_at = NULL, lease_until = now() + interval '1 year', "
            "sent_at = now() - interval '3 hours' WHERE schedule_id = %s AND scheduled_on = %s",
            [Kind.PAYMENT, Kind.TOO_OLD],
        ),
        (
            "UPDATE occurrences SET state = 'failed' WHERE schedule_id = %s AND scheduled_on = %s",
            [Kind.PAYMENT],
        ),
        (
            "UPDATE charges SET status = 'failed' WHERE occurrence_id = (SELECT id FROM occurrences "
            "WHERE schedule_id = %s AND scheduled_on = %s)",
            [Kind.PAYMENT],
        ),
        (
            "DELETE FROM charges WHERE occurrence_id = (SELECT id FROM occurrences WHERE schedule_id = %s "
            "AND scheduled_on = %s)",
            [Kind.PAYMENT],
        ),
        (
            "UPDATE occurrences SET attempt = 1, retry_on = scheduled_on + 1 WHERE schedule_id = %s "
            "AND scheduled_on = %s",
            [Kind.NO_ROW, Kind.NO_FIRST_TRY],
        ),
        (
            "DELETE FROM occurrences WHERE schedule_id = %s AND state = 'due' AND %s::date IS NOT NULL",
            [Kind.NO_ROW],
        ),
        ("UPDATE schedules SET every = 2 WHERE id = %s AND %s::date IS NOT NULL", [Kind.NO_DATE] * 5),
        ("UPDATE schedules SET period = 'month', on_text = 'x' WHERE id = %s AND %s::date IS NOT NULL", [Kind.RULE]),
        (
            "UPDATE schedules SET state = 'deleted', ended_at = now() WHERE id = %s AND %s::date IS NOT NULL",
            [Kind.ENDED],
        ),
    ],
    ids=[
        "row deleted", "date changed", "opened again", "outcome lost", "success made a failure",
        "charge made a failure", "charge deleted", "first try made a retry", "next row deleted",
        "rule changed", "rule broken", "schedule ended",
    ],
)  # fmt: skip
async def test_what_is_changed_behind_the_engine_is_told(
    runtime: Runtime, api: Any, statement: str, expected: list[Kind]
) -> None:
    account, schedule_id, first = await a_month(runtime, api)
    before = await told(runtime, account)

    await sql(runtime, statement, schedule_id, first + 3 * A_DAY)
    found = await told(runtime, account)
    # So that no other test meets this schedule.
    await sql(
        runtime, "UPDATE schedules SET every = 1, period = 'day', on_text = '' WHERE id = %s", schedule_id
    )

    assert before == []
    assert sorted(kind for kind, _ in found) == sorted(expected)


async def test_two_rows_for_one_date_are_told(runtime: Runtime, api: Any) -> None:
    """The database refuses a second row, so the constraint is away for the time of this test's own transaction."""
    account, schedule_id, first = await a_month(runtime, api)
    name = "occurrences_schedule_id_scheduled_on_attempt_key"
    copy = (
        "INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, state, "
        "processed_at, created_at) SELECT left(id, -3) || 'zzz', account_id, livemode, schedule_id, kind, "
        "scheduled_on, due_at, 'skipped', processed_at, created_at FROM occurrences "
        "WHERE schedule_id = %s AND scheduled_on = %s"
    )
    await sql(runtime, f"ALTER TABLE occurrences DROP CONSTRAINT {name}")
    await sql(runtime, copy, schedule_id, first)
    found = await told(runtime, account)
    await sql(runtime, "DELETE FROM occurrences WHERE schedule_id = %s AND id LIKE '%%zzz'", schedule_id)
    await sql(
        runtime,
        f"ALTER TABLE occurrences ADD CONSTRAINT {name} UNIQUE (schedule_id, scheduled_on, attempt)",
    )

    assert found == [(Kind.TWICE, first)]


async def test_what_waits_for_the_engine_is_told_only_once_it_is_old(runtime: Runtime, api: Any) -> None:
    account, schedule_id, _ = await a_month(runtime, api)
    await sql(
        runtime,
        "UPDATE occurrences SET due_at = due_at - interval '2 days' WHERE schedule_id = %s AND state = 'due'",
        schedule_id,
    )

    assert [kind for kind, _ in await told(runtime, account, age_seconds=0)] == [Kind.TOO_OLD]
    assert await told(runtime, account, age_seconds=90 * 86_400) == []
