"""Requests as raw bytes over a socket: nothing is added, corrected or followed on the way."""

import base64
import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .observer import faults

ANSWER_SECONDS_MAX = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers by their names in lower case, and the bytes of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def authorization(key: str) -> str:
    """The value of the header that carries a key."""
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """One request as it stands on the wire; no header is added."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def exchange(port: int, request: bytes, *, method: str = "GET", cut_off: bool = False) -> Answer:
    """Send the bytes on a new connection and read one answer; with `cut_off` the sender then stops for good."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS_MAX) as connection:
        connection.sendall(request)
        if cut_off:
            connection.shutdown(socket.SHUT_WR)
        with http.client.HTTPResponse(connection, method=method) as response:
            response.begin()
            headers = {name.lower(): value for name, value in response.headers.items()}
            answer = Answer(response.status, headers, response.read())
    assert _faults(request, answer) == []
    return answer


def _faults(request: bytes, answer: Answer) -> list[str]:
    """Also what the HTTP layer answers, before any application, keeps the contract."""
    _, _, rest = request.partition(b" ")
    path = rest.partition(b" ")[0].decode("latin-1")
    return faults(path, answer.status, answer.headers, answer.body)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
