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

from benchmarks import (
    bulk,
    calls,
    console,
    directory,
    engine,
    forecast,
    growth,
    history,
    lists,
    machine,
    mixed,
    payees,
    peers,
    waiting,
)

Figures = dict[str, Any]
BAR_CHARACTERS = 10
UNITS = {
    "seconds": "s",
    "per_second": "/s",
    "busy_p99_milliseconds": "ms",
    "p95_milliseconds": "ms",
    "ratio_to_short_list": "×",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement: which figure counts, what it must reach, and whether more is better."""

    name: str
    figure: str
    must: float
    more_is_better: bool
    run: Callable[[bool], Figures]
    share_must: float = 0.0
    ratios_must: tuple[tuple[str, float], ...] = ()

    def reached(self, figures: Figures) -> bool:
        value = float(figures[self.figure])
        if figures.get("share_of_limit", 1.0) < self.share_must:
            return False
        if any(figures.get(name, 0.0) < must for name, must in self.ratios_must):
            return False
        return value >= self.must if self.more_is_better else value <= self.must


def _loop(coroutine: Coroutine[Any, Any, Figures]) -> Figures:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def _sizes(quick: bool, records: int) -> tuple[int, int]:
    """Records of a file and accounts of the directory."""
    return (5_000, 20_000) if quick else (records, 1_000_000)


JOBS = (
    Job("bulk_10000_rows", "seconds", 0.5, False, lambda quick: bulk.run(1_000 if quick else 10_000), 0.5),
    Job(
        "bulk_1000000_rows",
        "seconds",
        30.0,
        False,
        lambda quick: bulk.run(20_000 if quick else 1_000_000),
        share_must=0.5,
    ),
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
        lambda quick: _loop(engine.due(2_000 if quick else 100_000)),
        share_must=0.5,
        ratios_must=(
            ("ratio_to_best_peer", 1.5),
            ("ratio_to_pgqueuer_nothing", 0.8),
            ("ratio_to_procrastinate_charge", 15),
            ("ratio_to_dbos_charge", 40),
        ),
    ),
    Job(
        "year_of_1000_schedules",
        "seconds",
        10.0,
        False,
        lambda quick: _loop(engine.year(50 if quick else 1_000)),
    ),
    Job(
        "first_of_the_month",
        "share_of_rate",
        0.8,
        True,
        lambda quick: growth.first_of_the_month(4_000 if quick else 200_000),
    ),
    Job(
        "late_day",
        "ratio_to_one_moment",
        0.8,
        True,
        lambda quick: _loop(growth.late_day(4_000 if quick else 1_000_000)),
    ),
    Job(
        "due_behind_an_open_transaction",
        "ratio_to_alone",
        0.8,
        True,
        lambda quick: _loop(growth.behind_an_open_transaction(4_000 if quick else 100_000)),
    ),
    Job(
        "due_beside_1000000_payments",
        "ratio_to_none_before",
        0.8,
        True,
        lambda quick: _loop(history.due(20_000 if quick else 1_000_000)),
    ),
    Job(
        "work_beside_10000000_schedules",
        "ratio_to_none_beside",
        0.8,
        True,
        lambda quick: _loop(waiting.run(20_000 if quick else 10_000_000)),
    ),
    Job(
        "calls_beside_work",
        "largest_part_of_what_is_allowed",
        1.0,
        False,
        lambda quick: mixed.run(*((2_000, 2_000) if quick else (1_000_000, 1_000_000))),
    ),
    Job(
        "page_of_20_schedules",
        "per_second",
        1_000,
        True,
        lambda quick: calls.pages(200 if quick else 10_000),
        share_must=0.5,
        ratios_must=(("ratio_to_best_peer", 10),),
    ),
    Job(
        "create_schedule",
        "per_second",
        500,
        True,
        lambda quick: calls.creations(200 if quick else 5_000),
        share_must=0.5,
        ratios_must=(("ratio_to_best_peer", 10),),
    ),
    Job(
        "pages_of_1000000_schedules",
        "ratio_to_short_list",
        2.0,
        False,
        lambda quick: lists.run(20_000 if quick else 1_000_000),
    ),
    Job(
        "pages_of_10000000_schedules",
        "ratio_to_short_list",
        2.0,
        False,
        lambda quick: lists.run(40_000 if quick else 10_000_000),
    ),
    Job(
        "console_pages_of_1000000_schedules",
        "p95_milliseconds",
        150.0,
        False,
        lambda quick: console.run(20_000 if quick else 1_000_000),
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
        "limit": figures.get("limit"),
        "share_of_limit": figures.get("share_of_limit"),
        "peers": figures.get("peers"),
        "ratio_to_best_peer": figures.get("ratio_to_best_peer"),
        "must": job.must,
        "more_is_better": job.more_is_better,
        "share_must": job.share_must or None,
        "ratios_must": dict(job.ratios_must) or None,
        "reached": job.reached(figures),
        "quick": quick,
        "figures": figures,
        "machine": before,
    }


def _show(results: list[Figures]) -> None:
    screen = Console()
    table = Table("job", "ours", "must", "by hand", "share of it", "best peer", "reached", box=SIMPLE_HEAD)
    table.columns[0].no_wrap = True
    for each in results:
        sign = "≥" if each["more_is_better"] else "≤"
        reached = "small sizes" if each["quick"] else "yes" if each["reached"] else "no"
        share, limit = each["share_of_limit"], each["limit"]
        bar = "" if share is None else f"{'█' * round(min(share, 1.0) * BAR_CHARACTERS)} {share:.0%}"
        must = f"{sign} {each['must']:g}" + (f", {each['share_must']:.0%}" if each["share_must"] else "")
        unit = UNITS.get(each["unit"], each["unit"])
        by_hand = "" if limit is None else f"{limit}"
        ratio = each["ratio_to_best_peer"]
        peer = "" if ratio is None else f"{ratio} ×"
        table.add_row(each["job"], f"{each['ours']} {unit}", must, by_hand, bar, peer, reached)
    screen.print(table)
    for each in results:
        more = ", ".join(f"{name} {value}" for name, value in each["figures"].items() if name != each["unit"])
        noise = ", ".join(f"{name} {value}" for name, value in each["machine"].items())
        screen.print(f"{each['job']}: {more} ({noise})", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    sys.exit(main())
