"""Accounts with processors of their own: what is sent where, what is kept of it, and who is held up by whom."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attached import attach, fetched, reaching, rows, tomorrow
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.engine.turns import Turns
from duerun.gateways.base import CardDetails
from duerun.services import access, charges, clocks, rounds
from duerun.services.charges import ChargeOrder
from duerun.services.unit import Runtime
from duerun.services.workload import Work
from processor import TOKEN, Book, Processor

RESCUES_MAX = 600
WAITS_MAX = 1_200
STATES = "SELECT state, sends FROM occurrences WHERE account_id = %s AND sends > 0"


def daily(api: Any, start: str, **charge: Any) -> Any:
    asked = {"customer": api.customer()["id"], "amount": 20_000} | charge
    return api.post("/schedules", {"every": 1, "period": "day", "start_date": start, "charge": asked})


def moment(account: Account, days: int) -> datetime:
    """When the charges of a day ahead are due."""
    return account.due_at("charge", account.today(datetime.now(UTC)) + timedelta(days=days))


async def settled(runtime: Runtime, account_id: int) -> None:
    """Rescue until nothing of the account is uncertain."""
    for _ in range(RESCUES_MAX):
        account = await fetched(runtime, account_id)
        await rounds.rescue(runtime, account, account.now(runtime.clock.now()))
        found = await rows(
            runtime,
            "SELECT id FROM occurrences WHERE account_id = %s AND state IN ('sent', 'unknown') UNION ALL"
            " SELECT id FROM charges WHERE account_id = %s AND gateway_state <> 'settled'",
            account_id,
            account_id,
        )
        if not found:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("payments without an outcome are left")


async def test_each_account_pays_by_its_own_processor_with_all_members_of_the_protocol(
    dsn: str, api: Any, other_api: Any
) -> None:
    start = tomorrow(await _account(dsn, api))
    daily(api, start, description="Tea, monthly", metadata={"b": "2", "a": "1"})
    daily(other_api, start)
    with Processor(Book()) as one, Processor(Book()) as two:
        async with reaching(dsn) as runtime:
            for caller, processor in ((api, one), (other_api, two)):
                account = await attach(runtime, caller.account_id, processor)
                await clocks.advance(runtime, account, to=moment(account, 2))

        [sent] = [each.request for each in one.book.effects][:1]
        assert len(one.book.effects) == len(two.book.effects) == 2
        assert {each.request["account"] for each in one.book.effects} == {account_of(one)}
        assert account_of(one) != account_of(two)
        assert list(sent) == [
            "key", "reference", "attempt", "account", "livemode", "amount", "currency", "customer", "card",
            "description", "metadata",
        ]  # fmt: skip
        assert sent["description"] == "Tea, monthly"
        assert sent["metadata"] == {"a": "1", "b": "2"}
        assert two.book.effects[0].request["metadata"] == {}
        assert one.book.complaints == two.book.complaints == []


def account_of(processor: Processor) -> str:
    return str(processor.book.effects[0].request["account"])


async def _account(dsn: str, api: Any) -> Any:
    async with reaching(dsn) as runtime:
        return await fetched(runtime, api.account_id)


async def test_a_second_send_is_the_first_request_whatever_was_changed_meanwhile(dsn: str, api: Any) -> None:
    token = api.token()
    with Processor(Book(faults=1.0, turns=1, only=("request_lost",))) as processor:
        async with reaching(dsn) as runtime:
            account = await attach(runtime, api.account_id, processor)
            order = ChargeOrder(
                amount_minor=30_000, currency="THB", token_id=token, description="first", metadata={"n": "1"}
            )
            made = await charges.create_charge(runtime, account, account.now(runtime.clock.now()), order)
            async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
                await charges.update_charge(unit, made.id, description="second", metadata={"n": "2"})
            await settled(runtime, api.account_id)

        [effect] = processor.book.effects
        assert made.gateway_state == "unknown"
        assert len(processor.book.sent_at[made.id]) == 2
        assert (effect.request["description"], effect.request["metadata"]) == ("first", {"n": "1"})
        assert (processor.book.complaints, processor.book.conflicts) == ([], [])
        assert api.get(f"/charges/{made.id}")["description"] == "second"


async def test_a_request_that_is_not_the_first_one_is_never_sent_and_raises_the_alarm(
    dsn: str, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = api.token()
    with Processor(Book(faults=1.0, turns=1, only=("request_lost",))) as processor:
        async with reaching(dsn) as runtime:
            account = await attach(runtime, api.account_id, processor)
            now = account.now(runtime.clock.now())
            order = ChargeOrder(amount_minor=30_000, currency="THB", token_id=token)
            made = await charges.create_charge(runtime, account, now, order)
            async with runtime.database.connection() as connection:
                await connection.execute(
                    "UPDATE gateway_requests SET request_hash = 'x', sent_at = sent_at - interval '1 hour'"
                    " WHERE payment_id = %s",
                    (made.id,),
                )
                await connection.execute(
                    "UPDATE charges SET sent_at = sent_at - interval '1 hour', lease_until = now() WHERE id = %s",
                    (made.id,),
                )
            await rounds.rescue(runtime, account, now)
            counted = runtime.tally.take()

        assert processor.book.effects == []
        assert len(processor.book.sent_at[made.id]) == 1
        assert counted["gateway_conflicts", "test"] == 1
        assert f"{made.id}: the request is not the one" in caplog.text
        assert api.get(f"/charges/{made.id}")["status"] == "pending"


async def test_what_was_sent_is_asked_about_where_it_was_sent_also_after_a_change(dsn: str, api: Any) -> None:
    start = tomorrow(await _account(dsn, api))
    daily(api, start)
    with Processor(Book(faults=1.0, only=("answer_lost",))) as one, Processor(Book()) as two:
        async with reaching(dsn) as runtime:
            account = await attach(runtime, api.account_id, one)
            await clocks.advance(runtime, account, to=moment(account, 1), wait_seconds=0)
            second = moment(account, 2)
            account = await attach(runtime, api.account_id, two)
            one.book.faults = 0.0
            await settled(runtime, api.account_id)
            await clocks.advance(runtime, account, to=second)
            back = {"gateway_url": "", "gateway_token": ""}
            await access.set_options(runtime, api.account_id, back)
            given_back = await fetched(runtime, api.account_id)
            found = await rows(runtime, STATES, api.account_id)

        assert given_back.gateway is None
        assert [len(one.book.effects), len(two.book.effects)] == [1, 1]
        assert [row["state"] for row in found] == ["successful"] * 2
        assert not [key for method, key in two.book.calls if key == one.book.effects[0].request["key"]]


async def test_a_dead_processor_of_one_account_holds_up_no_other(dsn: str, api: Any, other_api: Any) -> None:
    """The one never answers before the other has long been served."""
    start = tomorrow(await _account(dsn, api))
    for each in (api, other_api):
        daily(each, start)
    slow = Book(faults=1.0, only=("late",), delay_seconds=20.0)
    with Processor(slow) as dead, Processor(Book()) as living:
        async with reaching(dsn) as runtime:
            await attach(runtime, api.account_id, dead, gateway_timeout_seconds="8")
            await attach(runtime, other_api.account_id, living)
            ours = (api.account_id, other_api.account_id)
            await _make_due(runtime, ours)

            async def only_ours(runtime: Runtime, account: Any, now: datetime) -> int:
                return await rounds.run_due(runtime, account, now) if account.id in ours else 0

            turns = Turns(runtime, Work.DUE, only_ours, calls_a_share=1)
            await turns.take(datetime.now(UTC))
            await until(lambda: bool(living.book.effects and slow.open_now))
            was_open = slow.open_now
            await turns.close()

        assert was_open == 1
        assert len(living.book.effects) == 1


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(WAITS_MAX):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came about")


async def _make_due(runtime: Runtime, account_ids: tuple[int, ...]) -> None:
    async with runtime.database.connection() as connection:
        await connection.execute(
            "UPDATE occurrences SET due_at = now() - interval '1 minute' WHERE account_id = ANY (%s)"
            " AND state = 'due'",
            (list(account_ids),),
        )


async def test_the_token_is_sealed_and_shown_nowhere(
    dsn: str, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with Processor(Book()) as processor:
        async with reaching(dsn, vop_storage_key="a key of the operator") as runtime:
            account = await attach(runtime, api.account_id, processor)
            [kept] = await rows(
                runtime,
                "SELECT token FROM gateways WHERE account_id = %s AND retired_at IS NULL",
                api.account_id,
            )
            await clocks.advance(runtime, account, days=1)
        async with reaching(dsn, vop_storage_key="another key") as other:
            with pytest.raises(UnavailableError):
                other.gateway(account)

    assert TOKEN.encode() not in bytes(kept["token"])
    assert TOKEN not in repr(account) + caplog.text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"gateway_url": "http://127.0.0.1:1/"}, "gateway_token must be given"),
        ({"gateway_url": "http://10.0.0.1/", "gateway_token": ""}, "inner network"),
        ({"gateway_url": "http://169.254.169.254/", "gateway_token": ""}, "inner network"),
        ({"gateway_url": "http://pay.example.com/", "gateway_token": ""}, "must be https"),
        ({"gateway_url": "https://a:b@pay.example.com/", "gateway_token": ""}, "no user"),
        ({"gateway_concurrency": "4"}, "gateway_url must be given first"),
        ({"gateway_timeout_seconds": "nan"}, "gateway_timeout_seconds must be seconds"),
        ({"gateway_timeout_seconds": "61"}, "gateway_timeout_seconds must be seconds"),
        ({"gateway_lookup": "perhaps"}, "gateway_lookup must be true or false"),
    ],
)
async def test_what_no_processor_could_be_attached_with_is_refused(
    dsn: str, api: Any, given: dict[str, str], message: str
) -> None:
    async with reaching(dsn) as runtime:
        with pytest.raises(RejectedError, match=message):
            await access.set_options(runtime, api.account_id, given)
        assert (await fetched(runtime, api.account_id)).gateway is None


async def test_batches_and_leases_follow_the_account_and_a_name_that_leads_inside_is_not_called(
    dsn: str, api: Any
) -> None:
    async with reaching(dsn) as runtime:
        options = {
            "gateway_url": "https://localhost:1/", "gateway_token": "", "gateway_timeout_seconds": "30",
            "gateway_concurrency": "2", "gateway_key_window_seconds": "3600",
        }  # fmt: skip
        await access.set_options(runtime, api.account_id, options)
        account = await fetched(runtime, api.account_id)
        token = await runtime.gateways[False].tokenize(_card(), account=account.public_id)
        plain = replace(account, gateway=None)

        first = runtime.claim_rows(account)
        for _ in range(3):
            runtime.went_well(account)

        assert (first, runtime.claim_rows(account)) == (2, 8)
        assert runtime.claim_rows(plain) == 1_000
        assert runtime.lease_seconds(account) >= 140
        assert runtime.lease_seconds(plain) == 5
        assert runtime.gateway(account).declared.key_window_seconds == 3_600
        assert token


def _card() -> CardDetails:
    return CardDetails("Somchai", "4242424242424242", 10, 2060)


@pytest.mark.parametrize(
    ("key", "lookup", "window", "sent_again"),
    [
        (True, True, "0", True),
        (False, True, "0", True),
        (True, False, "0", True),
        (True, False, "3600", True),
        (True, False, "1.5", False),
        (False, False, "0", False),
    ],
    ids=[
        "key and look-up",
        "look-up alone",
        "key alone",
        "key in its window",
        "key past its window",
        "neither",
    ],
)
async def test_what_a_processor_promises_decides_what_follows_a_lost_request(
    dsn: str, api: Any, key: bool, lookup: bool, window: str, sent_again: bool
) -> None:
    token = api.token()
    book = Book(faults=1.0, turns=1, only=("request_lost",))
    with Processor(book) as processor:
        async with reaching(dsn) as runtime:
            account = await attach(
                runtime,
                api.account_id,
                processor,
                gateway_supports_key=f"{key}",
                gateway_lookup=f"{lookup}",
                gateway_key_window_seconds=window,
            )
            now = account.now(runtime.clock.now())
            order = ChargeOrder(amount_minor=30_000, currency="THB", token_id=token)
            made = await charges.create_charge(runtime, account, now, order)
            if sent_again:
                await settled(runtime, api.account_id)
            else:
                await _rescued_in_vain(runtime, account)
            [row] = await rows(runtime, "SELECT gateway_state, sends FROM charges WHERE id = %s", made.id)

        asked = [each for each in book.calls if each[0] == "GET"]
        assert bool(asked) == lookup
        assert len(book.sent_at[made.id]) == row["sends"] == (2 if sent_again else 1)
        assert row["gateway_state"] == ("settled" if sent_again else "unknown")
        assert len(book.effects) == (1 if sent_again else 0)


async def _rescued_in_vain(runtime: Runtime, account: Any) -> None:
    for _ in range(3):
        async with runtime.database.connection() as connection:
            await connection.execute(
                "UPDATE charges SET lease_until = now() WHERE account_id = %s AND gateway_state <> 'settled'",
                (account.id,),
            )
        await rounds.rescue(runtime, account, account.now(runtime.clock.now()))


async def test_a_conflict_is_counted_and_told_and_is_no_refusal(
    dsn: str, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """D2: a gateway that knows the key with another request."""
    token = api.token()
    book = Book(faults=1.0, turns=1, only=("409",))
    with Processor(book) as processor:
        async with reaching(dsn) as runtime:
            account = await attach(runtime, api.account_id, processor)
            order = ChargeOrder(amount_minor=30_000, currency="THB", token_id=token)
            made = await charges.create_charge(runtime, account, account.now(runtime.clock.now()), order)
            counted = runtime.tally.take()
            status = api.get(f"/charges/{made.id}")["status"]

    assert (made.gateway_state, status) == ("unknown", "pending")
    assert counted["gateway_conflicts", "test"] == 1
    assert f"{made.id}: the gateway knows another request under this key" in caplog.text
