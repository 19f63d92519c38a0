"""What a use case works with: the parts handed in from outside, and one unit of work."""

import asyncio
import itertools
from collections import Counter as Counts
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from duerun import ids
from duerun.clock import Clock
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import Note
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.domain.gateway_terms import AttachedTerms
from duerun.domain.retries import RetryPolicy
from duerun.gateways.base import Gateway, Rests
from duerun.services.bells import Bell
from duerun.services.bulk_checkers import Places
from duerun.services.callers import Callers
from duerun.services.payee_ports import Payees
from duerun.services.tally import Tally
from duerun.services.under_way import UnderWay
from duerun.services.waves import Pace
from duerun.services.webhook_ports import Webhooks
from duerun.storage import audit_log, decisions, events, idempotency
from duerun.storage.database import Connection, Database
from duerun.storage.events import NewEvent
from duerun.storage.idempotency import Hold
from duerun.telemetry import logger

CLAIM_ROWS_DEFAULT = 1_000
LEASE_SECONDS_DEFAULT = 60.0
MOMENTS_MAX = 1_000
# What is written down behind a call to a gateway takes this long at most, before somebody else asks about it.
SETTLE_SECONDS_MAX = 20.0
# An upload holds a connection while it arrives: a few of them must leave enough for everybody else.
UPLOADS_AT_ONCE_MAX = 4


class EventRenderer(Protocol):
    """How a face writes an object down in an event: JSON text in the account's version."""

    def __call__(self, value: Any, account: Account, /) -> str: ...


class Attached(Protocol):
    """The processors of single accounts."""

    def at(self, terms: AttachedTerms, /) -> Gateway:
        """The gateway of these terms; raises `UnavailableError` where its token cannot be opened."""
        ...

    def check(self, url: str, /) -> None:
        """Raises `RejectedError` for an address that may not be called."""
        ...

    def seal(self, token: str, url: str, /) -> bytes:
        """A token as it is kept."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class EnginePolicy:
    """How work is claimed: rows a batch, and how long a claim holds."""

    claim_rows: int = CLAIM_ROWS_DEFAULT
    lease_seconds: float = LEASE_SECONDS_DEFAULT


@dataclass(frozen=True, slots=True)
class BulkPolicy:
    """Limits of bulk files, and how equal schedules are found.

    A chunk of at least `halves_rows_min` rows is applied in two halves at once. Beside other work a chunk is small, so
    that nobody waits for long, and what it made is counted soon.
    """

    bytes_max: int = 10_485_760
    rows_max: int = 10_000
    retention_days: int = 30
    duplicate_rule: str = "terms_or_key"
    chunk_rows: int = 10_000
    chunk_rows_beside_work: int = 2_500
    halves_rows_min: int = 2_000


class Counter(Iterator[int]):
    """Counts on from a number, and leaves some out for somebody else."""

    def __init__(self, start: int = 0) -> None:
        self._next = start

    def __next__(self) -> int:
        self._next += 1
        return self._next - 1

    def leave_out(self, count: int) -> "Counter":
        """A counter of its own for the next `count` numbers."""
        other = Counter(self._next)
        self._next += count
        return other


class EventPlaces:
    """Counts the events of one account at one moment, across its units of work, so that they keep their order."""

    def __init__(self) -> None:
        self._counters: OrderedDict[tuple[int, bool, datetime], Counter] = OrderedDict()

    def at(self, account: Account, now: datetime) -> Counter:
        moment = (account.id, account.livemode, now)
        counter = self._counters.setdefault(moment, Counter())
        if len(self._counters) > MOMENTS_MAX:
            self._counters.popitem(last=False)
        return counter

    def apart(self, account: Account, now: datetime, count: int) -> "EventPlaces":
        """The next `count` places of a moment, for a batch that may end behind one that began later."""
        own = EventPlaces()
        own._counters[account.id, account.livemode, now] = self.at(account, now).leave_out(count)
        return own


@dataclass(slots=True)
class Effect:
    """What a request under an idempotency key has changed so far; the first object that is committed counts."""

    hold: Hold
    fingerprint: bytes | None = None
    object_id: str | None = None
    is_noted: bool = False
    is_finished: bool = False


_log = logger("services.unit")

# Set for the time of one such request; work in the background has none.
EFFECT: ContextVar[Effect | None] = ContextVar("effect", default=None)
_ACTOR: ContextVar[str | None] = ContextVar("actor", default=None)
# Who acts where the audit log has a line also for those who are no person it knows.
THE_API = "a secret key of the API"


@contextmanager
def acting(person: str | None) -> Iterator[None]:
    """Decisions within this block are a person's, and are logged as such; with None, the engine's or the API's."""
    token = _ACTOR.set(person)
    try:
        yield
    finally:
        _ACTOR.reset(token)


def person() -> str | None:
    """Who acts, if it is a person: a user of the console, or somebody at the server's command line."""
    return _ACTOR.get()


@dataclass(frozen=True, slots=True)
class Runtime:
    """The running product, as use cases see it. `stopping` is set when long calls are to end behind their batch."""

    database: Database
    clock: Clock
    render: EventRenderer
    gateways: Mapping[bool, Gateway]
    attached: Attached
    webhooks: Webhooks
    payees: Payees
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    engine: EnginePolicy = field(default_factory=EnginePolicy)
    bulk: BulkPolicy = field(default_factory=BulkPolicy)
    places: EventPlaces = field(default_factory=EventPlaces)
    pace: Pace = field(default_factory=Pace)
    tally: Tally = field(default_factory=Tally)
    callers: Callers = field(default_factory=Callers)
    file_came: Bell = field(default_factory=Bell)
    under_way: UnderWay = field(default_factory=UnderWay)
    extra_events: bool = False
    idempotency_hours: int = 72
    decision_months: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    bulk_places: Places = field(default_factory=Places)
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE_MAX))

    def gateway(self, account: Account) -> Gateway:
        """Who moves money in the account's mode: its own processor, or the server's."""
        if account.gateway is not None:
            return self.attached.at(account.gateway)
        return self.server_gateway(livemode=account.livemode)

    def server_gateway(self, *, livemode: bool) -> Gateway:
        """Who moves money for accounts that have no processor of their own."""
        try:
            return self.gateways[livemode]
        except KeyError:
            raise RejectedError("no gateway is configured for live mode") from None

    def has_gateway(self, account: Account) -> bool:
        return account.gateway is not None or account.livemode in self.gateways

    def gateway_rests(self, account: Account) -> bool:
        """Whether the account's processor asked to be left alone for a while."""
        gateway = self.gateway(account)
        return isinstance(gateway, Rests) and gateway.rest_seconds() > 0

    def lease_seconds(self, account: Account) -> float:
        """How long a claim holds: longer than a call to the gateway and the settling behind it, whatever is set."""
        declared = self.gateway(account).declared
        call_seconds = declared.leave_seconds_max + declared.call_seconds_max
        least = call_seconds + SETTLE_SECONDS_MAX if call_seconds else 0.0
        return max(self.engine.lease_seconds, least)

    def claim_rows(self, account: Account) -> int:
        """How many payments are claimed at once: as many as the gateway takes in one call, fewer at first."""
        return self.pace.rows(self.gateway(account), self._claim_rows_max(account))

    def went_well(self, account: Account) -> None:
        """A batch of the account's gateway was settled."""
        self.pace.went_well(self.gateway(account), self._claim_rows_max(account))

    def _claim_rows_max(self, account: Account) -> int:
        most = self.engine.claim_rows
        return min(most, self.gateway(account).declared.batch_rows_max or most)

    def call_seconds_max(self) -> float:
        """How long a call to the slowest of the gateways may take."""
        return max((each.declared.call_seconds_max for each in self.gateways.values()), default=0.0)

    @asynccontextmanager
    async def unit(self, account: Account, now: datetime) -> AsyncIterator["Unit"]:
        """One unit of work: a transaction that commits at its end."""
        async with self.database.transaction() as connection:
            if (person := _ACTOR.get()) is not None:
                await decisions.sign(connection, person)
            unit = self.joined(connection, account, now)
            yield unit
            await _note_effect(unit)
            await _tell_audit_log(self, unit)
        self.tally.add(unit.counts)

    @asynccontextmanager
    async def reading(self, account: Account, now: datetime) -> AsyncIterator["Unit"]:
        """A unit that only reads, each statement by itself: it sees what is committed when it begins, as in `unit`."""
        async with self.database.connection() as connection:
            yield self.joined(connection, account, now)

    @asynccontextmanager
    async def brief(self, account: Account, now: datetime) -> AsyncIterator["Unit"]:
        """A unit that reads, and then changes in one statement at most: that commits by itself.

        Where something else is to be committed with it, it is a `unit`.
        """
        if EFFECT.get() is not None or _ACTOR.get() is not None:
            async with self.unit(account, now) as unit:
                yield unit
            return
        async with self.reading(account, now) as unit:
            yield unit
        self.tally.add(unit.counts)

    def joined(self, connection: Connection, account: Account, now: datetime) -> "Unit":
        """A unit of work within a transaction that somebody else commits."""
        return Unit(connection, account, now, self.render, self.places.at(account, now), self.extra_events)


@dataclass(frozen=True, slots=True)
class Unit:
    """One transaction on behalf of one account in one mode, at one moment. `counts` join the tally when it commits.

    `notes` go to the audit log, by who acts.
    """

    connection: Connection
    account: Account
    now: datetime
    render: EventRenderer
    places: Iterator[int] = field(default_factory=itertools.count)
    extra_events: bool = False
    counts: Counts[tuple[str, str]] = field(default_factory=Counts)
    notes: dict[str, list[Note]] = field(default_factory=dict)

    def note(self, action: str, subject: str, *, by: str | None = None, **facts: Any) -> None:
        """Have a line of the audit log written with this transaction: if a person acts, else `by` whom it is given.

        A pair of a list is an old and a new value. Never a secret.
        """
        actor = _ACTOR.get() or by
        if actor:
            written = Note(action, subject, facts, self.account.id, self.account.livemode)
            self.notes.setdefault(actor, []).append(written)

    def new_id(self, prefix: str) -> str:
        return ids.new_id(prefix, livemode=self.account.livemode, now=self.now)

    async def record(self, key: str, value: Any) -> None:
        """Write the event that `key` happened to `value`, which has an `id`, as it is now."""
        await self.record_all([(key, value)])

    def event(self, key: str, value: Any) -> NewEvent:
        """The event that `key` happened to `value`, for a statement that writes both."""
        return NewEvent(self.new_id("evnt"), key, value.id, self._rendered(key, value), next(self.places))

    async def record_extra(self, happened: Sequence[tuple[str, Any]]) -> None:
        """Write events that Omise does not have, where the setting `omise_extra_events` asks for them."""
        if self.extra_events:
            await self.record_all(happened)

    async def record_all(self, happened: Sequence[tuple[str, Any]]) -> None:
        """Write some events in one statement."""
        fresh = ids.new_ids("evnt", len(happened), livemode=self.account.livemode, now=self.now)
        rows = [
            NewEvent(event_id, key, value.id, self._rendered(key, value), next(self.places))
            for event_id, (key, value) in zip(fresh, happened, strict=True)
        ]
        await events.insert(self.connection, self.account, rows, self.now)
        if happened:
            self.touch(happened[-1][1].id)

    def _rendered(self, key: str, value: Any) -> str:
        """The object as JSON text. One that no renderer takes is told by its id alone: money goes before events."""
        try:
            return self.render(value, self.account)
        except Exception as error:
            _log.error("an event %s cannot be written as it should be", key, exc_info=error)
            return events.bare_object(key, value.id, livemode=self.account.livemode)

    def touch(self, object_id: str, *, fingerprint: bytes | None = None) -> None:
        """Tell that this transaction makes or changes an object: a repeated request is answered with it.

        `fingerprint` stands for a body that is only known once it was read.
        """
        effect = EFFECT.get()
        if effect is not None and not effect.is_noted:
            effect.object_id = object_id
            effect.fingerprint = effect.fingerprint or fingerprint


async def _tell_audit_log(runtime: Runtime, unit: Unit) -> None:
    """At the very end: whoever adds a line holds up the others who do, until the commit."""
    for actor, notes in unit.notes.items():
        await audit_log.append(unit.connection, notes, actor=actor, now=runtime.clock.now())


async def _note_effect(unit: Unit) -> None:
    """Commit what a request took effect on together with the effect; nothing is committed once the key is lost."""
    effect = EFFECT.get()
    if effect is None or effect.is_noted or effect.object_id is None:
        return
    noted = await idempotency.note(
        unit.connection, unit.account, effect.hold, effect.object_id, effect.fingerprint
    )
    if not noted:
        raise UnavailableError("another request with this Idempotency-Key has taken over")
    effect.is_noted = True
