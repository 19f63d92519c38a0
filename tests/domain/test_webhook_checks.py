"""What a receiver finds out about a signature.

The signatures were computed with `openssl dgst -sha256 -mac HMAC -macopt hexkey:<decoded secret>`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from duerun.domain.errors import RejectedError
from duerun.domain.webhook_checks import Verdict, parse_secret, verify_omise, verify_standard

KEY = parse_secret("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=")
OTHER = parse_secret("b2xkZXItc2VjcmV0LW9sZGVyLXNlY3JldC1vbGRlci0=")
EVENT = "evnt_test_5aikygh29nc6u68xuib"
BODY = b'{"key":"charge.create"}'
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOTTED = "24116cbbde6dd9106f4d0a0d036b311a0afa093e2bdc26e6c42c8f912a5f0379"
BARE = "671d97a4aa18c9415fd9051f43966f495c4348b41c78ff133b6b209de888de20"
STANDARD = "v1,sFd/Kuw30Y5uX80zGS8Gkga/u7BWYlA3w8F5DdO1eiY="
OMISE = {"omise-signature": DOTTED, "omise-signature-timestamp": "1767225600"}
STANDARDS = {"webhook-id": EVENT, "webhook-timestamp": "1767225600", "webhook-signature": STANDARD}

Verify = Callable[[Mapping[str, str], bytes, bytes, datetime], Verdict]
BOTH = pytest.mark.parametrize(
    ("verify", "headers"), [(verify_omise, OMISE), (verify_standard, STANDARDS)], ids=["omise", "standard"]
)


@BOTH
def test_a_right_signature_is_genuine_for_five_minutes(verify: Verify, headers: dict[str, str]) -> None:
    verdicts = [verify(headers, BODY, KEY, NOW + timedelta(seconds=age)) for age in (-301, -300, 0, 300, 301)]

    assert verdicts == ["TOO OLD", "verified", "verified", "verified", "TOO OLD"]


@BOTH
def test_another_body_or_another_secret_is_wrong(verify: Verify, headers: dict[str, str]) -> None:
    assert verify(headers, BODY + b" ", KEY, NOW) is Verdict.FALSE
    assert verify(headers, BODY, OTHER, NOW) is Verdict.FALSE
    assert verify({}, BODY, KEY, NOW) is Verdict.ABSENT


@pytest.mark.parametrize("given", [f"{'0' * 64},{DOTTED}", f"{DOTTED}, {'0' * 64}"])
def test_during_a_rotation_either_value_of_omise_may_be_right(given: str) -> None:
    assert verify_omise(OMISE | {"omise-signature": given}, BODY, KEY, NOW) is Verdict.GENUINE


def test_during_a_rotation_either_value_of_the_standard_may_be_right() -> None:
    given = STANDARDS | {"webhook-signature": f"v1,AAAA {STANDARD}"}

    assert verify_standard(given, BODY, KEY, NOW) is Verdict.GENUINE


def test_the_older_header_of_omise_counts_where_it_stands_alone() -> None:
    assert verify_omise({"x-omise-signature": BARE}, BODY, KEY, NOW) is Verdict.GENUINE
    assert verify_omise({"x-omise-signature": DOTTED}, BODY, KEY, NOW) is Verdict.FALSE


@pytest.mark.parametrize("timestamp", ["", "soon", "9" * 400, "٣"])
def test_a_timestamp_that_cannot_be_read_is_wrong(timestamp: str) -> None:
    given = OMISE | {"omise-signature-timestamp": timestamp}

    assert verify_omise(given, BODY, KEY, NOW) is Verdict.FALSE


@pytest.mark.parametrize("text", ["", " ", "no base64!", "é"])
def test_a_text_that_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(RejectedError, match="base64"):
        parse_secret(text)
