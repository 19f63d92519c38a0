"""Keys follow from schedule, date and retry, by whatever way an occurrence comes about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from duerun import ids
from duerun.services.unit import Runtime

HEAD = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date\n"
FOUND = "SELECT id, schedule_id, scheduled_on, attempt, livemode FROM occurrences WHERE account_id = %s"


async def test_occurrences_of_files_calls_and_changes_have_the_ids_of_their_dates(
    runtime: Runtime, api: Any
) -> None:
    customer = api.customer()["id"]
    start = datetime.now(UTC).date() + timedelta(days=3)
    when = {"every": 1, "period": "week", "on": {"weekdays": ["monday", "thursday"]}}
    when |= {"start_date": str(start), "end_date": "2099-12-31"}
    made = api.post("/schedules", when | {"charge": {"customer": customer, "amount": 30_000}})
    api.patch(f"/schedules/{made['id']}", {"on": {"weekdays": ["tuesday", "thursday", "saturday"]}})
    rows = [f"row_{row},{customer},,{40_000 + row},,1,day,,{start},2099-12-31\n" for row in range(20)]
    job = api.ok("POST", "/schedules/upload", files={"file": ("rows.csv", HEAD + "".join(rows), "text/csv")})
    api.advance(days=12)

    async with runtime.database.connection() as connection:
        found = await (await connection.execute(FOUND, [api.account_id])).fetchall()
    assert job["id"]
    assert len({row["schedule_id"] for row in found}) == 21
    assert len({row["scheduled_on"] for row in found}) > 2
    for row in found:
        place = (row["schedule_id"], row["scheduled_on"], row["attempt"])
        assert row["id"] == ids.occurrence_id(*place, livemode=row["livemode"])


def test_an_id_is_the_same_for_ever_and_differs_by_all_that_it_follows_from() -> None:
    day = date(2026, 11, 25)
    first = ids.occurrence_id("schd_1", day, 0, livemode=True)
    assert first == "occu_20782cnzcgsrauaung5"
    others = [
        ids.occurrence_id("schd_1", day, 0, livemode=True),
        ids.occurrence_id("schd_1", day, 1, livemode=True),
        ids.occurrence_id("schd_1", day + timedelta(days=1), 0, livemode=True),
        ids.occurrence_id("schd_2", day, 0, livemode=True),
        ids.occurrence_id("schd_1", day, 0, livemode=False),
    ]
    assert others[0] == first
    assert len(set(others)) == len(others)
    assert {len(each.removeprefix("occu_").removeprefix("test_")) for each in others} == {19}
