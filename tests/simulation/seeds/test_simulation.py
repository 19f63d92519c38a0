"""Hundreds of histories under faults keep the promise, and each can be played again as it was."""

import json
from collections.abc import Iterator

import pytest

from simulation.seeds import fleet
from simulation.seeds.arena import Arena
from simulation.seeds.history import History, Size

SEEDS, JOBS = 200, 2
# Half a minute on two cores that are free.
pytestmark = pytest.mark.timeout(1_200)
FAULTS = {
    "crash", "freeze", "connection lost", "clock jump", "database clock jump", "send: answer lost", "send: late",
    "send: lost", "send: pending", "send: slow", "send: twice", "send: wrong amount", "send: wrong key",
    "look-up: lost",
}  # fmt: skip


@pytest.fixture(scope="module")
def arena(dsn: str) -> Iterator[Arena]:
    made = Arena(dsn, "simulation_tests")
    yield made
    made.close()


def test_nothing_is_lost_or_doubled_in_two_hundred_histories(dsn: str) -> None:
    told = fleet.play_side_by_side(dsn, SEEDS, JOBS)

    assert told["failures"] == [], json.dumps(told["failures"][:3], indent=1)
    assert told["seeds"] == SEEDS
    assert told["effects"] > SEEDS * 5
    assert set(told["faults"]) >= FAULTS, "every kind of fault came about"


def test_a_seed_plays_the_same_history_again(arena: Arena) -> None:
    first, between, second = (History(arena, seed, Size()).play() for seed in ("7", "8", "7"))

    assert first.trace == second.trace
    assert first.trace != between.trace
    assert len(first.trace) > 100
