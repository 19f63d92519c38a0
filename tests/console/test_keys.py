"""API keys in the console: made and shown once, rolled with a grace, revoked; never one of somebody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests

from conftest import Api, new_account
from console.conftest import NewUser, Visitor
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services import access, audit_log
from duerun.services.access import KEY_ROLL_MINUTES
from duerun.services.audit_log import Asked
from duerun.services.unit import Runtime
from duerun.storage.accounts import key_hash

HERE = "/console/keys"
_FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')
_KEY = re.compile(r'<code class="secret" id="key">([a-z0-9_]+)</code>')
_REVOKE = re.compile(r'action="/console/keys/([0-9a-f]{16})/revoke"')


def form_of(visitor: Visitor) -> str:
    found = _FORM.search(visitor.get(HERE).text)
    assert found
    return found[1]


def key_of(answer: requests.Response) -> str:
    found = _KEY.search(answer.text)
    assert found, answer.text
    return found[1]


def status_with(api: Api, key: str) -> int:
    return api.call("GET", "/account", key=key).status_code


async def actions(runtime: Runtime, api: Api) -> list[str]:
    asked = Asked(account_id=api.account_id, livemode=False, area="keys")
    return [each.entry.action for each in await audit_log.list_lines(runtime, asked, rows_max=50)]


def reference_of(visitor: Visitor, key: str) -> str:
    """What names a key on the page, by its last four characters."""
    page = visitor.get(HERE).text
    row = next(row for row in page.split("<tr>") if f"…{key[-4:]}</code>" in row)
    found = _REVOKE.search(row)
    assert found
    return found[1]


async def test_a_key_is_made_shown_once_and_counts(admin: Visitor, api: Api, runtime: Runtime) -> None:
    made = admin.post(HERE, kind="secret", form=form_of(admin))
    key = key_of(made)
    page = admin.get(HERE).text

    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    assert key.startswith("skey_test_")
    assert status_with(api, key) == status_with(api, api.keys.secret) == 200
    assert key not in page
    assert f"…{key[-4:]}" in page
    assert await actions(runtime, api) == ["keys.create"]


async def used_at(runtime: Runtime, key: str) -> datetime | None:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute("SELECT used_at FROM keys WHERE hash = %s", [key_hash(key)])
        row = await cursor.fetchone()
        assert row is not None
        return row["used_at"]  # type: ignore[no-any-return]


async def test_when_a_key_was_last_used_is_noted_once_for_many_requests(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    key = key_of(admin.post(HERE, kind="secret", form=form_of(admin)))
    row = next(row for row in admin.get(HERE).text.split("<tr>") if f"…{key[-4:]}</code>" in row)
    before = await used_at(runtime, key)
    began = datetime.now(UTC)
    status_with(api, key)
    first = await used_at(runtime, key)
    status_with(api, key)
    second = await used_at(runtime, key)
    long_ago = began - timedelta(seconds=access.USE_NOTED_SECONDS + 1)
    async with runtime.database.connection() as connection:
        await connection.execute("UPDATE keys SET used_at = %s WHERE hash = %s", [long_ago, key_hash(key)])
    status_with(api, key)
    third = await used_at(runtime, key)

    assert "never" in row
    assert before is None
    assert first is not None
    assert third is not None
    assert first == second
    assert third >= began
    assert "never" not in next(
        row for row in admin.get(HERE).text.split("<tr>") if f"…{key[-4:]}</code>" in row
    )


async def test_the_same_form_makes_no_second_key(admin: Visitor, api: Api, runtime: Runtime) -> None:
    form = form_of(admin)
    first = key_of(admin.post(HERE, kind="secret", form=form))

    again = admin.post(HERE, kind="secret", form=form)
    rolled = admin.post(f"{HERE}/roll", kind="secret", form=form)

    assert (again.status_code, rolled.status_code) == (400, 400)
    assert f"the one that ends in {first[-4:]}" in words(again.text)
    assert await actions(runtime, api) == ["keys.create"]
    assert "no end" in admin.get(HERE).text


async def test_rolled_keys_count_for_an_hour_more(admin: Visitor, api: Api, runtime: Runtime) -> None:
    fresh = key_of(admin.post(f"{HERE}/roll", kind="secret", form=form_of(admin)))

    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT expires_at FROM keys WHERE account_id = %s AND NOT livemode AND kind = 'secret'"
            " ORDER BY created_at",
            (api.account_id,),
        )
        ends = [row["expires_at"] for row in await cursor.fetchall()]
    left = ends[0] - datetime.now(UTC)

    assert timedelta(minutes=KEY_ROLL_MINUTES - 5) < left <= timedelta(minutes=KEY_ROLL_MINUTES)
    assert ends[1:] == [None]
    assert status_with(api, api.keys.secret) == status_with(api, fresh) == 200
    assert "Ends soon" in admin.get(HERE).text
    assert await actions(runtime, api) == ["keys.roll"]


async def test_a_revoked_key_lets_nobody_in_and_a_second_click_changes_nothing(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    reference = reference_of(admin, api.keys.secret)

    for _ in range(2):
        assert admin.post(f"{HERE}/{reference}/revoke").status_code == 303

    assert status_with(api, api.keys.secret) == 401
    assert await actions(runtime, api) == ["keys.revoke"]
    assert "nothing was changed" in words(admin.get(HERE).text)


async def test_a_key_of_ones_own_is_held_by_the_user_and_by_nobody_else(
    visitor: Visitor, new_user: NewUser, runtime: Runtime
) -> None:
    name = await new_user()
    visitor.sign_in(name)
    own = key_of(visitor.post(HERE, kind="secret", form=form_of(visitor), own="yes", user="somebody else"))

    row = next(row for row in visitor.get(HERE).text.split("<tr>") if f"…{own[-4:]}</code>" in row)

    assert name in row
    assert "somebody else" not in row


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER], ids=str)
async def test_others_see_the_ends_of_keys_and_change_nothing(
    visitor: Visitor, new_user: NewUser, api: Api, runtime: Runtime, role: Role
) -> None:
    visitor.sign_in(await new_user(role))
    page = visitor.get(HERE).text

    refused = [
        visitor.post(HERE, kind="secret", form="0" * 32).status_code,
        visitor.post(f"{HERE}/roll", kind="secret", form="0" * 32).status_code,
        visitor.post(f"{HERE}/{'0' * 16}/revoke").status_code,
    ]

    assert f"…{api.keys.secret[-4:]}" in page
    assert "data-opens" not in page
    assert refused == [403, 403, 403]
    assert await actions(runtime, api) == []


@pytest.mark.parametrize("target", ["", "/roll", f"/{'0' * 16}/revoke"])
def test_a_form_of_another_site_changes_nothing(admin: Visitor, api: Api, target: str) -> None:
    answer = admin.post(f"{HERE}{target}", csrf="0" * 64, kind="secret", form="0" * 32)

    assert answer.status_code == 403
    assert status_with(api, api.keys.secret) == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "root"),
        ("kind", ""),
        ("kind", "secret\0"),
        ("form", ""),
        ("form", "0" * 5_000),
        ("form", "0" * 31 + "\0"),
    ],
)
async def test_a_form_that_cannot_be_makes_no_key(
    admin: Visitor, api: Api, runtime: Runtime, field: str, value: str
) -> None:
    given = {"kind": "secret", "form": "0" * 32} | {field: value}

    assert admin.post(HERE, **given).status_code == 400
    assert admin.post(f"{HERE}/roll", **given).status_code == 400
    assert await actions(runtime, api) == []


async def test_keys_of_others_and_of_the_other_mode_are_neither_shown_nor_revoked(
    admin: Visitor, api: Api, other_api: Api, runtime: Runtime
) -> None:
    page = admin.get(HERE).text
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT left(encode(hash, 'hex'), 16) AS reference FROM keys"
            " WHERE account_id = %s OR (account_id = %s AND livemode)",
            (other_api.account_id, api.account_id),
        )
        foreign = [row["reference"] for row in await cursor.fetchall()]
    for reference in foreign:
        assert reference not in page
        assert admin.post(f"{HERE}/{reference}/revoke").status_code == 303

    assert len(foreign) == 6
    for key in (other_api.keys.secret, other_api.live_keys.secret, api.live_keys.secret):
        assert status_with(api, key) == 200
    for nonsense in ("nothing", "0" * 400, "%00", "..%2f"):
        assert admin.post(f"{HERE}/{nonsense}/revoke").status_code in (303, 404)


def test_no_key_of_live_mode_is_made_on_a_database_that_may_lose_what_it_confirmed(admin: Visitor) -> None:
    """The tests' own database runs with fsync off."""
    admin.post("/console/mode", mode="live")

    answer = admin.post(HERE, kind="secret", form=form_of(admin))

    assert answer.status_code == 400
    assert "fsync off" in words(answer.text)


async def test_without_keys_the_page_says_what_to_do(
    runtime: Runtime, visitor: Visitor, new_user: NewUser, api: Api
) -> None:
    other = await new_account(runtime, api.url)
    async with runtime.database.connection() as connection:
        await connection.execute("DELETE FROM keys WHERE account_id = %s", (other.account_id,))
    visitor.sign_in(await new_user(account_id=other.account_id))

    page = words(visitor.get(HERE).text)

    assert "No keys of test mode yet" in page
    assert "duerun keys create" in page
    other.session.close()
