"""The requests of three official clients, byte for byte (source: the wire specification, 18.2).

`recorded.json` holds them as they were sent. Ids such as `schd_test_1` stand for an object in the right state,
and dates move on with the years, so that they lie in the future as they did then.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .contract import V2019, violations
from .raw import Answer, authorization, exchange, port_of, request_bytes

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
_STAND_IN = re.compile(r"(tokn|cust|card|recp|schd|occu|chrg)_test_1")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request of a client; no body and an empty one differ."""

    client: str
    call: str
    method: str
    path: str
    content_type: str | None
    body: str | None

    def headers(self, host: str) -> dict[str, str]:
        headers = {"Host": host, **RECORDED[self.client]["headers"]}
        if self.content_type:
            headers["Content-Type"] = self.content_type
        return headers


def recorded() -> list[Any]:
    return [
        pytest.param(_request(client, told), id=f"{client}: {told['call']} {told['line'].split()[0]}")
        for client, session in RECORDED.items()
        for told in session["requests"]
    ]


def _request(client: str, told: dict[str, Any]) -> Recorded:
    method, path = told["line"].split()
    return Recorded(client, told["call"], method, path, told["type"], told["body"])


class StandIns:
    """Objects in the state that one recorded request needs, made when they are first asked for."""

    def __init__(self, api: Any, request: Recorded) -> None:
        self._api, self._request = api, request
        self._made: dict[str, str] = {}

    def __call__(self, match: re.Match[str]) -> str:
        return self._of(match.group(1))

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
        body["capture"] = not self._request.path.endswith(("/capture", "/reverse"))
        if "capture_amount" in (self._request.body or ""):
            body["authorization_type"] = "pre_auth"
        return str(self._api.post("/charges", body)["id"])


def moved_on(text: str) -> str:
    """The recorded dates, moved by whole years until they lie ahead."""
    ahead = date(datetime.now(UTC).year, 12, 1)
    if ahead <= datetime.now(UTC).date() + timedelta(days=1):
        ahead = ahead.replace(year=ahead.year + 1)
    years = ahead.year - 2026
    moves = {"2026-12-01": f"{ahead}", "2027-11-30": f"{2027 + years}-11-30", "2030": f"{2030 + years}"}
    for written, later in moves.items():
        text = text.replace(written, later)
    return text


def send(api: Any, request: Recorded) -> Answer:
    stand_ins = StandIns(api, request)
    path = _STAND_IN.sub(stand_ins, request.path)
    body = None if request.body is None else _STAND_IN.sub(stand_ins, moved_on(request.body)).encode()
    key = api.keys.public if request.path == "/tokens" else api.keys.secret
    port = port_of(api.url)
    # The Node client names no port in its host, whatever port it talks to.
    headers = request.headers("127.0.0.1" if request.client == "node" else f"127.0.0.1:{port}")
    headers["Authorization"] = authorization(key)
    if body is not None:
        headers["Content-Length"] = str(len(body))
    return exchange(port, request_bytes(request.method, path, headers, body or b""))


def _is_small_transfer(request: Recorded) -> bool:
    return (request.method, request.path) == ("POST", "/transfers")


@pytest.mark.parametrize("request_", recorded())
async def test_a_recorded_request_is_answered_as_recorded(
    new_api: Callable[..., Awaitable[Any]], request_: Recorded
) -> None:
    # 1000 is below the least transfer of Thailand, and within that of Singapore.
    api = await new_api(country="SG" if _is_small_transfer(request_) else "TH")

    answer = send(api, request_)

    assert answer.status == (404 if request_.call == "not found" else 200), answer.body
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    if answer.status == 200:
        assert answer.headers["omise-version"] == V2019
        assert list(violations(answer.json(), V2019)) == []


@pytest.mark.parametrize("request_", [each for each in recorded() if _is_small_transfer(each.values[0])])
def test_a_recorded_transfer_of_1000_is_below_the_least_amount_in_thailand(
    api: Any, request_: Recorded
) -> None:
    answer = send(api, request_)

    assert answer.status == 400
    assert answer.json()["code"] == "invalid_amount"
    assert answer.json()["message"] == "amount must be greater than or equal to 3000 (thb subunits)"


def test_all_requests_of_the_three_clients_are_here() -> None:
    counts = {client: len(session["requests"]) for client, session in RECORDED.items()}

    assert counts == {"python": 34, "node": 30, "ruby": 35}
