"""The official Python client, unchanged, against a running server."""

import importlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

# For mypy the folder of tests with this name would stand before the package.
omise: Any = importlib.import_module("omise")
errors: Any = importlib.import_module("omise.errors")

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
DECLINED = "4111111111140011"
MANY = 253


@pytest.fixture
def client(api: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client's module with the keys and the address of an account; its own settings come back afterwards."""
    for name, value in {
        "api_public": api.keys.public,
        "api_secret": api.keys.secret,
        "api_version": "2019-05-29",
        "api_main": api.url,
        "api_vault": api.url,
    }.items():
        monkeypatch.setattr(omise, name, value)
    return omise


def soon(days: int) -> str:
    """A day ahead in every time zone."""
    return str(datetime.now(UTC).date() + timedelta(days=days))


def token(number: str = "4242424242424242") -> Any:
    return omise.Token.create(
        name="Somchai Prasert",
        number=number,
        expiration_month=10,
        expiration_year=2060,
        security_code="123",
        city="Bangkok",
        postal_code="10320",
    )


def customer(number: str = "4242424242424242") -> Any:
    return omise.Customer.create(email="john@example.com", description="John Doe", card=token(number).id)


def charge_of(payer: Any, **given: Any) -> dict[str, Any]:
    return {"customer": payer.id, "amount": 100000, "description": "Membership fee", **given}


SHAPES = {
    "day": {"every": 10, "period": "day"},
    "weeks": {"every": 2, "period": "week", "on": {"weekdays": ["Monday", "friday"]}},
    "days of month": {"every": 1, "period": "month", "on": {"days_of_month": [1, 15]}},
    "weekday of month": {"every": 1, "period": "month", "on": {"weekday_of_month": "second_monday"}},
}
IN_WORDS = {
    "day": "Every 10 day(s)",
    "weeks": "Every 2 week(s) on Monday and Friday",
    "days of month": "Every 1 month(s) on the 1st and 15th",
    "weekday of month": "Every 1 month(s) on the 2nd Monday",
}


def test_a_token_becomes_a_customer_with_a_card(client: Any) -> None:
    made = token()
    retrieved = client.Token.retrieve(made.id)

    payer = client.Customer.create(email="john@example.com", card=made.id, metadata={"k": "v"})

    assert (made.used, retrieved.card.brand) == (False, "Visa")
    assert client.Token.retrieve(made.id).used is True
    assert payer.cards[0].id == payer.default_card
    assert payer.metadata.k == "v"
    assert [card.last_digits for card in payer.list_cards()] == ["4242"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_schedule_of_every_shape_charges_on_its_days(client: Any, api: Any, shape: str) -> None:
    schedule = client.Schedule.create(
        **SHAPES[shape], start_date=soon(2), end_date=soon(500), charge=charge_of(customer())
    )
    planned = schedule.next_occurrence_dates
    assert (schedule.in_words, schedule.status) == (IN_WORDS[shape], "active")

    api.advance(days=75)

    ran = [each.schedule_date for each in schedule.occurrence()]
    assert len(ran) >= 2
    assert ran == planned[: len(ran)]
    found = client.Occurrence.retrieve(schedule.occurrence()[0].id)
    assert (found.status, found.retry_date) == ("successful", None)
    paid = client.Charge.retrieve(found.result)
    assert (paid.status, paid.amount, paid.schedule) == ("successful", 100000, schedule.id)
    schedule.reload()
    assert [each.id for each in schedule.occurrences] == [each.id for each in schedule.occurrence()]


def test_a_start_today_is_charged_within_the_call_with_the_named_card(client: Any) -> None:
    payer = customer("5555555555554444")
    payer.update(card=token().id)
    second = list(payer.list_cards())[1]

    schedule = client.Schedule.create(every=1, period="day", charge=charge_of(payer, card=second.id))

    assert schedule.occurrences[0].status == "successful"
    assert client.Charge.retrieve(schedule.occurrences[0].result).card.last_digits == "4242"
    assert schedule.charge.default_card is False


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ({"amount": 20000}, 20000),
        ({"percentage_of_balance": 75}, 72070),
        ({}, 96094),
    ],
    ids=["amount", "percentage", "whole balance"],
)
def test_a_transfer_schedule_moves_its_share_of_the_balance(
    client: Any, api: Any, given: dict[str, Any], moved: int
) -> None:
    recipient = client.Recipient.create(
        name="Somchai",
        email="s@example.com",
        type="individual",
        bank_account={"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"},
    )
    api.patch(f"/recipients/{recipient.id}/verify")
    client.Charge.create(amount=100000, currency="thb", customer=customer().id)
    assert client.Balance.retrieve().available == 96094

    schedule = client.Schedule.create(
        every=1, period="month", on={"days_of_month": [28]}, transfer={"recipient": recipient.id, **given}
    )
    api.advance(days=32)

    done = schedule.occurrence()[0]
    transfer = client.Transfer.retrieve(done.result)
    assert (done.status, transfer.amount, transfer.recipient) == ("successful", moved, recipient.id)
    assert transfer.schedule == schedule.id
    assert transfer.bank_account.last_digits == "7890"


def test_a_declined_card_suspends_the_schedule_after_three_failures(client: Any, api: Any) -> None:
    schedule = client.Schedule.create(every=1, period="day", charge=charge_of(customer(DECLINED)))

    api.advance(days=4)

    chain = sorted(schedule.occurrence(), key=lambda each: str(each.processed_at))
    failed = [each for each in chain if each.status == "failed"]
    assert schedule.reload().status == "suspended"
    assert [each.retry_date is None for each in failed] == [True, False, False]
    assert client.Charge.retrieve(failed[0].result).failure_code == "insufficient_fund"
    assert [event.key for event in client.Event.list()][-1] == "schedule.suspend"


async def many_schedules(api: Any, runtime: Runtime, payer: Any) -> None:
    """More schedules than two pages hold, from one file."""
    rows = [f"key-{n},{payer.id},,{5000 + n},,1,month,5,," for n in range(MANY)]
    text = "\n".join([HEADER, *rows])
    api.call("POST", "/schedules/upload", files={"file": ("members.csv", text.encode(), "text/csv")})
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass


async def test_lists_longer_than_two_pages_are_iterated_and_paged_in_both_orders(
    client: Any, api: Any, runtime: Runtime
) -> None:
    payer = customer()
    await many_schedules(api, runtime, payer)

    iterated = [each.id for each in client.Schedule.list()]
    pages = {
        order: [
            each.id
            for offset in range(0, MANY, 100)
            for each in client.Schedule.list().offset(limit=100, offset=offset, order=order)
        ]
        for order in ("chronological", "reverse_chronological")
    }

    assert len(client.Schedule.list()) == MANY
    assert len(set(iterated)) == MANY
    assert pages["chronological"] == iterated
    assert pages["reverse_chronological"] == iterated[::-1]
    assert [each.id for each in payer.list_schedules()] == iterated
    assert len(client.Schedule.retrieve()) == len(payer.schedule()) == 20
    assert len(client.Charge.list_schedules()) == 20
    amounts = [each.charge.amount for each in itertools.islice(client.Schedule.list(), 5)]
    assert amounts == [5000, 5001, 5002, 5003, 5004]


def test_a_destroyed_schedule_charges_no_more(client: Any, api: Any) -> None:
    schedule = client.Schedule.create(every=1, period="day", start_date=soon(2), charge=charge_of(customer()))
    assert schedule.destroyed is False

    schedule.destroy()
    api.advance(days=5)

    assert schedule.destroyed is True
    assert client.Schedule.retrieve(schedule.id).next_occurrence_dates == []
    assert len(client.Charge.list()) == 0


def test_charges_are_captured_reversed_and_refunded(client: Any) -> None:
    payer = customer()
    held = {"amount": 100000, "currency": "thb", "customer": payer.id, "capture": False}

    captured = client.Charge.create(**held).capture()
    reversed_ = client.Charge.create(**held).reverse()
    refund = captured.refund(amount=100)

    assert (captured.paid, reversed_.status, reversed_.reversed) == (True, "reversed", True)
    assert (refund.amount, captured.reload().refunded) == (100, 100)
    assert [each.id for each in captured.list_refunds()] == [refund.id]


def test_customers_cards_and_transfers_are_changed_and_destroyed(client: Any) -> None:
    payer = customer()
    client.Charge.create(amount=100000, currency="thb", customer=payer.id)
    transfer = client.Transfer.create(amount=5000)

    card = payer.cards[0].update(name="Somsri")
    card.destroy()
    transfer.update(amount=4000)
    transfer.destroy()
    payer.reload().destroy()

    assert (card.destroyed, transfer.destroyed, payer.destroyed) == (True, True, True)
    assert transfer.amount == 4000
    assert len(client.Customer.list()) == 0


def test_read_only_objects_are_read(client: Any, api: Any) -> None:
    charge = client.Charge.create(amount=100000, currency="thb", customer=customer().id)

    assert client.Account.retrieve().currency == "THB"
    assert client.Capability.retrieve().country == "TH"
    assert client.Transaction.retrieve(charge.transaction).amount == 96094
    assert [each.key for each in client.Event.retrieve()][-1] == "charge.create"


Broken = Callable[[], Any]


def _twice(action: Broken) -> None:
    action()
    action()


def _used_token() -> None:
    used = token().id
    _twice(lambda: omise.Customer.create(card=used))


def _captured_twice() -> None:
    charge = omise.Charge.create(amount=2000, currency="thb", customer=customer().id, capture=False)
    _twice(charge.capture)


def _refunded_beyond() -> None:
    omise.Charge.create(amount=2000, currency="thb", customer=customer().id).refund(amount=2001)


def _without_a_card() -> None:
    payer = omise.Customer.create(email="a@b.c")
    omise.Schedule.create(every=1, period="day", charge=charge_of(payer))


def _below_the_least_amount() -> None:
    omise.Schedule.create(every=1, period="day", charge=charge_of(customer(), amount=1))


def _without_a_name() -> None:
    account = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
    omise.Recipient.create(name="", type="individual", bank_account=account)


@pytest.mark.parametrize(
    ("broken", "kind", "message"),
    [
        (lambda: omise.Schedule.retrieve("schd_test_nope"), errors.NotFoundError, "schd_test_nope was not"),
        (_used_token, errors.UsedTokenError, "token was already used"),
        (lambda: token("4242424242424241"), errors.InvalidCardError, "number is invalid"),
        (_without_a_card, errors.MissingCardError, "customer has no card"),
        (_below_the_least_amount, errors.InvalidChargeError, "amount must be greater than or equal to 2000"),
        (_captured_twice, errors.FailedCaptureError, "charge was already captured"),
        (_refunded_beyond, errors.FailedRefundError, "amount is greater than the refundable amount"),
        (_without_a_name, errors.InvalidRecipientError, "name can't be blank"),
        (lambda: omise.Schedule.create(every=1, period="year"), errors.BaseError, "period must be one of"),
    ],
    ids=lambda value: getattr(value, "__name__", "") if isinstance(value, type) else "",
)
@pytest.mark.usefixtures("client")
def test_every_refusal_is_an_error_of_its_class(broken: Broken, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as refusal:
        broken()

    assert type(refusal.value) is kind


def test_a_wrong_key_is_an_authentication_failure(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "api_secret", "skey_test_wrong")

    with pytest.raises(errors.AuthenticationFailureError, match="authentication failed"):
        client.Account.retrieve()
