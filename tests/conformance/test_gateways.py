"""What every gateway must do, run against each gateway that there is."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from duerun.domain.errors import RejectedError
from duerun.gateways.base import CardDetails, Gateway, OutcomeKind, PaymentRequest
from duerun.gateways.http import HttpGateway, HttpTerms
from duerun.services.unit import Runtime
from processor import TOKEN, Book, Processor

GATEWAYS = ("sandbox", "http")
Make = Callable[..., PaymentRequest]


@pytest.fixture(params=GATEWAYS)
async def gateway(request: pytest.FixtureRequest, runtime: Runtime) -> AsyncIterator[Gateway]:
    if request.param == "sandbox":
        yield runtime.gateways[False]
        return
    with Processor(Book()) as processor:
        terms = HttpTerms(
            url=processor.url,
            token=TOKEN,
            timeout_seconds=2.0,
            max_processing_seconds=1.0,
            concurrency=8,
        )
        attached = HttpGateway(terms, runtime.gateways[False])
        yield attached
        await attached.close()
    assert (processor.book.complaints, processor.book.conflicts) == ([], [])


@pytest.fixture
async def card(gateway: Gateway) -> str:
    """The gateway's own reference of a card that always succeeds."""
    details = CardDetails("Somchai", "4242424242424242", 10, 2060)
    return (await gateway.tokenize(details, account="account_conformance")).reference


@pytest.fixture
def make(request: pytest.FixtureRequest, card: str) -> Make:
    """A request whose key belongs to the test that makes it."""
    prefix = f"{request.node.name}-{id(request)}"

    def build(number: int = 1, **given: Any) -> PaymentRequest:
        values: dict[str, Any] = {
            "key": f"{prefix}-{number}",
            "account": "account_conformance",
            "livemode": False,
            "amount_minor": 10_000,
            "currency": "THB",
            "target": card,
            "subject": f"{prefix}:2026-01-01",
        }
        return PaymentRequest(**values | given)

    return build


async def test_a_batch_gets_one_outcome_for_each_request_in_order(gateway: Gateway, make: Make) -> None:
    requests = [make(number) for number in range(50)]

    outcomes = await gateway.charge(requests)

    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.SUCCEEDED] * 50


async def test_the_same_key_twice_has_the_first_outcome_and_one_effect(gateway: Gateway, make: Make) -> None:
    request = make()

    first = await gateway.charge([request])
    second = await gateway.charge([request, make(2)])

    assert second[0] == first[0]
    assert [each.kind for each in await gateway.lookup([request])] == [OutcomeKind.SUCCEEDED]


async def test_a_key_that_was_never_sent_is_not_found(gateway: Gateway, make: Make) -> None:
    assert [each.kind for each in await gateway.lookup([make()])] == [OutcomeKind.NOT_FOUND]


async def test_a_refusal_says_why_and_stays(gateway: Gateway, make: Make) -> None:
    details = CardDetails("Somchai", "4111111111140011", 10, 2060)
    target = (await gateway.tokenize(details, account="account_conformance")).reference
    request = make(target=target)

    first = (await gateway.charge([request]))[0]
    found = (await gateway.lookup([request]))[0]

    assert first.kind is OutcomeKind.REFUSED
    assert first.code == "insufficient_fund"
    assert first.message
    assert found == first


@pytest.mark.parametrize("number", ["4111111111150093", "4111111111140094"], ids=["answer", "request"])
async def test_a_lost_outcome_is_unknown_and_resolved_under_the_same_key(
    gateway: Gateway, make: Make, number: str
) -> None:
    details = CardDetails("Somchai", number, 10, 2060)
    target = (await gateway.tokenize(details, account="account_conformance")).reference

    first = (await gateway.charge([make(target=target)]))[0]
    again = (await gateway.charge([make(target=target, sends=2)]))[0]

    assert first.kind is OutcomeKind.UNKNOWN
    assert again.kind is OutcomeKind.SUCCEEDED


async def test_transfers_are_keyed_like_charges(gateway: Gateway, make: Make) -> None:
    request = make(target="bank:bbl:1234567890")

    first = await gateway.transfer([request])
    second = await gateway.transfer([request])

    assert first == second
    assert first[0].kind is OutcomeKind.SUCCEEDED


async def test_a_number_that_is_no_test_card_is_refused(gateway: Gateway) -> None:
    with pytest.raises(RejectedError) as refused:
        await gateway.tokenize(CardDetails("Somchai", "4000000000000002", 10, 2060), account="account_x")

    assert refused.value.code == "invalid_card"


async def test_the_reference_of_a_card_does_not_hold_its_number(gateway: Gateway, card: str) -> None:
    assert "4242424242424242" not in card


async def test_an_empty_batch_is_no_work(gateway: Gateway) -> None:
    assert list(await gateway.charge([])) == []
    assert list(await gateway.lookup([])) == []
