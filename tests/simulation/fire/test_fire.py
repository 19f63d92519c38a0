"""Money moves once while everything dies. Incidents D4, D5, D6, D9 and M9; figures in docs/reliability.md."""

import json

import pytest

from .faults import NAMES
from .mutants import FAULTS
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
    assert verdict["counts"]["tries expected"] > 0.9 * OCCURRENCES
    for fate in ("reset", "half-open", "slow", "truncated", "duplicated"):
        assert fired[f"tcp database {fate}"]
        assert fired[f"tcp gateway {fate}"]


# Without the faults in which the processor or the line repeats a request by itself.
LONE = [name for name in NAMES if name not in ("tcp", "gateway-freeze")]


@pytest.mark.timeout(600)
def test_a_processor_without_keys_is_asked_and_never_sent_a_second_time() -> None:
    verdict = play(Order(kills=40, occurrences=300, freezes=4, restarts=2, seed=6, faults=LONE, keyless=True))

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    assert verdict["counts"].get("ledger resend", 0) == 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_of_the_product_is_found(fault: str) -> None:
    """Each send draws a key of its own; what is not known is sent again unasked, to a processor without keys."""
    faults = ["kill", "answers"]
    verdict = play(
        Order(
            kills=15, occurrences=160, freezes=0, restarts=0, seed=7, faults=faults, keyless=True, patch=fault
        )
    )

    assert verdict["found"]["doubled"]
