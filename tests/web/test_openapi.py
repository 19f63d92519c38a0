"""The OpenAPI document: all endpoints, and answers as they really are."""

import json
from typing import Any

import pytest
import requests

from duerun.web.omise.routes import ENDPOINTS
from duerun.web.openapi import encode

SECONDS_MAX = 30


def references(value: Any) -> set[str]:
    """All `$ref` texts in a document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def resolve(described: Any, reference: str) -> Any:
    found = described
    for word in reference.removeprefix("#/").split("/"):
        found = found[word]
    return found


def answer_schema(described: Any, method: str, path: str) -> Any:
    return described["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]


@pytest.fixture(scope="module")
def described() -> Any:
    return json.loads(encode(ENDPOINTS))


def test_the_document_is_served_without_a_key(http: Any, described: Any) -> None:
    answers = [
        requests.get(http.url + path, timeout=SECONDS_MAX) for path in ("/openapi.json", "/openapi.json/")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers["content-type"] for answer in answers] == ["application/json"] * 2
    assert [answer.json() for answer in answers] == [described] * 2


def test_another_method_on_the_document_is_refused_with_the_error_object(http: Any) -> None:
    answer = requests.post(f"{http.url}/openapi.json", timeout=SECONDS_MAX)

    assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert (answer.json()["object"], answer.json()["code"]) == ("error", "bad_request")


def test_every_endpoint_is_described(described: Any) -> None:
    told = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}

    assert told == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


def test_every_operation_has_a_name_of_its_own(described: Any) -> None:
    names = [each["operationId"] for methods in described["paths"].values() for each in methods.values()]

    assert len(set(names)) == len(names) == len(ENDPOINTS)


def test_every_reference_leads_to_a_component(described: Any) -> None:
    found = references(described)

    assert found
    assert all(resolve(described, reference) for reference in found)


def test_every_name_in_a_path_is_a_parameter(described: Any) -> None:
    for path, methods in described["paths"].items():
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        for operation in methods.values():
            in_path = [each["name"] for each in operation["parameters"] if each.get("in") == "path"]
            assert in_path == names


@pytest.mark.parametrize(
    ("path", "item"),
    [
        pytest.param("/customers", "WireCustomer", id="customers"),
        pytest.param("/customers/{id}/cards", "WireCard", id="cards of a customer"),
        pytest.param("/recipients/{id}/schedules", "WireSchedule", id="schedules of a recipient"),
        pytest.param("/schedules/{id}/occurrences", "WireOccurrence", id="occurrences of a schedule"),
        pytest.param("/refunds", "WireRefund", id="refunds"),
    ],
)
def test_a_list_tells_what_stands_in_it(described: Any, path: str, item: str) -> None:
    a_list, its_items = answer_schema(described, "get", path)["allOf"]

    assert a_list == {"$ref": "#/components/schemas/WireList"}
    assert f"#/components/schemas/{item}" in references(its_items)


def test_files_are_described_by_their_types(described: Any) -> None:
    paths = described["paths"]
    report = paths["/recurring_exports/{id}/download"]["get"]["responses"]["200"]["content"]
    upload = paths["/schedules/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]

    assert list(report) == ["text/csv", "application/x-ndjson"]
    assert list(paths["/schedules.csv"]["get"]["responses"]["200"]["content"]) == ["text/csv"]
    assert upload["encoding"]["file"]["contentType"].split(", ")[0] == "text/csv"
    assert upload["encoding"]["file"]["contentType"].endswith(".sheet")


async def test_real_answers_have_exactly_the_described_members(api: Any, described: Any) -> None:
    customer = api.customer()
    terms = {"every": 1, "period": "month", "on": {"days_of_month": [28]}}
    schedule = api.post("/schedules", terms | {"charge": {"customer": customer["id"], "amount": 5000}})
    charge = api.post("/charges", {"customer": customer["id"], "amount": 5000, "currency": "thb"})
    answers = {
        "WireCustomer": customer,
        "WireList": customer["cards"],
        "WireCard": customer["cards"]["data"][0],
        "WireCharge": charge,
        "WireRecipient": api.recipient(),
        "WireBalance": api.get("/balance"),
        "WireCapability": api.get("/capability"),
        "WireClock": api.get("/clock"),
        "WireSchedule": schedule,
        "ScheduledCharge": schedule["charge"],
    }

    for name, answer in answers.items():
        schema = described["components"]["schemas"][name]
        assert set(schema["required"]) <= set(answer) <= set(schema["properties"]), name
        kind = schema["properties"]["object"]
        assert answer["object"] in kind.get("enum", [kind.get("const")]), name


def parameters(described: Any, method: str, path: str, place: str) -> dict[str, Any]:
    found = [
        resolve(described, each["$ref"]) if "$ref" in each else each
        for each in described["paths"][path][method]["parameters"]
    ]
    return {each["name"]: each["schema"] for each in found if each["in"] == place}


def body_of(described: Any, method: str, path: str) -> Any:
    schema = described["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return resolve(described, schema["$ref"])


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("post", "/schedules/upload", {"dry_run", "again"}),
        ("get", "/recurring_exports/{id}/download", {"only", "format", "spreadsheet_safe"}),
        ("get", "/recurring_exports/{id}/failed", {"spreadsheet_safe"}),
        ("get", "/schedules.csv", {"spreadsheet_safe"}),
        ("get", "/schedules/template.csv", set()),
    ],
)
def test_the_parameters_of_bulk_files_are_described(
    described: Any, method: str, path: str, names: set[str]
) -> None:
    assert set(parameters(described, method, path, "query")) == names


def test_the_flags_of_an_upload_are_fields_of_its_form_too(described: Any) -> None:
    content = described["paths"]["/schedules/upload"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]

    assert set(form["properties"]) == {"file", "dry_run", "again"}
    assert form["required"] == ["file"]


def test_the_words_that_a_report_takes_are_told(described: Any) -> None:
    told = parameters(described, "get", "/recurring_exports/{id}/download", "query")

    assert told["only"]["enum"] == ["failed", "success", "not_processed"]
    assert told["format"] == {"type": "string", "enum": ["csv", "ndjson"], "default": "csv"}


def test_a_key_may_be_sent_with_every_call_that_changes_something(described: Any) -> None:
    with_key = {
        (method, path)
        for path, methods in described["paths"].items()
        for method in methods
        if "Idempotency-Key" in parameters(described, method, path, "header")
    }

    assert with_key == {
        (each.method.lower(), each.path) for each in ENDPOINTS if each.method in ("POST", "PATCH")
    }


def test_bodies_with_a_struct_are_typed(described: Any) -> None:
    ids = [
        body_of(described, method, f"/schedules/bulk_{name}")
        for method, name in (("patch", "pause"), ("patch", "resume"), ("delete", "delete"))
    ]
    date = body_of(described, "patch", "/schedules/{id}/dates/{date}")
    advance = body_of(described, "post", "/clock/advance")

    assert ids[0] == ids[1] == ids[2]
    assert ids[0]["properties"]["schedule_ids"] == {
        "type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 100,
    }  # fmt: skip
    assert ids[0]["required"] == ["schedule_ids"]
    assert described["paths"]["/schedules/bulk_delete"]["delete"]["requestBody"]["required"] is True
    assert {name: each["type"] for name, each in date["properties"].items()} == {
        "skip": "boolean", "move_to": "string", "amount": "integer",
    }  # fmt: skip
    assert set(advance["properties"]) == {"days", "to", "wait_seconds"}
    assert not {*date.get("required", ()), *advance.get("required", ())}
