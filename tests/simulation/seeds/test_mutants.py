"""The simulation finds what is broken on purpose, by the same judgement under which the product passes."""

import pytest

from simulation.seeds import hunt
from simulation.seeds.arena import Arena
from simulation.seeds.mutants import FOUND, HARMLESS

SEEDS, JOBS = 2, 2
# Half a minute on two cores that are free.
pytestmark = pytest.mark.timeout(1_200)
HARMLESS_HISTORIES = 5


def test_every_mutant_is_found(dsn: str) -> None:
    told = hunt.hunt_side_by_side(dsn, SEEDS, JOBS)

    assert [each for each in told["missed"] if each["found"] is None] == []
    assert set(told["mutants"]) == set(FOUND)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_protected_twice_breaks_nothing_when_one_protection_is_gone(dsn: str, name: str) -> None:
    arena = Arena(dsn, "simulation_mutants")
    try:
        found = hunt.find(arena, name, 0, histories_max=HARMLESS_HISTORIES)
    finally:
        arena.close()

    assert found["found"] is None
