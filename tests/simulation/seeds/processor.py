"""A processor inside the simulation: a ledger of its own, faults by the seed, and the port through which it is reached.

What it answers goes through the product's own reading of answers, so that wrong answers are real ones.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from duerun.gateways.base import (
    UNKNOWN,
    CardDetails,
    Declaration,
    Outcome,
    PaymentRequest,
    Question,
    Tokenized,
)
from duerun.gateways.http_answers import Answer, read_answer
from simulation.seeds.clockwork import PROCESS, Clockwork

# What never arrives leads to the second sends, the most delicate ones: it is drawn more often.
SEND_FAULTS = (
    "lost", "lost", "lost",
    "lost", "answer lost", "slow", "pending", "late", "500 done", "500 not done", "garbage", "wrong key",
    "wrong amount", "wrong currency", "html", "refused without a code",
)  # fmt: skip
# A processor that takes a request on and is at work on it for long: whoever asks meanwhile is told "not found".
TARDY_FAULTS = ("pending", "pending", "late", "lost")
LOOKUP_FAULTS = ("lost", "500", "garbage", "wrong key", "wrong amount")


@dataclass(frozen=True)
class Line:
    """One line of the ledger. `seconds` is when it was written, `left_at` when its request left, both in true time.

    `wall` is the latest moment that any clock of the senders had shown until the request left, `earliest_wall` the
    earliest one that any of them showed when the line was written.
    """

    kind: str
    request: PaymentRequest
    is_refused: bool
    seconds: float
    left_at: float
    wall: datetime
    earliest_wall: datetime

    @property
    def tried(self) -> tuple[str, int]:
        return self.request.subject, self.request.attempt


@dataclass(frozen=True)
class Habits:
    """What a processor is like in one history. Shares are of 1."""

    knows_keys: bool
    faults: float
    refusals: float
    usual_seconds: float
    call_seconds_max: float
    processing_seconds_max: float
    rows_max: int
    send_faults: tuple[str, ...] = SEND_FAULTS


class Processor:
    """Carries out what arrives, when it arrives, whatever became of the sender."""

    def __init__(self, works: Clockwork, habits: Habits, seed: str, on_line: Callable[[Line], None]) -> None:
        self.works, self.habits, self.seed = works, habits, seed
        self.ledger: list[Line] = []
        self.fired: Counter[str] = Counter()
        self.on_the_way = 0
        self._on_line = on_line
        self._by_key: dict[str, Line] = {}
        self.latest_wall: Callable[[], datetime] = lambda: works.now
        self.earliest_wall: Callable[[], datetime] = lambda: works.now

    def refuses(self, request: PaymentRequest) -> bool:
        """Settled by the attempt, so that the same one is always answered alike."""
        dice = random.Random(f"{self.seed}:{request.subject}:{request.attempt}:{request.target}")  # noqa: S311
        return dice.random() < self.habits.refusals

    def fault(self, kinds: Sequence[str], name: str) -> str | None:
        """What goes wrong with one call."""
        if self.works.is_calm or self.works.dice.random() >= self.habits.faults:
            return None
        chosen = self.works.dice.choice(kinds)
        self.fired[f"{name}: {chosen}"] += 1
        return chosen

    def arrive(self, kind: str, request: PaymentRequest, delay: float) -> None:
        """Carry a request out after a while."""
        left_at, wall = self.works.seconds, self.latest_wall()

        def carry_out() -> None:
            self.on_the_way -= 1
            self._carry_out(kind, request, left_at, wall)

        self.on_the_way += 1
        self.works.at(self.works.seconds + delay, carry_out)

    def _carry_out(self, kind: str, request: PaymentRequest, left_at: float, wall: datetime) -> None:
        if self.habits.knows_keys and request.key in self._by_key:
            return
        line = Line(
            kind, request, self.refuses(request), self.works.seconds, left_at, wall, self.earliest_wall()
        )
        self.ledger.append(line)
        self._by_key.setdefault(request.key, line)
        self.works.tell(
            f"ledger: {kind} {request.subject} attempt {request.attempt} {request.amount_minor}"
            f" {'refused' if line.is_refused else 'done'}"
        )
        self._on_line(line)

    def find(self, key: str) -> Line | None:
        return self._by_key.get(key)


def _told(line: Line) -> dict[str, Any]:
    request = line.request
    if line.is_refused:
        return {"status": "refused", "key": request.key, "code": "insufficient_fund", "message": "no"}
    return {
        "status": "succeeded",
        "id": f"fx_{request.key}",
        "key": request.key,
        "amount": request.amount_minor,
        "currency": request.currency,
    }


def _answer(line: Line | None, fault: str | None, *, is_lookup: bool) -> Answer:
    """What the wire brings back."""
    if fault in ("lost", "answer lost", "late"):
        return Answer(None, trouble="no answer in time")
    if fault is not None and fault.startswith("500"):
        return Answer(500, b"{}")
    if fault == "garbage":
        return Answer(200, b'{"status": "succ')
    if fault == "html":
        return Answer(200, b"<html>succeeded</html>")
    if fault == "pending" or (line is None and not is_lookup):
        return Answer(202, b"{}")
    if line is None:
        return Answer(404)
    told = _told(line)
    wrong: dict[str, dict[str, Any]] = {
        "wrong key": {"key": "another"},
        "wrong amount": {"amount": 1},
        "wrong currency": {"currency": "XXX"},
        "refused without a code": {"status": "refused"},
    }
    return Answer(200, json.dumps(told | wrong.get(fault or "", {})).encode())


class SimulatedGateway:
    """The port of money of one process."""

    name = "simulated"

    def __init__(self, works: Clockwork, processor: Processor) -> None:
        self._works, self._processor = works, processor
        habits = processor.habits
        self.declared = Declaration(
            supports_key=habits.knows_keys,
            max_processing_seconds=habits.processing_seconds_max,
            call_seconds_max=habits.call_seconds_max,
            batch_rows_max=habits.rows_max,
            ask_again_seconds=1.0,
        )

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized:
        raise NotImplementedError("cards of the simulation are there from the start")

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        return await self._send("charge", requests)

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        return await self._send("transfer", requests)

    async def _send(self, kind: str, requests: Sequence[PaymentRequest]) -> list[Outcome]:
        """Requests leave at once; who sent them waits for the slowest, however long each of them is on its way."""
        if PROCESS.get().is_dead:
            return [UNKNOWN for _ in requests]
        faults = [self._leave(kind, request) for request in requests]
        longest = max((seconds for _, seconds in faults), default=0.0)
        await self._works.sleep_until(self._works.seconds + longest, f"the answers to a {kind}")
        lines = [self._processor.find(request.key) for request in requests]
        return [
            read_answer(request, _answer(line, fault, is_lookup=False), is_lookup=False).outcome
            for request, line, (fault, _) in zip(requests, lines, faults, strict=True)
        ]

    def _leave(self, kind: str, request: PaymentRequest) -> tuple[str | None, float]:
        """Send one request: what goes wrong with it, and how long its sender waits."""
        works, processor, habits = self._works, self._processor, self._processor.habits
        fault = processor.fault(habits.send_faults, "send")
        patience, dice = habits.call_seconds_max, works.dice
        if fault == "pending" and not habits.processing_seconds_max:
            fault = "slow"
        if fault in ("lost", "500 not done"):
            return fault, patience if fault == "lost" else 0.0
        if fault == "slow":
            delay = dice.uniform(0, patience)
            processor.arrive(kind, request, delay)
            return None, delay
        if fault in ("pending", "late"):
            delay = dice.uniform(0, habits.processing_seconds_max + (patience if fault == "late" else 0.0))
            processor.arrive(kind, request, delay)
            return fault, 0.0 if fault == "pending" else patience
        delay = 0.0 if works.is_calm else dice.uniform(0, habits.usual_seconds)
        processor.arrive(kind, request, delay)
        works.advance(0)
        if habits.knows_keys and dice.random() < habits.faults / 10 and not works.is_calm:
            processor.fired["send: twice"] += 1
            processor.arrive(kind, replace(request), dice.uniform(0, patience))
        return fault, patience if fault == "answer lost" else delay

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        faults = [self._processor.fault(LOOKUP_FAULTS, "look-up") for _ in questions]
        lines = [self._processor.find(question.key) for question in questions]
        answers = [
            read_answer(question, _answer(line, fault, is_lookup=True), is_lookup=True).outcome
            for question, line, fault in zip(questions, lines, faults, strict=True)
        ]
        seconds = self._processor.habits.call_seconds_max if "lost" in faults else 0.0
        await self._works.sleep_until(self._works.seconds + seconds, "the answers to a look-up")
        return answers
