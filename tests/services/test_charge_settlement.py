"""The money path of single charges: intent, gateway, settlement, rescue."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.charges import Charge, ChargeStatus, Refusal, settled_charge, transaction_of
from duerun.domain.errors import UnavailableError
from duerun.gateways.base import SUCCEEDED, Declaration, Outcome, OutcomeKind, PaymentRequest, Question
from duerun.gateways.sandbox import SandboxGateway
from duerun.services import charges, parties
from duerun.services.charges import ChargeOrder
from duerun.services.unit import EnginePolicy, Runtime
from duerun.storage import charges as store
from duerun.storage import money
from duerun.storage.database import fetch_all

CREATED, COMPLETED, EXPIRED = "charge.create", "charge.complete", "charge.expire"


class DyingGateway(SandboxGateway):
    """The process ends after the effect, before anybody hears of it."""

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        await super().charge(requests)
        raise UnavailableError


class ForgetfulGateway(SandboxGateway):
    """Knows no key, and says that this proves nothing yet."""

    declared = Declaration(max_processing_seconds=3_600.0)

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        return [Outcome(OutcomeKind.NOT_FOUND) for _ in questions]


def with_gateway(runtime: Runtime, kind: type[SandboxGateway], *, lease_seconds: float = 60.0) -> Runtime:
    sandbox = runtime.gateways[False]
    assert isinstance(sandbox, SandboxGateway)
    gateway = kind(sandbox._ledger)
    return replace(runtime, gateways={False: gateway}, engine=EnginePolicy(lease_seconds=lease_seconds))


async def create(runtime: Runtime, account: Account, token: str) -> Charge:
    order = ChargeOrder(amount_minor=100_000, currency="THB", token_id=token)
    return await charges.create_charge(runtime, account, account.now(runtime.clock.now()), order)


async def only_charge(runtime: Runtime, account: Account, api: Any) -> Charge:
    [listed] = api.get("/charges")["data"]
    async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
        return await charges.get_charge(unit, listed["id"])


async def rescue(runtime: Runtime, account: Account) -> int:
    return await charges.rescue(runtime, account, account.now(runtime.clock.now()))


async def events_of(runtime: Runtime, object_id: str) -> list[str]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT key FROM events WHERE object_id = %s ORDER BY created_at, id", (object_id,)
        )
        return [row["key"] for row in await cursor.fetchall()]


async def total(runtime: Runtime, account: Account) -> int:
    async with runtime.database.connection() as connection:
        return (await money.balance(connection, account, runtime.clock.now())).total_minor


async def effects(runtime: Runtime, key: str) -> int:
    async with runtime.database.connection() as connection:
        return len(await fetch_all(connection, "sandbox_find", keys=[key]))


@pytest.mark.parametrize("number", ["4111111111150093", "4111111111140094"], ids=["answer", "request"])
async def test_what_was_lost_is_found_out_and_happens_once(
    runtime: Runtime, account: Account, api: Any, number: str
) -> None:
    pending = await create(runtime, account, api.token(number))
    assert (pending.status, pending.gateway_state) == (ChargeStatus.PENDING, "unknown")

    settled = await rescue(runtime, account)

    after = await only_charge(runtime, account, api)
    assert (settled, await rescue(runtime, account)) == (1, 0)
    assert (after.status, after.net_minor) == (ChargeStatus.SUCCESSFUL, 96_094)
    assert await total(runtime, account) == 96_094
    assert await effects(runtime, after.id) == 1
    assert await events_of(runtime, after.id) == [CREATED, COMPLETED]


async def test_a_charge_whose_process_died_is_settled_when_its_lease_ends(
    runtime: Runtime, account: Account, api: Any
) -> None:
    with pytest.raises(UnavailableError):
        await create(with_gateway(runtime, DyingGateway, lease_seconds=0.2), account, api.token())
    assert await rescue(runtime, account) == 0
    await asyncio.sleep(0.25)

    settled = await rescue(runtime, account)

    after = await only_charge(runtime, account, api)
    assert (settled, after.status) == (1, ChargeStatus.SUCCESSFUL)
    assert await total(runtime, account) == 96_094
    assert await events_of(runtime, after.id) == [CREATED]


async def test_a_sender_who_comes_back_late_changes_nothing(
    runtime: Runtime, account: Account, api: Any
) -> None:
    pending = await create(runtime, account, api.token("4111111111150093"))
    await rescue(runtime, account)

    async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
        late = await charges.settle(unit, pending.id, charges.FIRST_TOKEN, SUCCEEDED)

    assert late is None
    assert await total(runtime, account) == 96_094


async def test_not_found_proves_nothing_before_its_time(runtime: Runtime, account: Account, api: Any) -> None:
    pending = await create(runtime, account, api.token("4111111111140094"))

    settled = await rescue(with_gateway(runtime, ForgetfulGateway), account)

    after = await only_charge(runtime, account, api)
    assert (settled, after.gateway_state) == (0, "unknown")
    assert await effects(runtime, pending.id) == 0
    assert await events_of(runtime, pending.id) == [CREATED]


async def test_two_rescuers_settle_a_charge_once(runtime: Runtime, account: Account, api: Any) -> None:
    await create(runtime, account, api.token("4111111111150093"))

    settled = await asyncio.gather(*(rescue(runtime, account) for _ in range(4)))

    assert sum(settled) == 1
    assert await total(runtime, account) == 96_094


async def test_a_token_is_charged_once_by_many_at_a_time(
    runtime: Runtime, account: Account, api: Any
) -> None:
    token = api.token()

    outcomes = await asyncio.gather(
        *(create(runtime, account, token) for _ in range(5)), return_exceptions=True
    )

    codes = [getattr(outcome, "code", None) for outcome in outcomes if isinstance(outcome, Exception)]
    assert codes == ["used_token"] * 4
    assert await total(runtime, account) == 96_094


async def test_authorisations_lapse_in_their_time(runtime: Runtime, account: Account, api: Any) -> None:
    now = account.now(runtime.clock.now())
    order = {"amount": 100_000, "currency": "thb", "capture": False}
    held = [api.post("/charges", order | {"card": api.token()})["id"] for _ in range(2)]
    api.post("/charges", {"amount": 100_000, "currency": "thb", "card": api.token()})

    async with runtime.unit(account, now + timedelta(days=6, hours=23)) as unit:
        early = await charges.expire_uncaptured(unit)
    async with runtime.unit(account, now + timedelta(days=7, minutes=5)) as unit:
        lapsed = await charges.expire_uncaptured(unit)

    assert (early, lapsed) == (0, 2)
    assert [api.get(f"/charges/{each}")["status"] for each in held] == ["expired", "expired"]
    assert await events_of(runtime, held[0]) == [CREATED, EXPIRED]


async def test_scheduled_charges_are_written_in_one_go(runtime: Runtime, account: Account, api: Any) -> None:
    customer = api.customer()
    now = account.now(runtime.clock.now())
    async with runtime.unit(account, now) as unit:
        card = await parties.get_card(unit, customer["id"], customer["default_card"])
    refusals = (None, Refusal("insufficient_fund", "insufficient funds"))
    made = [
        settled_charge(
            account,
            charge_id=ids.new_id("chrg", livemode=False, now=now),
            amount_minor=100_000,
            currency="THB",
            card=card,
            transaction_id=ids.new_id("trxn", livemode=False, now=now),
            now=now,
            refusal=refusal,
            customer_id=customer["id"],
            schedule_id="schd_test_1",
            description='quotes "and" tabs\t',
            metadata={"order": "1"},
        )
        for refusal in refusals
    ]

    async with runtime.unit(account, now) as unit:
        occurrence_ids = [f"occu_{each.id}" for each in made]
        await store.insert_many(unit.connection, account, made, occurrence_ids=occurrence_ids, now=now)
        await money.book(
            unit.connection, account, [transaction_of(made[0], account, made[0].transaction_id or "")]
        )

    async with runtime.database.connection() as connection:
        found = await store.fetch_many(connection, account, [each.id for each in made])
    assert sorted(found, key=lambda each: each.id) == sorted(made, key=lambda each: each.id)
