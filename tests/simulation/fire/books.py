"""The end of a run: whether the servers have anything left to do, and all of the ledger against all of the books."""

import re
from contextlib import suppress

import requests

from . import judge, ledger
from .judge import Verdict
from .ledger import Line
from .load import Load

ANSWER_SECONDS_MAX = 10
_GAUGES = (
    "duerun_due_occurrences",
    "duerun_uncertain_occurrences",
    "duerun_uncertain_calls",
    "duerun_open_bulk_jobs",
)
_WHOLE = "duerun_readings_whole"
_SAMPLE = re.compile(r"^(\w+)(?:\{[^}]*\})? ([0-9.e+-]+)$", re.MULTILINE)


def what_is_left(url: str) -> dict[str, float] | None:
    """What is due, uncertain or open, as a server tells it; None while it cannot tell."""
    with suppress(requests.RequestException):
        text = requests.get(f"{url}/metrics", timeout=ANSWER_SECONDS_MAX).text
        samples: dict[str, float] = {}
        for name, value in _SAMPLE.findall(text):
            samples[name] = samples.get(name, 0.0) + float(value)
        if samples.get(_WHOLE) == 1.0:
            return {name.removeprefix("duerun_"): samples.get(name, 0.0) for name in _GAUGES}
    return None


def is_drained(url: str) -> bool:
    """Whether a server tells that nothing is left."""
    left = what_is_left(url)
    return left is not None and not any(left.values())


def judge_all(verdict: Verdict, load: Load, lines: list[Line]) -> None:
    """Hold the ledger to the calendar, and what the API tells to both."""
    for complaint in load.read_files():
        verdict.find("lost", complaint)
    expected = judge.judge_ledger(verdict, lines, load.wanted, load.read_clocks(), load.by_hand)
    refusals = {
        (line.request["reference"], line.request["attempt"]) for line in lines if line.event == ledger.REFUSAL
    }
    wanted = {each.schedule_id: each for each in load.wanted}
    for account in (*load.real, *load.clocked):
        for schedule in load.caller.pages("/schedules", account.secret):
            found = schedule["occurrences"]["data"]
            if len(found) < schedule["occurrences"]["total"]:
                found = load.caller.pages(f"/schedules/{schedule['id']}/occurrences", account.secret)
            judge.judge_books(
                verdict,
                wanted.pop(schedule["id"]),
                expected[schedule["id"]],
                found,
                lambda subject, attempt: (subject, attempt) in refusals,
            )
    for schedule_id in wanted:
        verdict.find("books", f"{schedule_id} is not listed")
    for account in (*load.real, *load.clocked):
        judge.judge_charges(verdict, account.id, load.caller.pages("/charges", account.secret), lines)
