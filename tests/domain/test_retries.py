"""Tables of retries: how they are read and written, and on which day the next attempt comes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.retries import (
    NEXT_BUSINESS_DAY,
    RETRIES_MAX,
    WAIT_DAYS_MAX,
    RetryPolicy,
    RetryRule,
    RetryTable,
    after_failed_charge,
    after_failed_transfer,
    parse_single_wait,
    parse_table,
)

FRIDAY = date(2026, 3, 6)
TABLE = parse_table("*: 1, 3; insufficient_fund: 1, 2 business; stolen_or_lost_card: stop")

rules = st.builds(
    RetryRule,
    st.lists(st.integers(1, WAIT_DAYS_MAX), min_size=1, max_size=RETRIES_MAX).map(tuple),
    st.booleans(),
) | st.just(RetryRule(()))


@given(
    usual=rules, by_code=st.dictionaries(st.from_regex(r"[a-z0-9_]{1,64}", fullmatch=True), rules, max_size=5)
)
def test_a_table_is_read_as_it_is_written(usual: RetryRule, by_code: dict[str, RetryRule]) -> None:
    table = RetryTable(usual, by_code)

    assert parse_table(str(table)) == table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1, 1",
        "insufficient_fund: 1",
        "*: 0",
        "*: 61",
        "*: -1",
        "*: 1.5",
        "*: 1,",
        "*: soon",
        "*: 1 1",
        "*: stop business",
        "*: \N{ARABIC-INDIC DIGIT ONE}",
        "*: " + ", ".join("1" * (RETRIES_MAX + 1)),
        "*: 1; *: 2",
        "*: 1; Upper: 2",
        "*: 1; a b: 2",
        "*: 1; " + "a" * 65 + ": 2",
        "*: 1; a\0: 2",
        "*: 1; " + "; ".join(f"code_{number}: 1" for number in range(31)),
        "*: " + "9" * 5_000,
    ],
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        parse_table(text)


@pytest.mark.parametrize(
    ("code", "attempt", "retry_on", "rule"),
    [
        ("failed_processing", 0, date(2026, 3, 7), "retry 1 of at most 2, on the next calendar day"),
        (None, 1, date(2026, 3, 9), "retry 2 of at most 2, 3 calendar days later"),
        (None, 2, None, None),
        (
            "insufficient_fund",
            0,
            date(2026, 3, 9),
            "retry 1 of at most 2 for insufficient_fund, on the next business day",
        ),
        (
            "insufficient_fund",
            1,
            date(2026, 3, 11),
            "retry 2 of at most 2 for insufficient_fund, 2 business days later",
        ),
        ("stolen_or_lost_card", 0, None, None),
    ],
)
def test_the_code_decides_when_a_charge_is_tried_again(
    code: str | None, attempt: int, retry_on: date | None, rule: str | None
) -> None:
    holidays = frozenset({date(2026, 3, 10)})

    after = after_failed_charge(TABLE, code=code, attempt=attempt, today=FRIDAY, holidays=holidays)

    assert (after.retry_on, after.rule, after.suspend) == (retry_on, rule, retry_on is None)


def test_the_days_of_all_retries_are_counted_from_one_to_the_next() -> None:
    rule = RetryRule((1, 2), business=True)

    assert list(rule.days_after(FRIDAY, lambda _: frozenset())) == [date(2026, 3, 9), date(2026, 3, 11)]
    assert list(RetryPolicy().charges.usual.days_after(FRIDAY, lambda _: frozenset())) == [
        date(2026, 3, 7),
        date(2026, 3, 8),
    ]


@pytest.mark.parametrize(
    ("rule", "retry_on"),
    [(NEXT_BUSINESS_DAY, date(2026, 3, 9)), (parse_single_wait("2"), date(2026, 3, 8))],
    ids=["the next business day", "two days"],
)
def test_a_transfer_without_balance_waits_as_its_rule_says(rule: RetryRule, retry_on: date) -> None:
    after = after_failed_transfer(
        rule,
        suspend_after=1,
        message="insufficient balance",
        failed_dates=9,
        today=FRIDAY,
        holidays=frozenset(),
    )

    assert (after.retry_on, after.suspend) == (retry_on, False)


@pytest.mark.parametrize("text", ["stop", "1, 2", "", "0", "61 business"])
def test_a_transfer_waits_once_and_never_stops(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        parse_single_wait(text)
