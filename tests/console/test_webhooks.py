"""Webhooks in the console: deliveries and their answers, events sent once more, the address."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor, try_all
from duerun.domain.console_users import Role
from duerun.services.unit import Runtime

# Nothing has this name, ever (RFC 6761).
ADDRESS = "https://receiver.invalid/hooks"
HERE = "/console/webhooks"


def words(text: str) -> str:
    """The text of a page without its tags, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def events_of(text: str) -> list[str]:
    return re.findall(r"<br><code>(evnt_\w+)</code>", text)


async def test_deliveries_are_shown_with_their_answers_and_filtered(
    admin: Visitor, api: Api, sending: Runtime
) -> None:
    admin.post(f"{HERE}/address", uri=ADDRESS)
    api.customer()
    await try_all(sending, api)
    later = api.customer()["id"]

    everything = admin.get(HERE).text
    failing = admin.get(f"{HERE}?state=failing").text
    about = admin.get(f"{HERE}?q={later}").text

    assert "Tried again" in words(everything)
    assert "not tried yet" in words(everything)
    assert events_of(failing)
    assert set(events_of(failing)) < set(events_of(everything))
    assert later not in failing
    assert later in about
    assert admin.get(f"{HERE}?state=lost").status_code == 400


async def test_one_event_is_delivered_once_more(admin: Visitor, api: Api, sending: Runtime) -> None:
    admin.post(f"{HERE}/address", uri=ADDRESS)
    api.customer()
    await try_all(sending, api)
    event = events_of(admin.get(f"{HERE}?state=failing").text)[0]

    answer = admin.post(f"{HERE}/{event}/replay")
    failing = events_of(admin.get(f"{HERE}?state=failing").text)

    assert answer.status_code == 303
    assert event not in failing
    assert admin.post(f"{HERE}/evnt_test_nothing/replay").status_code == 404


async def test_a_range_of_events_is_delivered_once_more(admin: Visitor, api: Api, sending: Runtime) -> None:
    admin.post(f"{HERE}/address", uri=ADDRESS)
    api.customer()
    await try_all(sending, api)
    now = datetime.now(UTC) + timedelta(hours=7)
    span = {
        "from": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "to": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    failed = len(events_of(admin.get(f"{HERE}?state=failing").text))

    assert failed
    admin.post(f"{HERE}/replay", only="failed", **span)
    told = words(admin.get(HERE).text)
    backwards = admin.post(f"{HERE}/replay", only="all", **{"from": span["to"], "to": span["from"]})
    nonsense = admin.post(f"{HERE}/replay", only="all", **{"from": "soon", "to": span["to"]})

    assert "delivered once more." in told
    assert not events_of(admin.get(f"{HERE}?state=failing").text)
    assert (backwards.status_code, nonsense.status_code) == (400, 400)


def test_an_address_is_set_checked_and_taken_away(admin: Visitor, api: Api) -> None:
    admin.post(f"{HERE}/address", uri=ADDRESS)
    assert api.get("/account")["webhook_uri"] == ADDRESS

    plain = admin.post(f"{HERE}/address", uri="http://receiver.invalid/hooks")
    inner = admin.post(f"{HERE}/address", uri="https://10.0.0.1/hooks")
    assert (plain.status_code, inner.status_code) == (400, 400)
    assert api.get("/account")["webhook_uri"] == ADDRESS

    admin.post(f"{HERE}/address", uri="")
    assert api.get("/account")["webhook_uri"] is None
    assert admin.post(f"{HERE}/evnt_test_nothing/replay").status_code == 400


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER], ids=str)
async def test_roles_below_admin_set_no_address_and_viewers_deliver_nothing(
    visitor: Visitor, new_user: NewUser, api: Api, role: Role
) -> None:
    visitor.sign_in(await new_user(role))

    assert f"{HERE}/address" not in visitor.get(HERE).text
    assert visitor.post(f"{HERE}/address", uri=ADDRESS).status_code == 403
    assert (visitor.post(f"{HERE}/evnt_test_nothing/replay").status_code == 403) is (role is Role.VIEWER)
    assert api.get("/account")["webhook_uri"] is None


def test_events_of_others_are_neither_shown_nor_delivered(admin: Visitor, api: Api, other_api: Api) -> None:
    for each in (api, other_api):
        each.patch("/account", {"webhook_uri": ADDRESS})
    other_api.customer()
    foreign = other_api.get("/events")["data"][0]["id"]

    assert foreign not in admin.get(f"{HERE}?q={foreign}").text.replace(f'value="{foreign}"', "")
    assert admin.post(f"{HERE}/{foreign}/replay").status_code == 404
