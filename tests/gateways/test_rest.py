"""How long a processor is left alone that turns requests away, by a clock of the test's own."""

import pytest

from duerun.gateways.rest import RETRY_AFTER_SECONDS_MAX, WAIT_SECONDS_MAX, Rest, wait_seconds

NOT_MEANT = [None, "", "soon", "-5", "1.5", "٣", "61", "3600", "99999999999", "9" * 5_000]


@pytest.mark.parametrize(("text", "seconds"), [("3", 3.0), (" 0 ", 0.0), ("60", 60.0), ("0060", 60.0)])
def test_what_is_asked_for_is_done(text: str, seconds: float) -> None:
    assert [wait_seconds(text, times) for times in (1, 2, 50)] == [seconds] * 3


@pytest.mark.parametrize("text", NOT_MEANT)
def test_no_answer_stops_payments_for_good(text: str | None) -> None:
    waits = [wait_seconds(text, times) for times in range(1, 8)]

    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
    assert wait_seconds(text, 10_000) == WAIT_SECONDS_MAX < RETRY_AFTER_SECONDS_MAX


def test_requests_that_are_turned_away_together_count_once_and_an_answer_begins_anew() -> None:
    rest, now, seen = Rest(), 100.0, []
    for _ in range(4):
        for _ in range(8):
            rest.turned_away(now, "99999999999")
        seen.append(rest.seconds(now))
        now = rest.ends_at
    rest.let_in()
    rest.turned_away(now, None)

    assert seen == [1.0, 2.0, 4.0, 8.0]
    assert rest.seconds(now) == 1.0
    assert rest.seconds(now + 5) == 0.0


def test_the_longest_wait_of_those_that_were_asked_for_counts() -> None:
    rest = Rest()
    rest.turned_away(10.0, "30")
    rest.turned_away(11.0, "2")

    assert rest.ends_at == 40.0
