"""Who gets in: passwords, lock-out, sessions, one-time codes, one click in `duerun dev`."""

import base64
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests

from conftest import Api, HttpServer
from console.browsing import PASSWORD
from console.conftest import DEV_USER, NewUser, Visitor
from duerun.domain import one_time_codes as codes
from duerun.domain.console_users import Role, SignInPolicy
from duerun.domain.errors import NotAuthenticatedError, RejectedError
from duerun.services import console_access, console_users
from duerun.services.console_access import Attempt, ConsoleAccess, LockedOutError
from duerun.services.unit import Runtime
from duerun.storage.seal import Seal

ACCESS = ConsoleAccess(SignInPolicy(user_failures_max=3, address_failures_max=4))
SESSION_COOKIE = "duerun_console"


def attempt(name: str, password: str = PASSWORD, *, address: str = "192.0.2.1", code: str = "") -> Attempt:
    return Attempt(name, password, code, address)


def some_address() -> str:
    """An address that no other test has used."""
    return f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"


async def test_the_right_password_opens_the_first_page(visitor: Visitor, new_user: NewUser) -> None:
    name = await new_user()

    answer = visitor.sign_in(name.upper())

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert visitor.get("/console").status_code == 200


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(
    visitor: Visitor, new_user: NewUser
) -> None:
    name = await new_user()

    wrong = visitor.sign_in(name, "not the password")
    unknown = visitor.sign_in("nobody-at-all", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    assert "is not right" in wrong.text
    assert SESSION_COOKIE not in visitor.session.cookies


def test_pages_lead_to_the_sign_in_without_a_session(visitor: Visitor) -> None:
    page = visitor.get("/console/schedules")
    part = visitor.get("/console/today/live", headers={"HX-Request": "true"})

    assert (page.status_code, page.headers["location"]) == (303, "/console/sign-in")
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/console/sign-in")


async def test_the_cookie_is_fresh_hidden_from_scripts_and_not_sent_by_other_sites(
    visitor: Visitor, new_user: NewUser
) -> None:
    name = await new_user()
    visitor.session.cookies.set(SESSION_COOKIE, "chosen-by-somebody-else", path="/console")

    answer = visitor.sign_in(name)

    header = answer.headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/console" in header
    assert "chosen-by-somebody-else" not in header
    assert "Secure" not in header


async def test_the_cookie_is_secure_behind_a_proxy_that_speaks_https(
    visitor: Visitor, new_user: NewUser
) -> None:
    name = await new_user()
    token = visitor.csrf()

    answer = visitor.session.post(
        f"{visitor.url}/console/sign-in",
        data={"csrf": token, "name": name, "password": PASSWORD},
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"},
        allow_redirects=False,
        timeout=60,
    )

    assert "duerun_console=" in answer.headers["set-cookie"]
    assert "Secure" in answer.headers["set-cookie"]


async def test_the_database_keeps_neither_password_nor_cookie(runtime: Runtime, admin: Visitor) -> None:
    cookie = str(admin.session.cookies[SESSION_COOKIE])

    async with runtime.database.connection() as connection:
        users = await (await connection.execute("SELECT u::text AS row FROM console_users u")).fetchall()
        sessions = await (
            await connection.execute("SELECT s::text AS row FROM console_sessions s")
        ).fetchall()

    kept = " ".join(row["row"] for row in [*users, *sessions])
    assert PASSWORD not in kept
    assert cookie not in kept
    assert "$argon2id$" in kept


async def test_a_session_ends_when_signed_out(admin: Visitor) -> None:
    cookie = str(admin.session.cookies[SESSION_COOKIE])

    assert admin.post("/console/sign-out").status_code == 303
    admin.session.cookies.set(SESSION_COOKIE, cookie, path="/console")

    assert admin.get("/console").status_code == 303


async def test_a_session_ends_after_a_pause_and_after_its_longest_time(
    runtime: Runtime, new_user: NewUser
) -> None:
    now = datetime.now(UTC)
    cookie = await console_access.sign_in(
        runtime, ACCESS, attempt(await new_user(), address=some_address()), now
    )

    async def is_open(minutes: float, *, quiet: bool = False) -> bool:
        moment = now + timedelta(minutes=minutes)
        return await console_access.session_of(runtime, ACCESS, cookie, moment, quiet=quiet) is not None

    assert await is_open(29)
    assert await is_open(58)
    # A page that asks by itself keeps no session alive.
    assert await is_open(80, quiet=True)
    assert not await is_open(89)
    for minutes in range(87, 12 * 60, 20):
        assert await is_open(minutes)
    assert not await is_open(12 * 60)


async def test_a_disabled_user_is_out_at_once_and_cannot_come_back(
    runtime: Runtime, visitor: Visitor, new_user: NewUser
) -> None:
    name = await new_user()
    visitor.sign_in(name)

    await console_users.disable(runtime, name, datetime.now(UTC))

    assert visitor.get("/console").status_code == 303
    assert visitor.sign_in(name).status_code == 401


async def test_a_name_is_locked_after_too_many_tries_and_opens_again(
    runtime: Runtime, new_user: NewUser
) -> None:
    name, now = await new_user(), datetime.now(UTC)
    for _ in range(3):
        with pytest.raises(NotAuthenticatedError):
            await console_access.sign_in(runtime, ACCESS, attempt(name, "wrong", address=some_address()), now)

    with pytest.raises(LockedOutError):
        await console_access.sign_in(runtime, ACCESS, attempt(name, address=some_address()), now)

    later = now + timedelta(minutes=15)
    assert await console_access.sign_in(runtime, ACCESS, attempt(name, address=some_address()), later)


async def test_a_name_that_nobody_has_is_locked_alike(runtime: Runtime) -> None:
    name, now = f"nobody-{secrets.token_hex(8)}", datetime.now(UTC)
    for _ in range(3):
        with pytest.raises(NotAuthenticatedError):
            await console_access.sign_in(runtime, ACCESS, attempt(name, address=some_address()), now)

    with pytest.raises(LockedOutError):
        await console_access.sign_in(runtime, ACCESS, attempt(name, address=some_address()), now)


async def test_an_address_is_locked_after_too_many_tries_under_any_names(
    runtime: Runtime, new_user: NewUser
) -> None:
    name, address, now = await new_user(), some_address(), datetime.now(UTC)
    for number in range(4):
        with pytest.raises(NotAuthenticatedError):
            await console_access.sign_in(
                runtime, ACCESS, attempt(f"nobody-{number}-{name}", address=address), now
            )

    with pytest.raises(LockedOutError):
        await console_access.sign_in(runtime, ACCESS, attempt(name, address=address), now)


async def test_tries_that_were_right_lock_nobody_out(runtime: Runtime, new_user: NewUser) -> None:
    name, address, now = await new_user(), some_address(), datetime.now(UTC)

    for _ in range(8):
        assert await console_access.sign_in(runtime, ACCESS, attempt(name, address=address), now)


async def test_the_form_tells_that_a_name_is_locked(visitor: Visitor, new_user: NewUser) -> None:
    name = await new_user()
    for _ in range(5):
        assert visitor.sign_in(name, "wrong").status_code == 401

    answer = visitor.sign_in(name)

    assert answer.status_code == 429
    assert "Too many tries" in answer.text


async def test_a_new_password_ends_all_other_sessions(
    new_visitor: Callable[[], Visitor], new_user: NewUser
) -> None:
    name, here, there = await new_user(), new_visitor(), new_visitor()
    here.sign_in(name)
    there.sign_in(name)
    new = "another long password"

    answer = here.post("/console/yourself/password", current=PASSWORD, new=new, again=new)

    assert answer.status_code == 303
    assert here.get("/console").status_code == 200
    assert there.get("/console").status_code == 303
    assert there.sign_in(name).status_code == 401
    assert there.sign_in(name, new).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "told"),
    [
        ("wrong", "another long password", "another long password", "current password is not right"),
        (PASSWORD, "short", "short", "12 to 256 characters"),
        (PASSWORD, "another long password", "another long passwort", "are not the same"),
    ],
    ids=["current", "short", "typed otherwise"],
)
def test_a_password_that_cannot_be_is_refused(
    admin: Visitor, current: str, new: str, again: str, told: str
) -> None:
    answer = admin.post("/console/yourself/password", current=current, new=new, again=again)

    assert answer.status_code == 400
    assert told in answer.text


async def test_one_time_codes_are_asked_for_once_they_are_on_and_count_once(
    runtime: Runtime, visitor: Visitor, new_visitor: Callable[[], Visitor], new_user: NewUser
) -> None:
    name = await new_user()
    visitor.sign_in(name)
    setup = visitor.post("/console/yourself/codes", current=PASSWORD)
    seed = seed_of(setup)
    # The seed itself is not in the database.
    async with runtime.database.connection() as connection:
        row = await (
            await connection.execute("SELECT code_seed FROM console_users WHERE name = %s", [name])
        ).fetchone()
    assert row
    assert seed not in row["code_seed"]
    now = datetime.now(UTC)
    first = codes.code_of(seed, codes.step_of(now) - 1)

    assert visitor.post("/console/yourself/codes/on", code=first).status_code == 303

    other = new_visitor()
    assert other.sign_in(name).status_code == 401
    # The code that switched codes on is used up, and so are those before it.
    assert other.sign_in(name, code=first).status_code == 401
    assert other.sign_in(name, code=codes.code_of(seed, codes.step_of(datetime.now(UTC)))).status_code == 303
    await console_users.reset_codes(runtime, name)
    assert other.get("/console").status_code == 303
    assert other.sign_in(name).status_code == 303


def seed_of(page: requests.Response) -> bytes:
    """The seed that a page shows."""
    found = re.search(r'class="secret">([A-Z2-7]{32})<', page.text)
    assert found, page.text
    return base64.b32decode(found[1])


async def test_a_wrong_code_leaves_codes_off(admin: Visitor) -> None:
    admin.post("/console/yourself/codes", current=PASSWORD)

    answer = admin.post("/console/yourself/codes/on", code="000000")

    assert answer.status_code == 400
    assert "stay off" in answer.text


async def test_codes_need_a_key_that_seals_them(runtime: Runtime, new_user: NewUser) -> None:
    now = datetime.now(UTC)
    cookie = await console_access.sign_in(
        runtime, ACCESS, attempt(await new_user(), address=some_address()), now
    )
    found = await console_access.session_of(runtime, ACCESS, cookie, now)
    assert found

    with pytest.raises(RejectedError, match="console_secret"):
        await console_access.draft_codes(runtime, ACCESS, found[0], PASSWORD, now)


async def test_a_code_of_the_step_before_counts_and_one_of_long_ago_does_not(
    runtime: Runtime, new_user: NewUser
) -> None:
    access = ConsoleAccess(ACCESS.policy, Seal("a text"), may_seal=True)
    name, now = await new_user(), datetime.now(UTC)
    cookie = await console_access.sign_in(runtime, access, attempt(name, address=some_address()), now)
    found = await console_access.session_of(runtime, access, cookie, now)
    assert found
    seed = await console_access.draft_codes(runtime, access, found[0], PASSWORD, now)
    await console_access.switch_codes_on(
        runtime, access, found[0], codes.code_of(seed, codes.step_of(now)), now
    )
    later = now + timedelta(minutes=10)
    step = codes.step_of(later)

    old = codes.code_of(seed, step - 2)
    with pytest.raises(NotAuthenticatedError):
        await console_access.sign_in(runtime, access, attempt(name, code=old, address=some_address()), later)
    before = codes.code_of(seed, step - 1)
    assert await console_access.sign_in(
        runtime, access, attempt(name, code=before, address=some_address()), later
    )
    with pytest.raises(NotAuthenticatedError):
        await console_access.sign_in(
            runtime, access, attempt(name, code=before, address=some_address()), later
        )


@pytest.fixture
async def dev_user(runtime: Runtime, api: Api) -> str:
    await console_users.add(
        runtime,
        name=DEV_USER,
        role=Role.ADMIN,
        account_id=api.account_id,
        password=None,
        now=datetime.now(UTC),
    )
    return DEV_USER


def test_one_click_signs_in_on_the_own_machine(dev_http: HttpServer, dev_user: str) -> None:
    visitor = Visitor(dev_http.url)

    page = visitor.get("/console/sign-in")
    answer = visitor.post("/console/sign-in/at-once")

    assert f"Sign in as {dev_user}" in page.text
    assert answer.status_code == 303
    assert visitor.get("/console").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=203.0.113.9"},
    ],
    ids=["proxy", "proxy of itself", "proxy, by the standard"],
)
def test_one_click_is_not_offered_to_others(
    dev_http: HttpServer, dev_user: str, headers: dict[str, str]
) -> None:
    visitor = Visitor(dev_http.url)
    token = visitor.csrf()
    visitor.session.headers.update(headers)

    page = visitor.get("/console/sign-in")
    answer = visitor.post("/console/sign-in/at-once", csrf=token)

    assert f"Sign in as {dev_user}" not in page.text
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "host", ["console.example.com", "localhost.example.com:8080", "127.0.0.1.example.com"]
)
def test_one_click_is_not_offered_under_a_name_that_leads_here(
    dev_http: HttpServer, dev_user: str, host: str
) -> None:
    visitor = Visitor(dev_http.url)
    visitor.session.headers["Host"] = host

    page = visitor.get("/console/sign-in")
    cookie = page.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    answer = visitor.session.post(
        f"{visitor.url}/console/sign-in/at-once",
        data={"csrf": page.text.split('name="csrf" value="')[1][:64]},
        headers={"Cookie": f"duerun_console_visitor={cookie}"},
        allow_redirects=False,
        timeout=60,
    )

    assert f"Sign in as {dev_user}" not in page.text
    assert answer.status_code == 404


def test_one_click_is_not_there_in_serve(visitor: Visitor, dev_user: str) -> None:
    answer = visitor.post("/console/sign-in/at-once")

    assert answer.status_code == 404
    assert dev_user not in visitor.get("/console/sign-in").text.split("</head>")[1]


def test_who_has_no_password_gets_in_with_none(visitor: Visitor, dev_user: str) -> None:
    assert visitor.sign_in(dev_user, "").status_code == 401
