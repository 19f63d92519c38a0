"""The back-test says what is known of other rules, and no more."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.retries import NO_CARD_CODE, USUAL_CODES, RetryPolicy, parse_table
from duerun.domain.retry_backtest import Fate, PastDate, Try, backtest, replay
from duerun.gateways.sandbox import MESSAGES

MONDAY = date(2026, 3, 2)
DOCUMENTED = RetryPolicy().charges


def none(_: date) -> frozenset[date]:
    return frozenset()


def past(*tries: tuple[int, str | None], is_open: bool = False) -> PastDate:
    """Tries by their days behind the first failure; without a code it was paid."""
    made = [Try(MONDAY + timedelta(days=day), code, code is None) for day, code in tries]
    return PastDate(tuple(made), is_open)


PAID_ON_DAY_2 = past((0, "insufficient_fund"), (1, "insufficient_fund"), (2, None))
NEVER_PAID = past((0, "stolen_or_lost_card"), (1, "stolen_or_lost_card"), (2, "stolen_or_lost_card"))


@pytest.mark.parametrize(
    ("told", "table", "days", "fate"),
    [
        (PAID_ON_DAY_2, "*: 1, 1", [1, 2], Fate.PAID),
        (PAID_ON_DAY_2, "*: 2", [2], Fate.PAID),
        (PAID_ON_DAY_2, "*: 1", [1], Fate.GIVEN_UP),
        (PAID_ON_DAY_2, "*: stop", [], Fate.GIVEN_UP),
        (PAID_ON_DAY_2, "*: 5", [5], Fate.LATER),
        (PAID_ON_DAY_2, "*: stop; insufficient_fund: 2", [2], Fate.PAID),
        (NEVER_PAID, "*: 1, 1", [1, 2], Fate.NOT_PAID),
        (NEVER_PAID, "*: 1, 1; stolen_or_lost_card: stop", [], Fate.NOT_PAID),
        (NEVER_PAID, "*: 1, 3", [1, 4], Fate.UNKNOWN),
        (past((0, "a"), (1, "b")), "*: 1, 1; b: stop", [1], Fate.NOT_PAID),
        (past((0, "a"), (1, "b")), "*: stop; a: 1; b: 1, 2 business", [1, 3], Fate.UNKNOWN),
    ],
)
def test_what_is_known_of_a_date_is_told(told: PastDate, table: str, days: list[int], fate: Fate) -> None:
    found = replay(told, parse_table(table), none)

    assert [(day - MONDAY).days for day in found.days] == days
    assert found.fate is fate


def test_two_tables_are_held_against_the_same_failures() -> None:
    pasts = [PAID_ON_DAY_2, PAID_ON_DAY_2, NEVER_PAID, past((0, "x"), is_open=True)]
    proposed = parse_table("*: 2; stolen_or_lost_card: stop")

    made = backtest(pasts, present=DOCUMENTED, proposed=proposed, holidays=none)

    assert (made.dates, made.open, made.paid, made.tries) == (3, 1, 2, 6)
    assert (made.present.retried, made.present.tries) == (3, 6)
    assert (made.proposed.retried, made.proposed.tries) == (2, 2)
    assert made.present.fates == {Fate.PAID: 2, Fate.NOT_PAID: 1}
    assert made.proposed.fates == {Fate.PAID: 2, Fate.NOT_PAID: 1}
    assert made.after_days == [1, 2]
    assert (made.present.after_days[1], made.proposed.after_days[1]) == (3, 0)
    assert [(row.code, row.dates, row.paid) for row in made.rows] == [
        ("insufficient_fund", 2, 2),
        ("stolen_or_lost_card", 1, 0),
    ]


@given(
    outcomes=st.lists(st.sampled_from(["insufficient_fund", "failed_processing", None]), max_size=3),
)
def test_the_rules_under_which_it_happened_make_the_very_same_tries(outcomes: list[str | None]) -> None:
    """A history of the documented rules, replayed by them, has no unknown day."""
    codes: list[str | None] = ["insufficient_fund"]
    for each in outcomes[:2]:
        if codes[-1] is None:
            break
        codes.append(each)
    codes += ["failed_processing"] * (3 - len(codes)) if codes[-1] is not None else []

    found = replay(past(*enumerate(codes)), DOCUMENTED, none)

    assert [(day - MONDAY).days for day in found.days] == list(range(1, len(codes)))
    assert found.fate is (Fate.PAID if codes[-1] is None else Fate.NOT_PAID)


def test_nothing_that_failed_is_nothing_to_tell() -> None:
    made = backtest([], present=DOCUMENTED, proposed=DOCUMENTED, holidays=none)

    assert (made.dates, made.rows, made.after_days) == (0, [], [])


def test_the_codes_that_are_offered_are_those_of_the_sandbox() -> None:
    assert set(USUAL_CODES) == {*MESSAGES, NO_CARD_CODE}
