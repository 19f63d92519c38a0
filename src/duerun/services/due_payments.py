"""Due payments: claimed and committed as intents, sent outside of any transaction, settled in one.

The key of a send is the occurrence's id: a retry is an occurrence of its own, and a second send of the same
attempt carries the same key. What charges and transfers have of their own is a `PaymentKind` each.
Source: DESIGN of the money path, `docs/concepts/money-path.md`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from duerun.domain.accounts import Account
from duerun.domain.occurrences import OccurrenceState
from duerun.gateways.base import Asked, Gateway, Outcome, OutcomeKind, PaymentRequest
from duerun.services.departures import Departure
from duerun.services.settling import Ended, carry_on, end, settle, sort_out
from duerun.services.unit import Runtime, Unit
from duerun.storage import occurrences as store
from duerun.storage.occurrences import DuePayment, Intent

# A payment makes two events, its occurrence one, its schedule two; behind it a retry and a next date are planned.
PLACES_A_CLAIM_MAX = 8

DueT = TypeVar("DueT", bound=DuePayment)
ResultT = TypeVar("ResultT", bound="Identified")


class Identified(Protocol):
    """What a payment made: a charge or a transfer."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim(Generic[DueT]):
    """A due payment whose amount is decided; `due` carries the token under which it is sent."""

    due: DueT
    amount_minor: int


class PaymentKind(ABC, Generic[DueT, ResultT]):
    """What one kind of payment does in its own way. `refused` is what its failed occurrences say."""

    name: str
    refused: str

    @abstractmethod
    async def load(self, unit: Unit, found: Sequence[str]) -> list[DueT]:
        """Locked occurrences with all that their payment needs, in order of time."""

    @abstractmethod
    async def reserve(self, unit: Unit, ready: Sequence[DueT]) -> tuple[list[Claim[DueT]], list[Ended]]:
        """Who is paid how much, and who cannot be paid at all; what the claims need is held."""

    @abstractmethod
    def intended_minor(self, due: DueT) -> int:
        """The amount that was committed with the intent."""

    @abstractmethod
    def intent(self, claim: Claim[DueT]) -> Intent:
        """What is committed before the send."""

    @abstractmethod
    def target(self, due: DueT) -> str:
        """Where the money comes from or goes to, as the gateway is told it."""

    @abstractmethod
    def party(self, due: DueT) -> str:
        """The customer who pays, or the recipient who is paid."""

    def card_expired(self, due: DueT, today: date) -> bool:
        """Whether the payment comes from a card whose month has passed."""
        return False

    @abstractmethod
    async def send(self, gateway: Gateway, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]: ...

    @abstractmethod
    def stale(self, due: DueT) -> bool:
        """Whether an intent that never arrived must not be sent any more."""

    @abstractmethod
    def results(
        self, account: Account, now: datetime, answered: Sequence[tuple[Claim[DueT], Outcome]]
    ) -> list[ResultT | None]:
        """What each answer makes; None where a refusal leaves nothing but its occurrence."""

    @abstractmethod
    async def write(self, unit: Unit, made: Sequence[tuple[Claim[DueT], ResultT | None]]) -> None:
        """Results, their events and their entries in the book."""

    @abstractmethod
    async def give_back(self, unit: Unit, claims: Sequence[Claim[DueT]]) -> None:
        """Free what was held for claims that are withdrawn."""


async def run(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    *,
    until: datetime,
    turn: asyncio.Lock,
) -> int:
    """Run one batch of what is due by `until`; how many occurrences were taken up.

    Batches side by side share a `turn`: what each of them holds, and the order in which its events are told, is settled
    when it is claimed, however long it takes.
    """
    async with turn:
        departure = Departure()
        async with runtime.unit(account, now) as unit:
            found = await store.lock_due(
                unit.connection, account, kind.name, until=until, rows_max=runtime.claim_rows(account)
            )
            claims = await _claim(kind, unit, runtime, found)
        places = runtime.places.apart(account, now, len(claims) * PLACES_A_CLAIM_MAX)
    await _carry_out(kind, replace(runtime, places=places), account, now, claims, departure)
    return len(found)


async def run_first(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    schedule_id: str,
    day: date,
) -> None:
    """Run the first occurrence of a schedule that was created a moment ago."""
    departure = Departure()
    async with runtime.unit(account, now) as unit:
        found = await store.lock_first(unit.connection, account, schedule_id, day)
        claims = await _claim(kind, unit, runtime, found)
    await _carry_out(kind, runtime, account, now, claims, departure)


async def rescue(kind: PaymentKind[DueT, ResultT], runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask the gateway about sends that nobody settled; send again only what it surely never saw."""
    gateway = runtime.gateway(account)
    async with runtime.unit(account, now) as unit:
        found = await store.lock_uncertain(
            unit.connection,
            account,
            kind.name,
            lease_seconds=runtime.lease_seconds(account),
            rows_max=runtime.claim_rows(account),
        )
        due = await kind.load(unit, found)
    if not due:
        return 0
    claims = [Claim(each, kind.intended_minor(each)) for each in due]
    answers = await gateway.lookup([_question(claim) for claim in claims])
    pairs = list(zip(claims, answers, strict=True))
    known = [pair for pair in pairs if pair[1].kind is not OutcomeKind.NOT_FOUND]
    await _settle(kind, runtime, account, now, known)
    absent = [claim for claim, answer in pairs if answer.kind is OutcomeKind.NOT_FOUND]
    sure = [claim for claim in absent if _may_send_again(claim.due, gateway)]
    await _lose(runtime, account, now, [each for each in absent if not _may_send_again(each.due, gateway)])
    await _resolve_absent(kind, runtime, account, now, sure)
    return len(claims)


async def settle_taken(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    occurrence_id: str,
    outcome: Outcome,
) -> None:
    """Settle a send that was taken over with an outcome that is known from elsewhere."""
    async with runtime.unit(account, now) as unit:
        due = await kind.load(unit, [occurrence_id])
    claims = [Claim(each, kind.intended_minor(each)) for each in due]
    await _settle(kind, runtime, account, now, [(claim, outcome) for claim in claims])


def _may_send_again(due: DuePayment, gateway: Gateway) -> bool:
    return gateway.declared.may_send_again(due.sent_seconds_ago or 0.0)


def _question(claim: Claim[DueT]) -> Asked:
    return Asked(claim.due.id, claim.amount_minor, claim.due.currency)


async def _resolve_absent(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Intents that surely never arrived: sent now, refused because they are stale, or withdrawn."""
    live = [claim for claim in claims if claim.due.schedule_lives]
    stale = [claim for claim in live if kind.stale(claim.due)]
    await _settle(kind, runtime, account, now, [(claim, Outcome(OutcomeKind.REFUSED)) for claim in stale])
    await _withdraw(kind, runtime, account, now, [each for each in claims if not each.due.schedule_lives])
    if fresh := [claim for claim in live if not kind.stale(claim.due)]:
        departure = Departure()
        async with runtime.unit(account, now) as unit:
            # While the gateway was asked, a schedule may have ended, or a recipient changed.
            now_loaded = await kind.load(unit, [claim.due.id for claim in fresh])
            ready = {each.id for each in now_loaded if each.schedule_lives and not kind.stale(each)}
            again = await _intend(kind, unit, runtime, [each for each in fresh if each.due.id in ready])
        await _carry_out(kind, runtime, account, now, again, departure)


async def _claim(
    kind: PaymentKind[DueT, ResultT], unit: Unit, runtime: Runtime, found: Sequence[str]
) -> list[Claim[DueT]]:
    """Decide what is done with locked occurrences, and write down the intents of those that are sent."""
    if not found:
        return []
    due = await kind.load(unit, found)
    running = set(await sort_out(unit, runtime.retries, due))
    if not running:
        return []
    claims, failed = await kind.reserve(unit, [each for each in due if each.id in running])
    await settle(unit, runtime.retries, failed)
    return await _intend(kind, unit, runtime, claims)


async def _intend(
    kind: PaymentKind[DueT, ResultT], unit: Unit, runtime: Runtime, claims: Sequence[Claim[DueT]]
) -> list[Claim[DueT]]:
    sent = [
        Claim(replace(each.due, token=each.due.token + 1, sends=each.due.sends + 1), each.amount_minor)
        for each in claims
    ]
    ours = await store.send(
        unit.connection,
        unit.account,
        [kind.intent(claim) for claim in sent],
        today=unit.account.today(unit.now),
        lease_seconds=runtime.lease_seconds(unit.account),
    )
    return [claim for claim in sent if claim.due.id in ours]


async def _carry_out(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
    departure: Departure,
) -> None:
    """Send what is still to leave in time; the rest is asked about, as if its answer were lost."""
    if departure.is_missed(runtime, account):
        await _lose(runtime, account, now, claims)
    elif claims:
        today = account.today(now)
        requests = [_request(kind, account, claim, today) for claim in claims]
        outcomes = await kind.send(runtime.gateway(account), requests)
        await _settle(kind, runtime, account, now, list(zip(claims, outcomes, strict=True)))


def _request(
    kind: PaymentKind[DueT, ResultT], account: Account, claim: Claim[DueT], today: date
) -> PaymentRequest:
    due = claim.due
    return PaymentRequest(
        key=due.id,
        account=account.public_id,
        livemode=account.livemode,
        amount_minor=claim.amount_minor,
        currency=due.currency,
        target=kind.target(due),
        subject=f"{due.schedule_id}:{due.scheduled_on}",
        attempt=due.attempt,
        sends=due.sends,
        card_expired=kind.card_expired(due, today),
        party=kind.party(due),
    )


async def _settle(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    answered: Sequence[tuple[Claim[DueT], Outcome]],
) -> None:
    lost = [claim for claim, outcome in answered if outcome.kind is OutcomeKind.UNKNOWN]
    await _lose(runtime, account, now, lost)
    known = [pair for pair in answered if pair[1].kind in (OutcomeKind.SUCCEEDED, OutcomeKind.REFUSED)]
    if not known:
        return
    results = kind.results(account, now, known)
    ended = [
        _ended(kind, claim, outcome, result) for (claim, outcome), result in zip(known, results, strict=True)
    ]
    async with runtime.unit(account, now) as unit:
        settlement = await end(unit, runtime.retries, ended)
        made = [
            (claim, result)
            for (claim, _), result in zip(known, results, strict=True)
            if claim.due.id in settlement.ours
        ]
        await kind.write(unit, made)
        await carry_on(unit, settlement)


def _ended(
    kind: PaymentKind[DueT, ResultT], claim: Claim[DueT], outcome: Outcome, result: ResultT | None
) -> Ended:
    result_id = result.id if result else None
    if outcome.kind is OutcomeKind.SUCCEEDED:
        return Ended(claim.due, claim.due.token, OccurrenceState.SUCCESSFUL, None, result_id)
    return Ended(claim.due, claim.due.token, OccurrenceState.FAILED, kind.refused, result_id)


async def _withdraw(
    kind: PaymentKind[DueT, ResultT],
    runtime: Runtime,
    account: Account,
    now: datetime,
    claims: Sequence[Claim[DueT]],
) -> None:
    """Cancel intents that never reached the gateway and whose schedule has ended meanwhile."""
    if claims:
        ended = [Ended(each.due, each.due.token, OccurrenceState.CANCELLED) for each in claims]
        async with runtime.unit(account, now) as unit:
            settlement = await end(unit, runtime.retries, ended)
            await kind.give_back(unit, [each for each in claims if each.due.id in settlement.ours])


async def _lose(runtime: Runtime, account: Account, now: datetime, claims: Sequence[Claim[DueT]]) -> None:
    """Mark sends whose outcome nobody knows: the gateway is asked about them after a while."""
    if claims:
        lost = [(claim.due.id, claim.due.token) for claim in claims]
        after = runtime.gateway(account).declared.ask_again_seconds
        async with runtime.unit(account, now) as unit:
            await store.lose(unit.connection, account, lost, ask_again_seconds=after)
