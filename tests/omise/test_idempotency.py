"""`Idempotency-Key`: a request that is sent twice takes effect once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from duerun.domain.errors import UnavailableError
from duerun.services import charges, clocks, idempotency
from duerun.services.unit import Runtime
from duerun.storage import accounts
from duerun.storage.idempotency import Hold

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"


def sent(api: Any, method: str, path: str, body: Any, key: str, **options: Any) -> Any:
    headers = {"Idempotency-Key": key}
    return api.call(method, path, json=body, headers=headers, **options)


def charge_of(customer: Any, amount: int = 100_000) -> dict[str, Any]:
    return {"amount": amount, "currency": "thb", "customer": customer["id"]}


def test_the_same_request_gets_the_first_answer_again(api: Any) -> None:
    customer = api.customer()

    first = sent(api, "POST", "/charges", charge_of(customer), "order-1")
    again = sent(api, "POST", "/charges", charge_of(customer), '"order-1"')

    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert api.get("/charges")["total"] == 1


def test_a_key_is_of_one_account_mode_method_and_path(api: Any, other_api: Any) -> None:
    customer = sent(api, "POST", "/customers", {"email": "a@example.com"}, "one").json()
    foreign = sent(other_api, "POST", "/customers", {"email": "a@example.com"}, "one").json()
    changed = sent(api, "PATCH", f"/customers/{customer['id']}", {"email": "b@example.com"}, "one").json()
    refused = sent(api, "POST", "/recipients", {}, "one")

    assert foreign["id"] != customer["id"]
    assert changed["email"] == "b@example.com"
    assert refused.json()["code"] == "invalid_recipient"


def test_other_parameters_under_a_key_are_refused(api: Any) -> None:
    customer = api.customer()
    sent(api, "POST", "/charges", charge_of(customer), "order-2")

    other = sent(api, "POST", "/charges", charge_of(customer, 200_000), "order-2")

    assert other.status_code == 422
    assert other.json()["code"] == "bad_request"
    assert other.json()["message"] == "Idempotency-Key was already used with other parameters"
    assert api.get("/charges")["total"] == 1


def test_a_refusal_is_kept_as_well(api: Any) -> None:
    body = {"amount": 1, "currency": "thb", "customer": api.customer()["id"]}

    first, again = (sent(api, "POST", "/charges", body, "order-3") for _ in range(2))

    assert first.status_code == again.status_code == 400
    assert json.loads(first.content) == json.loads(again.content)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_many_clicks_at_once_make_one_charge(api: Any) -> None:
    customer = api.customer()

    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda _: sent(api, "POST", "/charges", charge_of(customer), "order-4"), range(16))
        )

    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
    assert api.get("/charges")["total"] == 1
    assert api.get("/transactions")["total"] == 1


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a\tb"], ids=["empty", "quotes", "long", "control"])
def test_a_key_that_is_none_is_refused(api: Any, key: str) -> None:
    answer = sent(api, "POST", "/customers", {}, key)

    assert answer.status_code == 400
    assert answer.json()["message"] == "Idempotency-Key must be 1 to 255 printable ASCII characters"


def test_a_key_on_a_get_means_nothing(api: Any) -> None:
    assert "Idempotent-Replayed" not in sent(api, "GET", "/account", None, "k").headers
    assert "Idempotent-Replayed" not in sent(api, "GET", "/account", None, "k").headers


async def test_a_token_leaves_nothing_of_its_card_number(api: Any, runtime: Runtime) -> None:
    card = {"name": "M", "number": "4242424242424242", "expiration_month": 1, "expiration_year": 2060}
    body = {"card": card | {"security_code": "123"}}

    first, again = (sent(api, "POST", "/tokens", body, "t") for _ in range(2))
    other = sent(api, "POST", "/tokens", {"card": card | {"number": "4111111111111111"}}, "t")

    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 422
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT convert_from(body, 'UTF8') AS body FROM idempotency_keys WHERE account_id = %s",
            (api.account_id,),
        )
        assert all("4242424242424242" not in row["body"] for row in await cursor.fetchall())


async def test_an_upload_under_a_key_makes_one_job(api: Any) -> None:
    text = f"{HEADER}\nk1,{api.customer()['id']},,5000,,1,month,5,,\n"

    def upload(data: str) -> Any:
        files = {"file": ("members.csv", data, "text/csv")}
        return api.call("POST", "/schedules/upload", files=files, headers={"Idempotency-Key": "file-1"})

    first, again, other = upload(text), upload(text), upload(text.replace("5000", "6000"))

    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422


@pytest.fixture
async def account(runtime: Runtime, api: Any) -> Any:
    async with runtime.database.connection() as connection:
        return await accounts.fetch(connection, api.account_id, livemode=False)


async def test_a_request_that_died_behind_its_effect_is_answered_with_what_it_did(
    api: Any, runtime: Runtime, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.customer()
    order = charges.ChargeOrder(amount_minor=100_000, currency="thb", customer_id=customer["id"])
    monkeypatch.setattr(idempotency, "LEASE_SECONDS", 0.0)
    digest = b"1" * 32

    hold = await idempotency.claim(runtime, account, digest, None)
    assert isinstance(hold, Hold)
    async with idempotency.holding(runtime, account, hold):
        made = await charges.create_charge(runtime, account, datetime.now(UTC), order)
    next_hold = await idempotency.claim(runtime, account, digest, None)

    assert isinstance(next_hold, Hold)
    assert next_hold.object_id == made.id
    assert next_hold.holder == hold.holder + 1


async def test_a_request_that_lost_its_key_commits_nothing(
    api: Any, runtime: Runtime, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.customer()
    order = charges.ChargeOrder(amount_minor=100_000, currency="thb", customer_id=customer["id"])
    monkeypatch.setattr(idempotency, "LEASE_SECONDS", 0.0)
    digest = b"2" * 32
    frozen = await idempotency.claim(runtime, account, digest, None)
    assert isinstance(frozen, Hold)

    await idempotency.claim(runtime, account, digest, None)
    with pytest.raises(UnavailableError, match="has taken over"):
        async with idempotency.holding(runtime, account, frozen):
            await charges.create_charge(runtime, account, datetime.now(UTC), order)

    assert api.get("/charges")["total"] == 0


async def test_a_request_that_died_before_any_effect_runs_again(
    api: Any, runtime: Runtime, account: Any
) -> None:
    hold = await idempotency.claim(runtime, account, b"3" * 32, None)
    assert isinstance(hold, Hold)

    async with idempotency.holding(runtime, account, hold):
        pass

    assert isinstance(await idempotency.claim(runtime, account, b"3" * 32, None), Hold)


def test_the_next_request_after_a_death_shows_the_object(
    api: Any, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key's row is set back to what a death between commit and answer leaves behind."""
    customer = api.customer()
    first = sent(api, "POST", "/charges", charge_of(customer), "order-9").json()
    with _direct(runtime) as connection:
        connection.execute(
            "UPDATE idempotency_keys SET status = NULL, body = NULL, lease_until = now() WHERE account_id = %s",
            (api.account_id,),
        )

    again = sent(api, "POST", "/charges", charge_of(customer), "order-9")

    assert again.status_code == 200
    assert again.json()["id"] == first["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert api.get("/charges")["total"] == 1


def _direct(runtime: Runtime) -> Any:
    return psycopg.connect(runtime.database.dsn)


async def test_keys_are_forgotten_after_their_hours(api: Any, runtime: Runtime, account: Any) -> None:
    sent(api, "POST", "/customers", {}, "old")
    await idempotency.prune(runtime, datetime.now(UTC))
    async with runtime.database.connection() as connection:
        kept = await connection.execute(
            "SELECT count(*) AS keys FROM idempotency_keys WHERE account_id = %s", (api.account_id,)
        )
        before = (await kept.fetchone() or {})["keys"]

    dropped = await idempotency.prune(runtime, datetime.now(UTC) + timedelta(hours=73))

    assert before == 1
    assert dropped >= 1


async def test_an_advance_under_a_key_notes_nothing_that_ran_on_the_way(
    api: Any, runtime: Runtime, account: Any
) -> None:
    charge = {"customer": api.customer()["id"], "amount": 5_000}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
    hold = await idempotency.claim(runtime, account, b"5" * 32, None)
    assert isinstance(hold, Hold)

    async with idempotency.holding(runtime, account, hold) as effect:
        advanced = await clocks.advance(runtime, account, days=2)

    assert advanced.occurrences >= 1
    assert (effect.object_id, effect.is_noted) == (None, False)
