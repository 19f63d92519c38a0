"""Links, disputes and sources over HTTP: none of them exists (source: the wire specification, 9)."""

from typing import Any

import pytest

LISTS = ("/links", "/disputes", "/disputes/open", "/disputes/pending", "/disputes/closed", "/sources")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_empty(api: Any, path: str) -> None:
    answer = api.get(f"{path}?limit=5&order=reverse_chronological")

    assert (answer["object"], answer["data"], answer["total"]) == ("list", [], 0)
    assert (answer["location"], answer["limit"], answer["order"]) == (path, 5, "reverse_chronological")
    assert api.refused("GET", f"{path}?limit=0")["code"] == "bad_request"


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "/sources",
            {"type": "promptpay", "amount": 5000, "currency": "thb"},
            "type is currently not supported",
        ),
        ("/sources", None, "type is currently not supported"),
        ("/links", {"amount": 5000, "currency": "thb", "title": "Gym"}, "links are currently not supported"),
    ],
)
def test_none_can_be_made(api: Any, path: str, body: Any, message: str) -> None:
    error = api.refused("POST", path, body)

    assert (error["code"], error["message"]) == ("bad_request", message)


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/links/link_test_1", "link link_test_1 was not found"),
        ("DELETE", "/links/link_test_1", "link link_test_1 was not found"),
        ("GET", "/disputes/dspt_test_1", "dispute dspt_test_1 was not found"),
        ("PATCH", "/disputes/dspt_test_1", "dispute dspt_test_1 was not found"),
        ("PATCH", "/disputes/dspt_test_1/accept", "dispute dspt_test_1 was not found"),
        ("GET", "/sources/src_test_1", "source src_test_1 was not found"),
    ],
)
def test_no_id_is_found(api: Any, method: str, path: str, message: str) -> None:
    error = api.refused(method, path, status=404)

    assert (error["code"], error["message"]) == ("not_found", message)


def test_a_public_key_may_ask_for_sources_alone(api: Any) -> None:
    assert api.get("/sources", key=api.keys.public)["data"] == []
    assert (
        api.refused("POST", "/sources", {"type": "promptpay"}, key=api.keys.public)["code"] == "bad_request"
    )
    for path in ("/links", "/disputes"):
        api.refused("GET", path, status=401, key=api.keys.public)
