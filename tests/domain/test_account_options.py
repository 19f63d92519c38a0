"""What an operator may set of an account."""

from typing import Any

import pytest

from duerun.domain.account_options import OPTIONS, parse_option
from duerun.domain.errors import RejectedError


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("timezone", "Europe/Berlin", "Europe/Berlin"),
        ("charge_run_time", "9:05", "09:05"),
        ("api_version", "2017-11-02", "2017-11-02"),
        ("charge_fee_rate", "2.90", "2.90"),
        ("transfer_fee", "0", 0),
        ("settlement_days", "7", 7),
        ("auto_verify_recipients", "Yes", True),
        ("holidays", "2027-04-14, 2027-04-13", ["2027-04-13", "2027-04-14"]),
        ("holidays", "", []),
    ],
)
def test_an_option_is_read_from_text(name: str, text: str, value: Any) -> None:
    assert parse_option(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("charge_run_time", "25:00"),
        ("charge_run_time", "noon"),
        ("api_version", "2014"),
        ("vat_rate", "101"),
        ("vat_rate", "NaN"),
        ("transfer_fee", "-1"),
        ("settlement_days", "366"),
        ("auto_verify_recipients", "maybe"),
        ("holidays", "2027-02-30"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name_and_rule(name: str, text: str) -> None:
    with pytest.raises(RejectedError) as refused:
        parse_option(name, text)

    assert refused.value.message == f"{name} must be {OPTIONS[name][0]}"


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(RejectedError, match="colour is not an option"):
        parse_option("colour", "blue")
