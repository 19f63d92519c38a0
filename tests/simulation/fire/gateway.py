"""The hostile processor, a process of its own: `python -m simulation.fire.gateway OPTIONS`, which are JSON.

It keeps the promises of docs/reference/gateway-protocol.md (one key, one effect; what was taken on is known in time; a
refusal is final) and breaks its word in all that is left. Without keys, which is no processor of the protocol any more,
each request has an effect of its own: then the ledger shows what only its keys held off.
"""

import asyncio
import json
import os
import random
import signal
import socket
import struct
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from . import answers, ledger
from .ledger import COMPLAINT, CONFLICT, EFFECT, REFUSAL, RESEND, Ledger, Line
from .parts import end_with_parent

TOKEN = "token-of-the-hostile-processor"
BASE = "/v1/"
KINDS = {"charges": "charge", "transfers": "transfer"}
REFUSAL_CODE = "insufficient_fund"
BODY_BYTES_MAX = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`fault_share` of the calls go wrong while no file `calm` stands in the folder, and `refused_share` of the first
    `refused_tries` of a date are refused for good. `delays` are the seconds that an honest answer takes; a pending one
    ends behind `late_seconds`."""

    folder: str
    port: int
    seed: int
    fault_share: float = 0.2
    refused_share: float = 0.05
    refused_tries: int = 100
    delays: tuple[float, float] = (0.01, 0.15)
    late_seconds: float = 0.8
    keyless: bool = False
    host: str = "127.0.0.1"

    def arguments(self) -> list[str]:
        return [json.dumps(asdict(self))]

    @property
    def ledger(self) -> Path:
        return Path(self.folder, "ledger.jsonl")

    @property
    def faults(self) -> Path:
        """One line for each fault that came about: its name."""
        return Path(self.folder, "gateway-faults.txt")

    @property
    def calm(self) -> Path:
        return Path(self.folder, "calm")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Gateway:
    """What it knows stands in its ledger; requests that are pending are forgotten when it dies."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known = {
            line.key: line for line in ledger.read(options.ledger) if line.event in (EFFECT, REFUSAL)
        }
        self._ledger = Ledger(options.ledger)
        self._faults = os.open(options.faults, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._dice = random.Random(f"{options.seed}:{len(self._known)}")  # noqa: S311 - a seeded choice of faults
        self._pending: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        server = await asyncio.start_server(
            self._connected, self._options.host, self._options.port, backlog=512
        )
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with server:
            await stop.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while (request := await _read(reader)) is not None:
                if not await _play(writer, await self._answer(request)):
                    break
        writer.close()

    async def _answer(self, request: Request) -> answers.Script:
        if request.method == "GET":
            return await self._told(unquote(request.path.removeprefix(f"{BASE}effects/")))
        kind = KINDS.get(request.path.removeprefix(BASE), "")
        try:
            wanted = json.loads(request.body)
        except ValueError:
            wanted = {}
        if problem := _problem(request, kind, wanted):
            self._write(COMPLAINT, kind, wanted if "key" in wanted else {"key": ""}, problem)
            return [answers.said({"error": problem}, 400)]
        return await self._asked(kind, wanted)

    async def _asked(self, kind: str, wanted: dict[str, Any]) -> answers.Script:
        """A request for an effect."""
        await asyncio.sleep(self._dice.uniform(*self._options.delays))
        known = self._known.get(wanted["key"])
        if known is not None:
            is_same = known.request == wanted and known.kind == kind
            self._write(RESEND if is_same else CONFLICT, kind, wanted)
            if not is_same:
                return [answers.said({"error": "conflict"}, 409)]
            if not self._options.keyless:
                return self._outcome(known)
        elif wanted["key"] in self._pending:
            return [answers.said({"status": "pending", "key": wanted["key"]}, 202)]
        elif self._is_faulty():
            choice = self._dice.choice([*answers.NOT_DONE, "pending"])
            self._note(f"POST {choice}")
            if choice == "pending":
                self._pending[wanted["key"]] = asyncio.create_task(self._later(kind, wanted))
                return [answers.said({"status": "pending", "key": wanted["key"]}, 202)]
            return answers.NOT_DONE[choice]({"key": wanted["key"]})
        return self._outcome(self._carry_out(kind, wanted))

    def _outcome(self, line: Line) -> answers.Script:
        """The outcome that stands in the ledger, told or not."""
        value = _told(line)
        if not self._is_faulty():
            return answers.honest(value)
        choice = self._dice.choice(list(answers.DONE))
        self._note(f"POST {choice}")
        return answers.DONE[choice](value)

    def _carry_out(self, kind: str, wanted: dict[str, Any]) -> Line:
        refused = _share(f"{self._options.seed}:{wanted['reference']}:{wanted['attempt']}")
        may_refuse = wanted["attempt"] < self._options.refused_tries
        event = REFUSAL if may_refuse and refused < self._options.refused_share else EFFECT
        line = self._write(event, kind, wanted, REFUSAL_CODE if event == REFUSAL else "")
        self._known[wanted["key"]] = line
        return line

    async def _later(self, kind: str, wanted: dict[str, Any]) -> None:
        await asyncio.sleep(self._dice.uniform(0, self._options.late_seconds))
        self._carry_out(kind, wanted)
        del self._pending[wanted["key"]]

    async def _told(self, key: str) -> answers.Script:
        """A look-up."""
        await asyncio.sleep(self._dice.uniform(*self._options.delays) / 2)
        known = self._known.get(key)
        value = _told(known) if known else {"status": "pending", "key": key, "amount": 1}
        if self._is_faulty():
            choice = self._dice.choice(answers.ASKED)
            self._note(f"GET {choice}")
            return answers.DONE[choice](value)
        if known:
            return answers.honest(value)
        if key in self._pending:
            return [answers.said({"status": "pending", "key": key}, 202)]
        return [http_404() if self._dice.random() < 0.5 else answers.said({"error": "not found"}, 404)]

    def _is_faulty(self) -> bool:
        return self._dice.random() < self._options.fault_share and not self._options.calm.exists()

    def _note(self, fault: str) -> None:
        os.write(self._faults, f"{fault}\n".encode())

    def _write(self, event: str, kind: str, wanted: dict[str, Any], code: str = "") -> Line:
        line = Line(event, kind, wanted, code, round(time.time(), 3))
        self._ledger.write(line)
        return line


def http_404() -> bytes:
    return answers.http(404, b"<html>not found</html>")


def _share(text: str) -> float:
    """A number from 0 to 1 that belongs to a text: the same in each life of the processor."""
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") / 2**32


def _told(line: Line) -> answers.Answer:
    wanted = line.request
    if line.event == REFUSAL:
        return {"status": "refused", "key": line.key, "code": line.code, "message": "no"}
    amount, currency = wanted["amount"], wanted["currency"]
    return {
        "status": "succeeded",
        "id": f"fx_{line.key}",
        "key": line.key,
        "amount": amount,
        "currency": currency,
    }


def _problem(request: Request, kind: str, wanted: Any) -> str:
    """What the protocol does not let a caller do."""
    needed = {"key", "reference", "attempt", "account", "livemode", "amount", "currency", "metadata"}
    wrong = {
        "method": request.method != "POST",
        "path": not kind,
        "token": request.headers.get("authorization") != f"Bearer {TOKEN}",
        "body": not isinstance(wanted, dict) or not needed <= set(wanted),
        "key": not isinstance(wanted, dict) or request.headers.get("idempotency-key") != wanted.get("key"),
    }
    return ", ".join(name for name, is_wrong in wrong.items() if is_wrong)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None at the end of the connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (each.partition(":") for each in head[1:-2])
        }
        size = int(headers.get("content-length", "0"))
        body = await reader.readexactly(size) if size <= BODY_BYTES_MAX else b""
    except (asyncio.IncompleteReadError, ValueError):
        return None
    return Request(method, path, headers, body)


async def _play(writer: asyncio.StreamWriter, script: answers.Script) -> bool:
    """Write an answer; whether the connection goes on."""
    for step in script:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif isinstance(step, float):
            await asyncio.sleep(step)
            if writer.is_closing():
                return False
        else:
            if step == answers.RESET:
                _reset(writer)
            return False
    return True


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def main() -> None:
    end_with_parent()
    given = json.loads(sys.argv[1])
    options = Options(**{**given, "delays": tuple(given["delays"])})
    asyncio.run(Gateway(options).serve())


if __name__ == "__main__":
    main()
