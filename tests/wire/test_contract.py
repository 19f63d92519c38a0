"""Every object and every list that is answered, in both versions, held against the contract."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from duerun.domain.webhooks import Reply
from duerun.services import bulk, webhooks
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at

from .contract import DESTROYED_KINDS, MEMBERS, V2017, V2019, violations

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
DECLINED = "4111111111140011"
ASKED_AS = {V2017: ("2014-07-27", "2015-11-17", V2017), V2019: (V2019,)}
LISTS = [
    "/customers",
    "/charges",
    "/refunds",
    "/recipients",
    "/transfers",
    "/transactions",
    "/events",
    "/receipts",
    "/schedules",
    "/charges/schedules",
    "/transfers/schedules",
    "/webhooks/secrets",
    "/calendar_tokens",
]
SCOPES = (
    "charge", "charge_schedule", "customer", "event", "receipt", "recipient", "refund", "transaction", "transfer",
    "transfer_schedule",
)  # fmt: skip


# No GET answers it; the observer of all answers holds it against the contract.
ONLY_OF_CHANGES = {"bulk_operation"}


class World:
    """An account that holds each kind of object in each of its states."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.paths: list[str] = []
        customer = self._with_cards()
        self._charges(customer)
        self._schedules(customer)
        api.advance(days=40)
        self._payees()
        self._keep_secret()
        self._lists(customer)

    def _keep(self, made: Any) -> Any:
        self.paths.append(made["location"])
        return made

    def _with_cards(self) -> Any:
        customer = self._keep(self.api.customer(metadata={"member": "7"}, email="a@b.c"))
        customer = self.api.patch(customer["location"], {"card": self.api.token("5555555555554444")})
        self._keep(customer["cards"]["data"][0])
        gone = self._keep(self.api.customer())
        self.api.delete(gone["cards"]["data"][0]["location"])
        self._keep(self.api.delete(gone["location"]))
        self.paths += [f"/tokens/{self.api.token()}", f"{customer['location']}/cards"]
        return customer

    def _charges(self, customer: Any) -> None:
        paid = self._charge(customer=customer["id"])
        self._keep(self.api.post(f"{paid['location']}/refunds", {"amount": 100}))
        self.paths += [f"{paid['location']}/refunds", f"{paid['location']}/events"]
        self._charge(card=self.api.token(DECLINED), description="declined", metadata={"order": 1})
        self._charge(customer=customer["id"], capture=False)
        reversed_ = self._charge(customer=customer["id"], capture=False)
        self.api.post(f"{reversed_['location']}/reverse")
        pending = self._charge(card=self.api.token("4111111111150093"))
        assert pending["status"] == "pending"

    def _charge(self, **given: Any) -> Any:
        return self._keep(self.api.post("/charges", {"amount": 100000, "currency": "thb", **given}))

    def _schedules(self, customer: Any) -> None:
        good = {"customer": customer["id"], "amount": 100000, "metadata": {"plan": "a"}}
        bad = {"customer": self.api.customer(DECLINED)["id"], "amount": 2000, "description": "declined"}
        running = self._schedule("month", {"days_of_month": [1, 15, 28]}, charge=good)
        self._schedule("day", {}, charge=bad)
        ends = str(datetime.now(UTC).date() + timedelta(days=9))
        self._schedule("day", {}, charge=good, end_date=ends)
        self.api.delete(self._schedule("week", {"weekdays": ["monday"]}, charge=good)["location"])
        recipient = self.api.recipient()["id"]
        for share in ({}, {"percentage_of_balance": 12.5}, {"amount": 3000}):
            on = {"weekday_of_month": "last_friday"}
            self._schedule("month", on, transfer={"recipient": recipient, **share})
        self.paths += [
            f"{running['location']}/dates",
            f"{running['location']}/occurrences",
            f"{customer['location']}/schedules",
        ]
        self.paths.append(f"/recipients/{recipient}/schedules")

    def _schedule(self, period: str, on: Any, **given: Any) -> Any:
        return self._keep(self.api.post("/schedules", {"every": 1, "period": period, "on": on, **given}))

    def _payees(self) -> None:
        unverified = self._keep(self.api.recipient(verified=False))
        self._keep(self.api.delete(self.api.recipient()["location"]))
        waiting = self._transfer(unverified)
        self._keep(self.api.delete(self._transfer(unverified)["location"]))
        self.api.patch(waiting["location"], {"metadata": {"run": "1"}})
        verified = self.api.recipient()
        self.api.post(f"{self._transfer(verified)['location']}/mark_as_paid")
        self.api.post(f"{self._transfer(verified)['location']}/mark_as_sent")

    def _transfer(self, recipient: Any) -> Any:
        return self._keep(self.api.post("/transfers", {"amount": 3000, "recipient": recipient["id"]}))

    def _keep_secret(self) -> None:
        self.paths.append(self.api.post("/webhooks/secrets")["location"])
        self.paths.append(self.api.post("/calendar_tokens")["location"])
        tomorrow = self.api.get("/forecast")["balance"]["data"][1]["from"]
        self.paths += ["/forecast", "/calendar", f"/calendar/{tomorrow}"]

    def _lists(self, customer: Any) -> None:
        for path in LISTS:
            found = self.api.get(f"{path}?limit=100&order=reverse_chronological")
            assert found["data"], path
            self.paths += [path, found["data"][0]["location"]]
        occurrences = self.api.get(f"/charges/{self._scheduled_charge()}")["schedule"]
        for each in self.api.get(f"/schedules/{occurrences}/occurrences")["data"]:
            self._keep(each)
            self.paths.append(f"{each['location']}/explain")
        self.paths += ["/balance", "/account", "/capability", "/clock", customer["location"]]
        self.paths += [f"/search?scope={scope}&per_page=100" for scope in SCOPES]

    def _scheduled_charge(self) -> str:
        charges = self.api.get("/charges?limit=100")["data"]
        return str(next(each["id"] for each in charges if each["schedule"]))


@pytest.fixture
async def world(api: Any, runtime: Runtime) -> World:
    made = World(api)
    row = f"k,{api.customer()['id']},,100000,Monthly plan,1,month,1,,\n"
    file = {"file": ("members.csv", f"{HEADER}\n{row}".encode(), "text/csv")}
    job = api.call("POST", "/schedules/upload", files=file).json()
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    made.paths.append(job["location"])
    made.paths.append(await event_with_delivery(api, runtime))
    return made


class Refusing:
    """A receiver that answers 500 to everything."""

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        return Reply(status=500)

    async def close(self) -> None:
        """There is nothing to end."""


async def event_with_delivery(api: Any, runtime: Runtime) -> str:
    """The path of an event that was delivered in vain."""
    api.patch("/account", {"webhook_uri": "https://receiver.example/hooks"})
    api.post("/customers", {})
    account = await account_at(runtime, Place(api.account_id, False))
    assert account is not None
    refused = replace(runtime, webhooks=replace(runtime.webhooks, sender=Refusing()))
    await webhooks.deliver(refused, account, runtime.clock.now())
    newest = api.get("/events?limit=1&order=reverse_chronological")["data"][0]
    assert len(newest["webhook_deliveries"]) == 1
    return str(newest["location"])


def objects_in(answer: Any) -> set[str]:
    """The kinds of all objects in an answer, at any depth."""
    if isinstance(answer, list):
        return set().union(*map(objects_in, answer))
    if not isinstance(answer, dict):
        return set()
    inner = set().union(*map(objects_in, answer.values()))
    return inner | {str(answer["object"])} if "object" in answer else inner


@pytest.mark.parametrize("version", [V2017, V2019])
def test_every_object_keeps_the_contract(world: World, version: str) -> None:
    seen: set[str] = set()
    found: list[str] = []

    for asked, path in product(ASKED_AS[version], world.paths):
        answer = world.api.get(path, headers={"Omise-Version": asked})
        seen |= objects_in(answer)
        found += [f"{path} {violation}" for violation in violations(answer, version)]

    assert found == []
    assert seen == set(MEMBERS) - ONLY_OF_CHANGES


@pytest.mark.parametrize("version", [V2017, V2019])
def test_every_answer_carries_the_headers_of_an_answer(world: World, version: str) -> None:
    for path in [*world.paths, "/schedules/schd_test_nope"]:
        answer = world.api.call("GET", path, headers={"Omise-Version": version})

        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache, no-store"
        assert len(answer.headers["x-request-id"]) == 36
        assert answer.headers.get("omise-version") == (version if answer.ok else None)


def test_locations_lead_to_the_object_itself(world: World) -> None:
    for path in world.paths:
        answer = world.api.get(path)

        # A token's location is absolute.
        if answer["object"] != "token":
            assert answer["location"] == path.partition("?")[0]


def answer_of(kind: str) -> Any:
    """A small answer of a kind that keeps the contract."""
    values = {"int": 1, "bool": True, "text": "a", "currency": "THB", "moment": "2026-01-01T00:00:00Z"}
    balance = {
        name: "/balance" if word == "path" else values[word]
        for name, _, word in (member.rpartition(":") for member in MEMBERS[kind].split())
    }
    return {"object": kind, **balance, "created": values["moment"]}


Change = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (lambda each: {**each, "total": "1"}, "$.total: '1' is not int"),
        (lambda each: {**each, "livemode": 1}, "$.livemode: 1 is not bool"),
        (lambda each: {**each, "total": True}, "$.total: True is not int"),
        (lambda each: {**each, "available": 2}, "$: available and transferable differ"),
        (lambda each: {**each, "currency": "thb"}, "$.currency: thb in 2019-05-29"),
        (lambda each: {**each, "location": "/balances"}, "$.location: '/balances' is not /balance"),
        (lambda each: {**each, "next_occurrences": []}, "$: next_occurrences is never given"),
        (lambda each: {**each, "object": "purse"}, "$: unknown object purse"),
        (lambda each: {**each, "created": "2026-01-01"}, "$: created and created_at differ"),
        (lambda each: {k: v for k, v in each.items() if k != "on_hold"}, "$.on_hold: missing"),
        (
            lambda each: {
                **each,
                "created_at": "2026-01-01T00:00:00.5Z",
                "created": "2026-01-01T00:00:00.5Z",
            },
            "$.created_at: '2026-01-01T00:00:00.5Z' is not moment",
        ),
    ],
)
def test_a_broken_contract_is_seen(change: Change, violation: str) -> None:
    sound = answer_of("balance")

    assert list(violations(sound, V2019)) == []
    assert list(violations(change(sound), V2019)) == [violation]


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (lambda list_: {**list_, "location": "/cards"}, "$.cards.location: '/cards' is not {}/cards"),
        (lambda list_: {**list_, "order": None}, "$.cards.order: None in 2019-05-29"),
    ],
    ids=["location", "order"],
)
def test_a_broken_list_in_an_object_is_seen(api: Any, change: Change, violation: str) -> None:
    sound = api.customer()

    broken = {**sound, "cards": change(sound["cards"])}

    assert list(violations(sound, V2019)) == []
    assert list(violations(broken, V2019)) == [violation.format(sound["location"])]


def test_a_card_at_another_address_is_seen(api: Any) -> None:
    card = api.customer()["cards"]["data"][0]
    elsewhere = card["location"] + "0"

    found = list(violations({**card, "location": elsewhere}, V2019))

    assert found == [f"$.location: {elsewhere!r} is not {card['location']}"]


def test_an_object_in_place_of_an_id_is_seen(api: Any) -> None:
    charge = api.post("/charges", {"amount": 2000, "currency": "thb", "card": api.token()})

    found = list(violations({**charge, "customer": {"id": "cust_test_1"}}, V2019))

    assert found == ["$.customer: {'id': 'cust_test_1'} is not CUST?"]


@pytest.mark.parametrize("kind", sorted(DESTROYED_KINDS))
def test_a_destroyed_object_of_2017_shows_four_members(kind: str) -> None:
    short = {"object": kind, "id": "a_test_1", "livemode": False, "deleted": True}

    assert list(violations(short, V2017)) == []
    assert list(violations({**short, "name": "a"}, V2017)) == [f"$: destroyed {kind} shows ['name']"]
