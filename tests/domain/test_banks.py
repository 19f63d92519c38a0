"""Banks of the four countries and the form of bank accounts."""

import pytest

from duerun.domain import banks
from duerun.domain.banks import Bank
from duerun.domain.errors import RejectedError


@pytest.mark.parametrize(
    ("country", "given", "stored"),
    [
        pytest.param("TH", Bank("bbl"), Bank("bbl", "bbl"), id="Thai brand"),
        pytest.param("TH", Bank("KBANK"), Bank("kbank", "kbank"), id="any case"),
        pytest.param("TH", Bank(bank_code="scb"), Bank("scb", "scb"), id="Thai bank_code"),
        pytest.param("TH", Bank("002"), Bank("bbl", "bbl"), id="Thai number"),
        pytest.param("TH", Bank("tmb"), Bank("tmb", "tmb"), id="name before 2021"),
        pytest.param("TH", Bank("test"), Bank("test", "test"), id="Thai test bank"),
        pytest.param("JP", Bank(None, "0001", "123"), Bank(None, "0001", "123"), id="Japan"),
        pytest.param("JP", Bank(None, "0000", "000"), Bank(None, "0000", "000"), id="Japanese test bank"),
        pytest.param("SG", Bank("7171"), Bank("7171", "7171"), id="Singapore"),
        pytest.param("SG", Bank("9999"), Bank("9999", "9999"), id="Singapore, not in the list"),
        pytest.param("MY", Bank("Maybank"), Bank("maybank", "maybank"), id="Malaysia"),
    ],
)
def test_a_bank_is_kept_in_the_form_of_its_country(country: str, given: Bank, stored: Bank) -> None:
    assert banks.validate_bank(country, given, livemode=False) == stored


@pytest.mark.parametrize(
    ("country", "given", "livemode"),
    [
        pytest.param("TH", Bank("nosuch"), False, id="unknown Thai brand"),
        pytest.param("TH", Bank(), False, id="nothing given"),
        pytest.param("TH", Bank("7171"), False, id="bank of another country"),
        pytest.param("TH", Bank("test"), True, id="test bank in live mode"),
        pytest.param("JP", Bank(None, "0000", "000"), True, id="Japanese test bank in live mode"),
        pytest.param("JP", Bank(None, "123", "123"), False, id="three digits for a Japanese bank"),
        pytest.param("JP", Bank(None, "0001", None), False, id="no Japanese branch"),
        pytest.param("SG", Bank("71711"), False, id="five digits in Singapore"),
        pytest.param("MY", Bank("x"), False, id="one letter in Malaysia"),
        pytest.param("MY", Bank("may bank"), False, id="a space in Malaysia"),
    ],
)
def test_a_bank_that_its_country_does_not_know_is_refused(country: str, given: Bank, livemode: bool) -> None:
    with pytest.raises(RejectedError) as refused:
        banks.validate_bank(country, given, livemode=livemode)

    assert refused.value.code == "invalid_bank_account"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("1234567890", "1234567890", id="plain"),
        pytest.param("123-4-56789-0", "1234567890", id="dashes"),
        pytest.param("0123 4567", "01234567", id="leading zero and a space"),
    ],
)
def test_an_account_number_is_kept_as_its_digits(written: str, number: str) -> None:
    assert banks.validate_account_number(written) == number


@pytest.mark.parametrize("written", ["1234", "12345678901234567890X", "1" * 21, "", "١٢٣٤٥٦"])
def test_an_account_number_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(RejectedError) as refused:
        banks.validate_account_number(written)

    assert refused.value.code == "invalid_bank_account"


def test_every_thai_bank_number_leads_to_a_bank_with_a_name() -> None:
    nameless = [code for code in banks.THAI_BANK_NUMBERS.values() if banks.name_of(code) == code]

    assert nameless == []


def test_the_test_bank_is_told_in_test_mode_only() -> None:
    told = {livemode: banks.codes_of("TH", livemode=livemode) for livemode in (False, True)}

    assert len(told[True]) == 30
    assert set(told[False]) - set(told[True]) == {"test"}
