"""Faults that are put into the product on purpose, so that the harness shows that it finds them.

Each is a context manager over the arena; when it ends, the product is whole again. `FOUND` are those that break a
promise. `HARMLESS` are those against which something else protects, each with what: taken away together they are in
`FOUND` as well.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

from duerun import ids
from duerun.domain.accounts import Account
from duerun.gateways.base import Declaration
from duerun.services import due_payments, gateway_calls, rounds
from duerun.services.departures import Departure
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.gateway_calls import Way
from duerun.services.unit import Runtime
from duerun.storage import database
from duerun.storage import occurrences as store
from simulation.seeds import history
from simulation.seeds.arena import Arena

Mutant = Callable[[Arena], Any]
UNIQUE = "occurrences_schedule_id_scheduled_on_attempt_key"
BOOKED_ONCE = ("charges_of_occurrence", "transfers_of_occurrence")
STATE_CHECK = "AND o.state IN ('due', 'sent', 'unknown') THEN"
LEASE = ", lease_until = now() + %(lease_seconds)s * interval '1 second'"


def _altered(text: str, old: str, new: str) -> str:
    """A statement with one part exchanged, which must be there."""
    assert old in text, f"not in the statement any more: {old}"
    return text.replace(old, new)


@contextmanager
def _statements(**changes: Callable[[str], str]) -> Iterator[None]:
    """Other text for some statements."""
    original = database.sql
    texts = {name: change(original(name)) for name, change in changes.items()}

    def sql(name: str) -> str:
        return texts[name] if name in texts else original(name)

    with patch.object(database, "sql", sql):
        yield


@contextmanager
def fresh_key(arena: Arena) -> Iterator[None]:
    """Each send draws a key anew."""
    original = due_payments._request

    def drawn(kind: Any, account: Account, claim: Any, today: date) -> Any:
        request = original(kind, account, claim, today)
        return replace(request, key=ids.new_id("occu", livemode=True, now=arena.now()))

    with patch.object(due_payments, "_request", drawn):
        yield


@contextmanager
def no_unique_index(arena: Arena) -> Iterator[None]:
    """No key on schedule, date and attempt."""
    arena.clear()
    arena.judge.execute(f"ALTER TABLE occurrences DROP CONSTRAINT {UNIQUE}")
    try:
        yield
    finally:
        arena.clear()
        arena.judge.execute(
            f"ALTER TABLE occurrences ADD CONSTRAINT {UNIQUE} UNIQUE (schedule_id, scheduled_on, attempt)"
        )


@contextmanager
def drawn_ids(arena: Arena) -> Iterator[None]:
    """The id of an occurrence does not follow from its schedule, date and attempt."""

    def drawn(schedule_id: str, day: date, attempt: int, *, livemode: bool) -> str:
        return ids.new_id("occu", livemode=livemode, now=arena.now())

    with patch.object(ids, "occurrence_id", drawn):
        yield


@contextmanager
def planners_without_locks(arena: Arena) -> Iterator[None]:
    """Two planners take up the same schedule."""
    with _statements(
        schedules_bare_lock=lambda text: _altered(text, "FOR NO KEY UPDATE OF s SKIP LOCKED", "")
    ):
        yield


@contextmanager
def commit_after_send(arena: Arena) -> Iterator[None]:
    """The gateway is called within the transaction of the intent."""

    async def run(
        kind: Any, runtime: Runtime, account: Account, now: datetime, *, until: datetime, turn: asyncio.Lock
    ) -> int:
        departure, way = Departure(), Way(runtime.gateway(account))
        async with turn, runtime.unit(account, now) as unit:
            found = await store.lock_due(
                unit.connection, account, kind.name, until=until, rows_max=runtime.claim_rows(account)
            )
            claims = await due_payments._claim(kind, unit, runtime, found)
            today = account.today(now)
            sends = [(due_payments._request(kind, account, claim, today), way) for claim in claims]
            outcomes = await gateway_calls.send(runtime, account, kind.name, sends, departure)
        await due_payments.settle_outcomes(
            kind, runtime, account, now, list(zip(claims, outcomes, strict=True))
        )
        return len(found)

    def of(kind: Any) -> Any:
        return lambda *args, **options: run(kind, *args, **options)

    changed = {kind.name: of(kind) for kind in (CHARGES, TRANSFERS)}
    with patch.dict(rounds.RUNS, changed):
        yield


@contextmanager
def utc_day(arena: Arena) -> Iterator[None]:
    """The day of a moment is the one in Greenwich."""

    def today(self: Account, now: datetime) -> date:
        return now.astimezone(UTC).date()

    with patch.object(Account, "today", today):
        yield


@contextmanager
def short_lease(arena: Arena) -> Iterator[None]:
    """A claim ends while its call is under way."""
    with patch.object(Runtime, "lease_seconds", lambda self, account: 1.0):
        yield


@contextmanager
def lease_not_renewed(arena: Arena) -> Iterator[None]:
    """Whoever takes a send over, or sends it again, leaves the lease as it ran out."""
    with _statements(
        occurrences_lock_uncertain=lambda text: _altered(text, LEASE, ""),
        occurrences_send=lambda text: _altered(
            text,
            "lease_until = now() +",
            "lease_until = CASE WHEN o.sends > 0 THEN o.lease_until ELSE now() END +",
        ),
    ):
        yield


@contextmanager
def prompt_processors(arena: Arena) -> Iterator[None]:
    """No mutant: worlds in which every processor is done when the call ends."""
    with patch.object(history, "PROCESSING_SECONDS", (0.0,)):
        yield


@contextmanager
def not_found_believed(arena: Arena) -> Iterator[None]:
    """ "Not found" is taken for a proof at once."""
    with patch.object(Declaration, "may_send_again", lambda self, *seconds: True):
        yield


@contextmanager
def settle_without_token(arena: Arena) -> Iterator[None]:
    """Who settles does not look whether the work is still its own."""
    with _statements(occurrences_settle=_without_token):
        yield


@contextmanager
def settle_without_any_guard(arena: Arena) -> Iterator[None]:
    """Neither token nor state is looked at, and nothing holds that an occurrence is booked once."""
    arena.clear()
    for name in BOOKED_ONCE:
        arena.judge.execute(f"DROP INDEX {name}")
    try:
        with _statements(occurrences_settle=lambda text: _altered(_without_token(text), STATE_CHECK, "THEN")):
            yield
    finally:
        arena.clear()
        for name in BOOKED_ONCE:
            table = name.partition("_")[0]
            arena.judge.execute(
                f"CREATE UNIQUE INDEX {name} ON {table} (occurrence_id) WHERE occurrence_id IS NOT NULL"
            )


def _without_token(text: str) -> str:
    return _altered(text, " AND o.token = t.token", "")


def both(*mutants: Mutant) -> Mutant:
    """Several at once."""

    @contextmanager
    def combined(arena: Arena) -> Iterator[None]:
        with ExitStack() as stack:
            for mutant in mutants:
                stack.enter_context(mutant(arena))
            yield

    return combined


FOUND: dict[str, Mutant] = {
    "fresh key on retry": fresh_key,
    "no unique index, and ids drawn anew": both(no_unique_index, drawn_ids),
    "commit after send": commit_after_send,
    "UTC day check": utc_day,
    "two planners without the index, and ids drawn anew": both(
        planners_without_locks, no_unique_index, drawn_ids
    ),
    "not found believed": not_found_believed,
    "lease shorter than the call, and not found believed of prompt processors": both(
        prompt_processors, short_lease, not_found_believed
    ),
    "lease not renewed, and not found believed of prompt processors": both(
        prompt_processors, lease_not_renewed, not_found_believed
    ),
    "settle without any guard": settle_without_any_guard,
}
HARMLESS: dict[str, Mutant] = {
    "no unique index": no_unique_index,
    "ids drawn anew": drawn_ids,
    "two planners without the index": both(planners_without_locks, no_unique_index),
    "not found believed of prompt processors": both(prompt_processors, not_found_believed),
    "lease shorter than the call": short_lease,
    "lease not renewed": lease_not_renewed,
    "settle without the fencing token": settle_without_token,
}
