"""Lines of a bulk file: what is read, what is refused and with which words, and that nothing makes it stumble."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.web.payees.faults import Fault, FaultsError
from duerun.web.payees.records import (
    NOT_AN_OBJECT,
    BadRecord,
    CheckRecord,
    NotAnObject,
    encode_record,
    parse_record,
    parse_single,
    read_uetr,
)

UETR = "13b8472f-d796-436a-ba76-0be4ec234206"
ORGANISATION = "party.identification.organisationId"
Members = dict[str, Any]


def record(**changes: object) -> Members:
    """The specification's own example, with members in place of its own; None leaves one out."""
    members = {
        "uetr": UETR,
        "party": {"name": "Henri Groenen"},
        "partyAccount": {"iban": "NL91ABNA0417164300"},
        "requestingAgent": agent("ABNANL2A"),
        **changes,
    }
    return {key: value for key, value in members.items() if value is not None}


def agent(bic: object) -> Members:
    return {"financialInstitutionId": {"bicfi": bic}}


def organisation(**members: object) -> Members:
    return {"identification": {"organisationId": members}}


def line(members: object) -> bytes:
    return json.dumps(members).encode()


def question(
    name: str | None = "Henri Groenen",
    *,
    identification: Identification | None = None,
    agent_bic: str | None = None,
    remittance: tuple[str, ...] = (),
) -> PayeeQuestion:
    return PayeeQuestion("NL91ABNA0417164300", name, identification, agent_bic, "ABNANL2A", remittance)


@pytest.mark.parametrize(
    ("members", "asked"),
    [
        pytest.param(record(), question(), id="example of the specification"),
        pytest.param(record(uetr=UETR.upper()), question(), id="uetr in capitals"),
        pytest.param(
            record(partyAccount={"iban": "nl91 abna 0417 1643 00"}), question(), id="IBAN with spaces"
        ),
        pytest.param(record(requestingAgent=agent(" ABNANL2A ")), question(), id="BIC with spaces"),
        pytest.param(record(partyAgent=agent("INGBNL2A")), question(agent_bic="INGBNL2A"), id="party agent"),
        pytest.param(record(party={"name": "x" * 140}), question("x" * 140), id="longest name"),
        pytest.param(record(party={"name": "😀Łódź"}), question("😀Łódź"), id="name with other signs"),
        pytest.param(record(more={"deep": [1, None, ""]}), question(), id="unknown members"),
        pytest.param(
            record(unstructuredRemittanceInformation="Pool 7"), question(remittance=("Pool 7",)), id="text"
        ),
        pytest.param(
            record(unstructuredRemittanceInformation=["a", "b"]), question(remittance=("a", "b")), id="array"
        ),
        pytest.param(
            record(party=organisation(lei="213800KUD8LAJWSQ9D15", anyBIC=" ABNANL2A")),
            question(None, identification=Identification("213800KUD8LAJWSQ9D15", "ABNANL2A")),
            id="LEI and BIC",
        ),
        pytest.param(
            record(party=organisation(others=[{"identification": "732829320", "schemeNameCode": "SREN"}])),
            question(None, identification=Identification(others=(OtherId("732829320", "SREN"),))),
            id="scheme of the list",
        ),
        pytest.param(
            record(
                party=organisation(
                    others=[{"identification": "1", "schemeNamePropietary": "House", "issuer": "Us"}]
                )
            ),
            question(None, identification=Identification(others=(OtherId("1", "House", True, "Us"),))),
            id="own scheme in the old spelling",
        ),
        pytest.param(
            record(party=organisation(others=[{"identification": "1", "schemeNameProprietary": "House"}])),
            question(None, identification=Identification(others=(OtherId("1", "House", True),))),
            id="own scheme",
        ),
    ],
)
def test_a_sound_record_is_read_and_written(members: Members, asked: PayeeQuestion) -> None:
    read = parse_record(line(members))

    assert read == CheckRecord(UETR, asked)
    assert parse_record(encode_record(UETR, asked)) == read
    assert read_uetr(line(members)) == UETR


def bad(path: str, rule: str, title: str = "INVALID_FIELD") -> Fault:
    return Fault(title, f"Field '{path}' {rule}")


def others(**members: object) -> Members:
    return record(party=organisation(others=[members]))


EMPTY, TEXT, OBJECT, MANDATORY = "must not be empty", "must be a text", "must be an object", "is mandatory"
FAULTS: dict[str, tuple[Members, Fault]] = {
    "no uetr": (record(uetr=None), bad("uetr", MANDATORY)),
    "uetr is no UUID": (record(uetr="12930484-129284501-ecernb"), bad("uetr", "must be a UUID")),
    "uetr is a number": (record(uetr=5), bad("uetr", TEXT)),
    "no party": (record(party=None), bad("party", MANDATORY)),
    "party is a text": (record(party="x"), bad("party", OBJECT)),
    "party is empty": (record(party={}), bad("party", EMPTY)),
    "neither name nor identification": (
        record(party={"x": 1}),
        bad("party", "must have either a name or an identification"),
    ),
    "name and identification": (
        record(party={"name": "Henri Groenen", **organisation(anyBIC="ABNANL2A")}),
        bad("party", "must have either a name or an identification"),
    ),
    "empty name": (record(party={"name": ""}), bad("party.name", EMPTY)),
    "null name": (record(party={"name": None}), bad("party.name", EMPTY)),
    "name of signs": (record(party={"name": " .-"}), bad("party.name", "must contain a letter or a digit")),
    "long name": (
        record(party={"name": "x" * 141}),
        bad("party.name", "must have at most 140 characters"),
    ),
    "NUL in a name": (
        record(party={"name": "a\0b"}),
        bad("party.name", "must not contain control characters"),
    ),
    "line end in a name": (
        record(party={"name": "a\nb"}),
        bad("party.name", "must not contain control characters"),
    ),
    "half a character in a name": (
        record(party={"name": "a\ud800b"}),
        bad("party.name", "must not contain half of a surrogate pair"),
    ),
    "no account": (record(partyAccount=None), bad("partyAccount", MANDATORY)),
    "no IBAN": (record(partyAccount={"x": 1}), bad("partyAccount.iban", MANDATORY)),
    "wrong check digit": (
        record(partyAccount={"iban": "NL92ABNA0417164300"}),
        bad("partyAccount.iban", "has a wrong check digit"),
    ),
    "wrong length": (
        record(partyAccount={"iban": "DE8937040044053201300"}),
        bad("partyAccount.iban", "must have 22 characters for DE"),
    ),
    "no requesting agent": (record(requestingAgent=None), bad("requestingAgent", MANDATORY)),
    "requesting agent without BIC": (
        record(requestingAgent={"financialInstitutionId": {"x": 1}}),
        bad("requestingAgent.financialInstitutionId.bicfi", MANDATORY),
    ),
    "wrong requesting BIC": (
        record(requestingAgent=agent("ABN")),
        bad("requestingAgent.financialInstitutionId.bicfi", "is not a BIC", "INVALID_REQUESTING_AGENT_BIC"),
    ),
    "wrong party BIC": (
        record(partyAgent=agent("ABNAZZ2A")),
        bad("partyAgent.financialInstitutionId.bicfi", "has an unknown country", "INVALID_PARTY_AGENT_BIC"),
    ),
    "empty party agent": (record(partyAgent={}), bad("partyAgent", EMPTY)),
    "remittance is a number": (
        record(unstructuredRemittanceInformation=7),
        bad("unstructuredRemittanceInformation", "must be an array of texts that is not empty"),
    ),
    "remittance is empty": (
        record(unstructuredRemittanceInformation=[]),
        bad("unstructuredRemittanceInformation", "must be an array of texts that is not empty"),
    ),
    "long remittance": (
        record(unstructuredRemittanceInformation=["a", "b" * 141]),
        bad("unstructuredRemittanceInformation[1]", "must have at most 140 characters"),
    ),
    "no organisation": (record(party={"identification": {"x": 1}}), bad(ORGANISATION, MANDATORY)),
    "none of the three": (
        record(party=organisation(x=1)),
        bad(ORGANISATION, "must have a lei, an anyBIC or others"),
    ),
    "wrong LEI": (
        record(party=organisation(lei="213800KUD8LXJWSQ9D15")),
        bad(f"{ORGANISATION}.lei", "has a wrong check digit"),
    ),
    "wrong anyBIC": (record(party=organisation(anyBIC="x")), bad(f"{ORGANISATION}.anyBIC", "is not a BIC")),
    "others is an object": (
        record(party=organisation(others={"a": 1})),
        bad(f"{ORGANISATION}.others", "must be an array that is not empty"),
    ),
    "other is a text": (record(party=organisation(others=["x"])), bad(f"{ORGANISATION}.others[0]", OBJECT)),
    "other without identification": (
        others(schemeNameCode="DUNS"),
        bad(f"{ORGANISATION}.others[0].identification", MANDATORY),
    ),
    "long identification": (
        others(identification="x" * 257, schemeNameCode="DUNS"),
        bad(f"{ORGANISATION}.others[0].identification", "must have at most 256 characters"),
    ),
    "unknown code": (
        others(identification="1", schemeNameCode="ABCD"),
        bad(f"{ORGANISATION}.others[0].schemeNameCode", "is not a code of the list"),
    ),
    "code and own scheme": (
        others(identification="1", schemeNameCode="DUNS", schemeNameProprietary="House"),
        bad(f"{ORGANISATION}.others[0].schemeNameProprietary", "must not stand beside a schemeNameCode"),
    ),
    "wrong SIREN": (
        others(identification="732829321", schemeNameCode="SREN"),
        bad(f"{ORGANISATION}.others[0].identification", "has a wrong check digit"),
    ),
    "long issuer": (
        others(identification="1", schemeNameCode="DUNS", issuer="x" * 36),
        bad(f"{ORGANISATION}.others[0].issuer", "must have at most 35 characters"),
    ),
}


@pytest.mark.parametrize(
    ("members", "fault"), [pytest.param(*case, id=name) for name, case in FAULTS.items()]
)
def test_a_bad_member_is_named_with_its_rule(members: Members, fault: Fault) -> None:
    uetr = None if fault.detail.startswith("Field 'uetr'") else UETR

    assert parse_record(line(members)) == BadRecord(uetr, (fault,))
    assert read_uetr(line(members)) == uetr


def test_all_faults_of_a_record_are_told() -> None:
    read = parse_record(
        line({"uetr": "x", "party": {"name": None}, "partyAccount": {"iban": "DE1"}, "partyAgent": 1})
    )

    assert isinstance(read, BadRecord)
    assert [fault.detail for fault in read.faults] == [
        "Field 'uetr' must be a UUID",
        "Field 'party.name' must not be empty",
        "Field 'partyAccount.iban' is not an IBAN",
        "Field 'partyAgent' must be an object",
        "Field 'requestingAgent' is mandatory",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"x", id="not JSON"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'"x"', id="text"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"{}{}", id="two objects"),
        pytest.param(b'{"a":NaN}', id="not a number"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8 in an unknown member"),
        pytest.param(line(record())[:-1] + b',"x":"\xc3\x28"}', id="not UTF-8 in a sound record"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
        pytest.param(b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", id="nested deep"),
        pytest.param(b'{"uetr":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, id="uetr nested deep"),
    ],
)
def test_what_is_no_object_is_told_apart(text: bytes) -> None:
    assert parse_record(text) is NOT_AN_OBJECT
    assert read_uetr(text) is NOT_AN_OBJECT


def test_of_members_that_are_there_twice_the_last_counts() -> None:
    sound = line(record())
    for first in (
        b'"uetr":5',
        b'"party":{"identification":1}',
        b'"partyAccount":{"iban":"x"}',
        b'"uetr":"\\ud800"',
    ):
        twice = b"{" + first + b"," + sound[1:]
        assert parse_record(twice) == parse_record(sound)
        assert read_uetr(twice) == UETR
        last = sound[:-1] + b"," + first + b"}"
        assert isinstance(parse_record(last), BadRecord)


@pytest.mark.parametrize("number", ["9" * 20_000, "1e999999", "-0", "1" + "0" * 400 + ".5"])
def test_a_huge_number_does_no_harm(number: str) -> None:
    unknown = line(record())[:-1] + f',"x":{number}}}'.encode()
    assert parse_record(unknown) == CheckRecord(UETR, question())
    text = line(record(uetr=0)).replace(b'"uetr": 0', f'"uetr": {number}'.encode())
    assert parse_record(text) == BadRecord(None, (bad("uetr", TEXT),))
    assert read_uetr(text) is None


def test_an_escaped_uetr_is_read() -> None:
    assert read_uetr(line(record()).replace(b"13b8472f-", b"13b8472f\\u002d")) == UETR


def test_the_single_check_of_the_specification_is_read() -> None:
    body = {
        "party": {"name": "Anna Becker"},
        "partyAccount": {"iban": "DE02120300000000202051"},
        "partyAgent": agent("BYLADEM1001"),
        "requestingAgent": agent("ABNANL2A"),
    }

    asked = PayeeQuestion("DE02120300000000202051", "Anna Becker", None, "BYLADEM1001", "ABNANL2A")
    assert parse_single(line(body)) == asked


def test_a_bad_single_check_tells_all_faults() -> None:
    with pytest.raises(FaultsError) as caught:
        parse_single(line(record(uetr=None, party={"name": ""})))

    assert caught.value.faults == (bad("party.name", EMPTY), bad("partyAgent", MANDATORY))


def test_a_single_check_that_is_no_object_is_refused() -> None:
    with pytest.raises(FaultsError) as caught:
        parse_single(b"[1]")

    assert caught.value.faults == (Fault("INVALID_FIELD", "The body is not a JSON object"),)


def nested(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=4)


NAMES = (
    "uetr party name identification organisationId lei anyBIC others schemeNameCode schemeNamePropietary issuer "
    "partyAccount iban partyAgent requestingAgent financialInstitutionId bicfi unstructuredRemittanceInformation"
)
KEYS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["DE1", UETR]),
    nested,
    max_leaves=12,
)


def assert_read(text: bytes) -> None:
    read = parse_record(text)
    uetr = read_uetr(text)
    if isinstance(read, NotAnObject):
        assert uetr is NOT_AN_OBJECT
        return
    assert uetr == read.uetr
    assert uetr is None or str(UUID(uetr)) == uetr
    if isinstance(read, BadRecord):
        assert read.faults
    else:
        assert parse_record(encode_record(read.uetr, read.question)) == read


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read(text: bytes) -> None:
    assert_read(text)


@given(st.dictionaries(KEYS, VALUES, max_size=7))
@settings(max_examples=300, deadline=None)
def test_any_object_is_read(members: Members) -> None:
    assert_read(line(members))


@given(st.sampled_from([line(record()), *(line(case[0]) for case in FAULTS.values())]), st.data())
@settings(max_examples=500, deadline=None)
def test_a_damaged_record_is_read(text: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    size = data.draw(st.integers(0, 8))
    assert_read(text[:place] + data.draw(st.binary(max_size=4)) + text[place + size :])


# Half of a surrogate pair is nothing for the quick way: a record with it is read the careful way.
CAREFUL = b',"zz":"\\ud800"}'
NAMES_GIVEN = st.text(max_size=145) | st.sampled_from(["Anna Becker", ".", "\x85", "²"])
IBANS_GIVEN = st.sampled_from(
    ["NL91ABNA0417164300", "nl91 abna0417164300", "NL92ABNA0417164300", "SA0380000000608010167519"]
)
BICS_GIVEN = st.sampled_from(["ABNANL2A", " BYLADEM1001", "ABNAZZ2A", "", None, 1])


@given(NAMES_GIVEN, IBANS_GIVEN, BICS_GIVEN, BICS_GIVEN)
@settings(deadline=None)
def test_the_quick_way_and_the_careful_way_agree(
    name: str, iban: str, party: object, requesting: object
) -> None:
    text = line(
        record(
            party={"name": name},
            partyAccount={"iban": iban},
            partyAgent=agent(party),
            requestingAgent=agent(requesting),
        )
    )

    assert parse_record(text) == parse_record(text[:-1] + CAREFUL)


SECRETS = ("Xylophonist Quagmire", "DE99370400440532013000", "QQQQZZ2A", "999999999")


def test_faults_hold_no_value_of_the_line() -> None:
    name, iban, bic, number = SECRETS
    read = parse_record(
        line(
            {
                "uetr": name,
                "party": {"name": name * 10, **organisation(lei=bic, others=[{"identification": number}])},
                "partyAccount": {"iban": iban},
                "partyAgent": agent(bic),
                "requestingAgent": agent(bic),
            }
        )
    )

    assert isinstance(read, BadRecord)
    assert len(read.faults) == 7
    assert not any(secret in str(read) for secret in SECRETS)
