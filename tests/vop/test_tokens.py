"""The token endpoint: who gets a token, and what the others are told."""

import base64
from typing import Any

import pytest
import requests

from duerun.domain.payees.clients import Scope
from duerun.services import vop_clients
from duerun.storage.vop_clients import Changes

from .conftest import BULK, TOKEN, NewRequester, Requester, problems

GRANT = {"grant_type": "client_credentials"}


def ask(requester: Requester, **given: Any) -> requests.Response:
    given.setdefault("auth", (requester.client_id, requester.secret))
    return requests.post(requester.url + TOKEN, timeout=10, **given)


def test_the_right_secret_brings_a_token_with_its_scopes_and_lifetime(requester: Requester) -> None:
    answer = ask(requester, data=GRANT)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    granted = answer.json()
    assert granted.pop("access_token") != granted.pop("issued_at")
    assert granted == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "vop:bulk:write vop:bulk:read vop:single",
        "status": "approved",
    }


def test_credentials_may_stand_in_the_body(requester: Requester) -> None:
    form = GRANT | {"client_id": requester.client_id, "client_secret": requester.secret}

    assert ask(requester, data=form, auth=None).status_code == 200


def test_fewer_scopes_are_granted_where_fewer_are_asked_for(requester: Requester) -> None:
    assert ask(requester, data=GRANT | {"scope": "vop:bulk:read"}).json()["scope"] == "vop:bulk:read"


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        (GRANT, ("{id}", "wrong"), 401, "invalid_client"),
        (GRANT, ("unknown", "{secret}"), 401, "invalid_client"),
        (GRANT, ("a\0b", "{secret}"), 401, "invalid_client"),
        (GRANT, ("x" * 300, "y"), 401, "invalid_client"),
        (GRANT, None, 401, "invalid_client"),
        ({}, ("{id}", "{secret}"), 400, "invalid_request"),
        ({"grant_type": "password"}, ("{id}", "{secret}"), 400, "unsupported_grant_type"),
        (GRANT | {"scope": "vop:bulk:read admin"}, ("{id}", "{secret}"), 400, "invalid_scope"),
    ],
    ids=["secret", "client", "NUL", "long", "none", "no grant", "other grant", "scope"],
)
def test_others_are_told_why_in_the_words_of_rfc_6749(
    requester: Requester, form: dict[str, str], auth: tuple[str, str] | None, status: int, error: str
) -> None:
    named = auth and tuple(
        each.replace("{id}", requester.client_id).replace("{secret}", requester.secret) for each in auth
    )

    answer = ask(requester, data=form, auth=named)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert requester.secret not in answer.text


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ///", "Basic " + base64.b64encode(b"\xff").decode(), "Bearer x"]
)
def test_an_unreadable_header_is_no_authentication(requester: Requester, header: str) -> None:
    answer = ask(requester, data=GRANT, auth=None, headers={"Authorization": header})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_body_that_is_no_form_is_refused(requester: Requester) -> None:
    answer = ask(requester, json=GRANT)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_only_post_is_taken(requester: Requester) -> None:
    answer = requests.get(requester.url + TOKEN, timeout=10)

    assert problems(answer, 405)[0]["title"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == "POST"


async def test_a_token_is_good_for_its_own_scopes_only(new_requester: NewRequester) -> None:
    reader = await new_requester(scopes=[Scope.READ])

    found = reader.refused("POST", BULK, 403, data=b"{}\n", headers={"Content-Type": "application/x-ndjson"})

    assert [(each["code"], each["title"], each["detail"]) for each in found] == [
        ("CLIENT_INVALID", "FORBIDDEN", "Token has incorrect scope.")
    ]


async def test_a_scope_that_was_taken_away_is_missed_at_once(requester: Requester) -> None:
    requester.grant()
    await vop_clients.change(requester.runtime, requester.client_id, Changes(scopes=[Scope.READ]))

    assert requester.send(b"{}\n").status_code == 403


async def test_a_disabled_client_is_shut_out_with_its_tokens(requester: Requester) -> None:
    requester.grant()
    await vop_clients.change(requester.runtime, requester.client_id, Changes(is_disabled=True))

    assert requester.refused("GET", f"{BULK}/x/status", 403)[0]["detail"] == "The client is disabled."
    assert ask(requester, data=GRANT).status_code == 401


async def test_a_new_secret_ends_the_old_one_and_its_tokens(requester: Requester) -> None:
    requester.grant()
    secret = await vop_clients.roll_secret(requester.runtime, requester.client_id)

    assert ask(requester, data=GRANT).status_code == 401
    assert ask(requester, data=GRANT, auth=(requester.client_id, secret)).status_code == 200
    assert requester.refused("GET", f"{BULK}/x/status", 401)[0]["title"] == "UNAUTHORISED"


async def test_an_expired_token_is_no_token(
    new_requester: NewRequester, new_http: Any, requester: Requester
) -> None:
    short = await new_requester(new_http(vop_token_seconds=-1).url)
    short.grant()

    found = short.refused("GET", f"{BULK}/x/status", 401)

    assert (found[0]["code"], found[0]["title"]) == ("CLIENT_INVALID", "UNAUTHORISED")
