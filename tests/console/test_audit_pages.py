"""The audit log in the console: listed by who, what and day, of one account and mode, and its chain checked."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_webhooks import words
from duerun.domain.audit_chain import Area
from duerun.domain.console_users import Role
from duerun.services import access, audit_log
from duerun.services.unit import Runtime, acting
from duerun.web.console.pages.audit import AREAS, ROWS_SHOWN_MAX, WORDS

HERE = "/console/audit"
SOURCE = Path(__file__).parents[2] / "src" / "duerun"
MISSED = {"catch_up_charges": "all", "catch_up_transfers": "latest"}


def numbers_of(visitor: Visitor, query: str = "") -> list[int]:
    answer = visitor.get(f"{HERE}{query}")
    assert answer.status_code == 200
    return [int(each) for each in re.findall(r"<small> line (\d+)</small>", answer.text)]


async def change(runtime: Runtime, api: Api, who: str, times: int = 1, *, first: int = 1) -> None:
    with acting(who):
        for number in range(first, first + times):
            await access.set_options(runtime, api.account_id, {"catch_up_max": str(number)})


async def test_a_change_is_told_with_who_when_and_how(admin: Visitor, api: Api) -> None:
    admin.post("/console/settings/missed", **MISSED, catch_up_max="3")

    page = words(admin.get(HERE).text)

    assert "Settings changed" in page
    assert re.search(r"user-[0-9a-f]{16}", page)
    assert "catch up charges server → all" in page
    assert "catch up max 0 → 3" in page


async def test_lines_are_found_by_who_what_and_day(admin: Visitor, api: Api, runtime: Runtime) -> None:
    await change(runtime, api, "Ann Smith")
    with acting("bob"):
        await access.create_keys(runtime, api.account_id, livemode=False, now=datetime.now(UTC))
    today = (datetime.now(UTC) + timedelta(hours=7)).date()

    assert 'name="who" type="search" value=""' in admin.get(HERE).text
    assert 'name="who" type="search" value="ann s"' in admin.get(f"{HERE}?who=ann+s").text
    assert len(numbers_of(admin)) == 3
    assert len(numbers_of(admin, "?who=ann+s")) == 1
    assert len(numbers_of(admin, "?who=bob&area=keys")) == 2
    assert numbers_of(admin, "?who=bob&area=settings") == []
    assert numbers_of(admin, "?who=%25") == []
    found = [len(numbers_of(admin, f"?day={today + timedelta(days=day)}")) for day in (-1, 0, 1)]
    assert sum(found) == 3
    assert found[1] in (0, 3)
    assert "Nothing found" in admin.get(f"{HERE}?day=2020-01-01").text


@pytest.mark.parametrize(
    "query",
    [
        "?area=lost",
        "?day=soon",
        "?day=9999-12-31",
        "?day=0001-01-01",
        "?before=x",
        f"?before={'9' * 400}",
        "?who=%00",
    ],
)
def test_what_cannot_be_asked_is_refused_or_finds_nothing(admin: Visitor, query: str) -> None:
    answer = admin.get(f"{HERE}{query}")

    assert answer.status_code in (200, 400)
    assert "<small> line " not in answer.text


async def test_long_lists_are_paged(admin: Visitor, api: Api, runtime: Runtime) -> None:
    await change(runtime, api, "ann", ROWS_SHOWN_MAX + 5)
    first = admin.get(f"{HERE}?who=ann")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older
    second = admin.get(older[1].replace("&amp;", "&"))

    assert first.text.count("<small> line ") == ROWS_SHOWN_MAX
    assert second.text.count("<small> line ") == 5
    assert "Older" not in second.text
    assert "who=ann" in older[1]


async def test_others_accounts_and_the_other_mode_are_not_shown(
    admin: Visitor, api: Api, other_api: Api, runtime: Runtime
) -> None:
    await change(runtime, other_api, "somebody else")
    with acting("ann"):
        await access.roll_key(runtime, api.account_id, livemode=True, kind="secret", now=datetime.now(UTC))

    assert numbers_of(admin) == []
    admin.post("/console/mode", mode="live")
    assert len(numbers_of(admin)) == 1
    assert "somebody else" not in admin.get(HERE).text


@pytest.mark.parametrize("role", list(Role), ids=str)
async def test_all_roles_read_it_and_check_the_chain(
    visitor: Visitor, new_user: NewUser, api: Api, runtime: Runtime, role: Role
) -> None:
    visitor.sign_in(await new_user(role))
    await change(runtime, api, "ann")
    kept = (await audit_log.verify(runtime)).head.hash.hex()
    await change(runtime, api, "ann", first=2)

    page = words(visitor.post(f"{HERE}/check").text)
    with_head = words(visitor.post(f"{HERE}/check", head=kept).text)
    without = visitor.post(f"{HERE}/check", head="ab" * 32).text

    assert "lines of the server are as they were written" in page
    assert "the head that you gave is among them" in with_head
    assert "no line has the hash that was given" in without


@pytest.mark.parametrize("head", ["ab", "x" * 64, "\0", "9" * 5_000])
def test_what_is_no_head_is_refused(admin: Visitor, head: str) -> None:
    assert admin.post(f"{HERE}/check", head=head).status_code == 400


def test_the_check_of_another_site_is_refused_and_visitors_see_nothing(
    admin: Visitor, new_visitor: object, visitor: Visitor
) -> None:
    assert admin.post(f"{HERE}/check", csrf="0" * 64).status_code == 403
    stranger = Visitor(admin.url)
    assert stranger.get(HERE).status_code == 303
    stranger.session.close()


async def test_a_log_that_was_changed_is_told_in_red(admin: Visitor, api: Api, runtime: Runtime) -> None:
    """The line is put right again before anybody else looks."""
    await change(runtime, api, "ann")
    number = numbers_of(admin)[0]
    # With a head of its own the answer is worked out anew.
    head = (await audit_log.verify(runtime)).head.hash.hex()

    async def rename(name: str) -> None:
        async with runtime.database.transaction() as connection:
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("UPDATE audit_entries SET actor = %s WHERE number = %s", (name, number))

    await rename("eve")
    try:
        page = words(admin.post(f"{HERE}/check", head=head).text)
    finally:
        await rename("ann")

    assert f"line {number} was changed" in page
    assert "What is below may not be true" in page


def test_an_empty_log_says_what_is_told_here(admin: Visitor) -> None:
    assert "Nothing was changed yet" in admin.get(HERE).text


def test_each_action_has_words_and_an_area() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted((SOURCE / "services").glob("*.py")))
    actions = set(re.findall(r'[nN]ote\(\s*"(\w+\.\w+)"', text))
    actions |= {f"bulk.{each}" for each in ("pause", "resume", "cancel")}

    assert actions
    assert actions - set(WORDS) == set()
    assert {each.partition(".")[0] for each in WORDS} <= set(Area)
    assert set(AREAS) == set(Area) - {Area.SERVER}
