"""Each decision about an occurrence is logged, the log leads to its row, and it is told why."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from duerun.assembly import build_runtime, close
from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError
from duerun.services import catch_up, clocks, rounds, uncertain
from duerun.services.explanations import Explanation, explain_occurrence, replay_all
from duerun.services.unit import Runtime, acting
from duerun.settings import Settings
from duerun.storage import accounts

CARDS = ("4242424242424242", "4111111111140011", "4111111111170091", "4111111111140094")
SCHEDULES, DAYS = 320, 34
ONE_DAY = timedelta(days=1)
LATEST = "SELECT id FROM occurrences WHERE schedule_id = %s ORDER BY scheduled_on, attempt"


def tomorrow(runtime: Runtime, account: Account) -> date:
    return account.today(runtime.clock.now()) + ONE_DAY


def midday(account: Account, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(account.timezone))


def daily(api: Any, start: date, customer: str, amount: int = 20_000) -> str:
    when = {"every": 1, "period": "day", "start_date": f"{start}", "end_date": "2099-12-31"}
    return str(api.post("/schedules", when | {"charge": {"customer": customer, "amount": amount}})["id"])


async def ids_of(runtime: Runtime, schedule: str) -> list[str]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(LATEST, (schedule,))
        return [row["id"] for row in await cursor.fetchall()]


async def explained(runtime: Runtime, account: Account, occurrence: str) -> Explanation:
    async with runtime.unit(account, runtime.clock.now()) as unit:
        return await explain_occurrence(unit, occurrence)


async def test_ten_thousand_occurrences_are_rebuilt_from_the_log(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    customers = [api.customer(number)["id"] for number in CARDS]
    made = [daily(api, start, customers[n % len(customers) if n < 80 else 0]) for n in range(SCHEDULES)]
    api.ok("PATCH", "/schedules/bulk_pause", {"schedule_ids": made[80:90]})
    await clocks.advance(runtime, account, to=midday(account, start + 10 * ONE_DAY))
    for schedule in made[90:100]:
        api.delete(f"/schedules/{schedule}")
    moved = await _fresh(runtime, account)
    await clocks.advance(runtime, moved, to=midday(account, start + DAYS * ONE_DAY))

    found = await replay_all(runtime, account)

    assert found.wrong == []
    assert (found.wrong_count, found.older) == (0, 0)
    assert found.occurrences >= 10_000
    assert found.lines > 18_000


async def _fresh(runtime: Runtime, account: Account) -> Account:
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, account.id, livemode=False)
    assert found is not None
    return found


async def test_a_row_that_was_changed_behind_the_log_is_found(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    schedule = daily(api, start, api.customer()["id"])
    await clocks.advance(runtime, account, to=midday(account, start))
    first, second = await ids_of(runtime, schedule)
    async with runtime.database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE occurrences SET amount_minor = 1 WHERE id = %s", (first,))
    async with runtime.database.connection() as connection:
        await connection.execute(
            "UPDATE occurrences SET state = 'successful', processed_at = now() WHERE id = %s", (second,)
        )

    found = await replay_all(runtime, account)
    wrong = dict(found.wrong)

    assert set(wrong) == {first, second}
    assert wrong[first] == "the row says otherwise: amount_minor"
    assert "nothing leads from due to successful" in wrong[second]


async def test_what_began_in_a_month_of_the_log_that_was_dropped_is_older_and_not_wrong(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    schedule = daily(api, start, api.customer("4111111111140011")["id"])
    await clocks.advance(runtime, account, to=midday(account, start))
    first = (await ids_of(runtime, schedule))[0]
    async with runtime.database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "DELETE FROM occurrence_decisions WHERE occurrence_id = %s AND state = 'sent'", (first,)
        )

    found = await replay_all(runtime, account)

    assert (found.wrong, found.older) == ([], 1)
    assert not (await explained(runtime, account, first)).is_whole


async def test_a_line_of_the_log_is_neither_changed_nor_deleted(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    daily(api, start, api.customer()["id"])
    await clocks.advance(runtime, account, to=midday(account, start))

    async with runtime.database.connection() as connection:
        for change in ("UPDATE occurrence_decisions SET actor = 'x'", "DELETE FROM occurrence_decisions"):
            with pytest.raises(psycopg.errors.RaiseException, match="only ever added"):
                await connection.execute(change)


async def test_a_retry_is_explained_by_its_rule_and_by_what_came_before(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    schedule = daily(api, start, api.customer("4111111111140011")["id"])
    await clocks.advance(runtime, account, to=midday(account, start))
    occurrences = [
        each for each in await ids_of(runtime, schedule) if (await _of(runtime, account, each)) == start
    ]

    failed = await explained(runtime, account, occurrences[0])
    retry = await explained(runtime, account, occurrences[1])

    assert [each.what for each in failed.steps] == ["planned", "sent", "failed"]
    assert failed.steps[1].inputs["key"] == occurrences[0]
    assert failed.steps[1].inputs["amount"] == 20_000
    assert failed.steps[2].why == "the processor refused it: insufficient_fund"
    assert failed.follows == f"it is tried again as {occurrences[1]}"
    assert [each.what for each in retry.steps] == ["planned"]
    assert retry.steps[0].why == "retry 1 of at most 2, on the next calendar day"
    assert retry.steps[0].inputs["tried_before"] == occurrences[0]
    assert failed.is_whole
    assert retry.is_whole
    clock = failed.steps[1].account_clock
    assert clock is not None
    assert account.today(clock) == start


async def _of(runtime: Runtime, account: Account, occurrence: str) -> date:
    return (await explained(runtime, account, occurrence)).facts.scheduled_on


@pytest.fixture
async def unreachable(dsn: str) -> AsyncIterator[Runtime]:
    """A runtime whose processor never answers."""
    settings = Settings(gateway_url="http://127.0.0.1:9/", gateway_timeout_seconds=0.2)
    built = build_runtime(settings, dsn)
    await built.database.open()
    yield built
    await close(built)


async def test_what_a_person_settled_is_told_as_his_decision(
    unreachable: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(unreachable, account)
    schedule = daily(api, start, api.customer()["id"])
    now = midday(account, start)
    await clocks.advance(unreachable, account, to=now, wait_seconds=1)
    first = (await ids_of(unreachable, schedule))[0]

    with acting("a person at the desk"):
        await uncertain.settle(unreachable, account, now, first, succeeded=True)
    found = await explained(unreachable, account, first)

    assert [each.what for each in found.steps][:3] == ["planned", "sent", "outcome unknown"]
    assert found.steps[-1].what == "succeeded"
    assert found.steps[-1].actor == "a person at the desk"
    assert found.steps[-1].why == "a person found out that the processor confirmed it"
    assert {each.actor for each in found.steps[:-1]} == {None}
    assert found.follows == "nothing: this is final"


async def test_what_runs_on_the_way_of_a_clock_is_not_decided_by_whoever_moves_it(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    schedule = daily(api, start, api.customer()["id"])

    with acting("a person at the desk"):
        await clocks.advance(runtime, account, to=midday(account, start))
    found = await explained(runtime, account, (await ids_of(runtime, schedule))[0])

    assert [each.what for each in found.steps] == ["planned", "sent", "succeeded"]
    assert {each.actor for each in found.steps} == {None}
    assert found.steps[-1].why == "the processor confirmed it"


async def test_what_was_held_and_released_tells_who_released_it(
    runtime: Runtime, api: Any, account: Account
) -> None:
    start = tomorrow(runtime, account)
    recipient = api.recipient()["id"]
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "card": api.token()})
    when = {"every": 1, "period": "month", "start_date": f"{start}", "on": {"days_of_month": [start.day]}}
    api.post("/schedules", when | {"transfer": {"recipient": recipient, "amount": 10_000}})
    late = midday(account, start + 3 * ONE_DAY)
    await rounds.run_due(runtime, account, late)
    held = await catch_up.list_held(runtime, account)

    with acting("a person at the desk"):
        await catch_up.release(runtime, account, late, [held[0]["id"]])
    found = await explained(runtime, account, held[0]["id"])

    assert [(each.what, each.actor) for each in found.steps[-2:]] == [
        ("held for a person", None),
        ("released", "a person at the desk"),
    ]
    assert found.steps[-2].why == "missed while the engine was not running"


async def test_what_belongs_to_another_account_is_not_explained(
    runtime: Runtime, api: Any, account: Account
) -> None:
    schedule = daily(api, tomorrow(runtime, account), api.customer()["id"])
    first = (await ids_of(runtime, schedule))[0]
    async with runtime.database.connection() as connection:
        live = await accounts.fetch(connection, account.id, livemode=True)
    assert live is not None

    with pytest.raises(NotFoundError):
        await explained(runtime, live, first)
