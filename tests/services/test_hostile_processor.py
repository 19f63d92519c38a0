"""Payments through a processor that breaks its word: its own ledger has to show each of them once.

The processor's faults are seeded; what its ledger shows is compared with what we believe.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from duerun.assembly import build_runtime, close
from duerun.domain.accounts import Account
from duerun.domain.charges import ChargeStatus
from duerun.engine.turns import Turns
from duerun.services import charges, clocks, rounds, transfers
from duerun.services.charges import ChargeOrder
from duerun.services.explanations import explain_occurrence
from duerun.services.unit import Runtime
from duerun.services.workload import Work
from duerun.settings import Settings
from processor import POST_FAULTS, TOKEN, Book, Processor

PROCESSING_SECONDS = 1.0
TIMEOUT_SECONDS = 0.5
RESCUES_MAX = 400
WAIT_SECONDS = 300
DAYS = 2
STUCK_DAYS = 10
OPEN_OCCURRENCES = (
    "SELECT id FROM occurrences WHERE account_id = %(account_id)s AND state IN ('sent', 'unknown')"
)
OPEN = (
    "SELECT id FROM charges WHERE account_id = %(account_id)s AND gateway_state <> 'settled' UNION ALL "
    "SELECT id FROM transfers WHERE account_id = %(account_id)s AND gateway_state IN ('sent', 'unknown')"
)
SENT = (
    "SELECT id, schedule_id, scheduled_on, attempt, state, amount_minor, sends FROM occurrences "
    "WHERE account_id = %(account_id)s AND state <> 'due'"
)
STATES = (
    "SELECT state FROM occurrences WHERE schedule_id = ANY(%(ids)s) AND attempt = 0 "
    "ORDER BY array_position(%(ids)s, schedule_id::text), scheduled_on"
)
REFUSED_CARD, REFUSED_ONCE_CARD, LOSING_CARD = "4111111111140011", "4111111111170091", "4111111111140094"


def midday(account: Account, day: date) -> datetime:
    """A moment behind what runs on a day, whatever the time is at which the test runs."""
    return datetime.combine(day, time(12), ZoneInfo(account.timezone))


@asynccontextmanager
async def attached(dsn: str, book: Book) -> AsyncIterator[Runtime]:
    """A runtime whose payments all go to a processor."""
    with Processor(book) as processor:
        built = build_runtime(
            Settings(
                gateway_url=processor.url,
                gateway_token=TOKEN,
                gateway_timeout_seconds=TIMEOUT_SECONDS,
                gateway_max_processing_seconds=PROCESSING_SECONDS,
                gateway_concurrency=16,
            ),
            dsn,
        )
        await built.database.open()
        try:
            yield built
        finally:
            await close(built)


def daily(api: Any, start: str, **what: Any) -> str:
    """A schedule that pays each day."""
    when = {"every": 1, "period": "day", "start_date": start, "end_date": "2099-12-31"}
    return str(api.post("/schedules", when | what)["id"])


def schedules(api: Any, start: str) -> dict[str, int]:
    """Charges of good and bad cards, and transfers: their amounts by id."""
    numbers = ["4242424242424242"] * 20 + [REFUSED_CARD, REFUSED_ONCE_CARD, REFUSED_ONCE_CARD, LOSING_CARD]
    made = {}
    for amount, number in enumerate(numbers, 20_000):
        charge = {"customer": api.customer(number)["id"], "amount": amount}
        made[daily(api, start, charge=charge)] = amount
    for amount in range(30_000, 30_006):
        transfer = {"recipient": api.recipient()["id"], "amount": amount}
        made[daily(api, start, transfer=transfer)] = amount
    return made


def judge(book: Book, sent_after_seconds: float) -> None:
    """What the processor itself can say against us."""
    tries = Counter((each.request["reference"], each.request["attempt"]) for each in book.effects)
    assert {tried: count for tried, count in tries.items() if count > 1} == {}
    assert len({each.request["key"] for each in book.effects}) == len(book.effects)
    assert (book.conflicts, book.complaints) == ([], [])
    assert not [
        key
        for key, moments in book.sent_at.items()
        if len(moments) > 1 and moments[-1] - moments[0] < sent_after_seconds
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_occurrence_takes_effect_once_whatever_the_processor_does(
    dsn: str, api: Any, account: Account, seed: int
) -> None:
    api.post("/charges", {"amount": 15_000_000, "currency": "thb", "card": api.token()})
    start = account.today(datetime.now(UTC)) + timedelta(days=1)
    amounts = schedules(api, str(start))
    book = Book(faults=0.5, seed=seed)

    async with attached(dsn, book) as runtime:
        until = midday(account, start + timedelta(days=DAYS - 1))
        advanced = await clocks.advance(runtime, account, to=until, wait_seconds=WAIT_SECONDS)
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(SENT, {"account_id": account.id})
            found = await cursor.fetchall()

    assert advanced.occurrences >= DAYS * 20
    sent = {row["id"]: row for row in found if row["sends"]}
    assert {row["state"] for row in sent.values()} <= {"successful", "failed"}
    assert {each.request["key"] for each in book.effects} == set(sent)
    for effect in book.effects:
        row = sent[effect.request["key"]]
        assert effect.request["reference"] == f"{row['schedule_id']}:{row['scheduled_on']}"
        assert effect.request["attempt"] == row["attempt"]
        assert effect.request["amount"] == row["amount_minor"] == amounts[row["schedule_id"]]
        assert row["state"] == ("failed" if effect.refusal else "successful")
    judge(book, 0.9)
    assert {f"POST {kind}" for kind in POST_FAULTS} <= set(book.done), "all faults of a send came about"
    assert any(row["attempt"] for row in sent.values()), (
        "a refusal is tried again, also one that was asked for"
    )


@pytest.mark.parametrize("faults", [0.5, 1.0], ids=["some", "all at first"])
async def test_direct_payments_without_an_answer_are_settled_by_asking(
    dsn: str, api: Any, account: Account, faults: float
) -> None:
    book = Book(faults=faults, seed=7, turns=2)
    recipient, tokens = api.recipient()["id"], [api.token() for _ in range(12)]
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "card": api.token()})
    payouts = [api.post("/transfers", {"recipient": recipient, "amount": 40_000 + i}) for i in range(8)]

    async with attached(dsn, book) as runtime:
        now = account.now(runtime.clock.now())
        made = await asyncio.gather(
            *(
                charges.create_charge(runtime, account, now, _order(token, 30_000 + i))
                for i, token in enumerate(tokens)
            )
        )
        await asyncio.gather(*(transfers.mark_as_sent(runtime, account, now, each["id"]) for each in payouts))
        await _settled(runtime, account)

    assert {each.status for each in made} <= {ChargeStatus.PENDING, ChargeStatus.SUCCESSFUL}
    assert [api.get(f"/charges/{each.id}")["status"] for each in made] == ["successful"] * len(made)
    assert [api.get(each["location"])["sent"] for each in payouts] == [True] * len(payouts)
    judge(book, 0.9)
    taken = {each.request["key"]: each.request["amount"] for each in book.effects}
    wanted = {each.id: each.amount_minor for each in made} | {each["id"]: each["amount"] for each in payouts}
    assert taken == wanted


async def test_a_request_that_the_processor_may_still_be_working_on_is_not_sent_again(
    dsn: str, api: Any, account: Account
) -> None:
    book = Book(faults=1.0, turns=1, only=("pending",), delay_seconds=0.9)
    async with attached(dsn, book) as runtime:
        now = account.now(runtime.clock.now())
        made = await charges.create_charge(runtime, account, now, _order(api.token(), 30_000))
        await _settled(runtime, account)

    assert made.gateway_state == "unknown"
    assert api.get(f"/charges/{made.id}")["status"] == "successful"
    assert [len(moments) for moments in book.sent_at.values()] == [1]


async def test_an_advance_goes_on_past_outcomes_that_are_never_told_and_they_are_found_out_later(
    dsn: str, api: Any, account: Account
) -> None:
    """M3 and D13: the gateway carries everything out and tells nothing."""
    start = account.today(datetime.now(UTC)) + timedelta(days=1)
    end = str(start + timedelta(days=STUCK_DAYS - 1))
    charge = {"customer": api.customer()["id"], "amount": 20_000}
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "card": api.token()})
    transfer = {"recipient": api.recipient()["id"], "amount": 30_000}
    for what in ({"charge": charge}, {"transfer": transfer}):
        api.post(
            "/schedules", {"every": 1, "period": "day", "start_date": str(start), "end_date": end} | what
        )
    book = Book(faults=1.0, only=("answer_lost",))

    async with attached(dsn, book) as runtime:
        until = midday(account, start + timedelta(days=STUCK_DAYS - 1))
        advanced = await clocks.advance(runtime, account, to=until, wait_seconds=1)
        effects_before = Counter(each.request["reference"] for each in book.effects)
        book.faults = 0.0
        moved = replace(account, clock_offset=advanced.now - runtime.clock.now())
        await _occurrences_settled(runtime, moved)
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(SENT, {"account_id": account.id})
            found = await cursor.fetchall()

    assert advanced.occurrences == 2 * STUCK_DAYS
    assert len(advanced.uncertain) == 2 * STUCK_DAYS
    assert set(effects_before.values()) == {1}
    assert len(effects_before) == 2 * STUCK_DAYS
    assert {row["id"] for row in found} == set(advanced.uncertain)
    assert {row["state"] for row in found} == {"successful"}
    assert sorted(row["scheduled_on"] for row in found)[0] == start
    assert len({row["scheduled_on"] for row in found}) == STUCK_DAYS
    judge(book, 0.9)


async def test_what_was_turned_away_follows_without_a_question(dsn: str, api: Any, account: Account) -> None:
    """The processor is left alone as long as it asked for, and what is due then is not claimed."""
    start = account.today(datetime.now(UTC)) + timedelta(days=1)
    made = [
        daily(api, str(start), charge={"customer": api.customer()["id"], "amount": 20_000}) for _ in range(3)
    ]
    book = Book(faults=1.0, turns=1, only=("429",), retry_after=2)

    async with attached(dsn, book) as runtime:
        now = midday(account, start)
        await rounds.run_due(runtime, account, now)
        rested = runtime.gateway_rests(account)
        made.append(daily(api, str(start), charge={"customer": api.customer()["id"], "amount": 20_000}))
        served = await Turns(runtime, Work.DUE, rounds.run_due, calls_a_share=1).take(now)
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(STATES, {"ids": made})
            between = [row["state"] for row in await cursor.fetchall()]
        await asyncio.sleep(book.retry_after)
        await _occurrences_settled(runtime, account)
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(SENT, {"account_id": account.id})
            found = await cursor.fetchall()
        async with runtime.unit(account, now) as unit:
            told = [await explain_occurrence(unit, row["id"]) for row in found]

    assert (rested, served) == (True, 0)
    assert between == ["unknown"] * 3 + ["due"]
    assert [(row["state"], row["sends"]) for row in found] == [("successful", 2)] * 3
    assert [method for method, _ in book.calls] == ["POST"] * 3
    assert [[step.what for step in each.steps] for each in told] == [
        ["planned", "sent", "put off", "sent again", "succeeded"]
    ] * 3
    judge(book, 1.9)


def _order(token: str, amount: int) -> ChargeOrder:
    return ChargeOrder(amount_minor=amount, currency="THB", token_id=token)


async def _settled(runtime: Runtime, account: Account) -> None:
    """Rescue until no payment by hand is uncertain."""
    await _rescued(runtime, account, OPEN)


async def _occurrences_settled(runtime: Runtime, account: Account) -> None:
    await _rescued(runtime, account, OPEN_OCCURRENCES)


async def _rescued(runtime: Runtime, account: Account, query: str) -> None:
    for _ in range(RESCUES_MAX):
        await rounds.rescue(runtime, account, account.now(runtime.clock.now()))
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(query, {"account_id": account.id})
            open_rows = await cursor.fetchall()
        if not open_rows:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("payments without an outcome are left")
