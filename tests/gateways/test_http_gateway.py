"""The http gateway before processors that break their word, and the settings that attach one."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from duerun.assembly import build_runtime, close
from duerun.domain.errors import RejectedError
from duerun.gateways.base import SUCCEEDED, UNKNOWN, OutcomeKind, PaymentRequest
from duerun.gateways.http import HttpGateway, HttpTerms, parse_base
from duerun.services.unit import Runtime
from duerun.settings import Settings
from processor import GET_FAULTS, POST_FAULTS, TOKEN, Book, Processor

WITHOUT_EFFECT = ("request_lost", "502_not_done", "redirect", "409")
LATER = ("done_later", "pending", "late")


@asynccontextmanager
async def attached(runtime: Runtime, book: Book, **given: Any) -> AsyncIterator[HttpGateway]:
    with Processor(book) as processor:
        values: dict[str, Any] = {"timeout_seconds": 0.5, "max_processing_seconds": 1.0, "concurrency": 8}
        terms = HttpTerms(url=processor.url, token=TOKEN, **values | given)
        gateway = HttpGateway(terms, runtime.gateways[False])
        yield gateway
        await gateway.close()


def request(number: int = 1) -> PaymentRequest:
    return PaymentRequest(
        key=f"occu_test_{number}",
        account="account_test",
        livemode=False,
        amount_minor=25_000,
        currency="THB",
        target="sandbox:successful:0",
        subject="schd_test_1:2030-01-01",
        attempt=number,
        party="cust_test_1",
    )


@pytest.mark.parametrize("fault", [each for each in POST_FAULTS if each != "429"])
async def test_a_fault_is_unknown_and_the_same_key_has_one_effect(runtime: Runtime, fault: str) -> None:
    book = Book(faults=1.0, turns=1, only=(fault,))
    async with attached(runtime, book) as gateway:
        first = await gateway.charge([request()])
        effects = len(book.effects)
        again = await gateway.charge([request()])

        assert (first, again) == ([UNKNOWN], [SUCCEEDED])
        assert effects == (0 if fault in (*WITHOUT_EFFECT, *LATER) else 1)
        assert [each.request["key"] for each in book.effects] == [request().key]
        assert (book.conflicts, book.complaints) == ([], [])


@pytest.mark.parametrize("fault", [each for each in GET_FAULTS if each != "429"])
async def test_a_look_up_that_goes_wrong_is_unknown(runtime: Runtime, fault: str) -> None:
    book = Book(faults=1.0, only=(fault,))
    async with attached(runtime, book) as gateway:
        book.carry_out("charges", {"key": request().key, "amount": 25_000, "currency": "THB"})
        wrong = await gateway.lookup([request()])
        book.faults = 0.0

        assert (wrong, await gateway.lookup([request()])) == ([UNKNOWN], [SUCCEEDED])


async def test_who_is_told_to_wait_waits_and_sends_the_same_again(runtime: Runtime) -> None:
    book = Book(faults=1.0, turns=1, only=("429",))
    async with attached(runtime, book) as gateway:
        assert await gateway.charge([request(1), request(2)]) == [SUCCEEDED, SUCCEEDED]

    sent = book.sent_at["occu_test_1"]
    assert len(sent) == 2
    assert sent[1] - sent[0] >= 0.95
    assert book.complaints == []


async def test_a_processor_that_never_stops_to_say_wait_leaves_the_outcome_unknown(runtime: Runtime) -> None:
    book = Book(faults=1.0, only=("429",))
    async with attached(runtime, book) as gateway:
        outcomes = await gateway.charge([request()])
        asked = await gateway.lookup([request()])

    assert (outcomes, [each.not_taken for each in outcomes]) == ([UNKNOWN], [True])
    assert (asked, [each.not_taken for each in asked]) == ([UNKNOWN], [False])


async def test_it_tells_how_long_it_is_to_be_left_alone(runtime: Runtime) -> None:
    book = Book(faults=1.0, turns=1, only=("429",), retry_after=30)
    async with attached(runtime, book) as gateway:
        before = gateway.rest_seconds()
        await gateway.charge([request()])

        assert before == 0.0
        assert 20.0 < gateway.rest_seconds() <= 30.0


async def test_no_more_calls_than_allowed_are_under_way(runtime: Runtime) -> None:
    book = Book(faults=1.0, only=("late",), delay_seconds=0.05)
    async with attached(runtime, book, concurrency=3) as gateway:
        outcomes = await gateway.charge([request(number) for number in range(20)])

    assert {each.kind for each in outcomes} == {OutcomeKind.SUCCEEDED}
    assert book.open_max <= 3


async def test_what_was_not_begun_in_time_is_unknown_and_never_sent(runtime: Runtime) -> None:
    book = Book(faults=1.0, only=("late",), delay_seconds=0.5)
    async with attached(runtime, book, concurrency=1, timeout_seconds=0.2) as gateway:
        outcomes = await gateway.charge([request(number) for number in range(8)])

    assert outcomes == [UNKNOWN] * 8
    assert len(book.sent_at) < 8
    assert len(book.sent_at) + sum(each.not_taken for each in outcomes) == 8


async def test_an_address_where_nobody_listens_is_unknown(runtime: Runtime) -> None:
    with Processor(Book()) as processor:
        url = processor.url
    terms = HttpTerms(url=url, token=TOKEN, timeout_seconds=1.0, max_processing_seconds=1.0, concurrency=1)
    gateway = HttpGateway(terms, runtime.gateways[False])

    assert await gateway.transfer([request()]) == [UNKNOWN]
    assert await gateway.lookup([request()]) == [UNKNOWN]
    await gateway.close()


async def test_alarms_are_logged_without_the_token_or_the_body(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    book = Book(faults=1.0, only=("wrong_amount", "409"))
    with caplog.at_level(logging.DEBUG):
        async with attached(runtime, book) as gateway:
            await gateway.charge([request(number) for number in range(16)])
            shown = repr(gateway._terms)

    errors = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert len(errors) == 16
    assert any("amount" in each for each in errors)
    assert any("another request" in each for each in errors)
    assert TOKEN not in caplog.text + shown


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "http://pay.example.com/", "http://93.184.216.34/", "https://u:p@a.example/",
     "https://a.example/?x=1", "nonsense", "http://", "http://0x7f.1/"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused(url: str, dsn: str) -> None:
    with pytest.raises(RejectedError, match="gateway_url"):
        build_runtime(Settings(gateway_url=url, gateway_token=TOKEN), dsn)


@pytest.mark.parametrize(
    "url",
    ["https://pay.example.com", "http://127.0.0.1:1/v1", "http://[::1]/", "http://gateway:9000", "http://10.1.2.3/"],
)  # fmt: skip
def test_https_and_inner_addresses_are_taken(url: str) -> None:
    assert parse_base(url).path.endswith("/")


def test_a_token_without_an_address_is_refused(dsn: str) -> None:
    with pytest.raises(RejectedError, match="gateway_token"):
        build_runtime(Settings(gateway_token=TOKEN), dsn)


@pytest.mark.parametrize(
    "given",
    [
        {"gateway_token": "two\nlines"},
        {"gateway_timeout_seconds": float("inf")},
        {"gateway_max_processing_seconds": float("nan")},
    ],
)
def test_what_no_call_could_be_made_with_is_refused(dsn: str, given: dict[str, Any]) -> None:
    with pytest.raises(RejectedError, match="gateway_"):
        build_runtime(Settings(gateway_url="http://127.0.0.1:1/", **given), dsn)


async def test_leases_are_longer_than_any_call_whatever_is_set(runtime: Runtime, dsn: str, api: Any) -> None:
    settings = Settings(gateway_url="http://127.0.0.1:1/", gateway_timeout_seconds=300.0, lease_seconds=60.0)
    built = build_runtime(settings, dsn)
    gateway = built.gateways[False]
    account = type("Account", (), {"livemode": False, "gateway": None})()

    assert built.lease_seconds(account) >= gateway.declared.call_seconds_max + 20
    assert gateway.declared.proof_seconds >= 60 + gateway.declared.call_seconds_max
    assert built.gateways[True] is gateway
    await close(built)
