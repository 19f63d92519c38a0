"""The single check as the scheme has it: headers, timestamps, errors, and no empty members."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conftest import HttpServer
from duerun.domain.payees import epc, practice
from duerun.domain.payees.answers import AccountStatus
from duerun.domain.payees.clients import Scope
from duerun.services import vop_peers
from duerun.services.epc_access import ORGANISATION_IDENTIFIER
from duerun.services.unit import Runtime

from .conftest import BIC, Keep, NewRequester, Requester

IBAN = "NL91ABNA0417164300"
CLOSED = "NL20INGB0001234567"


def body(name: str = "Anna Becker", iban: str = IBAN, **members: Any) -> dict[str, Any]:
    return {
        "party": {"name": name},
        "partyAccount": {"iban": iban},
        "partyAgent": {"financialInstitutionId": {"bicfi": "ABNANL2A"}},
        "requestingAgent": {"financialInstitutionId": {"bicfi": "TESTDEFF"}},
    } | members


def check(url: str, asked: Any, **headers: str | None) -> requests.Response:
    named: dict[str, Any] = {
        "X-Request-ID": str(uuid.uuid4()),
        "X-Request-Timestamp": epc.format_timestamp(datetime.now(UTC)),
        "Content-Type": "application/json",
    }
    named.update({name.replace("_", "-"): text for name, text in headers.items()})
    data = {"json": asked} if not isinstance(asked, bytes) else {"data": asked}
    return requests.post(url + epc.PATH, headers=named, timeout=20, **data)


def refused(answer: requests.Response, status: int, code: str) -> Any:
    """The one object of an error, held to the limits of the scheme."""
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert set(error) <= {"type", "code", "title", "status", "detail", "instance"}
    assert (error["code"], error["status"]) == (code, status)
    assert len(error["type"]) <= 70
    assert len(error["title"]) <= 70
    assert len(error.get("detail", "")) <= 500
    assert None not in error.values()
    assert epc.parse_timestamp(answer.headers["x-response-timestamp"])
    return error


async def test_a_name_is_answered_with_the_headers_of_the_scheme(http: HttpServer, keep: Keep) -> None:
    await keep(IBAN, "Anna Becker")
    request_id = str(uuid.uuid4())

    answer = check(http.url, body(), X_Request_ID=request_id)

    assert (answer.status_code, answer.content) == (200, b'{"partyNameMatch":"MTCH"}')
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["x-request-id"] == request_id
    assert epc.parse_timestamp(answer.headers["x-response-timestamp"])


async def test_unknown_closed_and_foreign_accounts_answer_alike(http: HttpServer, keep: Keep) -> None:
    await keep(CLOSED, "Anna Becker", status=AccountStatus.INACTIVE)

    answers = [
        check(http.url, body(iban=iban)).content for iban in (IBAN, CLOSED, "BR1500000000000010932840814P2")
    ]

    assert set(answers) == {b'{"partyNameMatch":"NOAP"}'}


async def test_practice_accounts_are_not_for_other_psps(http: HttpServer, keep: Keep) -> None:
    answer = check(http.url, body("John Close Match", practice.iban_of(practice.MAGIC - 1)))

    assert answer.json() == {"partyNameMatch": "NOAP"}


@pytest.mark.parametrize("name", ["Анна Беккер", "Ἄννα", "安娜", "anna \u0430"])
async def test_other_scripts_are_not_answered(http: HttpServer, keep: Keep, name: str) -> None:
    await keep(IBAN, name)

    assert check(http.url, body(name)).json() == {"partyNameMatch": "NOAP"}


@pytest.mark.parametrize("name", ["Żółć Đặng", "Ana \u0301Maria", "O’Neil-Smith", "Çağrı Ünal"])
async def test_latin_letters_with_marks_are_answered(http: HttpServer, keep: Keep, name: str) -> None:
    await keep(IBAN, name)

    assert check(http.url, body(name)).json() == {"partyNameMatch": "MTCH"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X_Request_ID": None}, "FORMAT_ERROR"),
        ({"X_Request_ID": "7"}, "FORMAT_ERROR"),
        ({"Content_Type": "text/plain"}, "FORMAT_ERROR"),
        ({"Content_Type": "application/json;charset=latin1"}, "FORMAT_ERROR"),
        ({"X_Request_Timestamp": None}, "TIMESTAMP_INVALID"),
        ({"X_Request_Timestamp": "2024-08-12T15:19:22.670Z"}, "TIMESTAMP_INVALID"),
        ({"X_Request_Timestamp": "2024-08-12T15:19:22+00:00"}, "TIMESTAMP_INVALID"),
        ({"X_Request_Timestamp": "2024-13-12T15:19:22Z"}, "TIMESTAMP_INVALID"),
        ({"X_Request_Timestamp": "2024-08-12T15:19:22.678Z"}, "TIMESTAMP_INVALID"),
    ],
)
def test_a_header_of_another_form_is_refused(http: HttpServer, headers: Any, code: str) -> None:
    refused(check(http.url, body(), **headers), 400, code)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_timestamp_far_off_is_refused(http: HttpServer, seconds: int) -> None:
    stamp = epc.format_timestamp(datetime.now(UTC) + timedelta(seconds=seconds))

    refused(check(http.url, body(), X_Request_Timestamp=stamp), 400, "TIMESTAMP_INVALID")


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (b"", "JSON"),
        (b"[]", "JSON"),
        (b'{"party":', "JSON"),
        (body(party={}), "party"),
        (body(party={"name": ""}), "party.name"),
        (body(party={"name": None}), "party.name"),
        (body(party={"name": "x" * 141}), "party.name"),
        (body(partyAgent=None), "partyAgent"),
        (body(iban="NL00ABNA0417164300"), "partyAccount.iban"),
        (body(unstructuredRemittanceInformation=[]), "unstructuredRemittanceInformation"),
    ],
)
def test_a_body_that_breaks_a_rule_is_told_which(http: HttpServer, asked: Any, named: str) -> None:
    assert named in refused(check(http.url, asked), 400, "FORMAT_ERROR")["detail"]


def test_a_huge_body_is_refused(http: HttpServer) -> None:
    refused(check(http.url, b" " * 100_000), 400, "FORMAT_ERROR")


def test_another_method_is_refused(http: HttpServer) -> None:
    answer = requests.get(http.url + epc.PATH, timeout=10)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_a_client_asks_with_its_token_and_its_own_bic(requester: Requester) -> None:
    asked = body("John Close Match", practice.iban_of(practice.MAGIC - 1)) | {
        "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}}
    }
    requester.grant()
    token = f"Bearer {requester.token}"

    answer = check(requester.url, asked, Authorization=token, X_Request_Timestamp=None)
    foreign = check(requester.url, body(), Authorization=token)

    assert answer.json() == {"partyNameMatch": "CMTC", "matchedName": "John Match"}
    refused(foreign, 400, "CLIENT_INCONSISTENT")
    refused(check(requester.url, asked, Authorization="Bearer wrong"), 401, "CLIENT_INVALID")


async def test_a_token_without_the_scope_opens_nothing(new_requester: NewRequester) -> None:
    reader = await new_requester(scopes=[Scope.READ])
    reader.grant()

    refused(check(reader.url, body(), Authorization=f"Bearer {reader.token}"), 403, "CLIENT_INVALID")


async def test_a_client_over_its_budget_is_told_to_wait(
    new_requester: NewRequester, new_http: Any, keep: Keep
) -> None:
    """On a server of its own: which banks are kept here is read again after some seconds only."""
    await keep(IBAN, "Anna Becker")
    requester = await new_requester(new_http().url)
    requester.grant()
    own = {"requestingAgent": {"financialInstitutionId": {"bicfi": BIC}}}

    answers = [
        check(requester.url, body(f"{name} Zzyx") | own, Authorization=f"Bearer {requester.token}")
        for name in ("Abel", "Bruno", "Clara", "Dirk", "Egon", "Fritz")
    ]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert refused(answers[-1], 429, "CLIENT_INVALID")
    assert "retry-after" in answers[-1].headers


def certificate(number: str | None, *, days: int = 30) -> str:
    """A certificate as a proxy passes it on; its chain is the proxy's business."""
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(x509.NameOID.COMMON_NAME, "psp.example")]
    if number:
        attributes.append(x509.NameAttribute(ORGANISATION_IDENTIFIER, number))
    name = x509.Name(attributes)
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return quote(built.public_bytes(serialization.Encoding.PEM).decode())


async def test_a_psp_is_known_by_its_certificate_and_held_to_its_bic(
    runtime: Runtime, new_http: Any, keep: Keep
) -> None:
    await keep(IBAN, "Anna Becker")
    entry = (
        b'{"bic":"DEUTDEFF","uris":[{"uri":"https://vop.example/x"}],"authorisationNumber":"PSDDE-BAFIN-1"}'
    )
    await vop_peers.load(runtime, [entry])
    url = new_http(epc_client_cert_header="X-Client-Cert").url
    asked = body() | {"requestingAgent": {"financialInstitutionId": {"bicfi": "DEUTDEFFXXX"}}}
    foreign = body() | {"requestingAgent": {"financialInstitutionId": {"bicfi": "INGBNL2A"}}}
    good = certificate("PSDDE-BAFIN-1")

    assert check(url, asked, X_Client_Cert=good).json() == {"partyNameMatch": "MTCH"}
    refused(check(url, foreign, X_Client_Cert=good), 400, "CLIENT_INCONSISTENT")
    for bad in (
        None,
        "nonsense",
        certificate("PSDNL-DNB-2"),
        certificate(None),
        certificate("PSDDE-BAFIN-1", days=-1),
    ):
        refused(check(url, asked, X_Client_Cert=bad), 401, "CLIENT_INVALID")


async def test_an_agent_that_is_not_served_here_is_told_so(new_http: Any, keep: Keep) -> None:
    await keep(IBAN, "Anna Becker")
    url = new_http(epc_own_bics="ABNANL2A, INGBNL2A").url
    foreign = body() | {"partyAgent": {"financialInstitutionId": {"bicfi": "COBADEFF"}}}

    assert check(url, body()).json() == {"partyNameMatch": "MTCH"}
    refused(check(url, foreign), 400, "CLIENT_INCONSISTENT")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC), "2026-01-02T03:04:05.678Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 670_000, UTC), "2026-01-02T03:04:05.67Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 0, UTC), "2026-01-02T03:04:05Z"),
    ],
)
def test_a_timestamp_has_no_zeroes_at_its_end(moment: datetime, text: str) -> None:
    assert epc.format_timestamp(moment) == text
    parsed = epc.parse_timestamp(text)
    assert parsed
    assert abs(parsed - moment) < timedelta(milliseconds=1)
