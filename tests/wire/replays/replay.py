"""Reads the files of requests, and puts real ids, keys and dates into a request before it is sent.

A file starts with lines `# ` that tell the client and what its requests are derived from. Each request has

- a line `### ` with the call in the client,
- what it covers, the answer it gets (status and object), and what it meant: members of the answer, as JSON,
- after an empty line the request itself: request line, headers, empty line, body.

Ids such as `schd_test_1` stand for an object in the right state. Each line of a body in chunks is one chunk, and
the lines of a multipart body end with CR LF.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from wire.raw import Answer, exchange, port_of

CLIENTS = ("python", "node", "ruby", "php", "go", "java", "dotnet", "elixir")
OTHERS = ("curl",)
_FOLDER = Path(__file__).parent
_STAND_IN = re.compile(r"(tokn|cust|card|recp|schd|occu|chrg)_test_1")


@dataclass(frozen=True, slots=True)
class Replay:
    """One request of a client, and what comes of it. No body and an empty one differ by the headers."""

    client: str
    call: str
    told: dict[str, str]
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def status(self) -> int:
        return int(self.told["answer"].split()[0])

    @property
    def object(self) -> str:
        return self.told["answer"].split()[1]

    @property
    def means(self) -> str:
        return self.told.get("means", "{}")

    def header(self, name: str) -> str | None:
        """The value of a header, or None; names are told apart by their letters only."""
        return next((value for given, value in self.headers if given.lower() == name), None)


def head_of(client: str) -> str:
    """The lines that tell where the requests of a client come from."""
    lines = _text_of(client).partition("\n### ")[0].splitlines()
    return "\n".join(line.removeprefix("# ") for line in lines).strip()


def replays_of(client: str) -> list[Replay]:
    """All requests of a client, in the order of its file."""
    return [_parse(client, block) for block in _text_of(client).split("\n### ")[1:]]


def _text_of(client: str) -> str:
    return (_FOLDER / f"{client}.http").read_text(encoding="utf-8")


def _parse(client: str, block: str) -> Replay:
    told, request, *rest = block.split("\n\n", 2)
    call, *facts = told.splitlines()
    line, *headers = request.strip("\n").splitlines()
    method, target, version = line.split(" ")
    assert version == "HTTP/1.1", f"{client}: {call}"
    pairs = tuple((name, value) for name, _, value in (each.partition(": ") for each in headers))
    given = {name: value for name, _, value in (fact.partition(": ") for fact in facts)}
    return Replay(client, call, given, method, target, pairs, "".join(rest).strip("\n"))


class StandIns:
    """Objects in the state that one request needs, made when they are first asked for."""

    def __init__(self, api: Any, replay: Replay) -> None:
        self._api, self._replay = api, replay
        self._made: dict[str, str] = {}

    def put_into(self, text: str) -> str:
        """The text with real ids, and with dates that lie ahead."""
        return _STAND_IN.sub(lambda match: self._of(match[1]), moved_on(text))

    def _of(self, kind: str) -> str:
        if kind not in self._made:
            self._made[kind] = getattr(self, f"_{kind}")()
        return self._made[kind]

    def _tokn(self) -> str:
        return str(self._api.token())

    def _cust(self) -> str:
        return str(self._api.customer()["id"])

    def _card(self) -> str:
        return str(self._api.get(f"/customers/{self._of('cust')}")["default_card"])

    def _recp(self) -> str:
        # Bank codes differ by country; the default recipient is there in each.
        return str(self._api.get("/recipients")["data"][0]["id"])

    def _schd(self) -> str:
        charge = {"customer": self._of("cust"), "amount": 100000}
        schedule = self._api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
        return str(schedule["id"])

    def _occu(self) -> str:
        return str(self._api.get(f"/schedules/{self._of('schd')}/occurrences")["data"][0]["id"])

    def _chrg(self) -> str:
        body = {"customer": self._of("cust"), "amount": 100000, "currency": "thb"}
        body["capture"] = not self._replay.target.endswith(("/capture", "/reverse"))
        if "capture_amount" in self._replay.body:
            body["authorization_type"] = "pre_auth"
        return str(self._api.post("/charges", body)["id"])


def moved_on(text: str) -> str:
    """The dates of the files, moved by whole years until they lie ahead."""
    ahead = date(datetime.now(UTC).year, 12, 1)
    if ahead <= datetime.now(UTC).date() + timedelta(days=1):
        ahead = ahead.replace(year=ahead.year + 1)
    moves = {
        "2026-12-": f"{ahead.year}-12-",
        "2027-11-": f"{ahead.year + 1}-11-",
        "2030": f"{ahead.year + 4}",
    }
    return re.sub("|".join(moves), lambda written: moves[written[0]], text)


def send(api: Any, replay: Replay, stand_ins: StandIns) -> Answer:
    """Send a request as its client would, with the keys of an account; its length is told anew."""
    port = port_of(api.url)
    body = _body_bytes(replay, stand_ins)
    headers = [(name, _value(api, name, value, port=port, body=body)) for name, value in replay.headers]
    lines = [f"{replay.method} {stand_ins.put_into(replay.target)} HTTP/1.1", *map(": ".join, headers)]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return exchange(port, head + body, method=replay.method)


def _body_bytes(replay: Replay, stand_ins: StandIns) -> bytes:
    body = stand_ins.put_into(replay.body).encode()
    if replay.header("transfer-encoding") == "chunked":
        chunks = [*body.splitlines(), b""]
        return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    if (replay.header("content-type") or "").startswith("multipart/"):
        return b"\r\n".join([*body.splitlines(), b""])
    return body


def _value(api: Any, name: str, value: str, *, port: int, body: bytes) -> str:
    if name == "Authorization":
        user, _, password = base64.b64decode(value.removeprefix("Basic ")).decode().partition(":")
        key = {"pkey_test_PUBLIC": api.keys.public, "skey_test_SECRET": api.keys.secret}[user]
        return "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()
    if name == "Content-Length":
        return str(len(body))
    return value.replace("PORT", str(port))


def missing_from(answer: Any, meant: Any, *, at: str = "$") -> list[str]:
    """Where an answer does not say what was meant. Of an object the members that are told count."""
    if isinstance(meant, dict) and isinstance(answer, dict):
        return [
            each
            for name, value in meant.items()
            for each in missing_from(answer.get(name), value, at=f"{at}.{name}")
        ]
    return [] if answer == meant else [f"{at}: {answer!r} is not {meant!r}"]


def meant_by(replay: Replay, stand_ins: StandIns) -> Any:
    """The members of the answer that tell that a request was understood, with real ids and dates."""
    return json.loads(stand_ins.put_into(replay.means))
