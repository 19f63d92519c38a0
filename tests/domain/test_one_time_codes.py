"""Codes that follow the clock, beside the vectors of RFC 6238 and another implementation."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from duerun.domain.one_time_codes import code_of, matching_step, setup_uri, step_of

SEED = b"12345678901234567890"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert code_of(SEED, step_of(EPOCH + timedelta(seconds=seconds))) == code


@pytest.mark.parametrize("number", range(60))
def test_another_implementation_says_the_same(number: int) -> None:
    seed = bytes((number * 37 + place * 11) % 256 for place in range(20))
    seconds = number * 86_399 * 311
    other = TOTP(seed, 6, SHA1(), 30).generate(seconds).decode()  # noqa: S303 - the algorithm of RFC 6238

    assert code_of(seed, step_of(EPOCH + timedelta(seconds=seconds))) == other


def test_a_code_counts_in_the_steps_beside_its_own_and_never_again() -> None:
    now = EPOCH + timedelta(seconds=1111111111)
    step = step_of(now)

    assert matching_step(SEED, code_of(SEED, step - 1), now, after=0) == step - 1
    assert matching_step(SEED, f" {code_of(SEED, step + 1)} ", now, after=0) == step + 1
    assert matching_step(SEED, code_of(SEED, step - 2), now, after=0) is None
    assert matching_step(SEED, code_of(SEED, step), now, after=step) is None
    assert matching_step(SEED, "٠٥٠٤٧١", now, after=0) is None


def test_the_address_for_an_app_escapes_the_name() -> None:
    uri = setup_uri(SEED, name="a b@example.com")

    assert uri.startswith(
        "otpauth://totp/Duerun:a%20b%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
    )
