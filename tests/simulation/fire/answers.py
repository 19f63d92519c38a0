"""What the hostile processor writes on the wire: scripts of bytes, of waits, and of ends of a connection.

None of them tells a refusal that is not one: a processor that lies about that is outside of the protocol.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from typing import Any

RESET, CLOSE = "reset", "close"
# Bytes to write, seconds to wait, or an end of the connection.
Step = bytes | float | str
Script = Sequence[Step]
Answer = dict[str, Any]

LORIS_SECONDS = 0.15
ENDLESS_PARTS = 40
LONG_WAIT_SECONDS = 30.0
BOMB_BYTES = 20_000_000
_BOMB = gzip.compress(b" " * BOMB_BYTES)


def http(
    status: int, body: bytes, headers: Sequence[tuple[str, str]] = (), *, length: int | None = None
) -> bytes:
    """One answer; `length` is what it says of its body."""
    lines = [
        f"HTTP/1.1 {status} X",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if length is None else length}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def said(value: Any, status: int = 200) -> bytes:
    return http(status, json.dumps(value).encode())


def honest(value: Answer) -> Script:
    return [said(value)]


def _raw(text: Callable[[Answer], bytes], status: int = 200) -> Callable[[Answer], Script]:
    return lambda value: [http(status, text(value))]


def _with(**lies: Any) -> Callable[[Answer], Script]:
    return lambda value: [said(value | lies)]


def _plain(
    status: int, body: bytes = b'{"error":"no"}', *headers: tuple[str, str]
) -> Callable[[Answer], Script]:
    return lambda value: [http(status, body, headers)]


def _text(value: Answer) -> bytes:
    return json.dumps(value).encode()


def _chunked(value: Answer) -> Script:
    return [
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sta\r\nZZZ\r\n' + _text(value),
        CLOSE,
    ]


def _endless(value: Answer) -> Script:
    parts: list[Step] = [b" " * 4_096, 0.02]
    return [http(200, _text(value), length=10**12), *(parts * ENDLESS_PARTS), CLOSE]


def _loris(value: Answer) -> Script:
    steps: list[Step] = []
    for byte in said(value):
        steps += [bytes([byte]), LORIS_SECONDS]
    return [*steps, CLOSE]


def _poisoned(value: Answer) -> Script:
    """A second answer behind the first, for whoever uses the connection next."""
    return [said(value) + said(value | {"key": "occu_test_of_somebody_else"})]


def _both_lengths(value: Answer) -> Script:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(_text(value)), _text(value))
    return [http(200, body, [("Transfer-Encoding", "chunked")], length=3), CLOSE]


def _amount(shape: Callable[[Any], str]) -> Callable[[Answer], Script]:
    """The answer with its amount written in another way."""

    def script(value: Answer) -> Script:
        text = json.dumps(value | {"amount": "@"})
        return [http(200, text.replace('"@"', shape(value.get("amount", 1))).encode())]

    return script


# Written when the outcome stands in the ledger.
DONE: dict[str, Callable[[Answer], Script]] = {
    "answer lost": lambda value: [CLOSE],
    "reset": lambda value: [RESET],
    "closed behind the headers": lambda value: [http(200, b"", length=len(_text(value))), CLOSE],
    "half a body": lambda value: [http(200, _text(value)[:20], length=len(_text(value))), CLOSE],
    "slower than the time limit": lambda value: [0.9, said(value)],
    "slower than the lease": lambda value: [LONG_WAIT_SECONDS, said(value)],
    "500": _plain(500),
    "503 in HTML": _plain(503, b"<html>busy</html>", ("Retry-After", "1")),
    "404 behind the effect": _plain(404, b"<html>not here</html>"),
    "200 in HTML": _raw(lambda value: b"<html>thank you</html>"),
    "empty": _raw(lambda value: b""),
    "204": lambda value: [b"HTTP/1.1 204 No Content\r\n\r\n"],
    "201": lambda value: [said(value, 201)],
    "redirect": _plain(307, b"", ("Location", "http://127.0.0.1:9/stolen")),
    "see other": _plain(303, b"", ("Location", "/v1/effects/other")),
    "wrong key": lambda value: [said(value | {"key": value["key"] + "x"})],
    "no key": lambda value: [said({name: each for name, each in value.items() if name != "key"})],
    "wrong amount": _amount(lambda amount: str(int(amount) * 100)),
    "amount as text": _amount(lambda amount: f'"{amount}"'),
    "amount as a fraction": _amount(lambda amount: f"{amount}.0"),
    "amount without end": _amount(lambda amount: "1e400"),
    "amount of 5,000 digits": _amount(lambda amount: "9" * 5_000),
    "wrong currency": _with(currency="XTS"),
    "currency of no text": _with(currency=None),
    "status in capitals": lambda value: [said(value | {"status": value["status"].upper()})],
    "unknown status": _with(status="ok"),
    "pending at 200": _with(status="pending"),
    "done at 202": lambda value: [said(value, 202)],
    "a list": lambda value: [said([value])],
    "a member twice": _raw(lambda value: b'{"status":"pending",' + _text(value)[1:]),
    "NaN": _amount(lambda amount: "NaN"),
    "no UTF-8": _raw(lambda value: b"\xff\xfe" + _text(value)),
    "100,000 brackets": _raw(lambda value: b"[" * 60_000),
    "zeros": _raw(lambda value: b"\0" * 400),
    "too large": lambda value: [http(200, _text(value) + b" " * 70_000)],
    "endless": _endless,
    "slow bytes": _loris,
    "gzip bomb": lambda value: [http(200, _BOMB, [("Content-Encoding", "gzip")])],
    "garbage in chunks": _chunked,
    "two lengths": _both_lengths,
    "a length that is too short": lambda value: [http(200, _text(value), length=10)],
    "no HTTP": lambda value: [b"SSH-2.0-OpenSSH_9.9\r\n", CLOSE],
    "a header of 1 MB": lambda value: [
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n",
        CLOSE,
    ],
    "a second answer": _poisoned,
    "informational first": lambda value: [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", said(value)],
}  # fmt: skip

# Written when nothing was taken on.
NOT_DONE: dict[str, Callable[[Answer], Script]] = {
    "request lost": lambda value: [CLOSE],
    "502 and not done": _plain(502, b"<html>bad gateway</html>"),
    "503 and not done": _plain(503),
    "429": _plain(429, b"{}", ("Retry-After", "1")),
    "429 without end": _plain(429, b"{}", ("Retry-After", "99999999999")),
    "redirect and not done": _plain(308, b"", ("Location", "http://169.254.169.254/")),
    "401": _plain(401),
    "conflict without a reason": _plain(409),
}

# Of a look-up, in place of the truth.
ASKED = (
    "answer lost", "reset", "500", "503 in HTML", "200 in HTML", "wrong key", "wrong amount", "wrong currency",
    "half a body", "slower than the time limit", "a list", "a member twice", "slow bytes", "amount as text",
    "redirect", "a second answer",
)  # fmt: skip
