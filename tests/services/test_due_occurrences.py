"""Due occurrences under the engine's own eyes: claims, leases, fencing, missed days, balances."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.cli.catchup import show_held
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import MISSED
from duerun.domain.retries import CatchUp
from duerun.gateways.base import NOT_FOUND, UNKNOWN, Asked, Declaration, Outcome, PaymentRequest, Question
from duerun.services import access, catch_up, departures, due_payments, rounds, transfers
from duerun.services.due_charges import CHARGES
from duerun.services.schedule_changes import ScheduleChange, change
from duerun.services.unit import EnginePolicy, Runtime
from duerun.storage import accounts, occurrences, sandbox_ledger


class SlowGateway:
    """The sandbox with a switch: it can stand still, or lose its answers."""

    name = "slow"
    declared = Declaration()

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.keys: list[str] = []
        self.lose_answers = False

    async def tokenize(self, card: Any, *, account: str) -> Any:
        return await self._inner.tokenize(card, account=account)

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        self.keys += [request.key for request in requests]
        self.entered.set()
        await self.gate.wait()
        outcomes: Sequence[Outcome] = await self._inner.charge(requests)
        return [UNKNOWN for _ in outcomes] if self.lose_answers else outcomes

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        outcomes: Sequence[Outcome] = await self._inner.transfer(requests)
        return outcomes

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        outcomes: Sequence[Outcome] = await self._inner.lookup(questions)
        return outcomes


async def account_of(runtime: Runtime, api: Any) -> Account:
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    return account


def daily(api: Any, start: date, *, days: int = 30, **given: Any) -> Any:
    body = {
        "every": 1,
        "period": "day",
        "start_date": str(start),
        "end_date": str(start + timedelta(days=days)),
        "charge": {"customer": api.customer()["id"], "amount": 10_000},
    }
    return api.post("/schedules", body | given)


def told(api: Any, schedule: Any) -> list[tuple[str, str, str | None]]:
    found = api.get(f"/schedules/{schedule['id']}/occurrences", params={"limit": 100})["data"]
    return sorted((each["scheduled_on"], each["status"], each["message"]) for each in found)


@pytest.fixture
async def account(runtime: Runtime, api: Any) -> Account:
    return await account_of(runtime, api)


@pytest.fixture
def tomorrow(account: Account) -> date:
    return account.today(datetime.now(UTC)) + timedelta(days=1)


def run_time(account: Account, day: date, *, kind: str = "charge") -> datetime:
    return account.due_at(kind, day)


async def ledger_keys(runtime: Runtime, keys: Sequence[str]) -> list[str]:
    return [entry[0] for entry in await sandbox_ledger.find(runtime.database, keys)]


async def test_two_workers_at_once_charge_each_occurrence_once(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    gateway = SlowGateway(runtime.gateways[False])
    busy = replace(runtime, gateways={False: gateway}, engine=EnginePolicy(claim_rows=7))
    for _ in range(20):
        daily(api, tomorrow, days=0)
    now = run_time(account, tomorrow)

    counts = await asyncio.gather(*(rounds.run_all_due(busy, account, now) for _ in range(4)))

    assert sum(counts) == 20
    assert len(gateway.keys) == len(set(gateway.keys)) == 20
    assert api.get("/charges")["total"] == 20


async def test_a_worker_that_lost_its_lease_settles_nothing(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow, days=0)
    gateway = SlowGateway(runtime.gateways[False])
    gateway.gate.clear()
    short = replace(runtime, gateways={False: gateway}, engine=EnginePolicy(lease_seconds=0.0))
    now = run_time(account, tomorrow)
    frozen = asyncio.create_task(
        due_payments.run(CHARGES, short, account, now, until=now, turn=asyncio.Lock())
    )
    await gateway.entered.wait()

    settled = await rounds.rescue(runtime, account, now)
    gateway.gate.set()
    await frozen

    assert settled == 1
    assert told(api, schedule) == [(str(tomorrow), "successful", None)]
    assert api.get("/charges")["total"] == 1
    assert api.get("/transactions")["total"] == 1
    assert await ledger_keys(runtime, gateway.keys) == gateway.keys


async def test_an_answer_that_stays_lost_is_not_visible_and_not_sent_again(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    gateway = SlowGateway(runtime.gateways[False])
    gateway.lose_answers = True
    patient = replace(runtime, gateways={False: gateway})
    now = run_time(account, tomorrow)

    await due_payments.run(CHARGES, patient, account, now, until=now, turn=asyncio.Lock())
    before = told(api, schedule)
    dates = api.get(f"/schedules/{schedule['id']}")["next_occurrences_on"]
    await rounds.rescue(patient, account, now)

    assert before == []
    assert dates[0] == str(tomorrow)
    assert len(gateway.keys) == 1
    assert told(api, schedule) == [(str(tomorrow), "successful", None)]


async def test_a_call_that_was_held_up_behind_its_intent_is_not_made(
    runtime: Runtime, api: Any, account: Account, tomorrow: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = daily(api, tomorrow)
    gateway = SlowGateway(runtime.gateways[False])
    gateway.declared = Declaration(call_seconds_max=8.0)
    held_up = replace(runtime, gateways={False: gateway})
    now = run_time(account, tomorrow)
    moments = iter([100.0, 102.5])
    monkeypatch.setattr(departures, "_seconds", lambda: next(moments))

    taken_up = await rounds.run_due(held_up, account, now)

    assert (taken_up, gateway.keys) == (1, [])
    async with runtime.database.connection() as connection:
        day = await occurrences.states_of_date(connection, account, schedule["id"], tomorrow)
    assert day == ["unknown"]


async def test_a_crash_before_the_send_is_sent_once_later(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow, days=0)
    now = run_time(account, tomorrow)

    class Crashing(SlowGateway):
        async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
            raise ConnectionResetError("the worker died here")

    gateway = Crashing(runtime.gateways[False])
    dying = replace(runtime, gateways={False: gateway}, engine=EnginePolicy(lease_seconds=0.0))
    with pytest.raises(ConnectionResetError):
        await due_payments.run(CHARGES, dying, account, now, until=now, turn=asyncio.Lock())
    assert (await runtime.gateways[False].lookup([Asked("occu_test_none", 1, "THB")]))[0] == NOT_FOUND

    await rounds.rescue(runtime, account, now)

    assert told(api, schedule) == [(str(tomorrow), "successful", None)]
    assert api.get("/charges")["total"] == 1


async def test_a_schedule_deleted_while_the_gateway_was_asked_is_not_sent_again(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow, days=0)
    now = run_time(account, tomorrow)

    class Interrupted(SlowGateway):
        async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
            self.keys += [request.key for request in requests]
            raise ConnectionResetError("the worker died here")

        async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
            await asyncio.to_thread(api.delete, f"/schedules/{schedule['id']}")
            return [NOT_FOUND for _ in questions]

    gateway = Interrupted(runtime.gateways[False])
    interrupted = replace(runtime, gateways={False: gateway}, engine=EnginePolicy(lease_seconds=0.0))
    with pytest.raises(ConnectionResetError):
        await due_payments.run(CHARGES, interrupted, account, now, until=now, turn=asyncio.Lock())

    await rounds.rescue(interrupted, account, now)
    await rounds.rescue(interrupted, account, now)

    assert len(gateway.keys) == 1
    async with runtime.database.connection() as connection:
        states = await occurrences.states_of_date(connection, account, schedule["id"], tomorrow)
    assert states == ["cancelled"]


async def test_deleting_against_running_has_one_outcome(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedules = [daily(api, tomorrow, days=0) for _ in range(15)]
    now = run_time(account, tomorrow)

    async def delete_all() -> None:
        for schedule in schedules:
            await asyncio.to_thread(api.delete, f"/schedules/{schedule['id']}")

    small = replace(runtime, engine=EnginePolicy(claim_rows=2))
    await asyncio.gather(rounds.run_all_due(small, account, now), delete_all())

    after = [api.get(f"/schedules/{schedule['id']}") for schedule in schedules]
    assert {each["status"] for each in after} <= {"deleted"}
    charged = sum(each["occurrences"]["total"] for each in after)
    assert api.get("/charges")["total"] == charged
    assert await rounds.run_all_due(runtime, account, now) == 0


async def test_missed_days_are_skipped_but_for_the_newest(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    late = run_time(account, tomorrow + timedelta(days=4))

    await rounds.run_all_due(runtime, account, late)

    missed = "missed while the engine was not running"
    days = [str(tomorrow + timedelta(days=n)) for n in range(5)]
    assert told(api, schedule) == [
        *((day, "skipped", missed) for day in days[:4]),
        (days[4], "successful", None),
    ]
    assert api.get("/charges")["total"] == 1


async def test_all_missed_days_run_when_that_is_the_policy(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    every = replace(runtime, retries=replace(runtime.retries, catch_up_charges=CatchUp.ALL))

    await rounds.run_all_due(every, account, run_time(account, tomorrow + timedelta(days=400)))

    assert {status for _, status, _ in told(api, schedule)} == {"successful"}
    assert len(told(api, schedule)) == 31
    assert api.get(f"/schedules/{schedule['id']}")["status"] == "expired"


async def test_a_change_of_the_rule_keeps_a_date_that_nobody_has_taken_up(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    late = run_time(account, tomorrow) + timedelta(hours=1)
    asked = ScheduleChange(given=frozenset({"end_on"}), end_on=tomorrow + timedelta(days=9))
    async with runtime.unit(account, late) as unit:
        await change(unit, schedule["id"], asked)

    await rounds.run_all_due(runtime, account, late)

    assert told(api, schedule) == [(str(tomorrow), "successful", None)]
    following = api.get(f"/schedules/{schedule['id']}")["next_occurrences_on"]
    assert following[0] == str(tomorrow + timedelta(days=1))


async def test_missed_days_wait_for_a_person_when_asked(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow, days=2)
    asking = replace(runtime, retries=replace(runtime.retries, catch_up_charges=CatchUp.ASK))
    late = run_time(account, tomorrow + timedelta(days=9))
    await rounds.run_all_due(asking, account, late)
    held = await catch_up.list_held(asking, account)

    await catch_up.release(asking, account, late, [held[0]["id"]])
    await catch_up.skip(asking, account, late, [row["id"] for row in held[1:]])
    await rounds.run_all_due(asking, account, late)

    assert [row["scheduled_on"] for row in held] == [tomorrow + timedelta(days=n) for n in range(3)]
    assert [status for _, status, _ in told(api, schedule)] == ["successful", "skipped", "skipped"]
    assert api.get(f"/schedules/{schedule['id']}")["status"] == "expired"


async def test_percentages_share_the_balance_one_after_the_other(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "customer": api.customer()["id"]})
    recipient = api.recipient()["id"]
    for terms in ({"percentage_of_balance": 50}, {"percentage_of_balance": "50"}, {"amount": 900_000}):
        body = {"every": 1, "period": "day", "start_date": str(tomorrow), "end_date": str(tomorrow)}
        api.post("/schedules", body | {"transfer": {"recipient": recipient} | terms})

    await rounds.run_all_due(runtime, account, run_time(account, tomorrow, kind="transfer"))

    amounts = sorted(each["amount"] for each in api.get("/transfers")["data"])
    assert amounts == [240_236, 480_472]
    assert api.get("/balance")["transferable"] == 960_945 - 720_708
    assert api.get("/balance")["total"] == 960_945 - 720_708


async def test_a_balance_that_is_too_small_is_tried_on_the_next_business_day(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    body = {
        "every": 1,
        "period": "month",
        "on": {"days_of_month": [tomorrow.day if tomorrow.day < 29 else 1]},
    }
    schedule = api.post(
        "/schedules", body | {"transfer": {"recipient": api.recipient()["id"], "amount": 50_000}}
    )
    first = date.fromisoformat(schedule["next_occurrences_on"][0])
    await rounds.run_all_due(runtime, account, run_time(account, first, kind="transfer"))
    api.post("/charges", {"amount": 100_000, "currency": "thb", "customer": api.customer()["id"]})

    for days in range(1, 8):
        await rounds.run_all_due(
            runtime, account, run_time(account, first + timedelta(days=days), kind="transfer")
        )

    assert [(status, message) for _, status, message in told(api, schedule)] == [
        ("failed", "insufficient balance"),
        ("successful", None),
    ]
    retry = api.get(f"/schedules/{schedule['id']}/occurrences")["data"][-1]
    assert date.fromisoformat(retry["retry_on"]).weekday() < 5
    assert retry["transfer_amount"] == 50_000


async def test_three_dates_without_a_verified_recipient_suspend(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    body = {"every": 1, "period": "day", "start_date": str(tomorrow)}
    unverified = api.recipient(verified=False)["id"]
    schedule = api.post("/schedules", body | {"transfer": {"recipient": unverified, "amount": 5_000}})

    for days in range(4):
        await rounds.run_all_due(
            runtime, account, run_time(account, tomorrow + timedelta(days=days), kind="transfer")
        )

    assert [message for _, _, message in told(api, schedule)] == ["recipient is not verified"] * 3
    assert api.get(f"/schedules/{schedule['id']}")["status"] == "suspended"
    assert api.get("/transfers")["total"] == 0


async def test_a_charge_on_a_new_default_card_follows_the_day(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    customer = schedule["charge"]["customer"]
    newer = api.patch(f"/customers/{customer}", {"card": api.token("5555555555554444")})["cards"]["data"][-1]
    api.patch(f"/customers/{customer}", {"default_card": newer["id"]})

    await rounds.run_all_due(runtime, account, run_time(account, tomorrow))

    assert api.get("/charges")["data"][0]["card"]["id"] == newer["id"]


async def test_a_customer_without_a_card_fails_without_a_charge(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    customer, card = schedule["charge"]["customer"], schedule["charge"]["card"]
    api.delete(f"/customers/{customer}/cards/{card}")

    await rounds.run_all_due(runtime, account, run_time(account, tomorrow))

    occurrence = api.get(f"/schedules/{schedule['id']}/occurrences")["data"][0]
    assert (occurrence["status"], occurrence["message"], occurrence["result"]) == (
        "failed",
        "customer has no card",
        None,
    )


async def test_destroying_a_customer_suspends_what_charges_it(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)

    api.delete(f"/customers/{schedule['charge']['customer']}")
    ran = await rounds.run_all_due(runtime, account, run_time(account, tomorrow))

    assert ran == 0
    assert api.get(f"/schedules/{schedule['id']}")["status"] == "suspended"


async def test_an_account_runs_at_its_own_time_in_its_own_zone(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    await access.set_options(
        runtime, account.id, {"timezone": "Europe/Berlin", "charge_run_time": "06:15", "charge_fee_rate": "1"}
    )
    moved = await account_of(runtime, api)
    schedule = daily(api, tomorrow + timedelta(days=1), days=0)
    day = date.fromisoformat(schedule["next_occurrences_on"][0])

    early = await rounds.run_all_due(runtime, moved, run_time(moved, day) - timedelta(seconds=1))
    on_time = await rounds.run_all_due(runtime, moved, run_time(moved, day))

    assert (early, on_time) == (0, 1)
    assert api.get("/charges")["data"][0]["fee"] == 100
    assert api.get("/charges")["data"][0]["created_at"][11:16] in ("05:15", "04:15")


async def test_a_second_send_is_left_to_whoever_holds_the_newer_token(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    daily(api, tomorrow, days=0)
    now = run_time(account, tomorrow)
    gateway = SlowGateway(runtime.gateways[False])
    async with runtime.database.transaction() as connection:
        found = await occurrences.lock_due(connection, account, "charge", until=now, rows_max=1)
        newer = [occurrences.Intent(found[0], 1, 10_000, None, None)]
        taken = await occurrences.send(connection, account, newer, now, lease_seconds=60)
        overtaken = await occurrences.send(connection, account, newer, now, lease_seconds=60)

    assert taken == set(found)
    assert overtaken == set()
    watched = replace(runtime, gateways={False: gateway})
    assert await due_payments.run(CHARGES, watched, account, now, until=now, turn=asyncio.Lock()) == 0


def test_a_schedule_in_live_mode_needs_a_gateway(api: Any) -> None:
    body = {"every": 1, "period": "day", "transfer": {"recipient": "recp_x", "amount": 5_000}}

    error = api.refused("POST", "/schedules", body, key=api.live_keys.secret)

    assert error["message"] == "no gateway is configured for live mode"


async def lost(runtime: Runtime, account: Account, now: datetime, *, kind: str) -> Runtime:
    """Send what is due into the void: nothing reaches the gateway, and each lease is over at once."""

    class Void(SlowGateway):
        async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
            return [UNKNOWN for _ in requests]

        async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
            return [UNKNOWN for _ in requests]

    void = replace(runtime, gateways={False: Void(runtime.gateways[False])})
    assert await rounds.RUNS[kind](void, account, now, until=now, turn=asyncio.Lock()) == 1
    return runtime


async def test_what_never_arrived_is_not_sent_for_a_schedule_that_was_deleted(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    schedule = daily(api, tomorrow)
    now = run_time(account, tomorrow)
    await lost(runtime, account, now, kind="charge")

    api.delete(f"/schedules/{schedule['id']}")
    await rounds.rescue(runtime, account, now)

    assert api.get("/charges")["total"] == 0
    assert told(api, schedule) == []
    assert await rounds.rescue(runtime, account, now) == 0


@pytest.mark.parametrize("change", ["deleted", "bank account", "verified again"])
async def test_a_lost_transfer_follows_what_changed_and_frees_its_money(
    runtime: Runtime, api: Any, account: Account, tomorrow: date, change: str
) -> None:
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "customer": api.customer()["id"]})
    recipient = api.recipient()["id"]
    body = {"every": 1, "period": "day", "start_date": str(tomorrow), "end_date": str(tomorrow)}
    schedule = api.post("/schedules", body | {"transfer": {"recipient": recipient, "amount": 50_000}})
    now = run_time(account, tomorrow, kind="transfer")
    await lost(runtime, account, now, kind="transfer")
    held = api.get("/balance")["on_hold"]

    if change == "deleted":
        api.delete(f"/schedules/{schedule['id']}")
    else:
        other = {"brand": "kbank", "number": "9999999999", "name": "SOMEBODY ELSE"}
        api.patch(f"/recipients/{recipient}", {"bank_account": other})
    if change == "verified again":
        api.patch(f"/recipients/{recipient}/verify", {})
    await rounds.rescue(runtime, account, now)

    assert held == 50_000
    assert api.get("/transfers")["total"] == 0
    assert api.get("/balance")["on_hold"] == 0
    assert [status for _, status, _ in told(api, schedule)] == ([] if change == "deleted" else ["failed"])


@pytest.mark.parametrize("verified", [False, True], ids=["not verified", "verified again"])
async def test_a_lost_transfer_by_hand_is_not_sent_to_a_changed_account(
    runtime: Runtime, api: Any, account: Account, *, verified: bool
) -> None:
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "customer": api.customer()["id"]})
    recipient = api.recipient()["id"]
    made = api.post("/transfers", {"amount": 50_000, "recipient": recipient})
    gateway = SlowGateway(runtime.gateways[False])

    class Void(SlowGateway):
        async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
            return [UNKNOWN for _ in requests]

    void = replace(
        runtime,
        gateways={False: Void(gateway)},
        engine=EnginePolicy(lease_seconds=0.0),
    )
    await transfers.mark_as_sent(void, account, datetime.now(UTC), made["id"])
    other = {"brand": "kbank", "number": "9999999999", "name": "SOMEBODY ELSE"}
    api.patch(f"/recipients/{recipient}", {"bank_account": other})
    if verified:
        api.patch(f"/recipients/{recipient}/verify", {})

    await rounds.rescue(runtime, account, datetime.now(UTC))

    after = api.get(made["location"])
    assert (after["sent"], after["failure_code"]) == (False, "transfer_send_failure")
    assert api.get("/balance")["on_hold"] == 0


async def test_occurrences_stand_in_the_order_in_which_they_were_made(
    runtime: Runtime, api: Any, account: Account
) -> None:
    for _ in range(12):
        body = {"every": 1, "period": "day", "charge": {"customer": api.customer()["id"], "amount": 5_000}}
        api.post("/schedules", body)
    api.advance(days=3)

    for schedule in api.get("/schedules")["data"]:
        dates = [each["scheduled_on"] for each in schedule["occurrences"]["data"]]
        assert dates == sorted(dates)
        assert len(dates) >= 3


async def test_a_transfer_fee_above_the_smallest_transfer_is_refused(
    runtime: Runtime, account: Account
) -> None:
    for text in ("99999999999999999999", "9000"):
        with pytest.raises(RejectedError, match="transfer_fee"):
            await access.set_options(runtime, account.id, {"transfer_fee": text})


async def test_what_is_held_is_listed_with_whole_ids(
    runtime: Runtime, api: Any, account: Account, tomorrow: date, capsys: pytest.CaptureFixture[str]
) -> None:
    daily(api, tomorrow, days=2)
    asking = replace(runtime, retries=replace(runtime.retries, catch_up_charges=CatchUp.ASK))
    await rounds.run_all_due(asking, account, run_time(account, tomorrow + timedelta(days=9)))
    held = await catch_up.list_held(asking, account)

    await show_held(asking, account)

    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed[1:]] == [row["id"] for row in held]


@pytest.mark.parametrize("hours", [20, 44], ids=["a day", "two days"])
async def test_a_retry_that_was_missed_gives_way_to_the_newest_date(
    runtime: Runtime, api: Any, account: Account, tomorrow: date, hours: int
) -> None:
    schedule = daily(
        api, tomorrow, charge={"customer": api.customer("4111111111140011")["id"], "amount": 2_000}
    )
    await rounds.run_all_due(runtime, account, run_time(account, tomorrow))
    back = run_time(account, tomorrow + timedelta(days=1)) + timedelta(hours=hours)
    newest = account.today(back - timedelta(hours=8, minutes=30))

    await rounds.run_all_due(runtime, account, back)

    outcomes = told(api, schedule)
    assert [day for day, status, _ in outcomes if status == "failed"] == [str(tomorrow), str(newest)]
    assert (str(tomorrow), "skipped", MISSED) in outcomes
    assert len(api.get("/charges")["data"]) == 2


async def test_a_late_retry_runs_once_and_the_date_of_its_day_gives_way(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    customer = api.customer("4111111111170091")["id"]
    body = {"every": 3, "period": "day", "start_date": str(tomorrow)}
    schedule = api.post("/schedules", body | {"charge": {"customer": customer, "amount": 2_000}})
    await rounds.run_all_due(runtime, account, run_time(account, tomorrow))
    third = tomorrow + timedelta(days=3)

    await rounds.run_all_due(runtime, account, run_time(account, third) - timedelta(hours=4))
    await rounds.run_all_due(runtime, account, run_time(account, third))

    found = api.get(f"/schedules/{schedule['id']}/occurrences")["data"]
    assert sorted((each["scheduled_on"], each["retry_on"] or "", each["status"]) for each in found) == [
        (str(tomorrow), "", "failed"),
        (str(tomorrow), str(third), "successful"),
        (str(third), "", "skipped"),
    ]


async def test_a_late_retry_of_a_transfer_waits_for_a_person(
    runtime: Runtime, api: Any, account: Account, tomorrow: date
) -> None:
    body = {"every": 1, "period": "month", "on": {"days_of_month": [min(tomorrow.day, 28)]}}
    transfer = {"recipient": api.recipient()["id"], "amount": 50_000}
    schedule = api.post("/schedules", body | {"transfer": transfer})
    first = date.fromisoformat(schedule["next_occurrences_on"][0])
    await rounds.run_all_due(runtime, account, run_time(account, first, kind="transfer"))

    late = run_time(account, first + timedelta(days=9), kind="transfer")
    await rounds.run_all_due(runtime, account, late)
    held = await catch_up.list_held(runtime, account)

    assert [row["scheduled_on"] for row in held] == [first]
    assert [status for _, status, _ in told(api, schedule)] == ["failed"]
