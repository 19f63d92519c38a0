"""Which events are written: each key of the wire specification, 14.1, once and where it belongs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from duerun.services import catch_up, clocks
from duerun.services.planning import PlannedPage, plan_page
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
BROKE = "4111111111140011"
EXTRA = {
    "schedule.expiring", "schedule.expire", "schedule.pause", "schedule.resume", "occurrence.successful",
    "occurrence.failed", "occurrence.skipped", "recurring_export.complete",
}  # fmt: skip
# `schedule.update` is told of Duerun's own call PATCH /schedules/{id}.
KEYS = {
    "schedule.create", "schedule.suspend", "schedule.destroy", "schedule.update",
    "charge.create", "charge.update", "charge.capture", "charge.reverse", "charge.complete", "charge.expire",
    "customer.create", "customer.update", "customer.destroy", "customer.update.card", "card.update", "card.destroy",
    "recipient.create", "recipient.update", "recipient.destroy", "recipient.activate", "recipient.deactivate",
    "recipient.verify", "refund.create",
    "transfer.create", "transfer.update", "transfer.destroy", "transfer.pay", "transfer.send", "transfer.fail",
}  # fmt: skip


@pytest.fixture
def telling(runtime: Runtime) -> Runtime:
    """A runtime that writes all events."""
    return replace(runtime, extra_events=True)


def told(api: Any) -> list[Any]:
    """All events of an account, in their order."""
    found: list[Any] = []
    more = True
    while more:
        page = api.get("/events", params={"limit": 100, "offset": len(found)})["data"]
        found += page
        more = len(page) == 100
    return found


def keys_of(api: Any, prefixes: Sequence[str] = ("schedule.", "occurrence.")) -> list[str]:
    return [each["key"] for each in told(api) if each["key"].startswith(tuple(prefixes))]


def daily(api: Any, *, days: int, card: str = "4242424242424242") -> Any:
    """A daily charge that begins tomorrow and ends after some days."""
    charge = {"customer": api.customer(card)["id"], "amount": 25_000}
    start = api.today() + timedelta(days=1)
    end = start + timedelta(days=days - 1)
    dates = {"start_date": f"{start}", "end_date": f"{end}"}
    return api.post("/schedules", {"every": 1, "period": "day", "charge": charge, **dates})


def upload(api: Any, customer: str) -> Any:
    """A file of one schedule, whose first payment is not due yet."""
    day = 15 if api.today().day > 15 else 28
    row = f"k,{customer},,100000,,1,month,{day},,"
    file = {"file": ("members.csv", f"{HEADER}\n{row}\n".encode(), "text/csv")}
    return api.call("POST", "/schedules/upload", files=file).json()


def drive_charges(api: Any) -> None:
    order = {"amount": 50_000, "currency": "thb"}
    held = [api.post("/charges", {**order, "card": api.token(), "capture": False})["id"] for _ in range(4)]
    for charge, verb in zip(held, ("capture", "reverse", "expire", "mark_as_paid"), strict=True):
        api.post(f"/charges/{charge}/{verb}", {})
    api.patch(f"/charges/{held[0]}", {"description": "changed"})
    api.post(f"/charges/{held[0]}/refunds", {"amount": 5_000})


def drive_customers(api: Any) -> None:
    customer = api.customer()
    path = f"/customers/{customer['id']}"
    api.patch(path, {"description": "changed", "card": api.token("5555555555554444")})
    api.patch(f"{path}/cards/{customer['default_card']}", {"name": "MALI"})
    api.delete(f"{path}/cards/{customer['default_card']}")
    api.delete(path)


def drive_transfers(api: Any) -> None:
    api.post("/charges", {"amount": 500_000, "currency": "thb", "card": api.token()})
    recipient = api.recipient()
    path = f"/recipients/{recipient['id']}"
    order = {"amount": 50_000, "recipient": recipient["id"]}
    gone = api.post("/transfers", order)["location"]
    api.patch(gone, {"amount": 40_000})
    api.delete(gone)
    api.post(f"{api.post('/transfers', order)['location']}/mark_as_paid")
    api.post("/transfers", {**order, "amount": 90_000_000, "fail_fast": True})
    api.patch(path, {"bank_account": {"number": "9876543210"}})
    api.delete(path)


def drive_schedules(api: Any) -> None:
    daily(api, days=2)
    daily(api, days=30, card=BROKE)
    changed = daily(api, days=30)["location"]
    api.patch(changed, {"amount": 30_000})
    api.patch(f"{changed}/pause")
    api.advance(days=5)
    api.patch(f"{changed}/resume")
    api.delete(changed)
    upload(api, api.customer()["id"])
    api.advance(days=1)


def drive_all(api: Any) -> None:
    for drive in (drive_charges, drive_customers, drive_transfers, drive_schedules):
        drive(api)


def test_every_key_of_the_table_is_written_and_no_other(telling_api: Any) -> None:
    drive_all(telling_api)

    assert {each["key"] for each in told(telling_api)} == KEYS | EXTRA


def test_the_extra_keys_are_written_only_where_they_are_asked_for(api: Any) -> None:
    drive_all(api)

    assert {each["key"] for each in told(api)} == KEYS


def test_a_schedule_tells_its_dates_its_last_one_and_its_end(telling_api: Any) -> None:
    schedule = daily(telling_api, days=3)

    telling_api.advance(days=5)

    assert keys_of(telling_api, ("schedule.", "occurrence.", "charge.")) == [
        "schedule.create",
        "charge.create", "occurrence.successful",
        "charge.create", "occurrence.successful", "schedule.expiring",
        "charge.create", "occurrence.successful", "schedule.expire",
    ]  # fmt: skip
    events = {each["key"]: each["data"] for each in told(telling_api)}
    assert (events["schedule.expiring"]["status"], events["schedule.expire"]["status"]) == (
        "expiring",
        "expired",
    )
    assert events["schedule.expiring"]["next_occurrences_on"] == [schedule["end_date"]]
    last = events["occurrence.successful"]
    assert last == telling_api.get(last["location"])
    assert (last["object"], last["schedule"], last["scheduled_on"]) == (
        "occurrence", schedule["id"], schedule["end_date"],
    )  # fmt: skip


def test_a_schedule_with_a_retry_left_tells_its_last_date_once(telling_api: Any) -> None:
    daily(telling_api, days=2, card="4111111111170091")

    telling_api.advance(days=6)

    # The second date gives way to the retry that falls on it, which is then all that is left.
    assert keys_of(telling_api) == [
        "schedule.create", "occurrence.failed", "occurrence.skipped", "schedule.expiring", "occurrence.successful",
        "schedule.expire",
    ]  # fmt: skip


def test_a_failed_date_tells_each_of_its_tries_and_then_the_suspension(telling_api: Any) -> None:
    daily(telling_api, days=30, card=BROKE)

    telling_api.advance(days=5)

    keys = keys_of(telling_api)
    assert keys.count("occurrence.failed") == 3
    assert keys[-2:] == ["occurrence.failed", "schedule.suspend"]


def test_paused_dates_are_told_as_skipped(telling_api: Any) -> None:
    path = daily(telling_api, days=30)["location"]
    telling_api.patch(f"{path}/pause")

    telling_api.advance(days=3)

    events = [each for each in told(telling_api) if each["key"] == "occurrence.skipped"]
    assert len(events) in (2, 3)
    assert {each["data"]["message"] for each in events} == {"schedule is paused"}


def test_a_change_that_leaves_one_date_tells_so_once(telling_api: Any) -> None:
    schedule = daily(telling_api, days=30)
    path = schedule["location"]

    telling_api.patch(path, {"end_date": schedule["start_date"]})
    telling_api.patch(path, {"amount": 30_000})

    assert keys_of(telling_api) == [
        "schedule.create", "schedule.update", "schedule.expiring", "schedule.update",
    ]  # fmt: skip


def test_a_date_left_out_before_the_last_one_makes_that_the_next(telling_api: Any) -> None:
    schedule = daily(telling_api, days=2)

    telling_api.patch(f"{schedule['location']}/dates/{schedule['start_date']}", {"skip": True})

    assert keys_of(telling_api) == ["schedule.create", "schedule.update", "schedule.expiring"]


def test_the_file_that_is_done_is_told_as_its_job(telling_api: Any) -> None:
    job = upload(telling_api, telling_api.customer()["id"])

    telling_api.advance(days=0)

    done = telling_api.get(job["location"])
    events = told(telling_api)
    assert done["state"] == "completed"
    assert [each["data"] for each in events if each["key"] == "recurring_export.complete"] == [done]
    assert [each["key"] for each in events][-2:] == ["schedule.create", "recurring_export.complete"]


async def test_dates_that_a_person_gives_up_are_told(telling_api: Any, telling: Runtime) -> None:
    schedule = daily(telling_api, days=3)
    async with telling.database.connection() as connection:
        await connection.execute(
            "UPDATE occurrences SET state = 'held' WHERE schedule_id = %s", [schedule["id"]]
        )
        cursor = await connection.execute(
            "SELECT id FROM occurrences WHERE schedule_id = %s", [schedule["id"]]
        )
        held = [row["id"] for row in await cursor.fetchall()]
    account = await account_at(telling, Place(telling_api.account_id, False))
    assert account is not None

    await catch_up.skip(telling, account, account.now(datetime.now(UTC)), held)

    assert keys_of(telling_api) == ["schedule.create", "occurrence.skipped"]


async def test_the_planner_tells_of_a_schedule_that_it_lets_expire(
    telling_api: Any, telling: Runtime
) -> None:
    schedule = daily(telling_api, days=1)
    async with telling.database.connection() as connection:
        await connection.execute(
            "UPDATE occurrences SET state = 'cancelled' WHERE schedule_id = %s", [schedule["id"]]
        )

    now, page = datetime.now(UTC), PlannedPage(0, "")
    while (page := await plan_page(telling, now, after=page.through, schedules_max=20_000)).through:
        pass

    assert keys_of(telling_api) == ["schedule.create", "schedule.expire"]


async def test_a_batch_of_any_size_is_told_in_the_same_number_of_statements(
    new_telling_api: Callable[[], Awaitable[Any]], telling: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    execute = psycopg.AsyncCursor.execute

    async def counted(self: Any, *given: Any, **options: Any) -> Any:
        counts[-1] += 1
        return await execute(self, *given, **options)

    for schedules in (2, 20):
        api = await new_telling_api()
        for _ in range(schedules):
            daily(api, days=2)
        account = await account_at(telling, Place(api.account_id, False))
        assert account is not None
        with monkeypatch.context() as patched:
            counts.append(0)
            patched.setattr(psycopg.AsyncCursor, "execute", counted)
            await clocks.advance(telling, account, days=4)
        assert keys_of(api).count("schedule.expire") == schedules

    assert counts[0] == counts[1] > 0
