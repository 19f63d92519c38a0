"""A processor's own list of effects compared with ours: what differs is found, told once, and kept."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attached import attach, reaching, rows
from duerun.cli.reconcile import show
from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError
from duerun.services import alarms, clocks, reconciliation
from duerun.services.unit import Runtime
from processor import Book, Effect, Processor

DAYS = 6


async def paid(runtime: Runtime, api: Any, processor: Processor) -> Account:
    """The account, attached to a processor by which it has charged for some days."""
    account = await attach(runtime, api.account_id, processor)
    await clocks.advance(runtime, account, days=DAYS + 3)
    return account


@pytest.fixture(autouse=True)
def _schedule(api: Any) -> None:
    """Made before the account is attached: the server of the tests may not call this machine."""
    start = datetime.now(UTC).date() + timedelta(days=2)
    dates = {"start_date": f"{start}", "end_date": f"{start + timedelta(days=DAYS - 1)}"}
    charge = {"customer": api.customer()["id"], "amount": 20_000}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge} | dates)


async def compared(runtime: Runtime, account: Account, **given: Any) -> reconciliation.Compared:
    assert account.gateway is not None
    return await reconciliation.compare(
        runtime, account.gateway.number, runtime.gateway(account), runtime.clock.now(), **given
    )


async def found(runtime: Runtime, account: Account) -> list[dict[str, Any]]:
    assert account.gateway is not None
    listed = await reconciliation.list_findings(runtime)
    return [each for each in listed if each["gateway"] == account.gateway.number]


async def test_an_honest_list_is_read_page_by_page_and_has_no_findings(dsn: str, api: Any) -> None:
    with Processor(Book(page_rows=2)) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            first = await compared(runtime, account)
            second = await compared(runtime, account)
            seen = await rows(
                runtime, "SELECT effect_id FROM gateway_requests WHERE account_id = %s", api.account_id
            )
            assert await found(runtime, account) == []

    assert (first.effects, first.found, first.is_whole) == (DAYS, 0, True)
    assert (second.found, second.is_whole) == (0, True)
    assert {row["effect_id"] for row in seen} == {each.id for each in processor.book.effects}
    assert [each.get("cursor") for each in processor.book.listed[:2]] == [None, "2"]


async def test_a_planted_duplicate_raises_the_alarm_and_a_person_ends_it(
    dsn: str, api: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """D5: members noticed, not the system."""
    with Processor(Book()) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            twice = processor.book.effects[1]
            processor.book.effects.append(Effect("charges", twice.request, None, name="fx_second"))
            before = await _open_findings(runtime)

            assert [(await compared(runtime, account)).found for _ in range(2)] == [1, 0]
            [finding] = await found(runtime, account)
            raised = await _open_findings(runtime)
            await show(runtime)
            await reconciliation.acknowledge(runtime, [finding["id"]], runtime.clock.now(), note="refunded")
            assert await found(runtime, account) == []
            assert await _open_findings(runtime) == before
            with pytest.raises(NotFoundError):
                await reconciliation.acknowledge(runtime, [finding["id"]], runtime.clock.now())

    assert (finding["kind"], finding["key"], finding["effect_id"]) == (
        "duplicate", twice.request["key"], "fx_second",
    )  # fmt: skip
    assert raised == before + 1
    assert "duplicate, key" in caplog.text
    assert "fx_second" in capsys.readouterr().out


async def _open_findings(runtime: Runtime) -> int:
    read = await alarms.read(runtime, runtime.clock.now(), payments=True)
    return sum(each.count for each in read.backlogs["findings"])


async def test_a_second_installation_on_the_same_processor_is_noticed(dsn: str, api: Any) -> None:
    """D2: effects with keys of somebody else, for our own reference and for one that we never had."""
    with Processor(Book()) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            ours = processor.book.effects[0].request
            for number, reference in enumerate((ours["reference"], "schd_test_other:2030-01-01")):
                stranger = ours | {"key": f"occu_test_other{number}", "reference": reference}
                processor.book.effects.append(Effect("charges", stranger, None))
            await compared(runtime, account)
            kinds = {each["key"]: each["kind"] for each in await found(runtime, account)}

    assert kinds == {"occu_test_other0": "duplicate", "occu_test_other1": "unknown"}


async def test_wrong_amounts_effects_of_refusals_and_missing_ones_are_found(dsn: str, api: Any) -> None:
    with Processor(Book()) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            effects = processor.book.effects
            effects[0] = Effect("charges", effects[0].request | {"amount": 99_999}, None)
            gone = effects.pop(1)
            async with runtime.database.connection() as connection:
                await connection.execute(
                    "UPDATE occurrences SET state = 'failed' WHERE id = %s", (effects[1].request["key"],)
                )
                await connection.execute(
                    "UPDATE gateway_requests SET sent_at = sent_at - interval '20 minutes' WHERE account_id = %s",
                    (api.account_id,),
                )
            since = runtime.clock.now() - timedelta(hours=1)
            await compared(runtime, account, since=since)
            kinds = Counter(each["kind"] for each in await found(runtime, account))
            missing = [each["key"] for each in await found(runtime, account) if each["kind"] == "missing"]
            effects.append(gone)
            await compared(runtime, account, since=since)
            left = Counter(each["kind"] for each in await found(runtime, account))

    assert kinds == {"wrong_amount": 1, "not_paid_here": 1, "missing": 1}
    assert missing == [gone.request["key"]]
    assert left == {"wrong_amount": 1, "not_paid_here": 1}


async def test_a_processor_without_the_list_is_told_once_and_left_alone(
    dsn: str, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with Processor(Book(lists=False)) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            for _ in range(3):
                await compared(runtime, account)
            assert account.gateway is not None

    told = [each for each in caplog.messages if "has no list of effects" in each]
    assert told == [f"gateway {account.gateway.number} has no list of effects: its ledger is not compared"]


async def test_a_list_that_cannot_be_read_is_read_again_from_where_it_began(dsn: str, api: Any) -> None:
    with Processor(Book(page_rows=2)) as processor:
        async with reaching(dsn) as runtime:
            account = await paid(runtime, api, processor)
            processor.book.lies = True
            broken = await compared(runtime, account)
            processor.book.lies = False
            whole = await compared(runtime, account)

    assert broken.trouble == "the answer is no page of effects"
    assert (whole.effects, whole.is_whole) == (DAYS, True)
