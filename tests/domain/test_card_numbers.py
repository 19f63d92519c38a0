"""Card numbers are found wherever the Luhn check says so, and only there."""

import pytest

from duerun.domain.card_numbers import contains_card_number, passes_luhn


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("4242424242424242", id="visa, 16 digits"),
        pytest.param("4222222222222", id="visa, 13 digits"),
        pytest.param("378282246310005", id="american express, 15 digits"),
        pytest.param("6304000000000000000", id="maestro, 19 digits"),
        pytest.param("card 4242-4242-4242-4242, thanks", id="dashes inside a sentence"),
        pytest.param("3782 822463 10005", id="american express as printed"),
        pytest.param("4242 4242 4242 4242 123", id="security code after it"),
        pytest.param("12 4242 4242 4242 4242", id="digits before it"),
        pytest.param("4242424242424242 2026", id="year after it"),
        pytest.param("4242\u00a04242\u00a04242\u00a04242", id="no-break spaces"),
        pytest.param("４２４２４２４２４２４２４２４２", id="full-width digits"),
        pytest.param("x4242424242424242y", id="between letters"),
    ],
)
def test_a_card_number_is_found(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Membership fee", id="words"),
        pytest.param("4242424242424241", id="wrong check digit"),
        pytest.param("424242424242", id="12 digits"),
        pytest.param("42424242424242424242", id="20 digits in one piece"),
        pytest.param("4242  4242  4242  4242", id="two spaces between groups"),
        pytest.param("4242,4242,4242,4242", id="commas"),
        pytest.param("+66 2 252 8777 / 2026-11-23", id="telephone number and date"),
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert not contains_card_number(text)


def test_exactly_one_of_ten_check_digits_passes() -> None:
    numbers = [f"424242424242424{digit}" for digit in range(10)]

    assert [number for number in numbers if passes_luhn(number)] == ["4242424242424242"]
