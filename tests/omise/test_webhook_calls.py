"""The webhook address, the signing secrets and what events tell of their deliveries, over HTTP."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.webhooks import Reply
from duerun.services import bulk, webhooks
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
RECEIVER = "https://receiver.example/hooks"


@dataclass
class Recorder:
    """Sends nothing and keeps what would have been sent."""

    reply: Reply = field(default_factory=lambda: Reply(200))
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.bodies.append(body)
        self.headers.append(headers)
        return self.reply

    async def close(self) -> None:
        """There is nothing to end."""


async def deliver(runtime: Runtime, api: Any, recorder: Recorder) -> None:
    """Deliver all that is due of one account."""
    sending = replace(runtime, webhooks=replace(runtime.webhooks, sender=recorder))
    while True:
        account = await account_at(runtime, Place(api.account_id, False))
        assert account is not None
        if not (await webhooks.deliver(sending, account, datetime.now(UTC))).count:
            return


def test_an_address_is_set_for_one_mode_and_taken_away_again(api: Any) -> None:
    changed = api.patch("/account", {"webhook_uri": RECEIVER})

    assert changed["webhook_uri"] == RECEIVER
    assert api.get("/account") == changed
    assert api.get("/account", key=api.live_keys.secret)["webhook_uri"] is None
    assert api.patch("/account", {"webhook_uri": None})["webhook_uri"] == RECEIVER
    assert api.patch("/account", {"webhook_uri": ""})["webhook_uri"] is None


def test_the_other_members_are_kept_each_by_itself(api: Any) -> None:
    keys = {"charge": ["order"], "transfer": ["run", "batch"], "refund": [], "dispute": []}
    api.patch("/account", {"chain_enabled": True, "chain_return_uri": "https://shop.example/"})

    account = api.patch(
        "/account", {"metadata_export_keys": keys | {"other": ["x"]}, "zero_interest_installments": "true"}
    )

    assert account["metadata_export_keys"] == keys
    assert (account["chain_enabled"], account["chain_return_uri"]) == (True, "https://shop.example/")
    assert account["zero_interest_installments"] is True
    assert api.get("/account") == account


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"webhook_uri": "http://receiver.example/"}, "webhook_uri must be an HTTPS address"),
        ({"webhook_uri": "https://127.0.0.1/"}, "webhook_uri must not lead into an inner network"),
        ({"webhook_uri": "https://[::ffff:10.0.0.1]/"}, "webhook_uri must not lead into an inner network"),
        ({"webhook_uri": 7}, "webhook_uri must be text"),
        ({"chain_enabled": "perhaps"}, "chain_enabled must be true or false"),
        (
            {"metadata_export_keys": {"charge": [1]}},
            "metadata_export_keys must be an object of arrays of texts",
        ),
        (
            {"metadata_export_keys": {"charge": ["x" * 4_000] * 4}},
            "metadata_export_keys is larger than 15360 bytes",
        ),
    ],
)
def test_a_change_that_cannot_be_kept_is_refused_whole(api: Any, given: Any, message: str) -> None:
    before = api.get("/account")

    error = api.refused("PATCH", "/account", {"zero_interest_installments": True, **given})

    assert (error["code"], error["message"]) == ("bad_request", message)
    assert api.get("/account") == before


def test_a_secret_is_shown_once(api: Any) -> None:
    made = api.post("/webhooks/secrets")

    assert len(base64.b64decode(made["secret"], validate=True)) == 32
    assert made["last_digits"] == made["secret"][-4:]
    assert made["expires_at"] is None
    shown = api.get(made["location"])
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert api.get("/webhooks/secrets")["data"] == [shown]
    assert api.get("/webhooks/secrets", key=api.live_keys.secret)["data"] == []


def test_a_new_secret_gives_the_one_before_24_hours(api: Any) -> None:
    oldest, older, newest = (api.post("/webhooks/secrets") for _ in range(3))

    listed = api.get("/webhooks/secrets")["data"]

    assert [each["id"] for each in listed] == [older["id"], newest["id"]]
    assert api.refused("GET", oldest["location"], status=404)["code"] == "not_found"
    ends = datetime.fromisoformat(listed[0]["expires_at"])
    assert abs(ends - datetime.fromisoformat(newest["created_at"]) - timedelta(hours=24)).total_seconds() <= 1
    api.advance(days=2)
    assert [each["id"] for each in api.get("/webhooks/secrets")["data"]] == [newest["id"]]


def test_a_deleted_secret_is_gone_at_once(api: Any) -> None:
    made = api.post("/webhooks/secrets")

    gone = api.delete(made["location"])

    assert (gone["id"], gone["deleted"], "secret" in gone) == (made["id"], True, False)
    assert api.get("/webhooks/secrets")["data"] == []
    message = api.refused("DELETE", made["location"], status=404)["message"]
    assert message == f"webhook_secret {made['id']} was not found"


async def test_an_event_tells_of_its_delivery(api: Any, runtime: Runtime) -> None:
    api.patch("/account", {"webhook_uri": RECEIVER})
    api.post("/customers", {"description": "one"})
    recorder = Recorder(Reply(500))
    assert api.get("/events")["data"][0]["webhook_deliveries"] == []

    await deliver(runtime, api, recorder)

    event = api.get("/events")["data"][0]
    delivery = event["webhook_deliveries"][0]
    assert (delivery["object"], delivery["uri"], delivery["status"]) == ("webhook_delivery", RECEIVER, 500)
    assert (delivery["key"], delivery["error"]) == ("customer.create", "the receiver answered 500")
    assert delivery["payload"].encode() == recorder.bodies[0]
    assert api.get(event["location"]) == event


async def test_deliveries_go_in_real_time_whatever_the_test_clock_says(api: Any, runtime: Runtime) -> None:
    api.patch("/account", {"webhook_uri": RECEIVER})
    api.post("/webhooks/secrets")
    customer = api.customer()["id"]
    charge = {"customer": customer, "amount": 100_000}
    api.post("/schedules", {"every": 1, "period": "month", "on": {"days_of_month": [1]}, "charge": charge})
    api.advance(days=365)
    recorder = Recorder()

    await deliver(runtime, api, recorder)

    events = api.get("/events?limit=100")["data"]
    assert len(recorder.bodies) == len(events) > 12
    assert all(event["webhook_deliveries"][0]["status"] == 200 for event in events)
    signed_at = {int(headers["webhook-timestamp"]) for headers in recorder.headers}
    assert abs(max(signed_at) - datetime.now(UTC).timestamp()) < 60


async def test_the_schedules_of_a_bulk_file_are_told_one_by_one(api: Any, runtime: Runtime) -> None:
    customer = api.customer()["id"]
    api.patch("/account", {"webhook_uri": RECEIVER})
    rows = "".join(f"k{number},{customer},,{100_000 + number},,1,month,1,,\n" for number in range(20))
    wrong = f"w,{customer},,1,,1,month,1,,\n"
    file = {"file": ("members.csv", f"{HEADER}\n{rows}{wrong}".encode(), "text/csv")}
    assert api.call("POST", "/schedules/upload", files=file).ok
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    recorder = Recorder()

    await deliver(runtime, api, recorder)

    events = [each for each in api.get("/events?limit=100")["data"] if each["key"] == "schedule.create"]
    schedules = api.get("/schedules?limit=100")["data"]
    assert len(recorder.bodies) == len(events) == len(schedules) == 20
    assert {each["data"]["id"] for each in events} == {each["id"] for each in schedules}
    payloads = {each["webhook_deliveries"][0]["payload"] for each in events}
    assert payloads == {body.decode() for body in recorder.bodies}
