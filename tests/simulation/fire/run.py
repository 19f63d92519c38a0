"""One run: a stage, a load, a storm, the drain behind it, and the verdict."""

import os
import platform
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from . import ledger
from .books import judge_all, what_is_left
from .caller import Caller
from .faults import NAMES, Plan, Storm
from .judge import Verdict
from .load import CLOCK_DAYS, FILE_ROWS, Load
from .stage import Stage

DRAIN_SECONDS_MAX = 60.0
GIVE_UP_SECONDS = 240.0
REAL_ACCOUNTS, CLOCKED_ACCOUNTS = 4, 8
# Of all occurrences, those of real time, and those of test clocks, of which some days are left over at the end. A
# schedule of a test clock has about so many on all its days.
REAL_SHARE, CLOCKED_SHARE = 0.95, 0.3
DATES_A_SCHEDULE = 0.72 * CLOCK_DAYS
LAST_RELEASE = 0.92
SECONDS_MAX, SECONDS_WITHOUT_KILLS = 36_000.0, 60.0
POLL_SECONDS = 0.2
TELL_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is asked for. `faults` are names of `faults.NAMES`; `seconds` bound the storm.

    Kills set its pace; without them it is as long as a minute, or as `seconds` say.
    """

    kills: int = 1_000
    occurrences: int = 5_000
    freezes: int = 200
    restarts: int = 20
    seed: int = 1
    seconds: float = 0.0
    faults: Sequence[str] = NAMES
    keyless: bool = False
    clocks: int = CLOCKED_ACCOUNTS
    patch: str = ""
    keep: bool = False

    def plan(self) -> Plan:
        some = max(2, self.restarts // 2)
        return Plan(
            kills=self.kills if "kill" in self.faults else 0,
            freezes=self.freezes if "freeze" in self.faults else 0,
            database=self.restarts if "database" in self.faults else 0,
            gateway_kills=some if "gateway-kill" in self.faults else 0,
            gateway_freezes=some if "gateway-freeze" in self.faults else 0,
            server_kills=self.restarts if "server-kill" in self.faults else 0,
            seconds_max=self.seconds or (SECONDS_MAX if "kill" in self.faults else SECONDS_WITHOUT_KILLS),
        )

    @property
    def proxied(self) -> tuple[str, ...]:
        return ("database", "gateway") if "tcp" in self.faults else ()


def play(order: Order, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Do a run; its verdict as data, with `clean` and what was found."""
    stage = Stage(
        seed=order.seed,
        proxied=order.proxied,
        share=0.15 if "tcp" in order.faults else 0.0,
        hostile=0.25 if "answers" in order.faults else 0.0,
        keyless=order.keyless,
        patch=order.patch,
    )
    try:
        stage.open()
        return _Run(stage, order, say).play()
    finally:
        stage.close(keep=order.keep)


class _Run:
    def __init__(self, stage: Stage, order: Order, say: Callable[[str], None]) -> None:
        self._stage, self._order, self._say = stage, order, say
        self._verdict = Verdict()
        self._load = Load(Caller(stage.urls, stage.calm), random.Random(order.seed))  # noqa: S311 - a seeded load
        self._storm = Storm(stage, order.plan(), order.seed)
        self._times: dict[str, float] = {}

    def play(self) -> dict[str, Any]:
        began_at = time.monotonic()
        self._set_up()
        self._times["set up"] = time.monotonic() - began_at
        self._say(f"set up in {self._times['set up']:.0f} s; the storm begins")
        self._rage()
        self._drain()
        self._judge()
        self._times["all"] = time.monotonic() - began_at
        return self._report()

    def _set_up(self) -> None:
        self._load.open_accounts(self._stage.command, real=REAL_ACCOUNTS, clocked=self._order.clocks)
        if self._order.clocks:
            self._load.plan(round(self._order.occurrences * CLOCKED_SHARE / DATES_A_SCHEDULE))

    def _rage(self) -> None:
        self._stage.calm.unlink()
        began_at = time.monotonic()
        self._storm = Storm(self._stage, self._order.plan(), self._order.seed)
        jobs = [threading.Thread(target=self._guarded, args=(job,), daemon=True) for job in self._jobs()]
        for job in jobs:
            job.start()
        told = threading.Thread(target=self._tell, args=(jobs,), daemon=True)
        told.start()
        self._storm.rage()
        self._stage.calm.touch()
        self._last_fault_at = time.monotonic()
        self._times["storm"] = self._last_fault_at - began_at
        self._say(f"the last fault was {self._times['storm']:.0f} s behind the first")
        self._jobs_left = jobs

    def _jobs(self) -> list[Callable[[], None]]:
        return [
            *(partial(self._files, number) for number in range(REAL_ACCOUNTS)),
            *(partial(self._clock, number) for number in range(self._order.clocks)),
        ]

    def _files(self, number: int) -> None:
        """Files of schedules that start today, spread over the storm; a charge by hand between them."""
        account = self._load.real[number]
        left = round(self._order.occurrences * REAL_SHARE / REAL_ACCOUNTS)
        files = -(-left // FILE_ROWS)
        for file in range(files):
            self._await(file / files * LAST_RELEASE)
            self._load.upload(account, min(FILE_ROWS, left))
            left -= FILE_ROWS
            self._load.charge_by_hand(account)

    def _clock(self, number: int) -> None:
        account = self._load.clocked[number]
        for day in range(CLOCK_DAYS):
            self._await(day / CLOCK_DAYS * LAST_RELEASE)
            # What falls due behind the last fault is no part of what has to be drained.
            if self._stage.calm.exists():
                return
            self._load.advance(account, 1)

    def _await(self, share: float) -> None:
        while self._storm.share < share:
            time.sleep(POLL_SECONDS)

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            self._verdict.find("harness", f"{type(error).__name__}: {error}")

    def _tell(self, jobs: Sequence[threading.Thread]) -> None:
        while not self._stage.calm.exists():
            done = len([each for each in jobs if not each.is_alive()])
            self._say(
                f"{min(self._storm.share, 1):4.0%} {dict(self._storm.fired)} jobs done {done}/{len(jobs)}"
            )
            time.sleep(TELL_SECONDS)

    def _drain(self) -> None:
        """Wait until nothing is due or uncertain, as the servers themselves tell it."""
        ends_at = self._last_fault_at + GIVE_UP_SECONDS
        tell_at = self._last_fault_at
        while time.monotonic() < ends_at:
            self._storm.keep_alive()
            jobs = [job for job in self._jobs_left if job.is_alive()]
            left = what_is_left(self._stage.urls[0])
            if not jobs and left is not None and not any(left.values()):
                break
            if time.monotonic() >= tell_at:
                tell_at += TELL_SECONDS
                self._say(f"left: {len(jobs)} callers, {left}")
            time.sleep(POLL_SECONDS)
        else:
            self._verdict.find("lost", f"not drained within {GIVE_UP_SECONDS} s")
        self._times["drain"] = time.monotonic() - self._last_fault_at
        if self._times["drain"] > DRAIN_SECONDS_MAX:
            self._verdict.find("slow", f"drained {self._times['drain']:.0f} s behind the last fault")
        self._say(f"drained {self._times['drain']:.0f} s behind it")

    def _judge(self) -> None:
        judge_all(self._verdict, self._load, list(ledger.read(self._stage.options.ledger)))
        for error in self._storm.errors:
            self._verdict.find("harness", error)

    def _report(self) -> dict[str, Any]:
        order = self._order
        fired = self._storm.fired + self._stage.faults()
        asked = {
            name: getattr(order, name) for name in ("seed", "kills", "occurrences", "freezes", "restarts")
        }
        return {
            **self._verdict.as_data(),
            "asked": asked | {"faults": list(order.faults), "keyless": order.keyless},
            "seconds": {name: round(value, 1) for name, value in self._times.items()},
            "fired": dict(sorted(fired.items())),
            "api troubles": dict(self._load.caller.troubles),
            "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        }
