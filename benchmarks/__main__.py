"""`python -m benchmarks [--out FILE] [--jobs a,b] [--quick]`: a table on the terminal, JSON in the file."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks import bulk, directory, engine, forecast, machine, payees, peers

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement: which figure counts, what it must reach, and whether more is better."""

    name: str
    figure: str
    must: float
    more_is_better: bool
    run: Callable[[bool], Figures]

    def reached(self, figures: Figures) -> bool:
        value = float(figures[self.figure])
        return value >= self.must if self.more_is_better else value <= self.must


def _loop(coroutine: Coroutine[Any, Any, Figures]) -> Figures:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def _sizes(quick: bool, records: int) -> tuple[int, int]:
    """Records of a file and accounts of the directory."""
    return (5_000, 20_000) if quick else (records, 1_000_000)


JOBS = (
    Job("bulk_10000_rows", "seconds", 1.5, False, lambda quick: bulk.run(1_000 if quick else 10_000)),
    Job("bulk_1000000_rows", "seconds", 60.0, False, lambda quick: bulk.run(20_000 if quick else 1_000_000)),
    Job(
        "dry_run_100000_rows",
        "seconds",
        10.0,
        False,
        lambda quick: bulk.run(5_000 if quick else 100_000, dry=True),
    ),
    Job(
        "due_occurrences",
        "per_second",
        5_000,
        True,
        lambda quick: _loop(engine.due(2_000 if quick else 50_000)),
    ),
    Job(
        "year_of_1000_schedules",
        "seconds",
        10.0,
        False,
        lambda quick: _loop(engine.year(50 if quick else 1_000)),
    ),
    Job(
        "forecast_100000_schedules",
        "seconds",
        1.0,
        False,
        lambda quick: _loop(forecast.run(2_000 if quick else 100_000)),
    ),
    Job(
        "forecast_1000000_schedules",
        "seconds",
        10.0,
        False,
        lambda quick: _loop(forecast.run(5_000 if quick else 1_000_000)),
    ),
    Job(
        "directory_of_1000000_accounts",
        "seconds",
        120.0,
        False,
        lambda quick: directory.run(20_000 if quick else 1_000_000),
    ),
    Job("vop_100000_records", "seconds", 4.0, False, lambda quick: payees.bulk(*_sizes(quick, 100_000))),
    Job("vop_1000000_records", "seconds", 40.0, False, lambda quick: payees.bulk(*_sizes(quick, 1_000_000))),
    Job(
        "vop_remote_checks",
        "per_second",
        2_000,
        True,
        lambda quick: _loop(peers.run(2_000 if quick else 20_000)),
    ),
    Job(
        "vop_single_at_300_a_second",
        "busy_p99_milliseconds",
        20.0,
        False,
        lambda quick: payees.single(300 if quick else 3_000, 20_000 if quick else 1_000_000),
    ),
)


def main() -> int:
    """Run the jobs that are asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--jobs", help="names of jobs, separated by commas")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all")
    options = parser.parse_args()
    wanted = options.jobs.split(",") if options.jobs else [job.name for job in JOBS]
    unknown = sorted(set(wanted) - {job.name for job in JOBS})
    if unknown:
        parser.error(f"no such job: {', '.join(unknown)}; there are {', '.join(job.name for job in JOBS)}")
    results = [_measure(job, quick=options.quick) for job in JOBS if job.name in wanted]
    _show(results)
    if options.out:
        options.out.write_text(json.dumps(results, indent=2) + "\n")
    return 0


def _measure(job: Job, *, quick: bool) -> Figures:
    before = machine.facts()
    figures = job.run(quick)
    return {
        "job": job.name,
        "unit": job.figure,
        "ours": figures[job.figure],
        "must": job.must,
        "reached": job.reached(figures),
        "quick": quick,
        "figures": figures,
        "machine": before,
    }


def _show(results: list[Figures]) -> None:
    console = Console()
    table = Table("job", "figure", "ours", "must", "reached", box=SIMPLE_HEAD)
    for each in results:
        sign = "≥" if each["unit"] == "per_second" else "≤"
        reached = "small sizes" if each["quick"] else "yes" if each["reached"] else "no"
        table.add_row(each["job"], each["unit"], f"{each['ours']}", f"{sign} {each['must']:g}", reached)
    console.print(table)
    for each in results:
        more = ", ".join(f"{name} {value}" for name, value in each["figures"].items() if name != each["unit"])
        noise = ", ".join(f"{name} {value}" for name, value in each["machine"].items())
        console.print(f"{each['job']}: {more} ({noise})", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    sys.exit(main())
