"""Back to work behind a restore: what the gateway did meanwhile is found out, then sends go on.

Nothing here sends. Keys are derived from schedule, date and retry, so that the gateway can be asked about attempts that
this database never made. Each step is committed by itself and may be repeated; see `docs/howto/backup.md`.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Generic

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import Note
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.domain.settlement import Planned, newer_dates_due
from duerun.gateways.base import UNKNOWN, Asked, Outcome, OutcomeKind
from duerun.services import access, audit_log, due_payments, freezing, planning, rounds
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.payment_kinds import DueT, PaymentKind, ResultT
from duerun.services.unit import Runtime
from duerun.storage import held, occurrences
from duerun.storage import installation as store

# What is due so soon may have been moved to an earlier day behind the backup.
AHEAD = timedelta(days=8)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
PLAN_SCHEDULES_MAX = 1_000
TRIES_MAX = 5
TRY_AGAIN_SECONDS = 1.0
WAIT_SECONDS = 0.2
NO_GATEWAY = (
    "no gateway that moves money is configured, and nothing can be compared: give the settings that serve and work "
    "have, or thaw with --no-gateway where there never was one"
)
TAKEN_OVER = "another recovery or a freeze came in between: run duerun recover again"


@dataclass(slots=True)
class Report:
    """How many payments were asked about, and what the gateway knows of them.

    `contradicted` are left to a person (`duerun uncertain list`); with `unanswered` ones the comparison is incomplete.
    """

    asked: int = 0
    succeeded: int = 0
    refused: int = 0
    never_arrived: int = 0
    contradicted: int = 0
    unanswered: int = 0
    not_asked: int = 0

    @property
    def is_complete(self) -> bool:
        return self.unanswered == 0


@dataclass(slots=True)
class _Comparison:
    """One comparison: its report, and the keys that surely never arrived."""

    runtime: Runtime
    report: Report = field(default_factory=Report)
    absent: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)


async def begin(runtime: Runtime) -> int:
    """Freeze if nothing is frozen yet, and begin; the turn that thaws. A recovery that was cut off goes on."""
    if await freezing.notice(runtime, None) is None:
        await freezing.freeze(runtime, freezing.BY_HAND)
    async with runtime.database.transaction() as connection:
        await store.lock(connection)
        turn = await store.take(connection)
    if turn is None:
        raise UnavailableError(TAKEN_OVER)
    return turn


async def _proof_seconds(runtime: Runtime) -> float:
    """How long "not found" proves nothing behind the last send that another installation may have made."""
    gateways = [runtime.gateway(each) for each in await _concerned(runtime)]
    return max((each.declared.proof_seconds for each in gateways), default=0.0)


async def _wait_for_proof(runtime: Runtime, tell: Callable[[float], None]) -> None:
    """Wait until "not found" proves something; `tell` hears how many seconds are left at the beginning."""
    seconds, told = await _proof_seconds(runtime), False
    while (left := seconds - await _asked_seconds(runtime)) > 0:
        if not told:
            tell(left)
            told = True
        await asyncio.sleep(min(left, WAIT_SECONDS))


async def _asked_seconds(runtime: Runtime) -> float:
    hold = await freezing.read(runtime)
    if hold is None or hold.asked_seconds_ago is None:
        raise UnavailableError(TAKEN_OVER)
    return hold.asked_seconds_ago


async def compare(runtime: Runtime, tell: Callable[[float], None] = lambda left: None) -> Report:
    """Ask about all that waits, and about the dates behind it, until the gateway knows nothing that we do not.

    Begins once "not found" proves something; `tell` hears how many seconds that is. What has taken effect or was
    refused is settled, which brings the next date or the retry: asked about in turn.
    """
    hold = await freezing.read(runtime)
    if hold is None or not freezing.concerns(runtime, hold):
        raise RejectedError(NO_GATEWAY)
    await _wait_for_proof(runtime, tell)
    comparison = _Comparison(runtime)
    changed = True
    while changed:
        comparison.unanswered.clear()
        await _plan_all(runtime)
        changed = False
        for account in await _concerned(runtime):
            now = account.now(runtime.clock.now())
            await rounds.rescue(runtime, account, now)
            changed |= await _compare_kind(CHARGES, comparison, account, now)
            changed |= await _compare_kind(TRANSFERS, comparison, account, now)
    comparison.report.never_arrived = len(comparison.absent)
    comparison.report.unanswered = len(comparison.unanswered)
    return comparison.report


async def thaw(runtime: Runtime, turn: int) -> None:
    """Let sends go on; raises `UnavailableError` if somebody froze or began to recover behind this one."""
    async with runtime.database.transaction() as connection:
        await store.lock(connection)
        if not await store.thaw(connection, turn):
            raise UnavailableError(TAKEN_OVER)
        await audit_log.tell(connection, runtime.clock.now(), Note("server.thaw", "payments", {}))


async def _plan_all(runtime: Runtime) -> None:
    """Every live schedule has its next date: an engine may not run yet."""
    after = ""
    while True:
        page = await planning.plan_page(
            runtime, runtime.clock.now(), after=after, schedules_max=PLAN_SCHEDULES_MAX
        )
        if not page.through:
            return
        after = page.through


async def _concerned(runtime: Runtime) -> list[Account]:
    """The accounts and modes whose money moves outside."""
    there = [each for each in await access.every_account(runtime) if runtime.has_gateway(each)]
    return [each for each in there if freezing.moves_money_outside(runtime, each)]


async def _compare_kind(
    kind: PaymentKind[DueT, ResultT], comparison: _Comparison, account: Account, now: datetime
) -> bool:
    """One look at all of a kind that waits; whether something was settled or found."""
    runtime, after, changed = comparison.runtime, "", False
    # Nobody knows how far a test clock went.
    until = now + AHEAD if account.livemode else FAR
    rows_max = runtime.claim_rows(account)
    while True:
        async with runtime.unit(account, now) as unit:
            page = await occurrences.open_page(
                unit.connection, account, kind.name, until=until, after=after, rows_max=rows_max
            )
            due = await kind.load(unit, [each for each in page if each not in comparison.absent])
        changed |= await _Page(kind, comparison, account, now).compare(due)
        if len(page) < rows_max:
            return changed
        after = page[-1]


@dataclass(frozen=True, slots=True)
class _Page(Generic[DueT, ResultT]):
    """Some payments that wait, of one kind and account."""

    kind: PaymentKind[DueT, ResultT]
    comparison: _Comparison
    account: Account
    now: datetime

    async def compare(self, due: Sequence[DueT]) -> bool:
        """Settle what the gateway knows, and plan the later dates that it knows; whether there was any."""
        if not due:
            return False
        declared = self.comparison.runtime.gateway(self.account).declared
        if not declared.lookup_by_reference:
            return await self._without_look_up(due, supports_key=declared.supports_key)
        questions = [Asked(each.id, self.kind.expected_minor(each), each.currency) for each in due]
        told = dict(zip((each.id for each in due), await self._ask(questions), strict=True))
        found = [(each, told[each.id]) for each in due if _is_known(told[each.id])]
        await self._adopt(found)
        later = await self._later([each for each in due if not _is_known(told[each.id])])
        return bool(found) or later

    async def _without_look_up(self, due: Sequence[DueT], *, supports_key: bool) -> bool:
        """Keys keep a second send from a second effect; without keys a person decides."""
        self.comparison.report.not_asked += len(due)
        self.comparison.absent.update(each.id for each in due)
        if supports_key:
            return False
        await self._adopt([(each, UNKNOWN) for each in due if each.due_at <= self.now])
        return False

    async def _ask(self, questions: Sequence[Asked]) -> list[Outcome]:
        """An answer to each, asked again a few times where there is none."""
        gateway = self.comparison.runtime.gateway(self.account)
        told: dict[str, Outcome] = {}
        rows_max = self.comparison.runtime.claim_rows(self.account)
        for turn in range(TRIES_MAX):
            left = [each for each in questions if told.get(each.key, UNKNOWN).kind is OutcomeKind.UNKNOWN]
            if turn and left:
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            for place in range(0, len(left), rows_max):
                batch = left[place : place + rows_max]
                told |= zip((each.key for each in batch), await gateway.lookup(batch), strict=True)
        self._note(told)
        return [told[each.key] for each in questions]

    def _note(self, told: dict[str, Outcome]) -> None:
        report, kinds = self.comparison.report, OutcomeKind
        report.asked += len(told)
        self.comparison.absent.update(key for key, each in told.items() if each.kind is kinds.NOT_FOUND)
        self.comparison.unanswered.update(
            key for key, each in told.items() if not each.contradicts and each.kind is kinds.UNKNOWN
        )

    async def _adopt(self, found: Sequence[tuple[DueT, Outcome]]) -> None:
        if not found:
            return
        runtime, report = self.comparison.runtime, self.comparison.report
        async with runtime.unit(self.account, self.now) as unit:
            # What waits for a person was released behind the backup.
            await held.release(unit.connection, self.account, [each.id for each, _ in found], self.now)
        await due_payments.adopt(self.kind, runtime, self.account, self.now, found)
        kinds = [outcome.kind for _, outcome in found]
        report.succeeded += kinds.count(OutcomeKind.SUCCEEDED)
        report.refused += kinds.count(OutcomeKind.REFUSED)
        report.contradicted += kinds.count(OutcomeKind.UNKNOWN)

    async def _later(self, due: Sequence[DueT]) -> bool:
        """Dates behind those that never arrived and that nobody has planned here: those that the gateway knows are."""
        name = partial(ids.occurrence_id, livemode=self.account.livemode)
        dates = {
            name(each.schedule_id, day, 0): (each, day)
            for each in due
            if each.attempt == 0 and each.schedule_lives
            for day in newer_dates_due(each, self.account, self.now)
        }
        fresh = [key for key in dates if key not in self.comparison.absent]
        told = await self._ask([Asked(key, None, dates[key][0].currency) for key in fresh])
        planned = [
            Planned(each.schedule_id, each.kind, day, self.account.due_at(each.kind, day))
            for (each, day), outcome in zip((dates[key] for key in fresh), told, strict=True)
            if _is_known(outcome)
        ]
        async with self.comparison.runtime.unit(self.account, self.now) as unit:
            made = await occurrences.plan(
                unit.connection, self.account, planned, self.now, places=unit.places
            )
        return any(made)


def _is_known(outcome: Outcome) -> bool:
    """Whether the gateway knows the key, also where what it says of it does not agree with us."""
    return outcome.contradicts or outcome.kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)
