"""IBANs, BICs and identifications of organisations, by values that were published and by another implementation."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as other_iban
from stdnum import lei as other_lei
from stdnum import numdb
from stdnum.eu import vat as other_vat
from stdnum.iso7064 import mod_97_10

from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import bic8, parse_bic, without_head_office
from duerun.domain.payees.iban import bank_code, country, is_served, parse_iban
from duerun.domain.payees.organisation_ids import (
    SCHEMES,
    agree,
    check_other,
    normalise,
    parse_lei,
    parse_org_id,
    parse_vat_number,
)
from duerun.domain.payees.questions import Identification, OtherId

SERVED = (
    "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 "
    "LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22"
)


def with_check_digits(land: str, bban: str) -> str:
    return land + mod_97_10.calc_check_digits(bban + land) + bban


@pytest.mark.parametrize(
    ("text", "iban", "code"),
    [
        pytest.param("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", "ABNA", id="Netherlands with spaces"),
        pytest.param(
            "de89370400440532013000", "DE89370400440532013000", "37040044", id="Germany, small letters"
        ),
        pytest.param("FR1420041010050500013M02606", "FR1420041010050500013M02606", "20041", id="France"),
        pytest.param("IT60X0542811101000000123456", "IT60X0542811101000000123456", "05428", id="Italy"),
        pytest.param("SM86U0322509800000000270100", "SM86U0322509800000000270100", "03225", id="San Marino"),
        pytest.param("ES9121000418450200051332", "ES9121000418450200051332", "2100", id="Spain"),
        pytest.param("AT611904300234573201", "AT611904300234573201", "19043", id="Austria"),
        pytest.param("BE68539007547034", "BE68539007547034", "539", id="Belgium"),
        pytest.param("GB29NWBK60161331926819", "GB29NWBK60161331926819", "NWBK", id="United Kingdom"),
        pytest.param(
            "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S", "MALT", id="Malta"
        ),
        pytest.param("NO9386011117947", "NO9386011117947", "8601", id="Norway, the shortest"),
        pytest.param(
            "NL34SRPY0000000006", "NL34SRPY0000000006", "SRPY", id="example with a sound check digit"
        ),
        pytest.param("SA0380000000608010167519", "SA0380000000608010167519", "80", id="a country not served"),
        pytest.param(
            "DE02\u00a01203 0000 0000 2020 51", "DE02120300000000202051", "12030000", id="fixed space"
        ),
    ],
)
def test_a_published_iban_is_read(text: str, iban: str, code: str) -> None:
    assert parse_iban(text) == iban
    assert bank_code(iban) == code
    assert country(iban) == iban[:2]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("NL88SRPY9056000789", "has a wrong check digit", id="published example 1"),
        pytest.param("NL91SRPY1234565432", "has a wrong check digit", id="published example 2"),
        pytest.param("BE12345678901234", "has a wrong check digit", id="published example 3"),
        pytest.param("DE8937040044053201300", "must have 22 characters for DE", id="too short"),
        pytest.param("NL91ABNA04171643000", "must have 18 characters for NL", id="too long"),
        pytest.param("", "is not an IBAN", id="empty"),
        pytest.param("123456", "is not an IBAN", id="digits"),
        pytest.param("NL91-ABNA-0417-1643-00", "is not an IBAN", id="hyphens"),
        pytest.param("NL91ABNA0417164300\n", "is not an IBAN", id="line end"),
        pytest.param("NL91ABNA041716430٠", "is not an IBAN", id="Arabic digit"),
        pytest.param("DE8937040044053201300ß", "is not an IBAN", id="sharp s, two letters in upper case"),
        pytest.param("ıE89370400440532013000", "is not an IBAN", id="dotless i"),
        pytest.param("NL91" + "0" * 31, "is not an IBAN", id="over the longest"),
        pytest.param("XX82123456789", "has a wrong check digit", id="no such country"),
    ],
)
def test_a_wrong_iban_is_refused_with_the_rule_alone(text: str, rule: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_iban(text)
    assert caught.value.message == rule


def test_the_countries_of_the_scheme_are_served_with_their_lengths() -> None:
    assert len(SERVED.split()) == 42
    for entry in SERVED.split():
        iban = with_check_digits(entry[:2], "1" * (int(entry[2:]) - 4))
        assert parse_iban(iban) == iban
        assert is_served(iban)
        with pytest.raises(RejectedError, match=f"must have {entry[2:]} characters for {entry[:2]}"):
            parse_iban(iban + "0")


def test_other_countries_are_valid_but_not_served() -> None:
    for iban in ("SA0380000000608010167519", "XK051212012345678906", with_check_digits("ZZ", "12345")):
        assert not is_served(parse_iban(iban))
    assert bank_code(with_check_digits("ZZ", "12345")) == ""


REGISTRY = {entry[1]: entry[3]["bban"] for entry in numdb.get("iban").prefixes}
SIGNS = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def bbans(structure: str) -> st.SearchStrategy[str]:
    parts = re.findall(r"([0-9]+)!([nac])", structure)
    texts = [st.text(SIGNS[kind], min_size=int(size), max_size=int(size)) for size, kind in parts]
    return st.tuples(*texts).map("".join)


IBANS = st.sampled_from(sorted(REGISTRY)).flatmap(
    lambda land: bbans(REGISTRY[land]).map(lambda bban: with_check_digits(land, bban))
)


@given(IBANS, st.integers(0, 33), st.sampled_from(SIGNS["c"]))
@settings(deadline=None)
def test_ibans_of_all_countries_are_read_as_another_implementation_reads_them(
    iban: str, place: int, sign: str
) -> None:
    assert other_iban.is_valid(iban, check_country=False)
    assert parse_iban(iban.lower()) == iban
    assert iban[4:].find(bank_code(iban)) in (0, 1)
    assert len(bank_code(iban)) >= 2

    changed = iban[:place] + sign + iban[place + 1 :]
    if other_iban.is_valid(changed, check_country=False):
        assert parse_iban(changed) == changed
    elif (
        changed[:4] == iban[:4]
        and len(changed) == len(iban)
        and not mod_97_10.is_valid(changed[4:] + changed[:4])
    ):
        with pytest.raises(RejectedError):
            parse_iban(changed)


@pytest.mark.parametrize(
    ("text", "bic"),
    [
        pytest.param("ABNANL2A", "ABNANL2A", id="eight"),
        pytest.param(" BYLADEM1001 ", "BYLADEM1001", id="eleven, with spaces"),
        pytest.param("NCBVXKPRXXX", "NCBVXKPRXXX", id="Kosovo"),
        pytest.param("1234NL2A", "1234NL2A", id="digits in the bank's part"),
    ],
)
def test_a_bic_is_read(text: str, bic: str) -> None:
    assert parse_bic(text) == bic
    assert bic8(bic) == bic[:8]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("ABNANL2", "is not a BIC", id="seven"),
        pytest.param("ABNANL2A1", "is not a BIC", id="nine"),
        pytest.param("abnanl2a", "is not a BIC", id="small letters"),
        pytest.param("ABNA1L2A", "is not a BIC", id="digit in the country"),
        pytest.param("ABNANL2A\n", "is not a BIC", id="line end"),
        pytest.param("", "is not a BIC", id="empty"),
        pytest.param("ABNAZZ2A", "has an unknown country", id="no such country"),
    ],
)
def test_a_wrong_bic_is_refused(text: str, rule: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_bic(text)
    assert caught.value.message == rule


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("ABNANL2A", "ABNANL2AXXX", True, id="head office"),
        pytest.param("BYLADEM1001", "BYLADEM1001", True, id="same branch"),
        pytest.param("BYLADEM1001", "BYLADEM1", False, id="branch and none"),
        pytest.param("ABNANL2A", "INGBNL2A", False, id="two banks"),
    ],
)
def test_two_bics_mean_one_psp(one: str, other: str, same: bool) -> None:
    assert (without_head_office(one) == without_head_office(other)) is same


@pytest.mark.parametrize("text", ["213800KUD8LAJWSQ9D15", "5493000IBP32UQZ0KL24", "724500VKKSH9QOLTFR81"])
def test_a_published_lei_is_read(text: str) -> None:
    assert parse_lei(text) == text


@given(st.text(SIGNS["c"], min_size=18, max_size=18), st.integers(0, 99))
@settings(deadline=None)
def test_leis_are_read_as_another_implementation_reads_them(head: str, check: int) -> None:
    text = f"{head}{check:02}"
    try:
        assert parse_lei(text) == text
        assert other_lei.is_valid(text)
    except RejectedError:
        assert not other_lei.is_valid(text)


@pytest.mark.parametrize(
    "text", ["213800KUD8LXJWSQ9D15", "213800kud8lajwsq9d15", "213800KUD8LAJWSQ9D1", "", "٣" * 20]
)
def test_a_wrong_lei_is_refused(text: str) -> None:
    with pytest.raises(RejectedError):
        parse_lei(text)


VAT_NUMBERS = {
    "Austria": "ATU13585627",
    "Belgium": "BE0428759497",
    "Denmark": "DK13585628",
    "France": "FR61954506077",
    "Germany": "DE136695976",
    "Greece": "EL094259216",
    "Italy": "IT00743110157",
    "Netherlands": "NL004495445B01",
    "Northern Ireland": "XI980780684",
    "Poland": "PL8567346215",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=land) for land, text in VAT_NUMBERS.items()])
def test_a_vat_number_of_the_eu_is_read(text: str) -> None:
    assert other_vat.is_valid(text)
    assert parse_vat_number(text) == text
    assert parse_vat_number(f" {text[:2].lower()} {text[2:5]}.{text[5:]}") == text
    check_other("TXID", text)
    changed = text[:6] + str((int(text[6]) + 1) % 10) + text[7:]
    with pytest.raises(RejectedError, match="is not a VAT number of its country"):
        parse_vat_number(changed)


@pytest.mark.parametrize(
    "text", ["GB980780684", "GR094259216", "US123456789", "", "DE", "DE13669597٦", "EU372022452"]
)
def test_a_number_that_is_no_vat_number_of_the_eu_is_refused(text: str) -> None:
    with pytest.raises(RejectedError):
        parse_vat_number(text)


@pytest.mark.parametrize(
    ("scheme", "number", "rule"),
    [
        pytest.param("SREN", "732829320", None, id="SIREN"),
        pytest.param("SREN", "732 829 320", None, id="SIREN with spaces"),
        pytest.param("SREN", "732829321", "has a wrong check digit", id="SIREN, wrong digit"),
        pytest.param("SREN", "73282932", "must have 9 digits", id="SIREN, short"),
        pytest.param("SREN", "73282932A", "must have 9 digits", id="SIREN with a letter"),
        pytest.param("SRET", "73282932000074", None, id="SIRET"),
        pytest.param("SRET", "73282932000075", "has a wrong check digit", id="SIRET, wrong digit"),
        pytest.param("SRET", "35600000049837", None, id="SIRET of a post office"),
        pytest.param("TXID", "GR094259216", "must begin with EL for Greece", id="Greek tax number with GR"),
        pytest.param("TXID", "DE136695977", "is not a VAT number of its country", id="German tax number"),
        pytest.param("TXID", "136695976", None, id="tax number without a prefix"),
        pytest.param("TXID", "CHE107787577", None, id="Swiss tax number"),
        pytest.param("DUNS", "anything", None, id="scheme without a rule"),
        pytest.param(None, "anything", None, id="no scheme"),
    ],
)
def test_an_identification_obeys_its_scheme(scheme: str | None, number: str, rule: str | None) -> None:
    if rule is None:
        check_other(scheme, number)
        return
    with pytest.raises(RejectedError) as caught:
        check_other(scheme, number)
    assert caught.value.message == rule


def test_the_schemes_are_those_of_the_list() -> None:
    assert len(SCHEMES) == 14


def other(
    number: str, scheme: str | None = "TXID", *, own: bool = False, issuer: str | None = None
) -> Identification:
    return Identification(others=(OtherId(number, scheme, own, issuer),))


HELD = Identification(
    lei="213800KUD8LAJWSQ9D15",
    any_bic="ABNANL2AXXX",
    others=(
        OtherId("DE136695976", "TXID"),
        OtherId("004495445B01", "TXID"),
        OtherId("094259216", "TXID"),
        OtherId("HRB 12.345-6", "Handelsregister", is_proprietary=True, issuer="Amtsgericht"),
    ),
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param(Identification(lei="213800KUD8LAJWSQ9D15"), True, id="LEI"),
        pytest.param(Identification(lei="5493000IBP32UQZ0KL24"), False, id="another LEI"),
        pytest.param(Identification(any_bic="ABNANL2A"), True, id="BIC without branch"),
        pytest.param(Identification(any_bic="INGBNL2A"), False, id="another BIC"),
        pytest.param(other("de 136.695-976"), True, id="signs and case"),
        pytest.param(other("136695976"), True, id="asked without prefix"),
        pytest.param(other("NL004495445B01"), True, id="held without prefix"),
        pytest.param(other("GR094259216"), True, id="Greece by its country code"),
        pytest.param(other("AT136695976"), False, id="another prefix"),
        pytest.param(other("36695976"), False, id="part of a number"),
        pytest.param(other("732829320", "SREN"), None, id="no such scheme"),
        pytest.param(other("HRB123456", "handelsregister", own=True), True, id="own scheme"),
        pytest.param(other("HRB123456", "Handelsregister"), None, id="own scheme as a code"),
        pytest.param(
            other("HRB123456", "Handelsregister", own=True, issuer="Other"), None, id="another issuer"
        ),
        pytest.param(
            Identification(lei="213800KUD8LAJWSQ9D15", others=(OtherId("732829320", "SREN"),)),
            True,
            id="one scheme held, it agrees",
        ),
        pytest.param(
            Identification(lei="213800KUD8LAJWSQ9D15", any_bic="INGBNL2A"), False, id="one of two agrees"
        ),
        pytest.param(Identification(), None, id="nothing asked"),
    ],
)
def test_identifications_agree_exactly(asked: Identification, answer: bool | None) -> None:
    assert agree(asked, HELD) is answer


@pytest.mark.parametrize(
    ("text", "identification"),
    [
        pytest.param("213800KUD8LAJWSQ9D15", Identification(lei="213800KUD8LAJWSQ9D15"), id="LEI"),
        pytest.param("ABNANL2A", Identification(any_bic="ABNANL2A"), id="BIC"),
        pytest.param("DE136695976", other("DE136695976"), id="VAT number"),
        pytest.param("nl 004495445 b01", other("NL004495445B01"), id="VAT number with spaces"),
        pytest.param("DUNS:15-048-3782", other("15-048-3782", "DUNS"), id="scheme"),
        pytest.param(" txid : DE136695976 ", other("DE136695976"), id="scheme with spaces"),
        pytest.param("LEI:213800KUD8LAJWSQ9D15", Identification(lei="213800KUD8LAJWSQ9D15"), id="scheme LEI"),
        pytest.param("BIC:ABNANL2A", Identification(any_bic="ABNANL2A"), id="scheme BIC"),
    ],
)
def test_a_cell_is_read_as_an_identification(text: str, identification: Identification) -> None:
    assert parse_org_id(text) == identification


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("213800KUD8LXJWSQ9D15", "has a wrong check digit", id="LEI"),
        pytest.param("DE136695977", "is not a VAT number of its country", id="VAT number"),
        pytest.param("hello", "is not an LEI, a BIC or a VAT number", id="none of them"),
        pytest.param("", "is not an LEI, a BIC or a VAT number", id="empty"),
        pytest.param("ABCD:1", "names an unknown scheme", id="unknown scheme"),
        pytest.param("DUNS:", "has no value", id="no value"),
        pytest.param("SREN:1", "must have 9 digits", id="scheme's rule"),
    ],
)
def test_a_cell_that_is_no_identification_is_refused(text: str, rule: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_org_id(text)
    assert caught.value.message == rule


@given(st.text(), st.sampled_from([None, "SREN", "SRET", "TXID", "DUNS"]))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str, scheme: str | None) -> None:
    for read in (parse_iban, parse_bic, parse_lei, parse_vat_number, parse_org_id):
        with suppress(RejectedError):
            read(text)
    with suppress(RejectedError):
        check_other(scheme, text)
    assert normalise(scheme, normalise(scheme, text)) == normalise(scheme, text)
