"""`python -m benchmarks.limited_processor PORT RATE`: a processor that takes so many payments a second, or says 429.

It speaks the gateway protocol. `GET /v1/told` answers what it has done, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.responder import serve

RETRY_AFTER_SECONDS = 1
BASE = "/v1/"


@dataclass
class Books:
    """What was asked and done. `allowed` is filled up by `rate` a second, to a second's worth."""

    rate: float
    allowed: float = 0.0
    filled_at: float = field(default_factory=time.monotonic)
    effects: dict[str, dict[str, object]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    by_account: Counter[str] = field(default_factory=Counter)

    def may_take(self) -> bool:
        now = time.monotonic()
        self.allowed = min(self.rate, self.allowed + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.allowed < 1:
            return False
        self.allowed -= 1
        return True

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, object]]:
        if path == f"{BASE}told":
            return 200, {**self.counts, "effects": len(self.effects), "by_account": dict(self.by_account)}
        if method == "GET":
            known = self.effects.get(path.removeprefix(f"{BASE}effects/"))
            self.counts["questions"] += 1
            return (200, known) if known else (404, {})
        request = json.loads(body)
        key = request["key"]
        if key in self.effects:
            self.counts["sent again"] += 1
            return 200, self.effects[key]
        if not self.may_take():
            self.counts["turned away"] += 1
            return 429, {}
        self.effects[key] = {
            "status": "succeeded",
            "id": f"fx_{key}",
            "key": key,
            "amount": request["amount"],
            "currency": request["currency"],
        }
        self.by_account[request["account"]] += 1
        return 200, self.effects[key]


class Connection(asyncio.Protocol):
    """Requests one after the other; each is whole when its body has come."""

    def __init__(self, books: Books) -> None:
        self._books, self._data = books, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            length = _length(head)
            if len(self._data) < end + 4 + length:
                return
            body, self._data = self._data[end + 4 : end + 4 + length], self._data[end + 4 + length :]
            method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self._write(*self._books.answer(method, path, body))

    def _write(self, status: int, value: dict[str, object]) -> None:
        text = json.dumps(value).encode()
        wait = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n" if status == 429 else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{wait}Content-Length: {len(text)}\r\n\r\n"
        if self._transport and not self._transport.is_closing():
            self._transport.write(head.encode() + text)


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    return int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


if __name__ == "__main__":
    BOOKS = Books(float(sys.argv[2]))
    serve(int(sys.argv[1]), lambda: Connection(BOOKS))
