"""The own directory: how it is loaded, and what it answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.domain.errors import RejectedError
from duerun.domain.payees.clients import Offering
from duerun.services import directory
from duerun.services.directory import Loaded, Order
from duerun.services.unit import Runtime
from duerun.storage import vop_directory
from duerun.storage.vop_directory import NewAccount
from own_directory import OTHER_BANK, accounts_of, iban, load, ndjson, organisation, own_directory, person

from .conftest import NewRequester, Requester, record, with_policy


@pytest.fixture
async def own(dsn: str) -> AsyncIterator[Runtime]:
    """A runtime with an empty directory."""
    async with own_directory(dsn) as runtime:
        yield runtime


def asked(number: int, name: str, **members: Any) -> dict[str, Any]:
    """A record for an account of the own bank."""
    return record(1, name, partyAccount={"iban": iban(number)}, **members)


async def verdicts(requester: Requester, own: Runtime, records: list[dict[str, Any]]) -> list[str]:
    """What a file is answered over the API: the verdicts in the order of its records."""
    return [each["partyNameMatch"] for each in await results(requester, own, records)]


async def results(requester: Requester, own: Runtime, records: list[dict[str, Any]]) -> list[Any]:
    task_id = requester.accepted(ndjson(records))
    await requester.check_all(own)
    return requester.results(task_id)


async def kept(runtime: Runtime) -> set[str]:
    """The IBANs among the first hundred that the directory holds."""
    return set(await vop_directory.find(runtime.database, [iban(number) for number in range(100)]))


async def refused(runtime: Runtime, lines: list[Any], **order: Any) -> str:
    with pytest.raises(RejectedError) as error:
        await load(runtime, lines, **order)
    return error.value.message


@pytest.mark.parametrize("livemode", [False, True], ids=["test", "live"])
async def test_a_bulk_file_is_answered_from_the_directory(
    new_requester: NewRequester, own: Runtime, livemode: bool
) -> None:
    await load(own, [person(number) for number in range(1, 51)])
    asker = await new_requester(livemode=livemode)
    records = [asked(number, f"Anna Becker{number}") for number in range(1, 51)]
    records += [asked(1, "Quite Different"), asked(99, "Anna Becker")]

    found = await verdicts(asker, own, records)

    assert found == ["MTCH"] * 50 + ["NMTC", "NOAP"]


async def test_practice_accounts_are_answered_beside_the_directory_in_test_mode_only(
    new_requester: NewRequester, own: Runtime
) -> None:
    await load(own, [person(1)])
    records = [asked(1, "Anna Becker1"), record(1)]
    test, live = await new_requester(), await new_requester(livemode=True)

    assert await verdicts(test, own, records) == ["MTCH", "MTCH"]
    assert await verdicts(live, own, records) == ["MTCH", "NOAP"]


async def test_another_banks_account_is_not_applicable(requester: Requester, own: Runtime) -> None:
    await load(own, [person(1)])
    foreign = record(1, "Anna Becker1", partyAccount={"iban": iban(1, OTHER_BANK)})

    assert await verdicts(requester, own, [foreign]) == ["NOAP"]


async def test_aliases_trade_names_and_names_at_birth_match(requester: Requester, own: Runtime) -> None:
    holder = {"givenNames": "Anna", "surname": "Dam", "birthName": "Smit", "aliases": ["Anneke Dam"]}
    lines = [
        person(1, "A. Dam", personalAccountHolders=[holder]),
        organisation(2, {"name": "Acme Holding B.V.", "language": "nl"}, commercialNames=["Shopline"]),
    ]
    await load(own, lines)
    names = [(1, "A. Dam"), (1, "Anna Dam"), (1, "Anna Smit"), (1, "Anneke Dam"), (2, "Shopline")]

    assert await verdicts(requester, own, [asked(*each) for each in names]) == ["MTCH"] * 5


async def test_both_holders_of_a_joint_account_match(requester: Requester, own: Runtime) -> None:
    holders = [{"givenNames": "Anna", "surname": "Dam"}, {"givenNames": "Bram", "surname": "Smit"}]
    await load(own, [person(1, "", personalAccountHolders=holders)])

    names = ["Anna Dam & Bram Smit", "Bram Smit en Anna Dam", "Anna Dam", "Bram Smit", "Anna Smit"]

    found = await verdicts(requester, own, [asked(1, name) for name in names])

    assert found == ["MTCH", "MTCH", "MTCH", "MTCH", "NMTC"]


async def test_accounts_that_share_an_iban_are_told_apart_by_remittance_information(
    requester: Requester, own: Runtime
) -> None:
    lines = [
        person(1, "Pooled Fund"),
        person(1, "Anna Dam", unstructuredRemittanceInformation=["Fund 7"]),
        person(1, "Bram Smit", unstructuredRemittanceInformation="Fund 8"),
    ]
    await load(own, lines)
    fund = {"unstructuredRemittanceInformation": ["FUND7"]}

    found = await verdicts(
        requester,
        own,
        [asked(1, "Anna Dam", **fund), asked(1, "Bram Smit", **fund), asked(1, "Pooled Fund")],
    )

    assert found == ["MTCH", "NMTC", "MTCH"]


async def test_a_closed_account_and_one_without_a_name_are_not_applicable(
    new_requester: NewRequester, own: Runtime
) -> None:
    await load(own, [person(1, status="INACTIVE"), person(2, "...")])
    plus = await new_requester(offering=Offering.PLUS)

    closed, nameless = await results(plus, own, [asked(1, "Anna Becker1"), asked(2, "Anna Becker2")])

    assert [each["partyNameMatch"] for each in (closed, nameless)] == ["NOAP", "NOAP"]
    assert closed["additionalPartyInformation"]["advancedInfo"]["accountStatus"] == "INACTIVE"


async def test_identifications_of_the_directory_are_answered(requester: Requester, own: Runtime) -> None:
    await load(own, [organisation(1, "Acme", otherIds=[{"identification": "7", "schemeNameCode": "COID"}])])
    records = [
        record(
            1,
            party={"identification": {"organisationId": {"others": [other]}}},
            partyAccount={"iban": iban(1)},
        )
        for other in (
            {"identification": "7", "schemeNameCode": "COID"},
            {"identification": "8", "schemeNameCode": "COID"},
            {"identification": "7", "schemeNameCode": "CUST"},
        )
    ]

    found = await results(requester, own, records)

    assert [each["partyIdMatch"] for each in found] == ["MTCH", "NMTC", "NOAP"]


async def test_a_complete_load_adds_changes_and_removes(own: Runtime) -> None:
    await load(own, [person(1), person(2), person(3)])

    done = await load(own, [person(1), person(2, "New Name"), person(4)], accepts_drop=True)

    assert done == Loaded(accounts=3, added=1, changed=1, removed=1)
    assert await kept(own) == {iban(1), iban(2), iban(4)}


async def test_an_incremental_load_adds_and_changes_only(own: Runtime) -> None:
    await load(own, [person(1), person(2)])

    done = await load(own, [person(2, "New Name"), person(3)], is_complete=False)

    assert done == Loaded(accounts=2, added=1, changed=1, removed=0)
    assert await kept(own) == {iban(1), iban(2), iban(3)}


async def test_the_same_load_again_changes_nothing(own: Runtime) -> None:
    lines = [person(number) for number in range(1, 20)]
    await load(own, lines)

    assert await load(own, lines) == Loaded(accounts=19, added=0, changed=0, removed=0)


async def test_a_load_that_would_remove_too_many_waits_for_a_person(own: Runtime) -> None:
    await load(own, [person(number) for number in range(1, 21)])
    rest = [person(number) for number in range(1, 18)]

    message = await refused(own, rest)

    assert message == (
        "the load would remove 3 of 20 accounts, more than 10 percent (vop_load_drop_percent_max): "
        "a person must accept that"
    )
    assert len(await kept(own)) == 20
    assert (await load(own, rest, accepts_drop=True)).removed == 3


async def test_as_many_as_the_setting_allows_are_removed_without_a_word(own: Runtime) -> None:
    await load(own, [person(number) for number in range(1, 21)])

    assert (await load(own, [person(number) for number in range(1, 19)])).removed == 2
    assert (await load(with_policy(own, load_drop_percent_max=100), [person(1)])).removed == 17


async def test_a_closed_account_in_the_load_is_none_that_it_removes(own: Runtime) -> None:
    await load(own, [person(1), person(2)])

    assert (await load(own, [person(1), person(2, status="INACTIVE")])).changed == 1


async def test_an_account_twice_is_refused_by_the_line_of_the_later_one(own: Runtime) -> None:
    await load(own, [person(7)])
    twice = [person(1), person(2), person(1, "Other"), person(3), person(2)]

    assert await refused(own, twice) == "line 3: Field 'iban' was used before; 2 lines repeat an account"
    assert await refused(own, [person(1), person(1)]) == "line 2: Field 'iban' was used before"
    assert await kept(own) == {iban(7)}


async def test_of_several_files_the_one_is_named_that_repeats_an_account(own: Runtime) -> None:
    async def both() -> AsyncIterator[list[NewAccount]]:
        for file in range(2):
            async for accounts in accounts_of(ndjson([person(1 + file), person(2)])):
                yield [account._replace(file=file) for account in accounts]

    with pytest.raises(RejectedError) as error:
        await directory.load(own, both(), Order(["np.ndjson", "org.ndjson"]), datetime.now(UTC))

    assert error.value.message.startswith("org.ndjson: line 1: Field 'iban' was used before")


async def test_a_load_without_accounts_is_refused(own: Runtime) -> None:
    await load(own, [person(1)])

    assert await refused(own, []) == "file contains no accounts"
    assert await refused(own, [], is_complete=False, accepts_drop=True) == "file contains no accounts"
    assert await kept(own) == {iban(1)}


async def test_a_load_that_breaks_off_leaves_the_old_directory_answering(
    requester: Requester, own: Runtime
) -> None:
    await load(own, [person(1)])
    seen = []

    async def broken() -> AsyncIterator[list[NewAccount]]:
        async for accounts in accounts_of(ndjson([person(1, "Somebody New"), person(2)])):
            yield accounts
        seen.extend(await verdicts(requester, own, [asked(1, "Anna Becker1"), asked(2, "Anna Becker2")]))
        raise RejectedError("line 3: is not a JSON object")

    with pytest.raises(RejectedError, match="line 3"):
        await directory.load(own, broken(), Order(["accounts.ndjson"]), datetime.now(UTC))

    assert seen == ["MTCH", "NOAP"]
    assert await verdicts(requester, own, [asked(1, "Anna Becker1")]) == ["MTCH"]
    assert [each.accounts for each in (await directory.status(own)).loads] == [1]


async def test_the_status_tells_banks_and_the_last_loads(own: Runtime) -> None:
    german = person(3) | {"iban": "DE02120300000000202051"}
    await load(own, [person(1), person(2), german])
    await load(own, [person(2, "New")], is_complete=False)

    found = await directory.status(own)

    assert found.banks == [("DE12030000", 1), ("NLOWNB", 2)]
    assert [
        (each.is_complete, each.accounts, each.added, each.changed, each.removed) for each in found.loads
    ] == [
        (False, 1, 0, 1, 0),
        (True, 3, 3, 0, 0),
    ]
    assert {each.file_name for each in found.loads} == {"accounts.ndjson"}


async def test_an_organisation_keeps_whether_its_name_may_be_told_on_a_no_match(own: Runtime) -> None:
    await load(own, [organisation(1, "Acme B.V.", nomatchSuggestionAllowed=True), organisation(2, "Zeta")])

    held = await vop_directory.find(own.database, [iban(1), iban(2)])

    assert [held[iban(number)][0].discloses for number in (1, 2)] == [True, False]
