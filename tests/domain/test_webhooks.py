"""Signatures, retry times and addresses of webhooks.

The signatures were computed with `openssl dgst -sha256 -mac HMAC -macopt hexkey:<decoded secret>`.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from duerun.domain.addresses import AllowList
from duerun.domain.errors import RejectedError
from duerun.domain.webhooks import (
    RETRIES_DEFAULT,
    RETRY_FOR,
    DeliveryState,
    Reply,
    SignatureForm,
    check_uri,
    headers,
    judge,
    next_try_at,
    parse_retries,
    retry_after,
)

SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
OLDER = "b2xkZXItc2VjcmV0LW9sZGVyLXNlY3JldC1vbGRlci0="
EVENT = "evnt_test_5aikygh29nc6u68xuib"
BODY = b'{"key":"charge.create"}'
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOTTED = "24116cbbde6dd9106f4d0a0d036b311a0afa093e2bdc26e6c42c8f912a5f0379"
DOTTED_OLDER = "13a60ea0e0be1ec7b4c9d652ad358815d49cc842d2500ad154eed20b8d2c04d4"
BARE = "671d97a4aa18c9415fd9051f43966f495c4348b41c78ff133b6b209de888de20"
STANDARD = "v1,sFd/Kuw30Y5uX80zGS8Gkga/u7BWYlA3w8F5DdO1eiY="
STANDARD_OLDER = "v1,g/FtgNqpnR3YcOeHPPye3klGp5OKA9Sc5QUrDC33VIE="
RETRIES = parse_retries(RETRIES_DEFAULT)


def signed(*secrets: str, form: SignatureForm = SignatureForm.OMISE) -> dict[str, str]:
    return headers(EVENT, BODY, secrets=secrets, now=NOW, form=form)


def test_both_forms_of_the_signature_are_what_openssl_says() -> None:
    found = signed(SECRET)

    assert found["Omise-Signature"] == DOTTED
    assert found["Omise-Signature-Timestamp"] == "1767225600"
    assert found["webhook-signature"] == STANDARD
    assert (found["webhook-id"], found["webhook-timestamp"]) == (EVENT, "1767225600")


def test_a_receiver_that_follows_the_documentation_finds_the_same_signature() -> None:
    text = signed(SECRET)["Omise-Signature-Timestamp"].encode() + b"." + BODY

    own = hmac.new(base64.b64decode(SECRET), text, hashlib.sha256).hexdigest()

    assert signed(SECRET)["Omise-Signature"] == own


def test_during_a_rotation_both_secrets_sign() -> None:
    found = signed(SECRET, OLDER)

    assert found["Omise-Signature"] == f"{DOTTED},{DOTTED_OLDER}"
    assert found["webhook-signature"] == f"{STANDARD} {STANDARD_OLDER}"


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (SignatureForm.OMISE, {"Omise-Signature", "Omise-Signature-Timestamp"}),
        (SignatureForm.X_OMISE, {"X-Omise-Signature"}),
        (SignatureForm.BOTH, {"Omise-Signature", "Omise-Signature-Timestamp", "X-Omise-Signature"}),
    ],
)
def test_the_setting_chooses_the_documented_header(form: SignatureForm, names: set[str]) -> None:
    found = signed(SECRET, form=form)

    assert {name for name in found if "Omise" in name} == names
    assert found.get("X-Omise-Signature", BARE) == BARE


def test_without_a_secret_nothing_is_signed() -> None:
    assert set(signed()) == {"Content-Type", "webhook-id", "webhook-timestamp"}


def test_the_waits_are_the_documented_ones_and_end_on_day_seven() -> None:
    moment = NOW
    waits: list[timedelta] = []
    while (following := next_try_at(len(waits) + 1, NOW, moment, retries=RETRIES)) is not None:
        waits.append(following - moment)
        moment = following

    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 5, 15, 60, 180, 360, 720, 1440, 2880, 2880]
    assert moment <= NOW + RETRY_FOR


@pytest.mark.parametrize("text", ["", "1", "1m,", "-1m", "0m", "1w", "1m 5m", "1.5m"])
def test_waits_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(RejectedError, match="webhook_retries"):
        parse_retries(text)


@pytest.mark.parametrize(
    ("status", "state", "gone"),
    [
        (200, DeliveryState.DELIVERED, False),
        (204, DeliveryState.DELIVERED, False),
        (299, DeliveryState.DELIVERED, False),
        (199, DeliveryState.PENDING, False),
        (301, DeliveryState.PENDING, False),
        (404, DeliveryState.PENDING, False),
        (410, DeliveryState.GIVEN_UP, True),
        (500, DeliveryState.PENDING, False),
    ],
)
def test_only_2xx_is_a_success_and_410_the_end(status: int, state: DeliveryState, gone: bool) -> None:
    outcome = judge(Reply(status), attempt=1, first_at=NOW, now=NOW, retries=RETRIES)

    assert (outcome.state, outcome.gone, outcome.status) == (state, gone, status)
    assert (outcome.next_at is None) == (state is not DeliveryState.PENDING)
    assert (outcome.error is None) == (state is DeliveryState.DELIVERED)


def test_a_failure_late_on_day_seven_is_the_last() -> None:
    now = NOW + RETRY_FOR - timedelta(hours=1)

    outcome = judge(Reply(error="no answer"), attempt=10, first_at=NOW, now=now, retries=RETRIES)

    assert (outcome.state, outcome.next_at, outcome.error) == (DeliveryState.GIVEN_UP, None, "no answer")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("120", 2),
        (" 600 ", 10),
        ("Thu, 01 Jan 2026 00:30:00 GMT", 30),
        ("999999999", 48 * 60),
        ("Fri, 31 Dec 2100 00:00:00 GMT", 48 * 60),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_bounded(text: str, minutes: int) -> None:
    assert retry_after(text, NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("text", [None, "", " ", "soon", "-5", "1e3", "9" * 400, "٣", "Thu, 99 Foo"])
def test_a_retry_after_that_cannot_be_read_asks_for_nothing(text: str | None) -> None:
    assert retry_after(text, NOW) is None


def test_retry_after_makes_a_wait_longer_and_never_shorter() -> None:
    longer = judge(Reply(503, retry_after="3600"), attempt=1, first_at=NOW, now=NOW, retries=RETRIES)
    shorter = judge(Reply(503, retry_after="1"), attempt=1, first_at=NOW, now=NOW, retries=RETRIES)

    assert longer.next_at == NOW + timedelta(hours=1)
    assert shorter.next_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "uri",
    [
        "https://receiver.example/hooks?shop=1",
        "https://receiver.example:8443",
        "https://1.1.1.1/",
        "http://localhost:3000/hooks",
        "http://127.0.0.1:3000/hooks",
        "https://127.0.0.1/",
    ],
)
def test_an_address_that_may_be_called_is_taken(uri: str) -> None:
    check_uri(uri, AllowList.parse("localhost,127.0.0.0/8"), livemode=False)


@pytest.mark.parametrize(
    ("uri", "livemode"),
    [
        ("http://receiver.internal/hooks", False),
        ("http://10.1.0.1/hooks", False),
        ("http://localhost.example/hooks", False),
        ("http://localhost:3000/hooks", True),
        ("http://127.0.0.1:3000/hooks", True),
    ],
)
def test_plain_http_goes_to_this_machine_and_in_test_mode_only(uri: str, livemode: bool) -> None:
    allow = AllowList.parse("localhost,127.0.0.0/8,receiver.internal,10.1.0.0/16,localhost.example")

    with pytest.raises(RejectedError, match="must be an HTTPS address"):
        check_uri(uri, allow, livemode=livemode)
    check_uri(uri.replace("http:", "https:"), allow, livemode=livemode)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("http://receiver.example/", "must be an HTTPS address"),
        ("http://1.1.1.1/", "must be an HTTPS address"),
        ("ftp://receiver.example/", "must be an HTTPS address"),
        ("receiver.example", "must be an HTTPS address"),
        ("https://", "must be an HTTPS address"),
        ("https:///path", "must be an HTTPS address"),
        ("https://user:word@receiver.example/", "must be an HTTPS address"),
        ("https://receiver.example\\@127.0.0.1/", "must be an HTTPS address"),
        ("https://receiver.example/#part", "must be an HTTPS address"),
        ("https://receiver.example/a b", "must be an HTTPS address"),
        ("https://receiver.example:99999/", "must be an HTTPS address"),
        ("https://2130706433/", "must be an HTTPS address"),
        ("https://0x0a.1/", "must be an HTTPS address"),
        ("https://0x0a000001/", "must be an HTTPS address"),
        ("https://012.1/", "must be an HTTPS address"),
        ("https://167772161/", "must be an HTTPS address"),
        ("https://[::1/", "must be an HTTPS address"),
        ("https://10.0.0.1/", "inner network"),
        ("https://[::ffff:169.254.169.254]/", "inner network"),
        ("https://[64:ff9b::7f00:1]/", "inner network"),
        (f"https://receiver.example/{'a' * 2_000}", "longer than 2000 characters"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(uri: str, message: str) -> None:
    with pytest.raises(RejectedError, match=message):
        check_uri(uri, AllowList(), livemode=False)
