"""A page of a processor's effects: read strictly, or not at all."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.domain.reconciliation import FindingKind, Ours, Sibling, Told, findings
from duerun.gateways.base import Effect, EffectsNotOfferedError, EffectsUnavailableError
from duerun.gateways.http_answers import Answer
from duerun.gateways.http_effects import read_page

EFFECT = {
    "key": "occu_test_1", "reference": "schd_test_1:2030-01-31", "id": "fx_1", "kind": "charge", "amount": 25_000,
    "currency": "thb", "at": "2030-01-31T08:30:02+07:00",
}  # fmt: skip
TOLD = Told("fx_1", "k1", "r1", "charge", 100, "THB")
OURS = Ours("charge", 100, "THB", "fx_1", "successful")


def page(**members: Any) -> Answer:
    return Answer(200, json.dumps({"effects": [EFFECT], "next": None} | members).encode())


def test_a_page_is_read_with_moments_in_utc_and_currencies_in_capitals() -> None:
    read = read_page(page(next="2"))

    at = datetime(2030, 1, 31, 1, 30, 2, tzinfo=UTC)
    assert read.effects == (
        Effect("fx_1", "occu_test_1", "schd_test_1:2030-01-31", "charge", 25_000, "THB", at),
    )
    assert read.next_cursor == "2"


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_processor_without_a_list_says_so_by_its_status(status: int) -> None:
    with pytest.raises(EffectsNotOfferedError):
        read_page(Answer(status))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(None, trouble="no answer in time"),
        Answer(500),
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
        page(effects={}),
        page(effects=[EFFECT | {"amount": 250.0}]),
        page(effects=[EFFECT | {"amount": True}]),
        page(effects=[EFFECT | {"amount": 2**63}]),
        page(effects=[EFFECT | {"kind": "refund"}]),
        page(effects=[EFFECT | {"at": "yesterday"}]),
        page(effects=[EFFECT | {"id": None}]),
        page(effects=[EFFECT | {"key": "x" * 256}]),
        page(effects=[EFFECT | {"key": "a\nb"}]),
        page(effects=[{}]),
        page(effects=["x"]),
        page(next=2),
    ],
)
def test_what_is_no_page_is_not_read_in_part(answer: Answer) -> None:
    with pytest.raises(EffectsUnavailableError):
        read_page(answer)


@pytest.mark.parametrize(
    ("told", "ours", "siblings", "found"),
    [
        (TOLD, OURS, (Sibling("k1", "fx_1"),), []),
        (TOLD, Ours("charge", 100, "THB", "fx_0", "successful"), (), [FindingKind.DUPLICATE]),
        (TOLD, OURS, (Sibling("k1", "fx_1"), Sibling("k2", "fx_2")), [FindingKind.DUPLICATE]),
        (TOLD, None, (Sibling("k2", "fx_2"),), [FindingKind.DUPLICATE]),
        (TOLD, None, (), [FindingKind.UNKNOWN]),
        (TOLD, Ours("charge", 101, "THB", "fx_1", "successful"), (), [FindingKind.WRONG_AMOUNT]),
        (TOLD, Ours("charge", 100, "JPY", "fx_1", "successful"), (), [FindingKind.WRONG_AMOUNT]),
        (TOLD, Ours("transfer", 100, "THB", "fx_1", "successful"), (), [FindingKind.WRONG_AMOUNT]),
        (TOLD, Ours("charge", 100, "THB", "fx_1", "failed"), (), [FindingKind.NOT_PAID_HERE]),
        (TOLD, Ours("charge", 100, "THB", "fx_1", "unknown"), (), []),
    ],
)
def test_an_effect_is_compared_with_what_was_asked_for(
    told: Told, ours: Ours | None, siblings: tuple[Sibling, ...], found: list[FindingKind]
) -> None:
    assert findings(told, ours, siblings) == found
