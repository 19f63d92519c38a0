"""The hunt for mutants: histories of one seed, one behind the other, until an invariant breaks."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from simulation.seeds import fleet
from simulation.seeds.arena import Arena
from simulation.seeds.history import History, Size
from simulation.seeds.mutants import FOUND, HARMLESS

HUNT_SECONDS_MAX = 60.0
HISTORIES_MAX = 400


def find(arena: Arena, name: str, seed: int, *, histories_max: int = HISTORIES_MAX) -> dict[str, Any]:
    """Look for one mutant from one seed on; `found` is the invariant that it broke, or None."""
    mutant = (FOUND | HARMLESS)[name]
    began = time.process_time()
    told: dict[str, Any] = {"mutant": name, "seed": seed, "found": None}
    with mutant(arena):
        for number in range(histories_max):
            outcome = History(arena, str(seed * HISTORIES_MAX + number), Size()).play()
            told |= {"histories": number + 1, "seconds": round(time.process_time() - began, 2)}
            if outcome.broken:
                return told | {"found": outcome.broken}
    return told


def hunt(arena: Arena, names: Sequence[str], seeds: Iterable[int]) -> dict[str, Any]:
    """Each of the mutants from each seed on."""
    finds = []
    for seed in seeds:
        for name in names or FOUND:
            began = time.monotonic()
            found = find(arena, name, seed)
            finds.append(found | {"seconds": round(time.monotonic() - began, 2)})
    return told(finds)


def told(finds: list[dict[str, Any]]) -> dict[str, Any]:
    """For each mutant how often it was found, and how long that took at most."""
    names = list(dict.fromkeys(each["mutant"] for each in finds))
    groups = {name: [each for each in finds if each["mutant"] == name] for name in names}
    return {
        "mutants": {
            name: {
                "seeds": len(group),
                "found": sum(each["found"] is not None for each in group),
                "seconds_max": max(each["seconds"] for each in group),
                "histories_max": max(each["histories"] for each in group),
                "for_example": next((each["found"] for each in group if each["found"]), None),
            }
            for name, group in groups.items()
        },
        "missed": [each for each in finds if each["found"] is None or each["seconds"] > HUNT_SECONDS_MAX],
        "finds": finds,
    }


def hunt_side_by_side(dsn: str, seeds: int, jobs: int, *, only: str = "") -> dict[str, Any]:
    """The hunt shared among processes by seed."""
    processes = [
        fleet.started(
            dsn,
            "--mutants",
            str(seeds),
            "--first",
            str(job),
            "--stride",
            str(jobs),
            "--alone",
            "--only",
            only,
        )
        for job in range(jobs)
    ]
    summed = told([each for part in fleet.told(processes) for each in part["finds"]])
    return {name: summed[name] for name in ("mutants", "missed")}
