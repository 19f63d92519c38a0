"""Generated requests against every operation of the OpenAPI document: no 5xx, and no answer outside its schema.

A run of the tests sends `REQUESTS_A_RUN`; `DUERUN_GENERATED_REQUESTS=20000` asks for more.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

REQUESTS_A_RUN = int(os.environ.get("DUERUN_GENERATED_REQUESTS", "1500"))
ROOT = "urn:openapi"
# The end of time for the account: nothing else could be tried behind it.
LEFT_OUT = {("post", "/clock/advance")}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2_000, 5_000, 2**31, 2**63, 10**18, 0.5, 1e300),
    *("", " ", "0", "x", "\u0e17", "\u202e", "a" * 300, "null", "1;DROP", "' OR 1=1 --", "%", "_"),
    *("2026-02-30", "2027-1-5", "0001-01-01", "9999-12-31", "2027-05-05T10:00:00+07:00", "4242424242424242"),
    *("thb", "THB", "usd", "month", "week", "day"),
    *([], [1], [29], ["monday"], {}, {"a": "b"}, [[1]]),
)
WORDS = """
    amount currency customer card recipient description metadata every period on start_date end_date charge transfer
    capture email name type bank_account schedule_ids skip move_to percentage_of_balance webhook_uri limit offset order
    from to scope query filters page per_page expand default_card void capture_amount expiration_month expiration_year
    only format days_of_month weekdays weekday_of_month dry_run spreadsheet_safe idemp_key fail_fast return_uri
"""
FIELDS = WORDS.split()


class Generator:
    """Requests drawn at random from a document, with ids that exist as often as not."""

    def __init__(self, document: Mapping[str, Any], known: Mapping[str, list[str]]) -> None:
        self._random = random.Random(20_261_123)  # noqa: S311 - the same requests in every run
        self._known = known
        self.operations = [
            (method, path)
            for path, operations in document["paths"].items()
            for method in operations
            if (method, path) not in LEFT_OUT
        ]

    def draw(self, number: int) -> tuple[str, str, str, Any]:
        """Method, path of the document, path to ask, body."""
        method, path = self.operations[number % len(self.operations)]
        asked = re.sub(r"\{(\w+)\}", lambda _: quote(self._id(path), safe=""), path)
        query = urlencode(
            {self._field(): str(self._value(1))[:200] for _ in range(self._random.randrange(3))}
        )
        body = {self._field(): self._value(2) for _ in range(self._random.randrange(6))}
        return method, path, f"{asked}?{query}", body

    def _id(self, path: str) -> str:
        prefix = path.split("/")[1]
        if self._known.get(prefix) and self._random.random() < 0.7:
            return self._random.choice(self._known[prefix])
        return self._random.choice(
            ["schd_test_1", "x", "2027-01-05", "cust_test_0000000000000000000", "recr_test_1"]
        )

    def _field(self) -> str:
        return self._random.choice(FIELDS)

    def _value(self, depth: int) -> Any:
        if depth and self._random.random() < 0.3:
            return {self._field(): self._value(depth - 1) for _ in range(self._random.randrange(1, 5))}
        if self._random.random() < 0.3:
            ids = self._known[self._random.choice(list(self._known))]
            return self._random.choice(ids)
        return self._random.choice(ODD)


@pytest.fixture
def known(api: Any) -> dict[str, list[str]]:
    customer, recipient = api.customer(), api.recipient()
    charge = {"customer": customer["id"], "amount": 100_000}
    schedules = [
        api.post("/schedules", {"every": 1, "period": "day", "charge": charge})["id"] for _ in range(3)
    ]
    made = api.post("/charges", {"amount": 100_000, "currency": "thb", "customer": customer["id"]})
    api.post(f"/charges/{made['id']}/refunds", {"amount": 5_000})
    transfer = api.post("/transfers", {"amount": 3_000, "recipient": recipient["id"]})
    return {
        "customers": [customer["id"]],
        "recipients": [recipient["id"]],
        "schedules": schedules,
        "charges": [made["id"]],
        "transfers": [transfer["id"]],
        "events": [each["id"] for each in api.get("/events")["data"]],
        "transactions": [each["id"] for each in api.get("/transactions")["data"]],
        "occurrences": [each["id"] for each in api.get(f"/schedules/{schedules[0]}/occurrences")["data"]],
        "tokens": [api.token()],
    }


@pytest.mark.timeout(1_200)
def test_generated_requests_get_no_fault_and_no_answer_outside_its_schema(
    api: Any, known: dict[str, list[str]]
) -> None:
    document = api.call("GET", "/openapi.json").json()
    registry = Registry().with_resource(ROOT, DRAFT202012.create_resource(document))
    generator = Generator(document, known)
    statuses: Counter[int] = Counter()

    for number in range(REQUESTS_A_RUN):
        method, path, asked, body = generator.draw(number)
        answer = api.call(method.upper(), asked, json=body)
        statuses[answer.status_code] += 1
        told = f"{method} {asked} {json.dumps(body)[:500]}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, told
        _require_schema(registry, path, method, answer, told)

    assert statuses[200] > REQUESTS_A_RUN // 20, statuses


def _require_schema(registry: Registry[Any], path: str, method: str, answer: Any, told: str) -> None:
    place = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    if not answer.headers["content-type"].startswith("application/json"):
        assert answer.status_code == 200, told
        return
    status = "200" if answer.status_code == 200 else "default"
    reference = f"{ROOT}#/paths/{place}/{method}/responses/{status}/content/application~1json/schema"
    validator = Draft202012Validator({"$ref": reference}, registry=registry)
    faults = [f"{each.json_path}: {each.message[:200]}" for each in validator.iter_errors(answer.json())]
    assert faults == [], f"{told}\n{faults[:3]}"
