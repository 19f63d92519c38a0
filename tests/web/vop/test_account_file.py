"""The account file of a responder, as NDJSON and as CSV."""

import gzip
import io
import json
from typing import Any

import pytest

from duerun.domain.errors import RejectedError
from duerun.domain.payees.accounts import HeldAccount, decode
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import NameKind
from duerun.domain.payees.questions import Identification, OtherId
from duerun.storage.vop_directory import NewAccount
from duerun.web.vop import account_file
from own_directory import iban, ndjson, organisation, person

LEI = "724500PMK2A2M1SQQ228"
HEADER = (
    "iban;status;accountHolderType;accountName;givenNames;prefix;surname;birthName;aliases;"
    "legalName;commercialNames;lei;otherIds;remittance"
)


def accounts(data: bytes) -> list[NewAccount]:
    """The accounts of a file without faults."""
    read = [account_file.read(batch) for batch in account_file.batches(io.BytesIO(data))]
    assert [fault for each in read for fault in each.faults] == []
    return [account for each in read for account in each.accounts]


def faults(data: bytes) -> list[str]:
    return [
        fault for batch in account_file.batches(io.BytesIO(data)) for fault in account_file.read(batch).faults
    ]


def held(*lines: Any) -> HeldAccount:
    """The only account of a file."""
    [account] = accounts(ndjson(lines))
    return decode(account.held)


def names(account: HeldAccount) -> list[tuple[str, bool]]:
    return list(account.holder.names) if account.holder else []


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join((header, *rows, "")).encode()


def test_a_person_has_the_name_as_held_the_composed_one_and_aliases() -> None:
    holder = {
        "givenNames": "Anna",
        "prefix": "van",
        "surname": "Dam",
        "birthName": "Smit",
        "aliases": ["Anneke van Dam", ""],
    }

    account = held(person(1, "A. van Dam", personalAccountHolders=[holder]))

    assert (account.kind, account.status) == (HolderKind.PERSON, AccountStatus.ACTIVE)
    assert names(account) == [
        ("A. van Dam", False),
        ("Anna van Dam", False),
        ("Anna Smit", True),
        ("Anneke van Dam", True),
    ]
    assert account.holder
    assert (account.holder.kind, account.holder.country) == (NameKind.PERSON, "NL")


def test_several_persons_are_a_joint_account() -> None:
    holders = [{"givenNames": "Anna", "surname": "Dam"}, {"givenNames": "Bram", "surname": "Smit"}]

    account = held(person(1, "", personalAccountHolders=holders))

    assert names(account) == [("Anna Dam & Bram Smit", False)]
    assert account.holder
    assert account.holder.kind is NameKind.JOINT


@pytest.mark.parametrize("legal_name", ["Acme B.V.", {"name": "Acme B.V.", "language": "nl"}])
def test_a_legal_name_is_a_text_or_an_object_with_its_language(legal_name: Any) -> None:
    assert names(held(organisation(1, legal_name))) == [("Acme B.V.", False)]


def test_an_organisation_has_trade_names_identifications_and_may_let_its_name_be_told() -> None:
    others = [
        {"identification": "123456789", "schemeNameCode": "DUNS"},
        {"identification": "x1", "schemeNameProprietary": "CRN", "issuer": "KVK"},
    ]
    account = held(
        organisation(
            1,
            "Acme B.V.",
            commercialNames=["Acme", {"name": "Acme Shop", "language": "en"}],
            nomatchSuggestionAllowed=True,
            lei=LEI,
            otherIds=others,
        )
    )

    assert names(account)[1:] == [("Acme", True), ("Acme Shop", True)]
    assert account.discloses
    assert account.identification == Identification(
        lei=LEI, others=(OtherId("123456789", "DUNS"), OtherId("x1", "CRN", True, "KVK"))
    )


def test_null_and_empty_members_count_as_absent_and_unknown_ones_are_left_alone() -> None:
    holder: dict[str, Any] = {"legalName": "Acme", "lei": None, "otherIds": [], "commercialNames": None}
    account = held(
        organisation(1, "")
        | {"organisationAccountHolder": holder, "accountName": "", "startDate": "2020-01-01", "more": [1]}
    )

    assert names(account) == [("Acme", False)]
    assert account.identification is None


def test_an_account_without_any_name_is_kept_without_a_holder() -> None:
    assert held(person(1, "...")).holder is None
    assert held({**person(1), "accountName": None}).holder is None


def test_an_inactive_account_is_kept() -> None:
    assert held(person(1, status="INACTIVE")).status is AccountStatus.INACTIVE


def test_remittance_information_tells_accounts_apart_however_it_is_written() -> None:
    lines = [
        person(1),
        person(1, unstructuredRemittanceInformation="Fund 7"),
        person(1, unstructuredRemittanceInformation=["fund7"]),
        person(1, unstructuredRemittanceInformation=["B", "a"]),
    ]

    assert [each.remittance for each in accounts(ndjson(lines))] == ["", "fund7", "fund7", "a\nb"]


def test_an_account_has_its_banks_code_its_place_and_a_digest_of_all_that_is_held() -> None:
    lines = [person(1), {}, person(1), person(1, "Somebody Else")]
    data = ndjson(lines).replace(b"{}", b"")

    first, second, third = accounts(data)

    assert (first.iban, first.bank_code, first.line) == (iban(1), "NLOWNB", 1)
    assert (second.line, third.line) == (3, 4)
    assert first.digest == second.digest != third.digest


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"[1]", "is not a JSON object"),
        (b'{"iban"', "is not a JSON object"),
        (b'{"iban":"\xff"}', "is not a JSON object"),
        (person(1) | {"iban": ""}, "Field 'iban' is mandatory"),
        (person(1) | {"iban": 7}, "Field 'iban' must be a text"),
        (person(1) | {"iban": "NL00OWNB0000000001"}, "Field 'iban' has a wrong check digit"),
        (person(1, status="CLOSED"), "Field 'status' must be one of ACTIVE, INACTIVE"),
        (person(1, accountHolderType="XX"), "Field 'accountHolderType' must be one of NP, ORG"),
        (person(1, "x" * 141), "Field 'accountName' must have at most 140 characters"),
        (person(1, "a\tb"), "Field 'accountName' must not contain control characters"),
        (person(1, personalAccountHolders={}), "Field 'personalAccountHolders' must be an array"),
        (person(1, personalAccountHolders=["x"]), "Field 'personalAccountHolders[0]' must be an object"),
        (
            person(1, personalAccountHolders=[{"surname": 5}]),
            "Field 'personalAccountHolders[0].surname' must be a text",
        ),
        (
            person(1, personalAccountHolders=[{"surname": "x", "aliases": ["y", {"name": 5}]}]),
            "Field 'personalAccountHolders[0].aliases[1].name' must be a text",
        ),
        (
            person(1, organisationAccountHolder={"legalName": "x"}),
            "Field 'organisationAccountHolder' must not stand beside the accountHolderType NP",
        ),
        (
            organisation(1, "x") | {"personalAccountHolders": [{"surname": "x"}]},
            "Field 'personalAccountHolders' must not stand beside the accountHolderType ORG",
        ),
        (organisation(1, ["x"]), "Field 'organisationAccountHolder.legalName' must be a text"),
        (organisation(1, {"name": 5}), "Field 'organisationAccountHolder.legalName.name' must be a text"),
        (
            organisation(1, "x", lei=LEI[:-1] + "9"),
            "Field 'organisationAccountHolder.lei' has a wrong check digit",
        ),
        (
            organisation(1, "x", nomatchSuggestionAllowed="yes"),
            "Field 'organisationAccountHolder.nomatchSuggestionAllowed' must be true or false",
        ),
        (
            organisation(1, "x", otherIds=[{"identification": "1", "schemeNameCode": "SREN"}]),
            "Field 'organisationAccountHolder.otherIds[0].identification' must have 9 digits",
        ),
        (
            person(1, unstructuredRemittanceInformation=[""]),
            "Field 'unstructuredRemittanceInformation[0]' must not be empty",
        ),
    ],
)
def test_a_fault_names_line_field_and_rule(line: Any, fault: str) -> None:
    data = line + b"\n" if isinstance(line, bytes) else ndjson([line])

    assert faults(ndjson([person(2)]) + data) == [f"line 2: {fault}"]


def test_all_faults_of_a_line_are_told_and_no_values() -> None:
    [fault] = faults(ndjson([person(1, "Secret\tName", status="GONE", iban="NL12SECRET")]))

    assert fault.startswith("line 1: Field 'iban' ")
    assert "Field 'status'" in fault
    assert "Field 'accountName'" in fault
    assert "secret" not in fault.lower()


def test_many_faults_are_counted_after_the_first_ones() -> None:
    message = account_file.told([f"line {number}: is bad" for number in range(1, 13)])

    assert message.startswith("line 1: is bad; line 2: is bad; ")
    assert message.endswith("line 10: is bad; and 2 more lines like that")


def test_a_csv_row_becomes_the_same_account_as_its_line() -> None:
    rows = (
        f"{iban(1)};ACTIVE;NP;A. van Dam;Anna;van;Dam;Smit;Anneke|Anne van Dam;;;;;",
        f"{iban(2)};INACTIVE;ORG;;;;;;;Acme B.V.;Acme|Acme Shop;{LEI.lower()};DUNS:123456789|TXID:NL004495445B01;",
        f'{iban(3)};active;np;"Quoted; ""Name""";;;;;;;;;;Fund 7',
    )
    holder = {
        "givenNames": "Anna",
        "prefix": "van",
        "surname": "Dam",
        "birthName": "Smit",
        "aliases": ["Anneke", "Anne van Dam"],
    }
    ids = [
        {"identification": "123456789", "schemeNameCode": "DUNS"},
        {"identification": "NL004495445B01", "schemeNameCode": "TXID"},
    ]
    lines = [
        person(1, "A. van Dam", personalAccountHolders=[holder]),
        organisation(2, "Acme B.V.", commercialNames=["Acme", "Acme Shop"], lei=LEI, otherIds=ids)
        | {"status": "INACTIVE"},
        person(3, 'Quoted; "Name"', unstructuredRemittanceInformation=["Fund 7"]),
    ]

    from_csv = [each._replace(line=0) for each in accounts(csv(*rows))]

    assert from_csv == [each._replace(line=0) for each in accounts(ndjson(lines))]


def test_csv_columns_come_in_any_order_and_case_with_commas_and_a_mark_in_front() -> None:
    data = csv(f"NP,,{iban(1)},Anna Dam,ACTIVE", header="ACCOUNTHOLDERTYPE,extra,Iban,accountname,status")

    [account] = accounts(b"\xef\xbb\xbf" + data)

    assert (account.iban, account.line) == (iban(1), 2)
    assert names(decode(account.held)) == [("Anna Dam", False)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"{iban(1)};ACTIVE;NP;x;;;;;;Acme;;;;", "Field 'legalName' must be empty for NP"),
        (f"{iban(1)};ACTIVE;ORG;x;;;Dam;;;;;;;", "Field 'surname' must be empty for ORG"),
        (f"{iban(1)};ACTIVE;ORG;x;;;;;;y;;;123456789;", "Field 'otherIds' is not a code of the list"),
        (f"{iban(1)};ACTIVE;ORG;x;;;;;;y;;;SREN:12;", "Field 'otherIds' must have 9 digits"),
        (
            f"{iban(1)};ACTIVE;NP;x;;;;;;;;;;{'r' * 141}",
            "Field 'remittance' must have at most 140 characters",
        ),
        (f"{iban(1)};;NP;x", "Field 'status' is mandatory"),
        (f"{iban(1)};ACTIVE;NP;x;;;;;;;;;;;more", "has more cells than the header"),
        (f'{iban(1)};ACTIVE;NP;"x', "is not CSV: look for a quote that is misplaced or not closed"),
        (f"{iban(1)};ACTIVE;NP;\0", "contains a NUL byte"),
    ],
)
def test_a_fault_of_a_csv_row_names_line_column_and_rule(row: str, fault: str) -> None:
    assert faults(csv(f"{iban(2)};ACTIVE;NP;x", row)) == [f"line 3: {fault}"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"iban;status\n", "line 1: lacks the column 'accountHolderType'"),
        (b"iban;status;accountHolderType;IBAN\n", "line 1: has the column 'iban' twice"),
        (b"\xffiban\n", "line 1: is not UTF-8"),
        (gzip.compress(b"iban", mtime=0)[:-9], "file is corrupt: gzip stream cannot be read to its end"),
        (
            gzip.compress(b"x" * 1000, mtime=0)[:20] + b"rubbish",
            "file is corrupt: gzip stream cannot be read to its end",
        ),
    ],
)
def test_a_file_that_cannot_be_cut_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(RejectedError) as refused:
        list(account_file.batches(io.BytesIO(data)))

    assert refused.value.message == message


def test_a_line_without_end_is_refused_before_it_is_held() -> None:
    endless = ndjson([person(1)]) + b'{"a":"' + b"x" * 1_000_000

    with pytest.raises(RejectedError) as refused:
        list(account_file.batches(io.BytesIO(endless)))

    assert refused.value.message == "line 2: is longer than 65536 bytes"


def test_a_long_line_within_a_batch_is_refused_by_its_number() -> None:
    long = json.dumps(person(1) | {"more": "x" * 70_000}).encode()

    assert faults(ndjson([person(2)]) + long + b"\n" + ndjson([person(3)])) == [
        "line 2: is longer than 65536 bytes"
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("as_csv", [False, True], ids=["ndjson", "csv"])
def test_a_big_file_is_cut_into_batches_with_the_right_line_numbers(pack: Any, as_csv: bool) -> None:
    numbers = range(1, 8_001)
    rows = [f"{iban(number)};ACTIVE;NP;Anna Becker{number}" for number in numbers]
    data = csv(*rows) if as_csv else ndjson(person(number) for number in numbers)

    cut = list(account_file.batches(io.BytesIO(pack(data))))
    found = accounts(pack(data))

    assert len(cut) > 1
    assert [each.iban for each in found] == [iban(number) for number in numbers]
    assert [each.line for each in found] == [number + as_csv for number in numbers]


def test_line_ends_blank_lines_and_a_missing_last_end_are_no_trouble() -> None:
    first, second = ndjson([person(1)]).strip(), ndjson([person(2)]).strip()

    assert len(accounts(b"\xef\xbb\xbf" + first + b"\r\n\r\n" + second)) == 2
    assert accounts(b"") == []
