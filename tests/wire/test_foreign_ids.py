"""An id of another account or mode is told exactly like one that never was (source: the wire specification, 2.2)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from duerun.web.omise.call import Endpoint
from duerun.web.omise.routes import ENDPOINTS

from .raw import Answer, authorization, exchange, port_of, request_bytes

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
JSON = {"Content-Type": "application/json"}
# A body that gets past the reading of parameters: what is not there is what must be told.
BODY = b'{"amount": 100, "name": "X", "description": "x"}'
# In live mode these paths are not there, whatever the id.
TEST_MODE_ONLY = ("/verify", "/mark_as_sent", "/transfers/{id}/mark_as_paid")
KINDS = {
    "customers": "customer",
    "charges": "charge",
    "receipts": "receipt",
    "recipients": "recipient",
    "transfers": "transfer",
    "transactions": "transaction",
    "events": "event",
    "schedules": "schedule",
    "occurrences": "occurrence",
    "tokens": "token",
    "recurring_exports": "recurring_export",
    "webhooks": "webhook_secret",
    "calendar_tokens": "calendar_token",
    "links": "link",
    "disputes": "dispute",
    "sources": "source",
}


class Belongings:
    """One object of each kind in an account, by the first part of its path; a mere id where there can be none."""

    def __init__(self, api: Any) -> None:
        customer, recipient = api.customer(), api.recipient()
        charge = {"customer": customer["id"], "amount": 100000}
        schedule = api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
        paid = api.post("/charges", {**charge, "currency": "thb"})
        row = f"{HEADER}\nk,{customer['id']},,100000,,1,month,1,,\n".encode()
        file = {"file": ("members.csv", row, "text/csv")}
        self.card = customer["default_card"]
        self.refund = api.post(f"/charges/{paid['id']}/refunds", {"amount": 100})["id"]
        self.ids = {
            "customers": customer["id"],
            "charges": paid["id"],
            "receipts": api.get("/receipts")["data"][0]["id"],
            "recipients": recipient["id"],
            "transfers": api.post("/transfers", {"amount": 3000, "recipient": recipient["id"]})["id"],
            "transactions": paid["transaction"],
            "events": api.get("/events")["data"][0]["id"],
            "schedules": schedule["id"],
            "occurrences": schedule["occurrences"]["data"][0]["id"],
            "tokens": api.token(),
            "links": f"link_test_{'1' * 19}",
            "disputes": f"dspt_test_{'1' * 19}",
            "sources": f"src_test_{'1' * 19}",
            "webhooks": api.post("/webhooks/secrets")["id"],
            "calendar_tokens": api.post("/calendar_tokens")["id"],
            "recurring_exports": api.call("POST", "/schedules/upload", files=file).json()["id"],
        }


def ask(api: Any, key: str, method: str, path: str) -> Answer:
    port = port_of(api.url)
    head = {
        "Host": "127.0.0.1",
        "Authorization": authorization(key),
        "Content-Length": str(len(BODY)),
        **JSON,
    }
    return exchange(port, request_bytes(method, path, head, BODY), method=method)


def with_ids() -> Iterator[Any]:
    for endpoint in ENDPOINTS:
        if "{id}" in endpoint.path:
            yield pytest.param(endpoint, id=f"{endpoint.method} {endpoint.path}")


def filled(path: str, owner: str, card: str, refund: str) -> str:
    return path.replace("{id}", owner).replace("{card}", card).replace("{refund}", refund)


def other(object_id: str) -> str:
    """An id of the same form that never was."""
    return re.sub(r"[0-9a-z]{19}$", "0" * 19, object_id)


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """An answer without the header that differs each time."""
    kept = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status, kept, answer.body


@pytest.mark.parametrize("endpoint", list(with_ids()))
def test_foreign_and_unknown_ids_are_told_alike(api: Any, other_api: Any, endpoint: Endpoint) -> None:
    theirs = Belongings(other_api)
    kind = endpoint.path.split("/")[1]
    owner = theirs.ids[kind]
    path = filled(endpoint.path, owner, theirs.card, theirs.refund)

    foreign = ask(api, api.keys.secret, endpoint.method, path)
    other_mode = ask(api, other_api.live_keys.secret, endpoint.method, path)
    absent = ask(api, api.keys.secret, endpoint.method, path.replace(owner, other(owner)))

    assert foreign.status == 404
    assert foreign.json()["message"] == f"{KINDS[kind]} {owner} was not found"
    assert other_mode.status == 404
    if not endpoint.path.endswith(TEST_MODE_ONLY):
        assert told(other_mode) == told(foreign)
    assert absent.body.replace(other(owner).encode(), owner.encode()) == foreign.body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/customers/{id}/cards/{card}", "card"),
        ("/charges/{id}/refunds/{refund}", "refund"),
    ],
)
def test_a_foreign_part_of_an_own_object_is_not_found(api: Any, other_api: Any, path: str, kind: str) -> None:
    ours, theirs = Belongings(api), Belongings(other_api)
    owner = ours.ids[path.split("/")[1]]

    answer = ask(api, api.keys.secret, "GET", filled(path, owner, theirs.card, theirs.refund))

    assert answer.status == 404
    assert answer.json()["message"] == f"{kind} {getattr(theirs, kind)} was not found"


@pytest.mark.parametrize("path", ["/customers/{id}", "/customers/{id}/cards", "/customers/{id}/schedules"])
def test_a_destroyed_customer_has_no_parts_and_takes_no_change(api: Any, path: str) -> None:
    customer = api.customer()["id"]
    api.delete(f"/customers/{customer}")
    method = "PATCH" if path == "/customers/{id}" else "GET"

    answer = ask(api, api.keys.secret, method, path.replace("{id}", customer))

    assert answer.status == 404
    assert answer.json()["message"] == f"customer {customer} was not found"


def test_a_public_key_opens_tokens_sources_and_capability_only(api: Any) -> None:
    opened = {
        endpoint.path
        for endpoint in ENDPOINTS
        if ask(api, api.keys.public, endpoint.method, endpoint.path.replace("{id}", "x")).status != 401
    }

    assert opened == {"/tokens", "/tokens/{id}", "/capability", "/sources", "/sources/{id}"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic Og==",
        "Bearer skey_test_x",
        f"Basic {'A' * 2_000}",
        authorization("skey_test_unknown"),
        authorization("skey_test_\x00"),
        authorization("skey_test_é"),
    ],
    ids=["none", "no key", "no base64", "empty", "bearer", "long", "unknown", "nul", "not ascii"],
)
def test_a_wrong_key_is_told_the_same_everywhere(api: Any, header: str) -> None:
    for endpoint in ENDPOINTS:
        head = {"Host": "127.0.0.1", **({"Authorization": header} if header else {})}
        request = request_bytes(endpoint.method, endpoint.path.replace("{id}", "x"), head)

        answer = exchange(port_of(api.url), request, method=endpoint.method)

        assert (answer.status, answer.json()["code"]) == (401, "authentication_failure")
        assert answer.json()["message"] == "authentication failed"
        assert answer.headers["www-authenticate"] == 'Basic realm="Duerun"'
