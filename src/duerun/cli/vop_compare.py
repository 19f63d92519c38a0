"""`duerun vop compare`: pairs of names through a pipe, as lines of JSON."""

import os
import sys
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from select import select
from typing import Annotated, BinaryIO

import typer

from duerun.cli.pair_lines import LINE_BYTES_MAX, Answered, PairAnswers
from duerun.cli.terminal import note
from duerun.domain.errors import RejectedError
from duerun.domain.payees.clients import parse_match
from duerun.domain.payees.profiles import DEFAULT_PROFILE, PROFILES, MatchRules, rules_of

READ_BYTES = 256 * 1024
# Half of what a pipe holds: as much at once means that more is coming.
FULL_BYTES = 32 * 1024
# Blocks that wait for a process, or for those before them.
BLOCKS_WAITING_MAX = 8

# Stands for the begin of a line of which no more is held; it is no JSON.
_TOO_LONG = b"\0" * (LINE_BYTES_MAX + 1)
_worker: PairAnswers


def add_to(app: typer.Typer) -> None:
    """Put the command beside the other ones for checks of payees."""
    app.command("compare")(compare)


def compare(
    profile: Annotated[
        str, typer.Option(help=f"How names are compared: {', '.join(PROFILES)}.")
    ] = DEFAULT_PROFILE,
    match: Annotated[
        str, typer.Option(help="Single points of matching, as in word_order=CMTC,alias=MTCH.")
    ] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Tell the steps of each comparison.")] = False,
    processes: Annotated[
        int,
        typer.Option(min=1, help="Processes that compare, once there is much.", show_default="one per core"),
    ] = os.cpu_count() or 1,
) -> None:
    """Compare pairs of names: NDJSON with given, account, type and country in, results out."""
    if profile not in PROFILES:
        raise RejectedError(f"--profile must be one of {', '.join(PROFILES)}")
    rules = rules_of(profile, parse_match(match))
    try:
        bad = _pipe(sys.stdin.fileno(), sys.stdout.buffer, rules, tells_steps=explain, processes=processes)
    except BrokenPipeError:
        # Whoever read has enough; what the interpreter flushes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    if bad:
        note(f"{bad:,} lines could not be read: each is answered by an error")
        raise typer.Exit(1)


def _pipe(source: int, target: BinaryIO, rules: MatchRules, *, tells_steps: bool, processes: int) -> int:
    """Answer blocks of lines as they come, in their order; how many lines were bad."""
    bad = 0
    for answered in _answered(_blocks(source), rules, tells_steps=tells_steps, processes=processes):
        bad += answered.bad
        target.write(answered.lines)
        target.flush()
    return bad


def _answered(
    blocks: Iterator[bytes], rules: MatchRules, *, tells_steps: bool, processes: int
) -> Iterator[Answered]:
    """Little is answered here; where block follows full block, by processes."""
    here = PairAnswers(rules, tells_steps=tells_steps)
    for block in blocks:
        if processes > 1 and len(block) >= FULL_BYTES:
            yield from _spread(block, blocks, here, processes)
            return
        yield here.answer(block)


def _spread(first: bytes, rest: Iterator[bytes], here: PairAnswers, processes: int) -> Iterator[Answered]:
    waiting: deque[Future[Answered]] = deque()
    yield here.answer(first)
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_start, initargs=(here.rules, here.tells_steps)
    ) as pool:
        for block in rest:
            waiting.append(pool.submit(_answer, block))
            while waiting and (len(waiting) >= processes + BLOCKS_WAITING_MAX or len(block) < FULL_BYTES):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _start(rules: MatchRules, tells_steps: bool) -> None:
    global _worker
    _worker = PairAnswers(rules, tells_steps=tells_steps)


def _answer(block: bytes) -> Answered:
    return _worker.answer(block)


def _blocks(source: int) -> Iterator[bytes]:
    """Whole lines of a file by its descriptor, as many as are there."""
    held = b""
    first = True
    while piece := _read(source):
        whole, end, rest = (piece.removeprefix(BOM_UTF8) if first else piece).rpartition(b"\n")
        first = False
        if end:
            yield held + whole + end
            held = b""
        held += rest
        if len(held) > LINE_BYTES_MAX:
            held = _TOO_LONG
    if held:
        yield held


def _read(source: int) -> bytes:
    """What is there, at most READ_BYTES: it waits for the first byte only."""
    pieces = [os.read(source, READ_BYTES)]
    size = len(pieces[0])
    while pieces[-1] and size < READ_BYTES and select([source], [], [], 0)[0]:
        pieces.append(os.read(source, READ_BYTES - size))
        size += len(pieces[-1])
    return b"".join(pieces)
