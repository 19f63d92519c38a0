"""Who is known to a server is proved with the first statement of each request; here another process changes it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import Api
from duerun.assembly import build_runtime, close
from duerun.services import access
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts
from duerun.storage.database import Database
from duerun.storage.proofs import PROOF, OutdatedError, Proof

WRONG = 7


def schedule_for(customer: Any) -> dict[str, Any]:
    start = datetime.now(UTC).date() + timedelta(days=40)
    return {
        "every": 1,
        "period": "month",
        "on": {"days_of_month": [1]},
        "start_date": f"{start}",
        "end_date": "2099-12-31",
        "charge": {"customer": customer["id"], "amount": 100_000},
    }


CALLS: list[Callable[[Api, Any], tuple[str, str, Any]]] = [
    lambda api, customer: ("GET", "/schedules?limit=20", None),
    lambda api, customer: ("GET", "/account", None),
    lambda api, customer: ("GET", "/capability", None),
    lambda api, customer: ("GET", f"/customers/{customer['id']}", None),
    lambda api, customer: ("GET", "/schedules/schd_test_none", None),
    lambda api, customer: ("GET", "/schedules?limit=no", None),
    lambda api, customer: ("POST", "/schedules", schedule_for(customer)),
    lambda api, customer: ("POST", "/schedules", {"every": 0}),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
async def test_a_key_that_another_process_has_ended_lets_nobody_in(
    runtime: Runtime, api: Api, number: int
) -> None:
    customer = api.customer()
    method, path, body = CALLS[number](api, customer)
    for _ in range(3):
        assert api.call(method, path, json=body).status_code != 401
    made = api.get("/schedules")["total"]

    fresh = await access.roll_key(
        runtime, api.account_id, livemode=False, kind="secret", now=datetime.now(UTC), minutes=0
    )

    assert api.refused(method, path, body, status=401)["code"] == "authentication_failure"
    assert api.get("/schedules", key=fresh)["total"] == made


async def test_a_key_ends_at_its_moment_for_a_server_that_knows_it(runtime: Runtime, api: Api) -> None:
    api.get("/schedules")
    await access.roll_key(
        runtime,
        api.account_id,
        livemode=False,
        kind="secret",
        now=datetime.now(UTC) - timedelta(minutes=1) + timedelta(seconds=1),
        minutes=1,
    )

    statuses = {api.call("GET", "/schedules").status_code for _ in range(3)}
    while (answer := api.call("GET", "/schedules")).status_code == 200:
        statuses.add(answer.status_code)

    assert answer.status_code == 401
    assert statuses == {200}


async def test_what_another_process_changes_of_an_account_counts_for_the_next_request(
    runtime: Runtime, api: Api
) -> None:
    customer = api.customer()
    made = api.post("/schedules", schedule_for(customer))
    api.get("/schedules")

    await access.set_options(runtime, api.account_id, {"timezone": "America/New_York"})
    moved = api.post("/schedules", schedule_for(customer) | {"start_date": f"{datetime.now(UTC).date()}"})
    await access.set_options(runtime, api.account_id, {"api_version": "2017-11-02"})
    page = api.call("GET", "/schedules")

    assert made["object"] == moved["object"] == "schedule"
    assert page.headers["omise-version"] == "2017-11-02"
    assert page.json()["total"] == 2


async def test_a_clock_that_another_process_has_moved_counts_for_the_next_request(
    serve: type[Any], dsn: str, api: Api
) -> None:
    before = api.get("/schedules")["to"]
    with serve(dsn, Settings()) as other:
        elsewhere = Api(other.url, api.keys, api.account_id, api.live_keys)
        elsewhere.advance(days=10)
        elsewhere.session.close()

    after = api.get("/schedules")["to"]

    days = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    assert timedelta(days=10) <= days < timedelta(days=10, minutes=5)


async def test_a_processor_that_another_process_has_mended_is_reached(
    serve: type[Any], dsn: str, api: Api
) -> None:
    one, two = (Settings(gateway_allow="127.0.0.1", vop_storage_key=each) for each in ("one", "two"))
    processor = {"gateway_url": "http://127.0.0.1:9/", "gateway_token": "token"}
    body = schedule_for(api.customer())
    with serve(dsn, one) as server:
        caller = Api(server.url, api.keys, api.account_id, api.live_keys)
        await set_elsewhere(dsn, two, api, processor)
        unreadable = [caller.call("POST", "/schedules", json=body).status_code for _ in range(2)]
        await set_elsewhere(dsn, one, api, processor)
        mended = [caller.call("POST", "/schedules", json=body).status_code for _ in range(2)]
        await set_elsewhere(dsn, two, api, processor)
        caller.call("GET", "/schedules")
        await end_elsewhere(dsn, one, api)
        ended = [caller.call("POST", "/schedules", json=body).status_code for _ in range(2)]
        caller.session.close()

    assert unreadable == [503, 503]
    assert mended == [200, 200]
    assert ended == [401, 401]


async def set_elsewhere(dsn: str, settings: Settings, api: Api, options: dict[str, str]) -> None:
    """Set options of the account in a process that seals with its own key."""
    elsewhere = build_runtime(settings, dsn)
    await elsewhere.database.open()
    await access.set_options(elsewhere, api.account_id, options)
    await close(elsewhere)


async def end_elsewhere(dsn: str, settings: Settings, api: Api) -> None:
    """End the secret key at once."""
    elsewhere = build_runtime(settings, dsn)
    await elsewhere.database.open()
    now = datetime.now(UTC)
    await access.roll_key(elsewhere, api.account_id, livemode=False, kind="secret", now=now, minutes=0)
    await close(elsewhere)


def test_who_is_known_is_refused_in_the_same_order(api: Api) -> None:
    body, json = b'{"every": ', {"Content-Type": "application/json"}
    told = []
    for _ in range(4):
        api.call("GET", "/schedules")
        public = api.call("POST", "/schedules", key=api.keys.public, data=body, headers=json)
        headers = json | {"Omise-Version": "1999-01-01"}
        version = api.call("POST", "/schedules", data=body, headers=headers)
        told.append((public.status_code, version.json()["message"]))

    assert {status for status, _ in told} == {401}
    assert len({message for _, message in told}) == 1
    assert told[0][1].startswith("Omise-Version")


@pytest.fixture
async def outdated(runtime: Runtime, api: Api) -> Proof:
    """A proof that will not be given."""
    async with runtime.database.connection() as connection:
        caller = await accounts.by_key(connection, accounts.key_hash(api.keys.secret), datetime.now(UTC))
    assert caller is not None
    return Proof(accounts.key_hash(api.keys.secret), datetime.now(UTC), caller.proof ^ WRONG)


async def count(database: Database) -> int:
    async with database.connection() as connection:
        row = await (await connection.execute("SELECT count(*) AS count FROM customers")).fetchone()
    assert row is not None
    return int(row["count"])


async def test_nothing_is_executed_while_the_proof_is_not_given(
    runtime: Runtime, api: Api, outdated: Proof
) -> None:
    api.customer()
    before = await count(runtime.database)

    token = PROOF.set(outdated)
    try:
        for _ in range(2):
            with pytest.raises(OutdatedError):
                async with runtime.database.connection() as connection:
                    await connection.execute("DELETE FROM customers")
            with pytest.raises(OutdatedError):
                async with runtime.database.transaction() as connection:
                    await connection.cursor().execute("DELETE FROM customers")
    finally:
        PROOF.reset(token)

    assert not outdated.is_given
    assert await count(runtime.database) == before


async def test_a_proof_is_asked_for_once(runtime: Runtime, outdated: Proof) -> None:
    right = Proof(outdated.key_hash, outdated.now, outdated.expected ^ WRONG)

    token = PROOF.set(right)
    try:
        first = await count(runtime.database)
        right.expected ^= WRONG
        second = await count(runtime.database)
    finally:
        PROOF.reset(token)

    assert right.is_given
    assert first == second
