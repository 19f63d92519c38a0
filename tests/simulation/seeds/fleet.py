"""Many histories: played one behind the other in this process, or by several processes side by side."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from simulation.seeds.arena import Arena
from simulation.seeds.history import History, Outcome, Size

TESTS = Path(__file__).parents[2]
TRACE_LINES_SHOWN = 60
DSN = "SIMULATION_DSN"


def play(arena: Arena, seeds: Iterable[int], size: Size | None = None) -> dict[str, Any]:
    """Play seeds; what came of them as one object, the broken ones with the end of their trace."""
    began = time.monotonic()
    failures, fired = [], Counter[str]()
    played = lines = steps = 0
    schedule_days = 0.0
    for seed in seeds:
        outcome = History(arena, str(seed), size or Size()).play()
        played += 1
        lines += outcome.lines
        steps += outcome.steps
        schedule_days += outcome.schedules * outcome.days
        fired += outcome.fired
        if outcome.broken or outcome.errors:
            failures.append(failure(outcome))
    return {
        "seeds": played,
        "failures": failures,
        "effects": lines,
        "steps": steps,
        "schedule_years": round(schedule_days / 365, 2),
        "seconds": round(time.monotonic() - began, 2),
        "faults": dict(sorted(fired.items())),
    }


def failure(outcome: Outcome) -> dict[str, Any]:
    """What a person needs who looks for the fault."""
    return {
        "seed": int(outcome.seed),
        "broken": outcome.broken,
        "errors": outcome.errors,
        "replay": f"make simulate SEED={outcome.seed}",
        "trace": outcome.trace[-TRACE_LINES_SHOWN:],
    }


def added(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sum of what several processes tell, which worked at the same time."""
    faults: Counter[str] = Counter()
    for part in parts:
        faults.update(part["faults"])
    sums = {
        name: round(sum(part[name] for part in parts), 2)
        for name in ("seeds", "effects", "steps", "schedule_years")
    }
    return {
        **sums,
        "failures": [each for part in parts for each in part["failures"]],
        "seconds": max(part["seconds"] for part in parts),
        "faults": dict(sorted(faults.items())),
    }


def started(dsn: str, *arguments: str) -> Popen[str]:
    """A process that plays its share; the address of the database goes by the environment."""
    environment = os.environ | {DSN: dsn, "PYTHONPATH": str(TESTS)}
    return Popen(
        [sys.executable, "-m", "simulation.seeds", *arguments], env=environment, stdout=PIPE, text=True
    )


def told(processes: Sequence[Popen[str]]) -> list[dict[str, Any]]:
    """What the processes print at their end."""
    outputs = [process.communicate()[0] for process in processes]
    for process in processes:
        if process.returncode not in (0, 1):
            raise RuntimeError(f"a process of the simulation ended with {process.returncode}")
    return [json.loads(output) for output in outputs]


def play_side_by_side(dsn: str, seeds: int, jobs: int, *, first: int = 0) -> dict[str, Any]:
    """Play `seeds` seeds from `first` on, each of `jobs` processes every so many-th one."""
    processes = [
        started(
            dsn, "--first", str(first + job), "--seeds", str(seeds - job), "--stride", str(jobs), "--alone"
        )
        for job in range(jobs)
    ]
    return added(told(processes))
