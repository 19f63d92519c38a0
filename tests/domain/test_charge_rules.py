"""Charges: fees, arrows, and the rules of capture and refund."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from duerun.domain import charges
from duerun.domain.accounts import FEES_OF, Account, Fees
from duerun.domain.charges import Charge, ChargeEvent, ChargeStatus, Refund, Refusal
from duerun.domain.errors import RejectedError

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ACCOUNT = Account(
    id=1,
    public_id="account_test_1",
    livemode=False,
    team_id="team_1",
    email="merchant@example.com",
    country="TH",
    currency="THB",
    timezone="Asia/Bangkok",
    api_version="2019-05-29",
    charge_run_time=time(8, 30),
    transfer_run_time=time(8, 5),
    webhook_uri=None,
    created_at=NOW,
    fees=FEES_OF["TH"],
)
LIVE = replace(ACCOUNT, livemode=True, settlement_days=7)


def made(account: Account = ACCOUNT, *, capture: bool = True, refusal: Refusal | None = None) -> Charge:
    return charges.settled_charge(
        account,
        charge_id="chrg_test_1",
        amount_minor=100_000,
        currency="THB",
        card=None,
        transaction_id="trxn_test_1",
        now=NOW,
        refusal=refusal,
        capture=capture,
    )


def refund(charge: Charge, amount_minor: int, *, void: bool = False, now: datetime = NOW) -> Refund:
    return charges.refund_of(
        charge,
        refund_id="rfnd_test_1",
        transaction_id="trxn_test_2",
        amount_minor=amount_minor,
        void=void,
        metadata={},
        now=now,
    )


@pytest.mark.parametrize(
    ("amount", "fee", "vat", "net"),
    [
        pytest.param(1_000_000, 36_500, 2_555, 960_945, id="10000 baht"),
        pytest.param(100_000, 3_650, 256, 96_094, id="1000 baht"),
        pytest.param(20_000, 730, 51, 19_219, id="200 baht"),
    ],
)
def test_fees_are_those_of_the_recorded_account(amount: int, fee: int, vat: int, net: int) -> None:
    charge = charges.captured(
        replace(made(capture=False), amount_minor=amount),
        ACCOUNT,
        amount_minor=amount,
        transaction_id="trxn_test_1",
        now=NOW,
    )

    assert (charge.fee_minor, charge.fee_vat_minor, charge.net_minor) == (fee, vat, net)


def test_a_success_is_authorised_captured_and_credited() -> None:
    charge = made(LIVE)

    credit = charges.transaction_of(charge, LIVE, "trxn_test_1")

    assert (charge.status, charge.authorized_at, charge.paid_at) == (ChargeStatus.SUCCESSFUL, NOW, NOW)
    assert (credit.key, credit.direction, credit.amount_minor) == ("charge.captured.net", "credit", 96_094)
    assert credit.transferable_at == NOW + timedelta(days=7)


def test_an_authorisation_takes_no_money() -> None:
    charge = made(capture=False)

    assert (charge.status, charge.capturable, charge.captured_minor) == (ChargeStatus.PENDING, True, 0)
    with pytest.raises(RejectedError):
        charges.transaction_of(charge, ACCOUNT, "trxn_test_1")


def test_a_refusal_is_a_failed_charge_with_its_reason() -> None:
    charge = made(refusal=Refusal("insufficient_fund", "insufficient funds"))

    assert (charge.status, charge.failure_code) == (ChargeStatus.FAILED, "insufficient_fund")
    assert (charge.authorized_at, charge.paid_at, charge.transaction_id) == (None, None, None)


@pytest.mark.parametrize("status", [status for status in ChargeStatus if status is not ChargeStatus.PENDING])
@pytest.mark.parametrize("event", ChargeEvent)
def test_no_arrow_leads_out_of_a_final_status(status: ChargeStatus, event: ChargeEvent) -> None:
    with pytest.raises(RejectedError):
        charges.apply(status, event)


@pytest.mark.parametrize(
    ("country", "days"), [pytest.param("TH", 7, id="Thailand"), pytest.param("JP", 30, id="Japan")]
)
def test_an_authorisation_lapses_by_its_country(country: str, days: int) -> None:
    assert charges.expires_at(NOW, country) - NOW == timedelta(days=days)


@pytest.mark.parametrize(
    ("asked", "taken"), [pytest.param(None, 100_000, id="all"), pytest.param(500, 500, id="less")]
)
def test_a_pre_authorisation_is_captured_in_full_or_in_part(asked: int | None, taken: int) -> None:
    charge = replace(made(capture=False), authorization_type="pre_auth")

    assert charges.capture_amount(charge, asked, NOW) == taken


@pytest.mark.parametrize(
    ("charge", "asked", "after", "code", "message"),
    [
        pytest.param(made(), None, 0, "failed_capture", "charge was already captured", id="captured"),
        pytest.param(
            made(refusal=Refusal("x", "x")), None, 0, "failed_capture", "charge is not capturable", id="failed"
        ),
        pytest.param(made(capture=False), None, 7, "expired_charge", "charge expired", id="lapsed"),
        pytest.param(
            charges.expired_charge(made(capture=False), NOW),
            None, 0, "expired_charge", "charge expired", id="expired",
        ),
        pytest.param(
            made(capture=False), 100_001, 0, "failed_capture",
            "capture_amount must be between 1 and 100000 (thb subunits)", id="too much",
        ),
        pytest.param(
            made(capture=False), 500, 0, "failed_capture",
            "capture_amount needs a charge of the type pre_auth", id="part of a final one",
        ),
    ],
)  # fmt: skip
def test_a_capture_is_refused(charge: Charge, asked: int | None, after: int, code: str, message: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        charges.capture_amount(charge, asked, NOW + timedelta(days=after))

    assert (refusal.value.code, refusal.value.message) == (code, message)


def test_a_refund_takes_its_amount_and_keeps_the_fees() -> None:
    charge = made()

    debit = charges.refund_transaction(charge, refund(charge, 30_000))

    assert (debit.key, debit.direction, debit.amount_minor) == ("refund.debit", "debit", 30_000)


def test_a_whole_refund_before_settlement_undoes_the_charge() -> None:
    charge = made(LIVE)

    voided = refund(charge, 100_000)
    debit = charges.refund_transaction(charge, voided)

    assert voided.voided
    assert debit.amount_minor == charge.net_minor
    assert debit.transferable_at == charge.settles_at


def test_a_whole_refund_after_settlement_is_an_ordinary_one() -> None:
    charge = made(LIVE)

    assert not refund(charge, 100_000, now=NOW + timedelta(days=7)).voided


@pytest.mark.parametrize(
    ("charge", "amount", "void", "days", "message"),
    [
        pytest.param(
            made(), 100_001, False, 0, "amount is greater than the refundable amount", id="too much"
        ),
        pytest.param(
            replace(made(), refunded_minor=60_000), 40_001, False, 0,
            "amount is greater than the refundable amount", id="more than is left",
        ),
        pytest.param(made(), 0, False, 0, "amount must be greater than or equal to 1", id="nothing"),
        pytest.param(made(capture=False), 1, False, 0, "charge was not captured", id="uncaptured"),
        pytest.param(
            made(), 1, False, 366, "charge was captured more than 365 days ago", id="too late"
        ),
        pytest.param(made(), 100_000, True, 0, "charge cannot be voided", id="void of a settled one"),
        pytest.param(made(LIVE), 99_999, True, 0, "charge cannot be voided", id="void in part"),
    ],
)  # fmt: skip
def test_a_refund_is_refused(charge: Charge, amount: int, void: bool, days: int, message: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        refund(charge, amount, void=void, now=NOW + timedelta(days=days))

    assert (refusal.value.code, refusal.value.message) == ("failed_refund", message)


def test_the_fifteenth_refund_is_refused() -> None:
    charge = made()
    given = tuple(refund(charge, 1) for _ in range(14))

    assert refund(replace(charge, refunds=given[:13], refunded_minor=13), 1).amount_minor == 1
    with pytest.raises(RejectedError, match="already refunded 14 times"):
        refund(replace(charge, refunds=given, refunded_minor=14), 1)


def test_an_account_without_rates_pays_no_fees() -> None:
    assert charges.fees_of(100_000, Fees()) == (0, 0)
