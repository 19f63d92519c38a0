"""Checks at other PSPs: one that answers in 50 milliseconds, one that never does, one where nobody listens."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from benchmarks.responder import NEVER
from duerun.domain.addresses import AllowList
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.peers import Peer, PeerDirectory, PeerUri
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.gateways.outgoing import GuardedSender
from duerun.responders.base import Terms
from duerun.responders.epc import EpcResponder

ANSWER_MILLISECONDS = 50
DEAD_CHECKS = 2_000
AT_ONCE = 2_000
IBANS = {"ABNANL2A": "NL91ABNA0417164300", "INGBNL2A": "NL20INGB0001234567", "RABONL2U": "NL44RABO0123456789"}
START_SECONDS_MAX = 10


async def run(checks: int) -> dict[str, Any]:
    """Checks a second at a PSP that is well, and the longest check at one that is not; all in one run."""
    with _psp(ANSWER_MILLISECONDS) as well, _psp(NEVER) as silent:
        closed = _free_port()
        peers = [_peer(bic, port) for bic, port in zip(IBANS, (well, silent, closed), strict=True)]
        sender = GuardedSender(AllowList.parse("127.0.0.0/8"))
        responder = EpcResponder(_directory(peers), sender, lambda: datetime.now(UTC))
        await _timed(responder, [_question("ABNANL2A")] * 500)  # connections are open from here on
        seconds, answers = await _timed(responder, [_question("ABNANL2A")] * checks)
        matched = sum(answer.verdict is Verdict.MATCH for answer in answers)
        dead = [_question(bic) for bic in ("INGBNL2A", "RABONL2U")] * (DEAD_CHECKS // 2)
        longest = max(await asyncio.gather(*(_seconds(responder, each) for each in dead[:AT_ONCE])))
        await sender.close()
    if matched != checks:
        raise RuntimeError(f"{matched} of {checks} checks were answered")
    return {
        "per_second": round(checks / seconds),
        "longest_check_at_a_dead_psp_seconds": round(longest, 2),
        "within_5_2_seconds": longest <= 5.2,
    }


async def _timed(responder: EpcResponder, questions: Sequence[PayeeQuestion]) -> tuple[float, list[Answer]]:
    started = time.perf_counter()
    found: list[Answer] = []
    for first in range(0, len(questions), AT_ONCE):
        found += await responder.verify(questions[first : first + AT_ONCE], _terms())
    return time.perf_counter() - started, found


async def _seconds(responder: EpcResponder, question: PayeeQuestion) -> float:
    started = time.perf_counter()
    [answer] = await responder.verify([question], _terms())
    if answer.verdict is not Verdict.NOT_APPLICABLE:
        raise RuntimeError(f"a dead PSP has answered {answer.verdict}")
    return time.perf_counter() - started


def _terms() -> Terms:
    return Terms(PROFILES["balanced"], datetime.now(UTC))


def _question(bic: str) -> PayeeQuestion:
    return PayeeQuestion(IBANS[bic], "Anna Becker", None, bic, "BYLADEM1001")


def _peer(bic: str, port: int) -> Peer:
    return Peer(bic, (PeerUri(f"http://127.0.0.1:{port}/vop/v1/payee-verifications"),))


def _directory(peers: Sequence[Peer]) -> Any:
    found = PeerDirectory.of(peers)

    async def directory(_: datetime) -> PeerDirectory:
        return found

    return directory


@contextmanager
def _psp(milliseconds: int) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.responder", str(port), str(milliseconds)]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
