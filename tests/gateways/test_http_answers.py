"""What an answer of the gateway protocol proves, and what it does not."""

import json
from typing import Any

import pytest

from duerun.gateways.base import NOT_FOUND, SUCCEEDED, UNKNOWN, Asked, Outcome, OutcomeKind
from duerun.gateways.http_answers import Answer, read_answer

QUESTION = Asked("occu_test_1", 25_000, "THB")
SUCCESS = {"status": "succeeded", "id": "fx_1", "key": "occu_test_1", "amount": 25_000, "currency": "THB"}
REFUSAL = {"status": "refused", "key": "occu_test_1", "code": "stolen_or_lost_card", "message": "no"}


def answer(value: Any, status: int | None = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


@pytest.mark.parametrize("is_lookup", [False, True])
def test_a_success_that_agrees_is_a_success(is_lookup: bool) -> None:
    assert read_answer(QUESTION, answer(SUCCESS), is_lookup=is_lookup).outcome == SUCCEEDED


def test_a_refusal_says_why() -> None:
    outcome = read_answer(QUESTION, answer(REFUSAL), is_lookup=False).outcome

    assert outcome == Outcome(OutcomeKind.REFUSED, "stolen_or_lost_card", "no")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(answer(SUCCESS | {"amount": 25_000.0}), id="an amount with a point"),
        pytest.param(answer(SUCCESS | {"amount": "25000"}), id="an amount in quotes"),
        pytest.param(answer(SUCCESS | {"amount": True}), id="an amount that is a truth"),
        pytest.param(answer({k: v for k, v in SUCCESS.items() if k != "currency"}), id="no currency"),
        pytest.param(answer({k: v for k, v in SUCCESS.items() if k != "key"}), id="no key"),
        pytest.param(answer(SUCCESS, 201), id="status 201"),
        pytest.param(answer(SUCCESS, 202), id="status 202"),
        pytest.param(answer(REFUSAL, 400), id="a refusal with status 400"),
        pytest.param(answer(REFUSAL, 500), id="a refusal with status 500"),
        pytest.param(answer(REFUSAL | {"key": "other"}), id="a refusal of another key"),
        pytest.param(answer(REFUSAL | {"amount": 1}), id="a refusal of another amount"),
        pytest.param(answer(REFUSAL | {"code": None}), id="a refusal without a code"),
        pytest.param(answer(REFUSAL | {"code": "x" * 65}), id="a refusal with a long code"),
        pytest.param(answer(SUCCESS | {"status": "done"}), id="another status"),
        pytest.param(answer(SUCCESS | {"status": "pending"}), id="pending"),
        pytest.param(answer([SUCCESS]), id="a list"),
        pytest.param(Answer(200, b"[" * 60_000), id="deeply nested"),
        pytest.param(Answer(200, b""), id="nothing"),
        pytest.param(Answer(200, b"\xff\xfe"), id="no UTF-8"),
        pytest.param(Answer(404, b"{}"), id="not found behind a send"),
        pytest.param(Answer(None, trouble="no answer in time"), id="no answer"),
    ],
)
def test_everything_else_is_unknown(given: Answer) -> None:
    reading = read_answer(QUESTION, given, is_lookup=False)

    assert reading.outcome == UNKNOWN
    assert reading.reason


@pytest.mark.parametrize(
    ("given", "is_alarm"),
    [
        pytest.param(answer(SUCCESS | {"amount": 2_500_000}), True, id="amount"),
        pytest.param(answer(SUCCESS | {"key": "other"}), True, id="key"),
        pytest.param(answer(SUCCESS | {"currency": "JPY"}), True, id="currency"),
        pytest.param(Answer(409), True, id="conflict"),
        pytest.param(Answer(500), False, id="500"),
    ],
)
def test_an_answer_that_does_not_agree_is_an_alarm(given: Answer, is_alarm: bool) -> None:
    assert read_answer(QUESTION, given, is_lookup=False).is_alarm is is_alarm


def test_only_a_look_up_can_tell_that_there_is_nothing() -> None:
    assert read_answer(QUESTION, Answer(404), is_lookup=True).outcome == NOT_FOUND
