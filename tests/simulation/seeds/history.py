"""One history: a world drawn from a seed, what is done in it and what goes wrong, and the judgement at its end."""

import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from duerun import ids
from duerun.assembly import build_runtime
from duerun.domain.accounts import Account
from duerun.domain.errors import DuerunError
from duerun.domain.retries import CatchUp, RetryPolicy
from duerun.engine.planner import Planner
from duerun.engine.rescuer import Rescuer
from duerun.engine.runner import Runner
from duerun.services.unit import EnginePolicy, Runtime
from duerun.settings import Settings
from simulation.seeds import people
from simulation.seeds.almanac import Schedule
from simulation.seeds.arena import Arena, SimulatedDatabase
from simulation.seeds.clockwork import Clockwork, Parked, Process
from simulation.seeds.judge import Judge, Rules, ViolationError
from simulation.seeds.processor import SEND_FAULTS, TARDY_FAULTS, Habits, Processor, SimulatedGateway

DAY_SECONDS = 86_400.0
AMOUNT_MINOR_MIN = 1_000
ROLES = {"runner": Runner, "rescuer": Rescuer, "planner": Planner}
DRAIN_ROUNDS_MAX = 400
DRAIN_STEP_SECONDS = 15.0
CALM_STEPS_MAX = 60
# How long a processor may be at work on a request behind the call; 0 for one that is done when the call ends.
PROCESSING_SECONDS: tuple[float, ...] = (0.0, 30.0, 120.0, 900.0)
# How often somebody asks about what the processor is still at work on, while all come to their end, and how soon.
CURIOSITY = 0.5
CURIOUS_SECONDS = 2.0
# Of the processors that are at work behind the call, the share that mostly fails by being so.
TARDY = 0.5
OPEN = """
SELECT count(*) AS open FROM occurrences
WHERE state IN ('sent', 'unknown') OR (state = 'due' AND due_at <= %s)
"""
BARE = """
SELECT count(*) AS bare FROM schedules s WHERE state = 'active' AND NOT EXISTS (
  SELECT FROM occurrences o WHERE o.schedule_id = s.id AND o.attempt = 0 AND o.state = 'due')
"""


@dataclass(frozen=True)
class Size:
    """How much a history holds: accounts, schedules, days, and acts at each moment at which something is due."""

    accounts: int = 2
    schedules: int = 8
    days: int = 6
    acts: int = 16
    faults: float = 0.25


@dataclass
class Outcome:
    """What one history came to. `broken` is the invariant that did not hold, `errors` what nobody expected."""

    seed: str
    broken: str | None
    errors: list[str]
    trace: list[str]
    fired: Counter[str]
    lines: int
    days: float
    steps: int
    schedules: int


class _Clock:
    def __init__(self, history: "History", process: Process) -> None:
        self._history, self._process = history, process

    def now(self) -> datetime:
        return self._history.read_clock(self._process)


@dataclass(eq=False)
class Member:
    """A process of the installation with its loops; `crew` holds what ticks."""

    process: Process
    runtime: Runtime
    crew: dict[str, Any]
    running: dict[str, Any] = field(default_factory=dict)


class History:
    """Plays one seed in an arena."""

    def __init__(self, arena: Arena, seed: str, size: Size) -> None:
        arena.clear()
        self.arena, self.seed, self.size = arena, seed, size
        world = random.Random(f"world {seed}")  # noqa: S311 - a seeded world
        began_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=world.randrange(5 * 525_600))
        self.world = world
        self.works = works = Clockwork(arena.loop, f"works {seed}", began_at)
        arena.loop.works = works
        works.settle_locks = arena.settle_locks
        self.fired: Counter[str] = Counter()
        self.broken: ViolationError | None = None
        self.judge = Judge(Rules(world.random() < 0.6, world.random() < 0.3))
        call_seconds_max = world.choice((8.0, 20.0))
        processing_seconds_max = world.choice(PROCESSING_SECONDS)
        is_tardy = processing_seconds_max > 0 and world.random() < TARDY
        self.habits = Habits(
            knows_keys=world.random() < 0.5,
            faults=size.faults * world.choice((0.3, 1.0, 1.0, 2.0)),
            refusals=world.choice((0.0, 0.04, 0.15)),
            usual_seconds=world.choice((0.0, 2.0, 7.0, call_seconds_max * 0.9)),
            call_seconds_max=call_seconds_max,
            processing_seconds_max=processing_seconds_max,
            rows_max=world.choice((2, 5, 50)),
            send_faults=TARDY_FAULTS if is_tardy else SEND_FAULTS,
        )
        self.processor = Processor(works, self.habits, seed, self._read)
        self.processor.latest_wall = lambda: self.latest_wall
        self.processor.earliest_wall = lambda: self.earliest_wall
        self._walls: dict[Process, datetime] = {}
        self.latest_wall = began_at
        self.members = [self._member(f"p{number}") for number in range(1, 4)]
        self.web = self._member("web")
        self.accounts: list[tuple[Account, people.Party]] = []
        self._births = 0

    # Parts

    def _member(self, name: str) -> Member:
        process = Process(name)
        built = build_runtime(Settings(), self.arena.dsn)
        gateway = SimulatedGateway(self.works, self.processor)
        runtime = replace(
            built,
            database=SimulatedDatabase(self.arena, self.works),
            clock=_Clock(self, process),
            gateways={True: gateway},
            engine=EnginePolicy(claim_rows=1_000, lease_seconds=self.habits.call_seconds_max),
            retries=RetryPolicy(
                overlap_skips=self.judge.rules.overlap_skips,
                catch_up_charges=CatchUp.ALL if self.judge.rules.catches_up_all else CatchUp.LATEST,
                catch_up_transfers=CatchUp.ALL if self.judge.rules.catches_up_all else CatchUp.LATEST,
            ),
        )
        return Member(process, runtime, {role: kind(runtime) for role, kind in ROLES.items()})

    def read_clock(self, process: Process) -> datetime:
        wall = self.works.wall(process)
        # What a process does may rest on any moment that it has read since it was idle last.
        self._walls[process] = min(wall, self._walls.get(process, wall)) if process.is_busy else wall
        self.latest_wall = max(self.latest_wall, wall)
        self.judge.hear(wall)
        return wall

    @property
    def earliest_wall(self) -> datetime:
        """The earliest moment on which the work of a process still rests."""
        return min([each for process, each in self._walls.items() if process.is_busy], default=self.works.now)

    def _read(self, line: Any) -> None:
        try:
            self.judge.read(line)
        except ViolationError as error:
            self.broken = self.broken or error

    # The play

    def play(self) -> Outcome:
        with _seeded_ids(self.seed), _heard() as heard:
            try:
                self._found()
                self._live()
                self._drain()
                self._close()
            except ViolationError as error:
                self.broken = self.broken or error
            finally:
                self.works.is_calm = True
                for member in [*self.members, self.web]:
                    self.works.kill(member.process)
        errors = [each for each in [*heard, *self.works.errors] if not _is_expected(each)]
        return Outcome(
            seed=self.seed,
            broken=None if self.broken is None else str(self.broken),
            errors=[f"{type(each).__name__}: {each}" for each in errors],
            trace=self.works.trace,
            fired=self.fired + self.processor.fired,
            lines=len(self.processor.ledger),
            days=self.works.seconds / DAY_SECONDS,
            steps=self.works.steps,
            schedules=len(self.judge.schedules),
        )

    def _found(self) -> None:
        """Accounts, whom they charge and pay, and their first schedules."""
        for _ in range(self.size.accounts):
            self.accounts.append(self._done(people.settle_in(self.web.runtime, self.world, self.works.now)))
        for _ in range(self.size.schedules):
            self._done(self._create(self.world, is_new=True))
        if self.broken is not None:
            raise self.broken

    def _done(self, work: Any) -> Any:
        task = self.works.spawn(self.web.process, work, "set-up")
        while not task.done():
            if (wake := self.works.next_wake()) is None:
                raise RuntimeError("the set-up waits for nobody")
            self.works.advance(wake - self.works.seconds)
            for parked in self.works.ready():
                self.works.step(parked)
        return task.result()

    async def _create(self, dice: random.Random, *, is_new: bool) -> None:
        account, party = dice.choice(self.accounts)
        now = self.web.runtime.clock.now()
        # No two orders have the same amount: so the ledger tells them apart before their ids are known.
        amount_minor = AMOUNT_MINOR_MIN + len(self.judge.orders)
        order = people.draw_order(dice, account, party, now, amount_minor, days=self.size.days, is_new=is_new)
        self.judge.orders[amount_minor] = order.terms
        try:
            made = await people.create(self.web.runtime, account, now, order)
        except DuerunError:
            return
        self.judge.know(made.id, amount_minor)

    def _live(self) -> None:
        self.works.is_calm = False
        until = self.works.now + timedelta(days=self.size.days)
        while (moment := self._next_moment()) < until and self.broken is None:
            if self._roll(0.75):
                self._quiesce()
            self.works.advance_to(moment)
            self.works.advance(self.works.dice.choice((0.0, 1.0, 30.0, 4_000.0)))
            for _ in range(self.works.dice.randint(0, self.size.acts)):
                self._act()
                if self.broken is not None:
                    return

    def _next_moment(self) -> datetime:
        """The next run time of any account."""
        moments = []
        for account, _ in self.accounts:
            for kind in ("charge", "transfer"):
                run_time = account.transfer_run_time if kind == "transfer" else account.charge_run_time
                today = self.works.now.astimezone(account.zone).date()
                for ahead in range(3):
                    local = datetime.combine(today + timedelta(days=ahead), run_time, account.zone)
                    moments.append(local.astimezone(UTC))
        return min(each for each in moments if each > self.works.now)

    def _roll(self, chance: float) -> bool:
        return self.works.dice.random() < chance

    def _act(self) -> None:
        ready = self.works.ready()
        roll = self.works.dice.random()
        if ready and roll < 0.62:
            self._go_on(self.works.dice.choice(ready))
        elif roll < 0.84:
            self._tick()
        elif roll < 0.88:
            self._use()
        else:
            self._pass_time()
        if self.arena.has_blocked and not ready and self.works.next_wake() is None:
            self.works.tell("a deadlock")
            self.fired["deadlock"] += 1
            self.arena.break_deadlock()

    def _go_on(self, parked: Parked) -> None:
        roll = self.works.dice.random()
        process = parked.process
        if roll < 0.02:
            self._crash(process)
        elif roll < 0.07:
            self._freeze(process)
        elif roll < 0.10 and parked.strike is None and not parked.where.startswith("the answers"):
            self.fired["connection lost"] += 1
            self.works.step(parked, psycopg.OperationalError("the connection is lost"))
        else:
            self.works.step(parked)

    def _crash(self, process: Process) -> None:
        self.fired["crash"] += 1
        self.works.kill(process)
        self._births += 1
        name = f"{process.name.partition('.')[0]}.{self._births}"
        self._walls.pop(process, None)
        if process is self.web.process:
            self.web = self._member(name)
        else:
            self.members = [self._member(name) if each.process is process else each for each in self.members]

    def _freeze(self, process: Process) -> None:
        lease = self.habits.call_seconds_max
        seconds = self.works.dice.choice((2.0, lease, lease + 40.0, 10 * lease))
        self.fired["freeze"] += 1
        self.works.tell(f"{process.name} freezes for {seconds} s")
        process.frozen_until = self.works.seconds + seconds

    def _tick(self, *roles: str) -> None:
        member = self.works.dice.choice(self.members)
        role = self.works.dice.choice(roles or ("runner", "runner", "rescuer", "rescuer", "planner"))
        if member.process.frozen_until > self.works.seconds:
            return
        running = member.running.get(role)
        if running is None or running.done():
            self.works.tell(f"{member.process.name} {role} ticks")
            now = member.runtime.clock.now()
            member.running[role] = self.works.spawn(member.process, member.crew[role].tick(now), role)

    def _use(self) -> None:
        """Somebody makes, pauses, resumes or deletes a schedule."""
        dice = self.works.dice
        if self.web.process.frozen_until > self.works.seconds:
            return
        if self._roll(0.3) or not self.judge.schedules:
            work = self._create(dice, is_new=False)
            self.works.spawn(self.web.process, work, "create")
            return
        schedule = dice.choice(list(self.judge.schedules.values()))
        operation = dice.choice(("pause", "resume", "delete"))
        self.works.tell(f"{operation} {schedule.id}")
        account = next(each for each, _ in self.accounts if each.public_id == schedule.terms.account)
        self.works.spawn(self.web.process, self._operate(account, schedule, operation), operation)

    async def _operate(self, account: Account, schedule: Schedule, operation: str) -> None:
        schedule.was_paused |= operation == "pause"
        schedule.deletion_asked |= operation == "delete"
        now = self.web.runtime.clock.now()
        try:
            await people.operate(self.web.runtime, account, now, operation, schedule.id)
        except DuerunError:
            return
        if operation == "delete" and schedule.deleted_at is None:
            schedule.deleted_at = self.works.seconds

    def _pass_time(self) -> None:
        dice, works = self.works.dice, self.works
        if self._roll(0.12):
            self._jump()
            return
        wake = works.next_wake()
        if wake is not None and self._roll(0.35):
            works.advance(wake - works.seconds)
        else:
            works.advance(dice.choice((0.5, 1.5, 3.0, 5.0, 10.0, 30.0, 60.0, 200.0)))

    def _jump(self) -> None:
        """The clock of a process, or the database's, jumps."""
        dice, works = self.works.dice, self.works
        if self._roll(0.7):
            member = dice.choice([*self.members, self.web])
            member.process.skew_seconds = dice.choice(
                (-DAY_SECONDS, -3_700.0, -40.0, 0.0, 0.0, 40.0, 3_700.0, DAY_SECONDS)
            )
            self.fired["clock jump"] += 1
            works.tell(f"{member.process.name} reads {member.process.skew_seconds} s off")
            return
        seconds = dice.choice((-600.0, -30.0, 0.0, 30.0, 600.0))
        # A leap of the clock by which leases and proofs are measured proves nothing of what is on its way.
        if seconds <= works.database_skew_seconds or not self._is_sending():
            works.database_skew_seconds = seconds
            self.fired["database clock jump"] += 1
            works.tell(f"the database reads {seconds} s off")

    def _is_sending(self) -> bool:
        return self.processor.on_the_way > 0 or any(
            each.process.is_busy for each in [*self.members, self.web]
        )

    def _quiesce(self) -> None:
        """Let what is under way come to its end."""
        for _ in range(CALM_STEPS_MAX):
            if ready := self.works.ready():
                self._go_on(self.works.dice.choice(ready))
            elif (wake := self.works.next_wake()) is None:
                return
            elif self.processor.on_the_way and self._roll(CURIOSITY):
                self.works.advance(min(CURIOUS_SECONDS, wake - self.works.seconds))
                self._tick("rescuer")
            else:
                self.works.advance(wake - self.works.seconds)
            if self.broken is not None:
                return

    # The end

    def _drain(self) -> None:
        """No more faults: whoever is frozen or mistaken wakes up, and all work is done to its end."""
        works = self.works
        works.is_calm = True
        if self.broken is not None:
            return
        for member in [*self.members, self.web]:
            member.process.frozen_until = 0.0
            member.process.skew_seconds = 0.0
        self._run_out()
        for _ in range(DRAIN_ROUNDS_MAX):
            for role in ("planner", "runner", "rescuer", "runner"):
                member = self.members[0]
                now = member.runtime.clock.now()
                works.spawn(member.process, member.crew[role].tick(now), role)
                self._run_out()
            if self.broken is not None or self._is_drained():
                return
            works.advance(DRAIN_STEP_SECONDS)
        raise ViolationError("not drained: something due has no final state")

    def _run_out(self) -> None:
        while True:
            ready = [each for each in self.works.ready() if each.strike is None]
            if ready:
                self.works.step(ready[0])
            elif (wake := self.works.next_wake()) is not None:
                self.works.advance(max(wake - self.works.seconds, 0.001))
            elif self.arena.has_blocked:
                self.arena.break_deadlock()
            else:
                return

    def _is_drained(self) -> bool:
        row = self.arena.judge.execute(OPEN, (self.works.now,)).fetchone()
        return row is not None and row["open"] == 0

    def _close(self) -> None:
        if self.broken is not None:
            return
        rows = self.arena.judge.execute(
            "SELECT schedule_id, scheduled_on, attempt, state, due_at, message FROM occurrences ORDER BY id"
        ).fetchall()
        for row in self.arena.judge.execute("SELECT id, amount_minor FROM schedules ORDER BY id").fetchall():
            self.judge.know(row["id"], row["amount_minor"])
        self.judge.close(self.works.now, self.latest_wall, rows)
        self._count_money()

    def _count_money(self) -> None:
        """The books of the accounts tell what the ledger tells."""
        paid: Counter[str] = Counter()
        for line in self.processor.ledger:
            if not line.is_refused:
                paid[line.request.account] += line.request.amount_minor * (1 if line.kind == "charge" else -1)
        for account, _ in self.accounts:
            row = self.arena.judge.execute(
                "SELECT total_minor, held_minor FROM balances WHERE account_id = %s AND livemode",
                (account.id,),
            ).fetchone()
            assert row is not None
            if row["total_minor"] != people.SAVINGS_MINOR + paid[account.public_id] or row["held_minor"]:
                raise ViolationError(f"{account.public_id}: the book does not tell what the ledger tells")


def _is_expected(error: BaseException) -> bool:
    return isinstance(error, DuerunError | psycopg.OperationalError | TimeoutError)


class _Ears(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.errors.append(record.exc_info[1])


@contextmanager
def _heard() -> Iterator[list[BaseException]]:
    """What the product logs as an error while it plays."""
    log, ears = logging.getLogger("duerun"), _Ears()
    before = log.propagate
    log.addHandler(ears)
    log.propagate = False
    try:
        yield ears.errors
    finally:
        log.removeHandler(ears)
        log.propagate = before


@contextmanager
def _seeded_ids(seed: str) -> Iterator[None]:
    """Ids that are the same in each play of a seed."""
    dice = random.Random(f"ids {seed}")  # noqa: S311 - ids of a simulation
    letters = ids.ALPHABET.decode()
    before = ids.random_text

    def random_text(length: int) -> str:
        return "".join(dice.choices(letters, k=length))

    ids.random_text = random_text
    try:
        yield
    finally:
        ids.random_text = before
