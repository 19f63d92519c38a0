"""How long a processor is left alone that turns requests away, by a clock of the test's own."""

import pytest

from duerun.gateways.rest import Rest, asked_seconds

NOT_RIGHT = [None, "", "soon", "-5", "1.5", "0", "٣", "61", "3600", "99999999999", "9" * 5_000]


@pytest.mark.parametrize(("text", "seconds"), [("3", 3.0), (" 1 ", 1.0), ("60", 60.0), ("0060", 60.0)])
def test_what_is_asked_for_is_done(text: str, seconds: float) -> None:
    assert asked_seconds(text) == seconds


@pytest.mark.parametrize("text", NOT_RIGHT)
def test_what_cannot_be_right_is_waited_for_longer_each_time(text: str | None) -> None:
    rest, now, seen = Rest(), 100.0, []
    for _ in range(8):
        rest.turned_away(now, now, text)
        seen.append(rest.seconds(now))
        now = rest.ends_at

    assert seen == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_requests_that_were_under_way_together_count_once() -> None:
    rest, seen = Rest(), []
    for later in range(5):
        rest.turned_away(100.0, 100.0 + later, "99999999999")
        seen.append(rest.ends_at)

    assert seen == [101.0, 102.0, 103.0, 104.0, 105.0]


def test_an_answer_begins_anew_unless_it_was_asked_for_before() -> None:
    rest = Rest()
    for began in (0.0, 1.0, 3.0):
        rest.turned_away(began, began, None)
    rest.let_in(3.0)
    rest.turned_away(7.0, 7.0, None)
    after_a_late_answer = rest.seconds(7.0)
    rest.let_in(15.0)
    rest.turned_away(16.0, 16.0, None)

    assert after_a_late_answer == 8.0
    assert rest.seconds(16.0) == 1.0


def test_waits_that_were_asked_for_do_not_grow_those_that_were_not() -> None:
    rest = Rest()
    for began in (0.0, 10.0, 20.0):
        rest.turned_away(began, began, "2")
    rest.turned_away(30.0, 30.0, None)

    assert rest.seconds(30.0) == 1.0


def test_the_longest_wait_of_those_that_were_asked_for_counts() -> None:
    rest = Rest()
    rest.turned_away(10.0, 10.0, "30")
    rest.turned_away(10.0, 11.0, "2")

    assert rest.ends_at == 40.0
    assert rest.seconds(50.0) == 0.0
