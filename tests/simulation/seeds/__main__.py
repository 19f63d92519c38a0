"""`python -m simulation.seeds`: plays seeds, one seed, or the mutants, and prints JSON. Exit 1 for a broken one."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from own_server import own_server
from simulation.seeds import fleet, hunt
from simulation.seeds.arena import Arena
from simulation.seeds.history import History, Size


def main() -> int:
    options = _options()
    with _server() as dsn:
        told = _carry_out(dsn, options)
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return 1 if told.get("failures") or told.get("missed") else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulation.seeds")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--mutants", type=int, help="look for each mutant under so many seeds")
    parser.add_argument("--only", default="")
    parser.add_argument("--alone", action="store_true", help="play in this very process")
    parser.add_argument("--calm-year", action="store_true", help="a year without faults, for its speed")
    return parser.parse_args()


def _carry_out(dsn: str, options: argparse.Namespace) -> dict[str, Any]:
    if options.mutants is not None and not options.alone:
        return hunt.hunt_side_by_side(dsn, options.mutants, options.jobs, only=options.only)
    if not (options.alone or options.calm_year or options.seed is not None):
        return fleet.play_side_by_side(dsn, options.seeds, options.jobs, first=options.first)
    arena = Arena(dsn, f"simulation_{os.getpid()}")
    try:
        return _play(arena, options)
    finally:
        arena.close()


def _play(arena: Arena, options: argparse.Namespace) -> dict[str, Any]:
    if options.mutants is not None:
        seeds = range(options.first, options.mutants, options.stride)
        return hunt.hunt(arena, [name for name in options.only.split(",") if name], seeds)
    if options.calm_year:
        return fleet.play(arena, [options.first], Size(schedules=200, days=365, acts=12, faults=0.0))
    if options.seed is None:
        return fleet.play(arena, range(options.first, options.first + options.seeds, options.stride))
    outcome = History(arena, str(options.seed), Size()).play()
    told = fleet.failure(outcome) | {"trace": outcome.trace}
    return told | {"failures": [outcome.seed] if outcome.broken or outcome.errors else []}


@contextmanager
def _server() -> Iterator[str]:
    """The server that a test names, or one for this run."""
    if dsn := os.environ.get(fleet.DSN):
        yield dsn
        return
    with own_server() as running:
        yield running


if __name__ == "__main__":
    sys.exit(main())
