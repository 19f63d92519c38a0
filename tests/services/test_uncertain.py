"""Payments without an outcome are listed, and a person's word settles them once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.assembly import build_runtime, close
from duerun.cli.uncertain import show
from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError
from duerun.services import charges, rounds, transfers, uncertain
from duerun.services.charges import ChargeOrder
from duerun.services.unit import Runtime
from duerun.settings import Settings


@pytest.fixture
async def unreachable(dsn: str) -> AsyncIterator[Runtime]:
    """A runtime whose processor never answers."""
    built = build_runtime(
        Settings(gateway_url="http://127.0.0.1:9/", gateway_timeout_seconds=0.2, claim_rows=50), dsn
    )
    await built.database.open()
    yield built
    await close(built)


def now_of(account: Account) -> datetime:
    return account.now(datetime.now(UTC))


@pytest.mark.parametrize(("succeeded", "status"), [(True, "successful"), (False, "failed")])
async def test_a_direct_charge_is_settled_by_a_persons_word(
    unreachable: Runtime,
    api: Any,
    account: Account,
    capsys: pytest.CaptureFixture[str],
    succeeded: bool,
    status: str,
) -> None:
    order = ChargeOrder(amount_minor=30_000, currency="THB", token_id=api.token())
    made = await charges.create_charge(unreachable, account, now_of(account), order)
    await show(unreachable, account)
    listed = capsys.readouterr().out

    await uncertain.settle(unreachable, account, now_of(account), made.id, succeeded=succeeded)

    assert made.id in listed
    assert "30000 THB" in listed
    assert api.get(f"/charges/{made.id}")["status"] == status
    assert await uncertain.list_uncertain(unreachable, account) == []
    with pytest.raises(NotFoundError):
        await uncertain.settle(unreachable, account, now_of(account), made.id, succeeded=True)


async def test_a_transfer_is_settled_by_a_persons_word(
    unreachable: Runtime, api: Any, account: Account
) -> None:
    api.post("/charges", {"amount": 100_000, "currency": "thb", "card": api.token()})
    made = api.post("/transfers", {"recipient": api.recipient()["id"], "amount": 40_000})
    await transfers.mark_as_sent(unreachable, account, now_of(account), made["id"])

    await uncertain.settle(unreachable, account, now_of(account), made["id"], succeeded=True)

    assert api.get(made["location"])["sent"] is True
    assert api.get("/balance")["on_hold"] == 0


async def test_an_occurrence_that_a_person_says_was_refused_is_tried_again_by_the_rules(
    unreachable: Runtime, api: Any, account: Account
) -> None:
    start = account.today(now_of(account)) + timedelta(days=1)
    charge = {"customer": api.customer()["id"], "amount": 30_000}
    when = {"every": 1, "period": "day", "start_date": str(start), "end_date": str(start)}
    schedule = api.post("/schedules", when | {"charge": charge})
    now = account.due_at("charge", start)
    assert await rounds.run_due(unreachable, account, now) == 1
    [open_one] = await uncertain.list_uncertain(unreachable, account)

    await uncertain.settle(unreachable, account, now, open_one["id"], succeeded=False)

    [failed] = api.get(f"/schedules/{schedule['id']}/occurrences")["data"]
    assert (failed["id"], failed["status"]) == (open_one["id"], "failed")
    assert await rounds.run_due(unreachable, account, now + timedelta(days=1)) == 1
    [again] = await uncertain.list_uncertain(unreachable, account)
    assert again["id"] != open_one["id"]
