"""Transfers over HTTP, and what becomes of those whose outcome the gateway did not tell."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.transfers import sent_transfer, transaction_of
from duerun.gateways.base import NOT_FOUND, UNKNOWN, Asked, Declaration, Outcome, OutcomeKind, PaymentRequest
from duerun.services import recipients, transfers
from duerun.services.unit import EnginePolicy, Runtime
from duerun.storage import accounts, money
from duerun.storage import transfers as store

V2017 = {"Omise-Version": "2017-11-02"}
NET_OF_100000 = 96_094


def fund(api: Any, amount: int = 100_000) -> int:
    """Put money into the balance by a charge; what is transferable then."""
    api.post("/charges", {"amount": amount, "currency": "thb", "card": api.token()})
    return int(api.get("/balance")["transferable"])


def keys_of_events(api: Any, object_id: str) -> list[str]:
    events = api.get("/events?limit=100")["data"]
    return [event["key"] for event in events if event["data"]["id"] == object_id]


def test_a_transfer_without_amount_and_recipient_takes_all_to_the_default(api: Any) -> None:
    assert fund(api) == NET_OF_100000
    default = api.get("/recipients")["data"][0]

    transfer = api.post("/transfers")

    assert (transfer["object"], transfer["amount"]) == ("transfer", NET_OF_100000)
    assert transfer["recipient"] == default["id"]
    assert transfer["bank_account"] == default["bank_account"]
    assert transfer["sendable"] is True
    assert (transfer["sent"], transfer["paid"], transfer["deleted"]) == (False, False, False)
    assert (transfer["transactions"], transfer["transaction"]) == ([], None)
    assert api.get(transfer["location"]) == transfer
    assert api.get(transfer["location"], headers=V2017)["currency"] == "thb"


def test_fees_of_a_transfer_are_those_of_thailand(api: Any) -> None:
    fund(api)

    transfer = api.post("/transfers", {"amount": 50_000})

    fees = {name: transfer[name] for name in ("fee", "fee_vat", "total_fee", "net")}
    assert fees == {"fee": 2_804, "fee_vat": 196, "total_fee": 3_000, "net": 47_000}


def test_a_sent_transfer_leaves_the_balance_once(api: Any) -> None:
    fund(api)
    transfer = api.post("/transfers", {"amount": 50_000, "recipient": api.recipient()["id"]})

    first = api.post(f"{transfer['location']}/mark_as_sent")
    second = api.post(f"{transfer['location']}/mark_as_sent")

    assert second == first
    assert (first["sent"], first["paid"], first["sendable"]) == (True, False, False)
    assert first["transactions"] == [first["transaction"]]
    entry = api.get(f"/transactions/{first['transaction']}")
    assert (entry["direction"], entry["key"], entry["amount"]) == ("debit", "transfer.sent.debit", 50_000)
    assert entry["origin"] == transfer["id"]
    balance = api.get("/balance")
    assert (balance["total"], balance["on_hold"]) == (NET_OF_100000 - 50_000, 0)
    assert balance["transferable"] == NET_OF_100000 - 50_000
    assert keys_of_events(api, transfer["id"]) == ["transfer.create", "transfer.send"]


def test_a_transfer_that_is_marked_as_paid_is_sent_first(api: Any) -> None:
    fund(api)
    transfer = api.post("/transfers", {"amount": 50_000})

    first = api.post(f"{transfer['location']}/mark_as_paid")
    second = api.post(f"{transfer['location']}/mark_as_paid")

    assert second == first
    assert (first["sent"], first["paid"]) == (True, True)
    assert first["paid_at"] >= first["sent_at"]
    assert keys_of_events(api, transfer["id"]) == ["transfer.create", "transfer.send", "transfer.pay"]


@pytest.mark.parametrize(
    ("amount", "code", "message"),
    [
        pytest.param(
            2_999,
            "invalid_amount",
            "amount must be greater than or equal to 3000 (thb subunits)",
            id="too small",
        ),
        pytest.param(
            5_000_000_001,
            "invalid_amount",
            "amount must be less than or equal to 5000000000 (thb subunits)",
            id="too large",
        ),
        pytest.param("much", "bad_request", "amount is not a number", id="no number"),
        pytest.param(
            None,
            "invalid_amount",
            "amount must be greater than or equal to 3000 (thb subunits)",
            id="whole balance of nothing",
        ),
    ],
)
def test_an_amount_outside_of_the_limits_is_refused(api: Any, amount: Any, code: str, message: str) -> None:
    error = api.refused("POST", "/transfers", {"amount": amount})

    assert (error["code"], error["message"]) == (code, message)
    assert api.get("/transfers")["total"] == 0


@pytest.mark.parametrize(
    ("verified", "amount", "reason", "failure_code"),
    [
        pytest.param(True, 200_000, "insufficient balance", "insufficient_balance", id="balance"),
        pytest.param(False, 50_000, "recipient is not verified", "invalid_recipient", id="recipient"),
    ],
)
def test_a_transfer_that_is_not_sendable_waits_or_fails_fast(
    api: Any, verified: bool, amount: int, reason: str, failure_code: str
) -> None:
    fund(api)
    order = {"amount": amount, "recipient": api.recipient(verified=verified)["id"]}

    waiting = api.post("/transfers", order)
    error = api.refused("POST", f"{waiting['location']}/mark_as_sent")
    failed = api.post("/transfers", order | {"fail_fast": True})

    assert (waiting["sendable"], waiting["failure_code"]) == (False, None)
    assert (error["code"], error["message"]) == ("bad_request", f"transfer is not sendable: {reason}")
    assert (failed["failure_code"], failed["failure_message"]) == (failure_code, reason)
    assert (failed["fail_fast"], failed["sendable"]) == (True, False)
    assert keys_of_events(api, failed["id"]) == ["transfer.create", "transfer.fail"]
    assert api.get("/balance")["total"] == NET_OF_100000


def test_a_waiting_transfer_becomes_sendable_with_its_recipient(api: Any) -> None:
    fund(api)
    recipient = api.recipient(verified=False)
    location = api.post("/transfers", {"amount": 50_000, "recipient": recipient["id"]})["location"]

    api.patch(f"{recipient['location']}/verify")

    assert api.get(location)["sendable"] is True
    assert api.get("/transfers")["data"][0]["sendable"] is True


def test_a_transfer_may_change_until_it_is_sent(api: Any) -> None:
    fund(api)
    location = api.post("/transfers", {"amount": 50_000})["location"]

    changed = api.patch(location, {"amount": 40_000, "metadata": {"run": 7}})
    sent = api.post(f"{location}/mark_as_sent")
    refusals = [
        api.refused("PATCH", location, {"amount": 30_000}),
        api.refused("PATCH", location, {"metadata": {}}),
        api.refused("DELETE", location),
    ]

    assert (changed["amount"], changed["net"], changed["metadata"]) == (40_000, 37_000, {"run": "7"})
    assert {(each["code"], each["message"]) for each in refusals} == {
        ("bad_request", "transfer was already sent")
    }
    assert api.get(location) == sent
    assert api.get("/balance")["total"] == NET_OF_100000 - 40_000


def test_a_destroyed_transfer_is_still_retrieved_and_no_longer_listed(api: Any) -> None:
    fund(api)
    location = api.post("/transfers", {"amount": 50_000})["location"]

    first = api.delete(location)
    second = api.delete(location)

    assert first == second == api.get(location)
    assert (first["deleted"], first["sendable"]) == (True, False)
    assert set(api.get(location, headers=V2017)) == {"object", "id", "livemode", "deleted"}
    assert api.get("/transfers")["data"] == []
    for method, path in (("PATCH", location), ("POST", f"{location}/mark_as_sent")):
        assert api.refused(method, path, {"amount": 40_000}, status=404)
    assert keys_of_events(api, first["id"]) == ["transfer.create", "transfer.destroy"]


def test_the_same_idemp_key_makes_one_transfer(api: Any) -> None:
    fund(api)
    order = {"amount": 50_000, "idemp_key": "run-7"}
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: api.post("/transfers", order), range(4)))

    error = api.refused("POST", "/transfers", order | {"amount": 40_000})

    assert len({transfer["id"] for transfer in made}) == 1
    assert error["message"] == "idemp_key was already used with other parameters"
    assert api.get("/transfers")["total"] == 1


def test_transfers_sent_at_the_same_time_never_overdraw_the_balance(api: Any) -> None:
    fund(api)
    locations = [api.post("/transfers", {"amount": 30_000})["location"] for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda path: api.call("POST", f"{path}/mark_as_sent"), locations))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [400] * 3
    balance = api.get("/balance")
    assert (balance["total"], balance["on_hold"]) == (NET_OF_100000 - 90_000, 0)


def test_recipients_of_other_accounts_and_destroyed_ones_are_not_found(api: Any, other_api: Any) -> None:
    fund(api)
    foreign = other_api.recipient()["id"]
    destroyed = api.recipient()["id"]
    api.delete(f"/recipients/{destroyed}")

    for recipient in (foreign, destroyed, "recp_test_unknown"):
        error = api.refused("POST", "/transfers", {"amount": 5_000, "recipient": recipient}, status=404)
        assert error["message"] == f"recipient {recipient} was not found"


def test_a_transfer_of_another_account_or_mode_is_not_found(api: Any, other_api: Any) -> None:
    fund(api)
    location = api.post("/transfers", {"amount": 50_000})["location"]

    foreign = other_api.refused("GET", location, status=404)
    other_mode = api.refused("GET", location, status=404, key=api.live_keys.secret)

    assert foreign == other_mode
    assert foreign["message"] == f"transfer {location.split('/')[-1]} was not found"
    assert other_api.refused("POST", f"{location}/mark_as_sent", status=404) == foreign


def test_live_mode_has_no_marks_and_no_default_recipient(api: Any) -> None:
    live = {"key": api.live_keys.secret}

    mark = api.refused("POST", "/transfers/trsf_0/mark_as_sent", status=404, **live)
    create = api.refused("POST", "/transfers", {"amount": 5_000}, **live)

    assert mark["message"] == "path was not found"
    assert (create["code"], create["message"]) == ("invalid_recipient", "recipient must be given")


class Wavering:
    """The sandbox behind a line that breaks: `arrives` tells whether the request reaches it before that."""

    name = "wavering"
    declared = Declaration()

    def __init__(self, inner: Any, *, arrives: bool) -> None:
        self.inner, self.arrives, self.sends = inner, arrives, 0
        self.tokenize, self.charge, self.lookup = inner.tokenize, inner.charge, inner.lookup

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        self.sends += 1
        if self.arrives or self.sends > 1:
            outcomes: Sequence[Outcome] = await self.inner.transfer(requests)
            return outcomes if self.sends > 1 else [UNKNOWN] * len(requests)
        return [UNKNOWN] * len(requests)


class Refusing(Wavering):
    """A gateway that takes no payout."""

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        return [Outcome(OutcomeKind.REFUSED, "closed", "account is closed")] * len(requests)


def with_gateway(runtime: Runtime, gateway: Any, *, lease_seconds: float = 0.0) -> Runtime:
    return replace(
        runtime, gateways={False: gateway}, engine=EnginePolicy(claim_rows=10, lease_seconds=lease_seconds)
    )


async def account_of(runtime: Runtime, api: Any) -> Account:
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    return account


@pytest.mark.parametrize(
    ("arrives", "sends"), [pytest.param(True, 1, id="answer lost"), pytest.param(False, 2, id="request lost")]
)
async def test_an_unknown_outcome_is_asked_about_and_settled_once(
    runtime: Runtime, api: Any, arrives: bool, sends: int
) -> None:
    fund(api)
    made = api.post("/transfers", {"amount": 50_000})
    account, now = await account_of(runtime, api), datetime.now(UTC)
    line = Wavering(runtime.gateways[False], arrives=arrives)
    unsteady = with_gateway(runtime, line)

    unknown = await transfers.mark_as_sent(unsteady, account, now, made["id"])
    held = api.get("/balance")
    pending = api.refused("POST", f"{made['location']}/mark_as_paid")
    rescued = [await transfers.rescue(unsteady, account, now) for _ in range(2)]

    assert (unknown.sent_at, unknown.sendable, unknown.gateway_state) == (None, False, "unknown")
    assert (held["total"], held["on_hold"]) == (NET_OF_100000, 50_000)
    assert held["transferable"] == NET_OF_100000 - 50_000
    assert pending["message"] == "transfer is being sent, its outcome is not known yet"
    assert (rescued, line.sends) == ([1, 0], sends)
    assert api.get(made["location"])["sent"] is True
    balance = api.get("/balance")
    assert (balance["total"], balance["on_hold"]) == (NET_OF_100000 - 50_000, 0)
    assert keys_of_events(api, made["id"]) == ["transfer.create", "transfer.send"]


async def test_a_lease_that_still_holds_keeps_the_rescuer_away(runtime: Runtime, api: Any) -> None:
    fund(api)
    made = api.post("/transfers", {"amount": 50_000})
    account, now = await account_of(runtime, api), datetime.now(UTC)
    line = Wavering(runtime.gateways[False], arrives=True)
    unsteady = with_gateway(runtime, line, lease_seconds=600)

    await transfers.mark_as_sent(unsteady, account, now, made["id"])

    assert await transfers.rescue(unsteady, account, now) == 0
    assert api.get(made["location"])["sent"] is False


async def test_what_the_gateway_does_not_know_too_soon_is_not_sent_again(runtime: Runtime, api: Any) -> None:
    fund(api)
    made = api.post("/transfers", {"amount": 50_000})
    account, now = await account_of(runtime, api), datetime.now(UTC)
    line = Wavering(runtime.gateways[False], arrives=False)
    line.declared = Declaration(max_processing_seconds=600.0)
    unsteady = with_gateway(runtime, line)

    await transfers.mark_as_sent(unsteady, account, now, made["id"])

    assert [await line.lookup([Asked(made["id"], 50_000, "THB")])] == [[NOT_FOUND]]
    assert await transfers.rescue(unsteady, account, now) == 0
    assert line.sends == 1


async def test_a_token_that_was_overtaken_settles_nothing(runtime: Runtime, api: Any) -> None:
    fund(api)
    made = api.post("/transfers", {"amount": 50_000})
    account, now = await account_of(runtime, api), datetime.now(UTC)
    unsteady = with_gateway(runtime, Wavering(runtime.gateways[False], arrives=True))
    await transfers.mark_as_sent(unsteady, account, now, made["id"])
    async with unsteady.unit(account, now) as unit:
        claims = await store.claim_lapsed(unit.connection, account, rows_max=10, lease_seconds=60)

    async with unsteady.unit(account, now) as unit:
        overtaken = await transfers.settle(
            unit, made["id"], claims[0].token - 1, Outcome(OutcomeKind.REFUSED, "late", "late")
        )

    assert overtaken is None
    assert api.get(made["location"])["failure_code"] is None
    assert api.get("/balance")["on_hold"] == 50_000


async def test_a_refused_transfer_gives_its_money_back(runtime: Runtime, api: Any) -> None:
    fund(api)
    made = api.post("/transfers", {"amount": 50_000})
    account, now = await account_of(runtime, api), datetime.now(UTC)
    refusing = with_gateway(runtime, Refusing(runtime.gateways[False], arrives=False))

    transfer = await transfers.mark_as_paid(refusing, account, now, made["id"])

    assert (transfer.failure_code, transfer.failure_message) == ("transfer_send_failure", "account is closed")
    shown = api.get(made["location"])
    assert (shown["sent"], shown["paid"], shown["sendable"]) == (False, False, False)
    balance = api.get("/balance")
    assert (balance["transferable"], balance["on_hold"]) == (NET_OF_100000, 0)
    assert keys_of_events(api, made["id"]) == ["transfer.create", "transfer.fail"]
    assert api.refused("POST", f"{made['location']}/mark_as_sent")["message"] == "transfer has failed"
    assert api.delete(made["location"])["deleted"] is True


async def test_transfers_of_schedules_are_written_in_bulk(runtime: Runtime, api: Any) -> None:
    fund(api)
    account, now = await account_of(runtime, api), datetime.now(UTC)
    async with runtime.unit(account, now) as unit:
        default = await recipients.get_default_recipient(unit)
        made = [
            sent_transfer(
                transfer_id=unit.new_id("trsf"),
                account=account,
                recipient=default,
                amount_minor=10_000,
                transaction_id=unit.new_id("trxn"),
                schedule_id="schd_test_0000000000000000000",
                now=now,
            )
            for _ in range(3)
        ]
        ids = [unit.new_id("occu") for _ in made]
        await store.insert_many(unit.connection, account, made, occurrence_ids=ids, now=now)
        entries = [transaction_of(each, each.transaction_id or "", now) for each in made]
        await money.book(unit.connection, account, entries)

    listed = api.get("/transfers")["data"]

    assert {each["id"] for each in listed} == {each.id for each in made}
    assert {(each["sent"], each["schedule"], each["net"]) for each in listed} == {
        (True, "schd_test_0000000000000000000", 7_000)
    }
    assert api.get("/balance")["total"] == NET_OF_100000 - 30_000
