"""Money moves once while everything dies. Incidents D4, D5, D6, D9 and M9; figures in docs/reliability.md."""

import json

import pytest

from .run import Order, play

KILLS, OCCURRENCES, FREEZES, RESTARTS = 1_000, 5_000, 200, 20


# Over three minutes of work on two cores; the limit is for machines that are busy or slow.
@pytest.mark.timeout(1_800)
def test_money_moves_once_while_everything_dies() -> None:
    verdict = play(Order(kills=KILLS, occurrences=OCCURRENCES, freezes=FREEZES, restarts=RESTARTS, seed=5))

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    fired = verdict["fired"]
    assert fired["freeze"] >= FREEZES
    assert fired["database stopped at once"] + fired["database killed"] >= RESTARTS
    assert verdict["counts"]["tries expected"] > 0.95 * OCCURRENCES
    for fate in ("reset", "half-open", "slow", "truncated", "duplicated"):
        assert fired[f"tcp database {fate}"]
        assert fired[f"tcp gateway {fate}"]


@pytest.mark.timeout(600)
def test_keys_that_are_drawn_anew_are_found() -> None:
    verdict = play(
        Order(kills=0, occurrences=200, seconds=6, faults=["answers"], seed=7, clocks=0, patch="fresh keys")
    )

    assert verdict["found"]["doubled"]
