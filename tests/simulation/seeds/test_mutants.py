"""The simulation finds what is broken on purpose, by the same judgement under which the product passes."""

from simulation.seeds import hunt
from simulation.seeds.mutants import FOUND

SEEDS, JOBS = 2, 2


def test_every_mutant_is_found(dsn: str) -> None:
    told = hunt.hunt_side_by_side(dsn, SEEDS, JOBS)

    assert told["missed"] == []
    assert set(told["mutants"]) == set(FOUND)
