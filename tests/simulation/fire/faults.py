"""What is done to the processes of a run, by a seeded plan, and how often it really came about."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .stage import LEASE_SECONDS, SERVERS, Stage

WORKERS = 8
LIFE_SECONDS = (0.0, 0.7)
START_SECONDS_MAX = 30.0
EARLY_SHARE = 0.05
AFTERLIFE_SECONDS = (0.3, 2.0)
FROZEN_SECONDS = LEASE_SECONDS + 1.0
REST_SECONDS = 0.01
# Behind these shares of the kills no more of a kind is begun: what is frozen has to thaw before the end.
LAST_FREEZE = 0.75
LAST_RESTART = 0.95
# A request that died with its server holds its Idempotency-Key for a minute; a storm of 1,000 kills lasts 150 s.
LAST_SERVER_KILL = 0.6
GATEWAY_FREEZE_SECONDS = (0.5, 4.0)
# `kill -9`, of whomever.
KILLS = ("kill", "killed at the start", "server killed", "gateway killed", "database killed")
NAMES = ("kill", "freeze", "database", "gateway-kill", "gateway-freeze", "server-kill", "tcp", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many of each; `kills` of workers set the pace of all."""

    kills: int
    freezes: int
    database: int
    gateway_kills: int
    gateway_freezes: int
    server_kills: int
    seconds_max: float


@dataclass(slots=True)
class _Life:
    """A worker; its time runs from the moment at which its engine does. Who never comes so far dies, too."""

    process_id: int
    log: Path
    seconds: float
    ends_at: float
    is_at_work: bool = False

    def look(self, now: float) -> None:
        if not self.is_at_work and self.log.exists() and self.log.stat().st_size:
            self.is_at_work, self.ends_at = True, now + self.seconds


class Storm:
    """Workers that live and die; `share` tells how far the plan is."""

    def __init__(self, stage: Stage, plan: Plan, seed: int) -> None:
        self._stage, self._plan = stage, plan
        self._dice = random.Random(f"faults:{seed}")  # noqa: S311 - a seeded plan
        self.fired: Counter[str] = Counter()
        self.errors: list[str] = []
        self._began_at = time.monotonic()
        self._workers: list[_Life] = []
        self._frozen: list[_Life] = []
        self._over = threading.Event()

    @property
    def share(self) -> float:
        """Of the kills, or of the time that is given."""
        by_time = (time.monotonic() - self._began_at) / self._plan.seconds_max
        by_kills = sum(self.fired[name] for name in KILLS) / self._plan.kills if self._plan.kills else 0.0
        return max(by_time, by_kills)

    def rage(self) -> None:
        """Do the plan; returns when nothing is broken any more."""
        jobs = [
            threading.Thread(target=self._guarded, args=(job,), daemon=True)
            for job in (self._databases, self._gateways, self._servers)
        ]
        for job in jobs:
            job.start()
        while self.share < 1 or self._frozen:
            self._turn()
            time.sleep(REST_SECONDS)
        self._over.set()
        for job in jobs:
            job.join()

    def keep_alive(self) -> None:
        """Have workers at work again, and servers; what died of a fault is replaced."""
        self._workers = [life for life in self._workers if self._stage.nursery.alive(life.process_id)]
        while len(self._workers) < WORKERS:
            self._workers.append(self._born())
        for number in range(SERVERS):
            if not self._stage.server_is_alive(number):
                self._stage.start_server(number)

    def _turn(self) -> None:
        """Replace who is dead, kill or freeze whose time has come, wake who has slept beyond his lease."""
        now = time.monotonic()
        for life in [each for each in self._frozen if each.ends_at <= now]:
            self._frozen.remove(life)
            if self._stage.nursery.send(life.process_id, signal.SIGCONT):
                self.fired["freeze"] += 1
                life.ends_at = now + self._dice.uniform(*AFTERLIFE_SECONDS)
                self._workers.append(life)
        for life in self._workers:
            life.look(now)
        for life in [each for each in self._workers if each.ends_at <= now]:
            self._workers.remove(life)
            self._end(life)
        while len(self._workers) < WORKERS:
            self._workers.append(self._born())

    def _born(self) -> _Life:
        process_id, log = self._stage.start_worker()
        now, seconds = time.monotonic(), self._dice.uniform(*LIFE_SECONDS)
        # Some die before their engine runs.
        patience = seconds if self._dice.random() < EARLY_SHARE else START_SECONDS_MAX
        return _Life(process_id, log, seconds, now + patience)

    def _end(self, life: _Life) -> None:
        begun = self.fired["freeze"] + len(self._frozen)
        is_frozen = life.is_at_work and begun < self._plan.freezes * min(1.0, self.share / LAST_FREEZE)
        if is_frozen and self._stage.nursery.send(life.process_id, signal.SIGSTOP):
            life.ends_at = time.monotonic() + FROZEN_SECONDS
            self._frozen.append(life)
            return
        if self._stage.nursery.kill(life.process_id):
            self.fired["kill" if life.is_at_work else "killed at the start"] += 1
        else:
            self.fired["worker that ended by itself"] += 1
        self._stage.forget(life.log)

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def _each(self, count: int, last: float = LAST_RESTART) -> list[float]:
        """The shares at which so many faults of a kind begin."""
        return [(number + 0.5) / count * last for number in range(count)]

    def _await(self, share: float) -> bool:
        """Wait until the plan has come so far; False if it is over."""
        while self.share < share:
            if self._over.wait(REST_SECONDS * 5):
                return False
        return True

    def _databases(self) -> None:
        for number, share in enumerate(self._each(self._plan.database)):
            if not self._await(share):
                return
            is_killed = number % 4 == 3
            self._stage.crash_database(signal.SIGKILL if is_killed else signal.SIGQUIT)
            self.fired["database killed" if is_killed else "database stopped at once"] += 1

    def _gateways(self) -> None:
        events = [(share, True) for share in self._each(self._plan.gateway_kills)]
        events += [(share, False) for share in self._each(self._plan.gateway_freezes)]
        dice = random.Random(len(events))  # noqa: S311 - a seeded plan
        for share, is_kill in sorted(events):
            if not self._await(share):
                return
            if is_kill:
                self._stage.kill_gateway()
                time.sleep(dice.uniform(0, 1))
                self._stage.start_gateway()
            else:
                self._stage.freeze_gateway(dice.uniform(*GATEWAY_FREEZE_SECONDS))
            self.fired["gateway killed" if is_kill else "gateway frozen"] += 1

    def _servers(self) -> None:
        for number, share in enumerate(self._each(self._plan.server_kills, LAST_SERVER_KILL)):
            if not self._await(share):
                return
            if self._stage.kill_server(number % SERVERS):
                self.fired["server killed"] += 1
            self._stage.start_server(number % SERVERS)
