"""Missed dates: what is shown beforehand is what is done; caps; past days that are run again once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from attached import fetched, rows
from duerun.cli import catchup
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.retries import CatchUp
from duerun.services import access, catch_up, rounds
from duerun.services.unit import Runtime

DAYS = 5
DONE = {
    "successful": "run", "skipped": "skip", "held": "hold",
}  # fmt: skip
STATES = "SELECT scheduled_on, state FROM occurrences WHERE schedule_id = %s AND state <> 'due' ORDER BY 1"


@pytest.fixture
async def account(runtime: Runtime, api: Any) -> Account:
    return await fetched(runtime, api.account_id)


@pytest.fixture
def first(account: Account) -> date:
    return account.today(datetime.now(UTC)) + timedelta(days=1)


@pytest.fixture
def missed(runtime: Runtime, account: Account, first: date) -> datetime:
    """A moment at which five days were missed."""
    return account.due_at("transfer", first + timedelta(days=DAYS - 1)) + timedelta(hours=8)


def daily(api: Any, first: date, **what: Any) -> str:
    dates = {"start_date": str(first), "end_date": str(first + timedelta(days=30))}
    return str(api.post("/schedules", {"every": 1, "period": "day"} | dates | what)["id"])


@pytest.mark.parametrize("policy", list(CatchUp))
@pytest.mark.parametrize("kind", ["charge", "transfer"])
@pytest.mark.parametrize("cap", [0, 2])
async def test_what_is_shown_of_missed_dates_is_what_is_done_about_them(
    runtime: Runtime, api: Any, first: date, missed: datetime, policy: CatchUp, kind: str, cap: int
) -> None:
    api.post("/charges", {"amount": 10_000_000, "currency": "thb", "card": api.token()})
    terms = {"charge": {"customer": api.customer()["id"], "amount": 20_000}}
    if kind == "transfer":
        terms = {"transfer": {"recipient": api.recipient()["id"], "amount": 30_000}}
    schedule = daily(api, first, **terms)
    await access.set_options(
        runtime, api.account_id, {f"catch_up_{kind}s": policy.value, "catch_up_max": str(cap)}
    )
    account = await fetched(runtime, api.account_id)
    counted = runtime.tally.take()

    shown = await catch_up.preview(runtime, account, missed)
    unchanged = await rows(runtime, STATES, schedule)
    await rounds.run_all_due(runtime, account, missed)
    counted = runtime.tally.take()
    done = await rows(runtime, STATES, schedule)

    assert unchanged == []
    assert [(each.scheduled_on, each.step) for each in shown] == [
        (row["scheduled_on"], DONE[row["state"]]) for row in done
    ]
    assert len(done) == DAYS
    runs = [each for each in shown if each.step == "run"]
    assert len(runs) == {CatchUp.LATEST: 1, CatchUp.ALL: cap or DAYS, CatchUp.ASK: 0}[policy]
    # The newest day is but a few hours late, which is no miss, where it stands alone.
    assert counted["missed_dates", "test"] in (DAYS - 1, DAYS)
    assert await catch_up.preview(runtime, account, missed) == []


async def test_the_dry_run_prints_dates_amounts_totals_and_the_cap(
    runtime: Runtime, api: Any, first: date, missed: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    charge = {"customer": api.customer()["id"], "amount": 20_000}
    schedule = daily(api, first, charge=charge)
    await access.set_options(runtime, api.account_id, {"catch_up_charges": "all", "catch_up_max": "2"})
    account = await fetched(runtime, api.account_id)
    late = replace(account, clock_offset=missed - datetime.now(UTC))

    await catchup.show_missed(runtime, late)

    told = capsys.readouterr().out
    assert "charges: all; transfers: ask" in told
    assert "at most 2 dates" in told
    assert told.count(schedule) == DAYS
    assert "runs: 2 of charge, 40000 THB" in told
    assert "is skipped: 3 of charge, 60000 THB" in told


async def test_past_days_are_run_again_once_through_the_same_key(
    runtime: Runtime, api: Any, first: date, missed: datetime
) -> None:
    """M10: one date was lost, two are held; what has run stays as it is."""
    schedule = daily(api, first, charge={"customer": api.customer()["id"], "amount": 20_000})
    await access.set_options(runtime, api.account_id, {"catch_up_charges": "ask"})
    account = await fetched(runtime, api.account_id)
    await rounds.run_all_due(runtime, account, account.due_at("charge", first))
    await rounds.run_all_due(runtime, account, missed)
    lost = first + timedelta(days=1)
    async with runtime.database.connection() as connection:
        await connection.execute(
            "DELETE FROM occurrences WHERE schedule_id = %s AND scheduled_on = %s", (schedule, lost)
        )
    days = {"first": first, "last": first + timedelta(days=2)}

    shown = await catch_up.backfill(runtime, account, missed, **days, dry_run=True)
    before = await rows(runtime, STATES, schedule)
    filled = await catch_up.backfill(runtime, account, missed, **days, dry_run=False)
    again = await catch_up.backfill(runtime, account, missed, **days, dry_run=False)
    await rounds.run_all_due(runtime, account, missed)
    third = await catch_up.backfill(runtime, account, missed, **days, dry_run=False)
    after = {row["scheduled_on"]: row["state"] for row in await rows(runtime, STATES, schedule)}

    assert [each.scheduled_on for each in shown] == [lost, first + timedelta(days=2)] == [
        each.scheduled_on for each in filled
    ]  # fmt: skip
    assert lost not in [row["scheduled_on"] for row in before]
    assert again == third == []
    assert [after[first + timedelta(days=each)] for each in range(3)] == ["successful"] * 3
    assert after[first + timedelta(days=3)] == "held"
    assert api.get("/charges")["total"] == 3


async def test_days_to_come_are_not_run(runtime: Runtime, account: Account, first: date) -> None:
    with pytest.raises(RejectedError, match="must have passed"):
        await catch_up.backfill(runtime, account, datetime.now(UTC), first=first, last=first, dry_run=True)
