"""Other PSPs over the scheme's API: many at once, each within its time, none harmed by another that is dead.

Source: the VOP wire specification, section 9.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from duerun.domain.payees import epc
from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.iban import is_served
from duerun.domain.payees.peers import Peer, PeerDirectory
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.domain.webhooks import Reply
from duerun.responders.base import Terms
from duerun.responders.epc_wire import encode_question

CHECKS_AT_ONCE_MAX = 2_000
CHECKS_AT_ONE_PEER_MAX = 500
FAILURES_BEFORE_BREAK = 20
BREAK_SECONDS = 10.0
TRIES_MAX = 2

Directory = Callable[[datetime], Awaitable[PeerDirectory]]
Clock = Callable[[], datetime]


class Sender(Protocol):
    """Posts to other PSPs. Whatever goes wrong on the way is a `Reply`, never an exception."""

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str]) -> Reply: ...

    async def close(self) -> None:
        """End all connections; the next call opens new ones."""


class _WireAnswer(msgspec.Struct, rename="camel"):
    party_name_match: Verdict | None = None
    party_id_match: Verdict | None = None
    matched_name: str | None = None


_decoder = msgspec.json.Decoder(_WireAnswer)


class _FailedError(Exception):
    """No answer from an address; `is_final` where another address would say the same."""

    def __init__(self, *, is_final: bool) -> None:
        super().__init__()
        self.is_final = is_final


@dataclass(slots=True)
class _Line:
    """What is known of the way to one PSP: its places, its rate, and whether it has been dead of late."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS_AT_ONE_PEER_MAX))
    failures: int = 0
    closed_until: float = 0.0
    next_at: float = 0.0

    def is_closed(self, now: float) -> bool:
        return now < self.closed_until

    def note(self, *, answered: bool, now: float) -> None:
        """Count what came of a call; many failures in a row close the line for a while."""
        self.failures = 0 if answered else self.failures + 1
        if self.failures >= FAILURES_BEFORE_BREAK:
            self.closed_until = now + BREAK_SECONDS
            self.failures = 0

    def turn(self, now: float, per_second: int) -> float:
        """Seconds until the next call may go out at this rate; the turn is taken."""
        if not per_second:
            return 0.0
        self.next_at = max(self.next_at, now) + 1 / per_second
        return max(0.0, self.next_at - 1 / per_second - now)


class EpcResponder:
    """Asks other PSPs; each call carries the moment at which it goes out."""

    def __init__(self, directory: Directory, sender: Sender, clock: Clock) -> None:
        self._directory, self._sender, self._clock = directory, sender, clock
        self._lines: dict[str, _Line] = {}
        self._places = asyncio.Semaphore(CHECKS_AT_ONCE_MAX)

    async def verify(self, questions: Sequence[PayeeQuestion], terms: Terms) -> list[Answer]:
        """An answer to each question, in their order; none takes longer than the terms allow."""
        directory = await self._directory(terms.now)
        return list(await asyncio.gather(*(self._check(directory, each, terms) for each in questions)))

    async def close(self) -> None:
        """End all connections; the next question opens new ones."""
        await self._sender.close()

    async def _check(self, directory: PeerDirectory, question: PayeeQuestion, terms: Terms) -> Answer:
        by_identification = question.name is None
        if not is_served(question.iban):
            return not_applicable(Reason.COUNTRY, by_identification=by_identification)
        peer = directory.find(question, terms.now.date())
        if isinstance(peer, Reason):
            return not_applicable(peer, by_identification=by_identification)
        line = self._lines.setdefault(peer.bic, _Line())
        async with self._places, line.places:
            return await self._ask(peer, line, question, terms)

    async def _ask(self, peer: Peer, line: _Line, question: PayeeQuestion, terms: Terms) -> Answer:
        """Try the addresses in turn, each with its share of the time: the next one where there is no answer."""
        by_identification = question.name is None
        ends_at = _now() + terms.check_seconds_max
        addresses = peer.addresses()[:TRIES_MAX]
        reason = Reason.RESPONDER_ERROR
        for place, uri in enumerate(addresses):
            if line.is_closed(_now()):
                break
            wait = line.turn(_now(), peer.requests_per_second_max)
            if wait > ends_at - _now():
                reason = Reason.TIMEOUT
                break
            await asyncio.sleep(wait)
            try:
                async with asyncio.timeout((ends_at - _now()) / (len(addresses) - place)):
                    answer = await self._call(uri, peer, question)
            except TimeoutError:
                line.note(answered=False, now=_now())
                reason = Reason.TIMEOUT
            except _FailedError as error:
                line.note(answered=error.is_final, now=_now())
                reason = Reason.RESPONDER_ERROR
                if error.is_final:
                    break
            else:
                line.note(answered=True, now=_now())
                return answer
        return not_applicable(reason, by_identification=by_identification)

    async def _call(self, uri: str, peer: Peer, question: PayeeQuestion) -> Answer:
        headers = {
            "X-Request-ID": str(uuid.uuid4()),
            "X-Request-Timestamp": epc.format_timestamp(self._clock()),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        body = encode_question(question, agent_bic=question.agent_bic or peer.bic)
        reply = await self._sender.post(uri, body, headers)
        if reply.status != 200:
            raise _FailedError(is_final=reply.status is not None and 400 <= reply.status <= 499)
        return _read(reply.body, by_identification=question.name is None)


def _read(content: bytes, *, by_identification: bool) -> Answer:
    """The answer of a PSP; one that cannot be read is none."""
    try:
        wire = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _FailedError(is_final=False) from None
    verdict = wire.party_id_match if by_identification else wire.party_name_match
    if verdict is None or (by_identification and verdict is Verdict.CLOSE):
        raise _FailedError(is_final=False)
    shown = wire.matched_name if verdict is Verdict.CLOSE else None
    if shown is not None and not (0 < len(shown) <= 140 and shown.isprintable()):
        raise _FailedError(is_final=False)
    return Answer(verdict, Reason.PEER, shown, by_identification=by_identification)


def _now() -> float:
    return asyncio.get_running_loop().time()
