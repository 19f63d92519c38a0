"""The judge can say no: what is planted in a ledger that was clean is found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from . import ledger
from .dates import Wanted, course
from .judge import Verdict, judge_books, judge_charges, judge_ledger
from .ledger import CONFLICT, EFFECT, REFUSAL, Ledger, Line

START = date(2031, 1, 30)
UNTIL = START + timedelta(days=4)
WANTED = Wanted(
    schedule_id="schd_1", account="account_1", kind="charge", amount=20_000, currency="THB", start=START
)


def line(day: date, attempt: int = 0, *, event: str = EFFECT, **changed: object) -> Line:
    request = {
        "key": f"occu_{day}_{attempt}",
        "reference": f"schd_1:{day}",
        "attempt": attempt,
        "account": "account_1",
        "amount": 20_000,
        "currency": "THB",
    }
    return Line(event, "charge", request | changed)


CLEAN = [line(START + timedelta(days=number)) for number in range(5)]


def judged(lines: Sequence[Line]) -> Verdict:
    verdict = Verdict()
    judge_ledger(verdict, lines, [WANTED], {"account_1": UNTIL}, [])
    return verdict


def test_a_ledger_that_follows_the_calendar_is_clean() -> None:
    assert judged(CLEAN).is_clean


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ([*CLEAN, CLEAN[2]], "doubled"),
        ([*CLEAN, line(START, key="occu_fresh")], "doubled"),
        (CLEAN[:-1], "lost"),
        ([*CLEAN[:-1], line(UNTIL, amount=20_001)], "wrong"),
        ([*CLEAN[:-1], line(UNTIL, currency="JPY")], "wrong"),
        ([*CLEAN[:-1], line(UNTIL, account="account_2")], "wrong"),
        ([*CLEAN, line(UNTIL + timedelta(days=1))], "not asked for"),
        ([*CLEAN, line(START, attempt=1)], "not asked for"),
        ([*CLEAN, line(START, event=CONFLICT)], "against the protocol"),
    ],
)
def test_what_is_planted_is_found(planted: list[Line], kind: str) -> None:
    assert judged(planted).findings[kind]


def test_a_refusal_is_followed_by_a_try_on_the_next_day_in_place_of_its_date() -> None:
    refused = line(START, event=REFUSAL)
    followed = [refused, line(START, attempt=1), *CLEAN[2:]]

    assert judged(followed).is_clean
    assert judged([refused, *CLEAN[1:]]).findings["lost"]


def test_three_refusals_end_a_schedule() -> None:
    assert judged([line(START, attempt=number, event=REFUSAL) for number in range(3)]).is_clean


def test_transfers_that_fail_are_not_tried_again_and_three_in_a_row_end_their_schedule() -> None:
    transfers = replace(WANTED, kind="transfer")

    tries = course(transfers, UNTIL, lambda tried: True).tries

    assert tries == tuple((START + timedelta(days=number), 0) for number in range(3))


def test_books_that_tell_another_story_than_the_ledger_are_found() -> None:
    verdict = Verdict()
    expected = course(WANTED, START, lambda tried: False)

    judge_books(
        verdict, WANTED, expected, [{"scheduled_on": str(START), "status": "failed"}], lambda *paid: False
    )
    judge_charges(verdict, "account_1", [], CLEAN[:1])

    assert len(verdict.findings["books"]) == 2


def test_half_a_line_is_forgotten_when_its_writer_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    Ledger(path).write(CLEAN[0])
    with path.open("a") as file:
        file.write(CLEAN[1].text()[:40])

    Ledger(path).write(CLEAN[2])

    assert list(ledger.read(path)) == [CLEAN[0], CLEAN[2]]
