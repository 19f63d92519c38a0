"""Readings as metrics: each with its name, its unit and one sentence."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from duerun.services.alarms import Alarms, Backlog, LoopFacts
from duerun.services.tally import (
    FAILED_RUNS,
    GATEWAY_CONFLICTS,
    LEASE_RESCUES,
    LOOP_FAILURES,
    MISSED_DATES,
    OCCURRENCES,
)
from duerun.web.health.text import Family, Sample

MODES = ("live", "test")
OUTCOMES = ("successful", "failed", "skipped", "held", "cancelled")
# Without these nothing is charged or checked: if none ever ran, that is told as an infinite age.
PAYMENT_LOOPS = ("planner", "runner", "rescuer", "importer", "dispatcher", "pruner", "reconciler")
VOP_LOOPS = ("verifier", "notifier", "timekeeper")

# Backlog, metric of its count, of its age, and what is counted.
_BACKLOGS = (
    ("due_age", "", "duerun_oldest_due_age_seconds", "occurrences that are due and were not taken up"),
    ("due", "duerun_due_occurrences", "", "Occurrences that are due and were not taken up"),
    (
        "uncertain",
        "duerun_uncertain_occurrences",
        "duerun_oldest_uncertain_age_seconds",
        "Occurrences that were sent and have no outcome",
    ),
    (
        "uncertain_calls",
        "duerun_uncertain_calls",
        "duerun_oldest_uncertain_call_age_seconds",
        "Charges and transfers of callers that were sent and have no outcome",
    ),
    ("held", "duerun_held_occurrences", "", "Occurrences that wait for a person"),
    (
        "findings",
        "duerun_open_reconciliation_findings",
        "duerun_oldest_open_reconciliation_finding_age_seconds",
        "Differences between a gateway's ledger and ours that nobody has acknowledged",
    ),
    ("bulk_jobs", "duerun_open_bulk_jobs", "", "Bulk jobs that are not done"),
    (
        "deliveries",
        "duerun_due_webhook_deliveries",
        "duerun_oldest_due_webhook_delivery_age_seconds",
        "Webhook deliveries that are due",
    ),
    (
        "vop_tasks",
        "duerun_open_vop_tasks",
        "duerun_oldest_open_vop_task_age_seconds",
        "Files of checks that have not ended",
    ),
    ("vop_chunks", "duerun_waiting_vop_chunks", "", "Parts of files of checks that nobody works on"),
    (
        "vop_notices",
        "duerun_due_vop_notices",
        "duerun_oldest_due_vop_notice_age_seconds",
        "Notices of ended files of checks that are due",
    ),
)
_WITHOUT_MODE = ("findings", "vop_tasks", "vop_chunks", "vop_notices")


def of_alarms(alarms: Alarms, *, payments: bool) -> Iterator[Family]:
    """All that the database knows."""
    whole = float(alarms.is_whole)
    yield _gauge("duerun_readings_whole", "1 if the database told all readings in time.", [({}, whole)])
    if alarms.is_frozen is not None:
        sentence = "1 while nothing is sent because the database was restored, copied or frozen by a person."
        yield _gauge("duerun_frozen", sentence, [({}, float(alarms.is_frozen))])
    yield from _backlogs(alarms)
    if alarms.loops is not None:
        yield from _loops(alarms.loops, alarms.now, payments=payments)
    # A counter that is not known is not told: 0 would look like a new beginning.
    if alarms.counts is not None:
        yield from _counters(alarms.counts, payments=payments)


def _backlogs(alarms: Alarms) -> Iterator[Family]:
    for name, count_name, age_name, what in _BACKLOGS:
        if name not in alarms.backlogs:
            continue
        found = {each.mode: each for each in alarms.backlogs[name]}
        modes = ("",) if name in _WITHOUT_MODE else MODES
        rows = [(mode, found.get(mode, Backlog(mode, 0, 0.0))) for mode in modes]
        if count_name:
            counted = [(_labelled(mode), float(row.count)) for mode, row in rows]
            yield _gauge(count_name, f"{what}; counted to 100000.", counted)
        if age_name:
            aged = [(_labelled(mode), row.oldest_seconds or 0.0) for mode, row in rows]
            yield _gauge(age_name, f"Age of the oldest: {what[0].lower()}{what[1:]}; 0 for none.", aged)


def _loops(found: Sequence[LoopFacts], now: datetime, *, payments: bool) -> Iterator[Family]:
    facts = {each.loop: each for each in found}
    names = _loop_names(payments=payments)
    rows = [(name, facts.get(name, LoopFacts(name, None, 0, None, 0))) for name in names]

    def family(name: str, sentence: str, value: Callable[[LoopFacts], float | None]) -> Family:
        told = [({"loop": loop}, value(row)) for loop, row in rows]
        return _gauge(name, sentence, [(labels, number) for labels, number in told if number is not None])

    def age(moment: datetime | None) -> float:
        return max((now - moment).total_seconds(), 0.0) if moment else math.inf

    if payments:
        planner = facts.get("planner")
        sentence = "Time since the planner's last good tick in any process; +Inf if it never ran."
        yield _gauge(
            "duerun_planner_age_seconds", sentence, [({}, age(planner.good_at if planner else None))]
        )
    yield family(
        "duerun_loop_age_seconds",
        "Time since a loop's last good tick in any process; +Inf if it never ran.",
        lambda row: age(row.good_at),
    )
    yield family(
        "duerun_loop_slowest_age_seconds",
        "The same of the process that lives and is furthest behind; absent if none lives.",
        lambda row: age(row.slowest_at) if row.slowest_at else None,
    )
    yield family(
        "duerun_loop_processes", "Processes that live and run a loop.", lambda row: float(row.processes)
    )
    yield family(
        "duerun_loop_failures_in_a_row",
        "Ticks of a loop that failed one behind the other, the most of any process.",
        lambda row: float(row.failures),
    )


def _counters(counts: Mapping[tuple[str, str], int], *, payments: bool) -> Iterator[Family]:
    failed: list[Sample] = [
        ({"loop": loop}, float(counts.get((LOOP_FAILURES, loop), 0)))
        for loop in _loop_names(payments=payments)
    ]
    yield Family("duerun_loop_failures_total", "counter", "Ticks of a loop that failed.", failed)
    if not payments:
        return
    rescues: list[Sample] = [({"mode": mode}, float(counts.get((LEASE_RESCUES, mode), 0))) for mode in MODES]
    sentence = "Sends that the gateway was asked about because their lease ended without an outcome."
    yield Family("duerun_lease_rescues_total", "counter", sentence, rescues)
    runs: list[Sample] = [({"mode": mode}, float(counts.get((FAILED_RUNS, mode), 0))) for mode in MODES]
    sentence = "Runs of ten or more payments in which not one succeeded."
    yield Family("duerun_failed_runs_total", "counter", sentence, runs)
    conflicts: list[Sample] = [
        ({"mode": mode}, float(counts.get((GATEWAY_CONFLICTS, mode), 0))) for mode in MODES
    ]
    sentence = "Sends that the gateway refused as another request under a known key, or that differed from the first."
    yield Family("duerun_gateway_conflicts_total", "counter", sentence, conflicts)
    missed: list[Sample] = [({"mode": mode}, float(counts.get((MISSED_DATES, mode), 0))) for mode in MODES]
    sentence = "Dates that passed while nothing ran, whatever became of them."
    yield Family("duerun_missed_dates_total", "counter", sentence, missed)
    ended: list[Sample] = [
        (
            {"mode": mode, "outcome": outcome},
            float(counts.get((f"{OCCURRENCES}_{outcome}", mode), 0)),
        )
        for mode in MODES
        for outcome in OUTCOMES
    ]
    yield Family("duerun_occurrences_total", "counter", "Occurrences that were settled, by outcome.", ended)


def _loop_names(*, payments: bool) -> list[str]:
    return [*(PAYMENT_LOOPS if payments else ()), *VOP_LOOPS]


def _labelled(mode: str) -> dict[str, str]:
    return {"mode": mode} if mode else {}


def _gauge(name: str, sentence: str, samples: Sequence[Sample]) -> Family:
    return Family(name, "gauge", sentence, samples)
