"""A processor that speaks the gateway protocol, honest or hostile; its own ledger is the judge of what happened."""

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "token-of-the-processor"
POST_FAULTS = (
    "answer_lost", "request_lost", "late", "done_later", "500_done", "502_not_done", "garbage", "wrong_key",
    "wrong_amount", "wrong_currency", "half_body", "redirect", "429", "pending", "409", "huge", "list", "twice",
)  # fmt: skip
GET_FAULTS = ("500", "lost", "garbage", "wrong_key", "wrong_amount", "half_body", "429", "late", "202")


@dataclass(frozen=True)
class Effect:
    """One line of the processor's ledger."""

    kind: str
    request: dict[str, Any]
    refusal: str | None
    name: str = ""
    at: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", compare=False)

    @property
    def id(self) -> str:
        return self.name or f"fx_{self.request['key']}"

    def listed(self) -> dict[str, Any]:
        told = {name: self.request[name] for name in ("key", "reference", "amount", "currency")}
        return told | {"id": self.id, "kind": self.kind.removesuffix("s"), "at": self.at}

    def answer(self) -> dict[str, Any]:
        key = self.request["key"]
        if self.refusal:
            return {"status": "refused", "key": key, "code": self.refusal, "message": "no"}
        amount, currency = self.request["amount"], self.request["currency"]
        return {"status": "succeeded", "id": self.id, "key": key, "amount": amount, "currency": currency}


@dataclass
class Book:
    """What the processor did and saw. `faults` is the share of calls that go wrong, by `seed` and their number: of the
    first `turns` calls of a key."""

    faults: float = 0.0
    turns: int = 1_000
    seed: int = 1
    delay_seconds: float = 0.7
    retry_after: int = 1
    only: tuple[str, ...] = ()
    lists: bool = True
    lies: bool = False
    page_rows: int = 3
    listed: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    effects: list[Effect] = field(default_factory=list)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    sent_at: dict[str, list[float]] = field(default_factory=dict)
    open_now: int = 0
    open_max: int = 0

    def fault(self, method: str, key: str) -> str | None:
        kinds = self.only or (POST_FAULTS if method == "POST" else GET_FAULTS)
        with self.lock:
            self.calls[method, key] += 1
            number = sum(count for (each, _), count in self.calls.items() if each == method)
            dice = random.Random(f"{self.seed}:{method}:{number}")  # noqa: S311 - a seeded choice of faults
            if self.calls[method, key] > self.turns or dice.random() >= self.faults:
                return None
            # One kind after another, so that all of them come about in any run.
            done = sum(count for each, count in self.done.items() if each.startswith(method))
            chosen = kinds[(done + self.seed) % len(kinds)]
            self.done[f"{method} {chosen}"] += 1
        return chosen

    def carry_out(self, kind: str, request: dict[str, Any]) -> Effect | None:
        """The effect under the key, done once; None for another request under a known key."""
        key = request["key"]
        with self.lock:
            known = self.of(key)
            if known is not None:
                if known.request != request:
                    self.conflicts.append(key)
                    return None
                return known
            effect = Effect(kind, request, _refusal(request))
            self.effects.append(effect)
            return effect

    def of(self, key: str) -> Effect | None:
        return next((each for each in self.effects if each.request["key"] == key), None)


def _behaviour(request: dict[str, Any]) -> str:
    """By the sandbox's reference of the card, so that its test cards mean here what they mean there."""
    return str(request.get("card", "")).removeprefix("sandbox:").rsplit(":", 1)[0]


def _habit(request: dict[str, Any], turn: int) -> str | None:
    """What the test cards lose at their first send."""
    behaviour = _behaviour(request)
    return behaviour if turn == 1 and behaviour in ("answer_lost", "request_lost") else None


def _refusal(request: dict[str, Any]) -> str | None:
    behaviour = _behaviour(request)
    if behaviour.startswith("first:"):
        return "insufficient_fund" if request["attempt"] < int(behaviour[6:]) else None
    return behaviour if behaviour == "insufficient_fund" else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Processor"

    def do_POST(self) -> None:
        book = self.server.book
        with book.lock:
            book.open_now += 1
            book.open_max = max(book.open_max, book.open_now)
        try:
            self._posted(book)
        finally:
            with book.lock:
                book.open_now -= 1

    def _posted(self, book: Book) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key, kind = request["key"], self.path.removeprefix("/v1/")
        self._check(book, kind, request)
        fault = book.fault("POST", key) or _habit(request, book.calls["POST", key])
        if fault in ("request_lost", "502_not_done", "429", "redirect", "409"):
            return self._not_done(fault)
        if fault in ("done_later", "pending"):
            threading.Timer(book.delay_seconds, book.carry_out, (kind, request)).start()
            return (
                self._say(202, {"status": "pending", "key": key}) if fault == "pending" else self._hang_up()
            )
        if fault == "late":
            time.sleep(book.delay_seconds)
        effect = book.carry_out(kind, request)
        if effect is None:
            return self._say(409, {"status": "conflict", "key": key})
        return self._answer(fault, effect)

    def _check(self, book: Book, kind: str, request: dict[str, Any]) -> None:
        with book.lock:
            book.sent_at.setdefault(request["key"], []).append(time.monotonic())
            first = book.bodies.setdefault(request["key"], request)
            wrong = {
                "path": kind not in ("charges", "transfers"),
                "token": self.headers["Authorization"] != f"Bearer {TOKEN}",
                "key": self.headers["Idempotency-Key"] != request["key"],
                "body": first != request,
            }
            book.complaints += [name for name, is_wrong in wrong.items() if is_wrong]

    def _not_done(self, fault: str) -> None:
        if fault == "429":
            return self._say(429, {"error": "slow down"}, {"Retry-After": f"{self.server.book.retry_after}"})
        if fault == "redirect":
            return self._say(307, {}, {"Location": f"http://127.0.0.1:{self.server.server_port}/stolen"})
        if fault == "request_lost":
            return self._hang_up()
        return self._say(409 if fault == "409" else 502, {"error": "no"})

    def do_GET(self) -> None:
        book = self.server.book
        if self.path.startswith("/v1/effects?"):
            return self._list(book)
        key = unquote(self.path.removeprefix("/v1/effects/"))
        fault = book.fault("GET", key)
        if fault == "500":
            return self._say(500, {"error": "no"})
        if fault == "429":
            return self._say(429, {"error": "slow down"}, {"Retry-After": f"{self.server.book.retry_after}"})
        if fault == "202":
            return self._say(202, {"status": "pending", "key": key})
        if fault == "late":
            time.sleep(book.delay_seconds)
        with book.lock:
            effect = book.of(key)
        if effect is None:
            return self._say(404, {"error": "not found"})
        return self._answer("answer_lost" if fault == "lost" else fault, effect)

    def _list(self, book: Book) -> None:
        """A page of the effects that moved money, in the order of their making; the cursor is a place."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not book.lists:
            return self._say(404, {"error": "not found"})
        with book.lock:
            book.listed.append(asked)
            listed = [each.listed() for each in book.effects if not each.refusal]
        listed = [each for each in listed if each["at"] >= asked["since"][:19]]
        if book.lies:
            return self._say(200, {"effects": [{"key": 1}], "next": None})
        first = int(asked.get("cursor", 0))
        page, more = listed[first : first + book.page_rows], first + book.page_rows < len(listed)
        return self._say(200, {"effects": page, "next": str(first + book.page_rows) if more else None})

    def _answer(self, fault: str | None, effect: Effect) -> None:
        value = effect.answer()
        if fault == "answer_lost":
            return self._hang_up()
        if fault == "500_done":
            return self._say(500, {"error": "no"})
        if fault == "garbage":
            return self._write(200, b'{"status": "succ\xff')
        if fault == "huge":
            return self._write(200, json.dumps(value).encode() + b" " * 1_000_000)
        if fault == "half_body":
            return self._write(200, json.dumps(value).encode(), cut=True)
        if fault == "list":
            return self._write(200, json.dumps([value]).encode())
        if fault == "twice":
            return self._write(200, b'{"status":"refused","code":"x",' + json.dumps(value).encode()[1:])
        lies = {
            "wrong_key": {"key": value["key"] + "x"},
            "wrong_amount": {"amount": effect.request["amount"] * 100},
            "wrong_currency": {"currency": "XTS"},
        }
        return self._say(200, value | lies.get(fault or "", {}))

    def _say(self, status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._write(status, json.dumps(value).encode(), headers)

    def _write(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        try:
            self.send_response(status)
            for name, text in (headers or {}).items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
        except OSError:
            self.close_connection = True
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Nothing is printed."""


class Processor(ThreadingHTTPServer):
    """The processor on a port of its own, in threads of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, book: Book) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.book = book
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that ends a connection is none of the processor's business."""

    def __enter__(self) -> "Processor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
