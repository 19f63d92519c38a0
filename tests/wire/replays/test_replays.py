"""Every request of every client, sent as raw bytes, gets the answer that its client needs."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from wire.contract import V2019, violations

from .habits import HABITS
from .replay import CLIENTS, OTHERS, Replay, StandIns, head_of, meant_by, missing_from, replays_of, send

REPLAYS = [replay for client in (*CLIENTS, *OTHERS) for replay in replays_of(client)]
MEMBERS_OF_AN_ERROR = {"object", "location", "code", "message"}
COVERED = {
    "create token",
    "create customer with card",
    "charge schedule by day",
    "charge schedule by week",
    "charge schedule by days of month",
    "charge schedule by weekday of month",
    "transfer schedule of an amount",
    "transfer schedule of a percentage",
    "transfer schedule of the whole balance",
    "retrieve",
    "list",
    "occurrences",
    "destroy",
    "not found",
}


def named(replays: list[Replay]) -> list[Any]:
    return [pytest.param(each, id=f"{each.client}: {each.call} {each.method}") for each in replays]


@pytest.mark.parametrize("replay", named(REPLAYS))
async def test_a_client_is_answered_what_it_meant(
    new_api: Callable[..., Awaitable[Any]], replay: Replay
) -> None:
    if "waits for" in replay.told:
        pytest.skip(f"{replay.told['waits for']} is not served yet")
    api = await new_api(country=replay.told.get("country", "TH"))
    stand_ins = StandIns(api, replay)

    answer = send(api, replay, stand_ins)

    assert answer.status == replay.status, answer.body
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    said = answer.json()
    assert said["object"] == replay.object
    assert missing_from(said, meant_by(replay, stand_ins)) == []
    if answer.status == 200:
        assert list(violations(said, answer.headers["omise-version"])) == []
    else:
        assert set(said) == MEMBERS_OF_AN_ERROR


@pytest.mark.parametrize("replay", named([each for each in REPLAYS if "country" in each.told]))
def test_a_transfer_of_1000_is_below_the_least_amount_in_thailand(api: Any, replay: Replay) -> None:
    answer = send(api, replay, StandIns(api, replay))

    assert answer.status == 400
    assert answer.json()["code"] == "invalid_amount"
    assert answer.json()["message"] == "amount must be greater than or equal to 3000 (thb subunits)"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_covers_all_that_schedules_need(client: str) -> None:
    assert {each.told["covers"] for each in replays_of(client) if "covers" in each.told} == COVERED


@pytest.mark.parametrize("client", [*CLIENTS, *OTHERS])
def test_a_file_tells_what_it_is_derived_from(client: str) -> None:
    assert head_of(client).startswith("Client: ")
    assert "\nDerived from: " in head_of(client)


@pytest.mark.parametrize("client", [*CLIENTS, *OTHERS])
def test_a_request_of_a_file_tells_its_own_length(client: str) -> None:
    told = [each for each in replays_of(client) if each.header("content-length")]
    plain = [each for each in told if not (each.header("content-type") or "").startswith("multipart/")]

    lengths = [(each.call, each.header("content-length")) for each in plain]

    assert lengths == [(each.call, str(len(each.body))) for each in plain]


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_of_clients_occurs_in_a_replay(habit: str) -> None:
    assert any(HABITS[habit](replay) for replay in REPLAYS)


def test_all_recorded_requests_are_here() -> None:
    """The specification (18.2) holds 34 of Python, 30 of Node and 35 of Ruby."""
    recorded = {}
    for client in ("python", "node", "ruby"):
        calls = [each.call for each in replays_of(client)]
        recorded[client] = calls.index("not found") + 1

    assert recorded == {"python": 34, "node": 30, "ruby": 35}


def test_the_version_that_is_not_told_is_the_account_s(api: Any) -> None:
    replay = next(each for each in replays_of("php") if each.header("omise-version") is None)

    answer = send(api, replay, StandIns(api, replay))

    assert answer.headers["omise-version"] == V2019


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({"amount": 100, "on": {}, "more": 1}, []),
        ({"amount": "100", "on": {}}, ["$.amount: '100' is not 100"]),
        ({"amount": 100}, ["$.on: None is not {}"]),
    ],
    ids=["all", "another type", "missing"],
)
def test_what_an_answer_does_not_say_is_seen(answer: Any, missing: list[str]) -> None:
    assert missing_from(answer, {"amount": 100, "on": {}}) == missing
