"""The audit log over a database: who changed what, added only, without secrets, and verified from the beginning."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from duerun.assembly import build_runtime, close
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import START, Fault
from duerun.domain.console_users import Role
from duerun.services import access, audit_log, console_users, uncertain
from duerun.services import accounts as account_services
from duerun.services.accounts import AccountChange
from duerun.services.audit_log import Asked, Line
from duerun.services.unit import THE_API, Runtime, acting
from duerun.settings import Settings
from duerun.storage import accounts
from own_server import own_database

PASSWORD = "correct horse battery"
ANN = "ann@example.com"


@pytest.fixture(scope="module")
def own_dsn(dsn: str) -> Iterator[str]:
    with own_database(dsn, "audit_tests") as own:
        yield own


@pytest.fixture
async def own(own_dsn: str) -> AsyncIterator[Runtime]:
    """A runtime over a database whose audit log is empty."""
    with psycopg.connect(own_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE audit_entries")
        connection.execute("UPDATE audit_head SET number = 0, hash = %s", (START,))
    built = build_runtime(Settings(), own_dsn)
    await built.database.open()
    yield built
    await close(built)


@pytest.fixture
async def owner(own: Runtime) -> Account:
    number = await access.create_account(own, email="m@example.com", country="TH", now=datetime.now(UTC))
    async with own.database.connection() as connection:
        found = await accounts.fetch(connection, number, livemode=False)
    assert found is not None
    return found


async def lines_of(runtime: Runtime, asked: Asked | None = None) -> list[Line]:
    """The lines, the oldest first."""
    return (await audit_log.list_lines(runtime, asked or Asked(), rows_max=1_000))[::-1]


async def write_some(runtime: Runtime, owner: Account, count: int = 5) -> None:
    with acting(ANN):
        for number in range(count):
            await access.set_options(runtime, owner.id, {"catch_up_max": str(number + 1)})


def behind(own_dsn: str, statement: str, *parameters: Any) -> None:
    """Do something behind the product's back, as a superuser with the triggers off."""
    with psycopg.connect(own_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode(), parameters)


async def test_what_a_person_sets_is_told_with_old_and_new_value(own: Runtime, owner: Account) -> None:
    with acting(ANN):
        await access.set_options(own, owner.id, {"charge_run_time": "09:00", "timezone": "Asia/Bangkok"})
        await access.set_options(own, owner.id, {"charge_run_time": "09:00"})

    (line,) = await lines_of(own)

    assert (line.entry.actor, line.entry.action, line.account) == (ANN, "settings.set", owner.public_id)
    assert line.entry.facts == {"charge_run_time": ["08:30", "09:00"]}
    assert (await audit_log.verify(own)).fault is None


async def test_what_nobody_did_has_no_line_and_what_is_rolled_back_has_none(
    own: Runtime, owner: Account
) -> None:
    await access.set_options(own, owner.id, {"catch_up_max": "9"})
    with acting(ANN), pytest.raises(Exception, match="transfer_fee"):
        await access.set_options(own, owner.id, {"transfer_fee": "99999999"})

    assert await lines_of(own) == []


async def test_keys_and_users_are_told_without_their_secrets(own: Runtime, owner: Account) -> None:
    now = datetime.now(UTC)
    with acting(ANN):
        pair = await access.create_keys(own, owner.id, livemode=True, now=now, user="bob")
        rolled = await access.roll_key(own, owner.id, livemode=True, kind="secret", now=now)
        await console_users.add(
            own, name="bob", role=Role.VIEWER, account_id=owner.id, password=PASSWORD, now=now
        )
        await console_users.set_password(own, "bob", f"{PASSWORD} again")
        await console_users.disable(own, "bob", now)
        await access.set_options(
            own, owner.id, {"gateway_url": "https://pay.example.com/hidden", "gateway_token": "a token"}
        )

    lines = await lines_of(own)
    told = " ".join(f"{each.entry}" for each in lines)

    assert [each.entry.action for each in lines] == [
        "keys.create",
        "keys.create",
        "keys.roll",
        "users.create",
        "users.set_password",
        "users.disable",
        "settings.set_gateway",
    ]
    for secret in (pair.secret, pair.public, rolled, PASSWORD, "a token", "hidden"):
        assert secret not in told
    assert pair.secret[-4:] in told
    assert (await audit_log.verify(own)).fault is None


async def test_the_api_changing_the_webhook_address_is_told_with_its_host_only(
    own: Runtime, owner: Account
) -> None:
    change = AccountChange(webhook_uri="https://hooks.example.com/T0/B1?key=hidden", kept={})
    for _ in range(2):
        async with own.unit(owner, datetime.now(UTC)) as unit:
            await account_services.update_account(unit, change, own.webhooks.allow)

    (line,) = await lines_of(own)

    assert line.entry.actor == THE_API
    assert line.entry.facts == {"webhook_uri": ["none", "https://hooks.example.com/…"]}


async def test_settling_by_hand_that_fails_has_no_line(own: Runtime, owner: Account) -> None:
    with acting(ANN), pytest.raises(Exception, match="was not found"):
        await uncertain.settle(own, owner, datetime.now(UTC), "chrg_test_nothing", succeeded=True)

    assert await lines_of(own) == []


async def test_lines_are_neither_changed_nor_deleted(own: Runtime, own_dsn: str, owner: Account) -> None:
    await write_some(own, owner, 2)

    with psycopg.connect(own_dsn, autocommit=True) as connection:
        for statement in (
            "UPDATE audit_entries SET actor = 'eve'",
            "DELETE FROM audit_entries",
            "TRUNCATE audit_entries",
            "DELETE FROM audit_head",
            "TRUNCATE audit_head",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="only ever added"):
                connection.execute(statement.encode())
    assert (await audit_log.verify(own)).entries == 2


@pytest.mark.parametrize(
    ("statement", "fault", "number"),
    [
        ("UPDATE audit_entries SET actor = 'eve' WHERE number = 2", Fault.CHANGED, 2),
        ("UPDATE audit_entries SET details = '{}' WHERE number = 4", Fault.CHANGED, 4),
        ("DELETE FROM audit_entries WHERE number = 3", Fault.MISSING, 3),
        ("DELETE FROM audit_entries WHERE number > 3", Fault.MISSING, 4),
        (
            "INSERT INTO audit_entries SELECT 6, account_id, livemode, actor, action, subject, details, happened_at,"
            " hash, hash FROM audit_entries WHERE number = 5",
            Fault.CHANGED,
            6,
        ),
        (
            "UPDATE audit_entries a SET actor = b.actor, details = b.details, happened_at = b.happened_at,"
            " hash = b.hash, previous_hash = b.previous_hash"
            " FROM audit_entries b WHERE (a.number, b.number) IN ((2, 3), (3, 2))",
            Fault.CHANGED,
            2,
        ),
        ("DELETE FROM audit_head", Fault.HEAD_MISSING, 0),
    ],
    ids=["changed", "facts changed", "removed", "cut off", "inserted", "swapped", "end removed"],
)
async def test_what_is_done_behind_the_products_back_is_found(
    own: Runtime, own_dsn: str, owner: Account, statement: str, fault: Fault, number: int
) -> None:
    await write_some(own, owner)
    behind(own_dsn, statement)

    found = await audit_log.verify(own)
    behind(own_dsn, "INSERT INTO audit_head (number, hash) VALUES (0, %s) ON CONFLICT DO NOTHING", START)

    assert (found.fault, found.number) == (fault, number)


async def test_a_tail_that_was_cut_off_together_with_the_noted_end_lacks_the_head_that_was_kept(
    own: Runtime, own_dsn: str, owner: Account
) -> None:
    await write_some(own, owner)
    kept = (await audit_log.verify(own)).head.hash
    await write_some(own, owner, 2)
    grown = await audit_log.verify(own, kept=kept)
    behind(own_dsn, "DELETE FROM audit_entries WHERE number > 3")
    behind(
        own_dsn,
        "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_entries WHERE number = 3)",
    )

    assert grown.fault is None
    assert (await audit_log.verify(own)).fault is None
    assert (await audit_log.verify(own, kept=kept)).fault is Fault.OTHER_LOG


async def test_changes_at_the_same_time_make_one_chain(own: Runtime, owner: Account) -> None:
    now = datetime.now(UTC)

    async def roll(name: str) -> None:
        with acting(name):
            await access.roll_key(own, owner.id, livemode=False, kind="secret", now=now)

    await asyncio.gather(*(roll(f"user-{number}") for number in range(20)))
    found = await audit_log.verify(own)

    assert (found.entries, found.fault) == (20, None)


async def test_a_log_of_more_than_a_page_is_verified_to_its_end(
    own: Runtime, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "PAGE_ROWS", 3)
    await write_some(own, owner, 7)

    assert (await audit_log.verify(own)).entries == 7


async def test_lines_are_found_by_account_mode_who_what_and_when(own: Runtime, owner: Account) -> None:
    now = datetime.now(UTC)
    with acting(ANN):
        await access.create_keys(own, owner.id, livemode=False, now=now)
        await access.roll_key(own, owner.id, livemode=True, kind="public", now=now)
        await access.set_options(own, owner.id, {"catch_up_max": "7"})
    with acting("Bob"):
        await console_users.add(
            own, name="carl", role=Role.ADMIN, account_id=owner.id, password=None, now=now
        )
    asked = Asked(account_id=owner.id, livemode=False)

    async def actions(which: Asked) -> list[str]:
        return [each.entry.action for each in await lines_of(own, which)]

    assert await actions(asked) == ["keys.create", "keys.create", "settings.set", "users.create"]
    assert await actions(replace(asked, livemode=True)) == ["keys.roll", "settings.set", "users.create"]
    assert await actions(replace(asked, actor="bob")) == ["users.create"]
    assert await actions(replace(asked, actor="%")) == []
    assert await actions(replace(asked, area="settings")) == ["settings.set"]
    assert await actions(replace(asked, until=now)) == []
    assert len(await actions(replace(asked, since=now))) == 4
    assert await actions(replace(asked, account_id=owner.id + 1)) == []
