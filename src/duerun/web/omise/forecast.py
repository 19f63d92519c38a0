"""The forecast: an extension of Duerun (see `docs/reference/forecast.md`)."""

from datetime import date, datetime

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.forecast_bands import Expected
from duerun.domain.forecast_money import BalanceDay, Flow
from duerun.services import forecast
from duerun.services.forecast import GROUPS, Forecast, Shortfall
from duerun.web.omise import params, wire
from duerun.web.omise.call import Call, Endpoint, QueryParam
from duerun.web.omise.wire import Version, moment


class WireMoney(msgspec.Struct, kw_only=True):
    """How many, and how much together."""

    count: int
    amount: int


class WireCharged(WireMoney, kw_only=True):
    """`net` is what is left after fees, of charges that are captured."""

    net: int


class WireRange(msgspec.Struct, kw_only=True):
    low: int
    high: int


class WireExpected(msgspec.Struct, kw_only=True):
    """What may fail of this period's charges, and the retries that may run in it."""

    failures: WireRange
    failed_amount: WireRange
    retries: WireRange


class WirePeriod(msgspec.Struct, kw_only=True):
    """What comes in one period in one currency. Without a history there is no band: `expected` is null."""

    from_: date = msgspec.field(name="from")
    to: date
    currency: str
    charges: WireCharged
    transfers: WireMoney
    skipped: int
    held: int
    blocked_transfers: int
    waiting_transfers: int
    expected: WireExpected | None


class WireBalancePeriod(msgspec.Struct, kw_only=True):
    """The transferable balance of one period."""

    from_: date = msgspec.field(name="from")
    to: date
    opening: int
    incoming: int
    outgoing: int
    closing: int
    lowest: int


class WireShortfall(msgspec.Struct, kw_only=True):
    """The first day on which the balance would not hold what is to be paid."""

    on: date
    missing: int


class WireBalanceLine(msgspec.Struct, kw_only=True):
    """The line in the account's own currency; `shortfall` is null as long as it holds."""

    currency: str
    shortfall: WireShortfall | None
    data: list[WireBalancePeriod]


class WireOutcomes(msgspec.Struct, kw_only=True):
    """What the band is made of: the outcomes of one number of attempt, 0 for the first."""

    attempt: int
    outcomes: int
    failed: int


class WireForecast(msgspec.Struct, kw_only=True):
    """What is to come, as of `now`; the days are those of `timezone`."""

    object: str = "forecast"
    livemode: bool
    location: str = "/forecast"
    from_: date = msgspec.field(name="from")
    to: date
    group_by: str
    timezone: str
    now: datetime
    history: list[WireOutcomes]
    balance: WireBalanceLine
    data: list[WirePeriod]


async def retrieve(call: Call) -> WireForecast:
    group_by = params.text(call.params, "group_by") or "day"
    if group_by not in GROUPS:
        raise RejectedError(f"group_by must be one of {', '.join(GROUPS)}")
    asked = forecast.window(
        call.account, call.now, params.date(call.params, "from"), params.date(call.params, "to")
    )
    async with call.unit() as unit:
        made = await forecast.make(unit, call.runtime.retries, asked)
    return render(made, call, group_by)


def render(made: Forecast, call: Call, group_by: str) -> WireForecast:
    """A forecast by days, weeks from Monday, or months; the first and last period may be cut off."""
    version = call.version
    return WireForecast(
        livemode=call.account.livemode,
        from_=made.window.first,
        to=made.window.last,
        group_by=group_by,
        timezone=call.account.timezone,
        now=moment(made.made_at),
        history=[
            WireOutcomes(attempt=attempt, outcomes=each.count, failed=each.failed)
            for attempt, each in sorted(made.history.items())
        ],
        balance=WireBalanceLine(
            currency=wire.currency(call.account.currency, version),
            shortfall=_shortfall(made.shortfall),
            data=[_balance(span, each) for span, each in forecast.balance_by(made, group_by)],
        ),
        data=[
            _period(span, currency, flow, expected, version)
            for span, currency, flow, expected in forecast.flows_by(made, group_by)
        ],
    )


def _balance(span: forecast.Window, each: BalanceDay) -> WireBalancePeriod:
    return WireBalancePeriod(
        from_=span.first,
        to=span.last,
        opening=each.opening_minor,
        incoming=each.incoming_minor,
        outgoing=each.outgoing_minor,
        closing=each.closing_minor,
        lowest=each.lowest_minor,
    )


def _period(
    span: forecast.Window, currency: str, flow: Flow, expected: Expected | None, version: Version
) -> WirePeriod:
    return WirePeriod(
        from_=span.first,
        to=span.last,
        currency=wire.currency(currency, version),
        charges=WireCharged(count=flow.charges, amount=flow.charged_minor, net=flow.net_minor),
        transfers=WireMoney(count=flow.transfers, amount=flow.transferred_minor),
        skipped=flow.skipped,
        held=flow.held,
        blocked_transfers=flow.blocked,
        waiting_transfers=flow.waiting,
        expected=_expected(expected),
    )


def _expected(band: Expected | None) -> WireExpected | None:
    if band is None:
        return None
    return WireExpected(
        failures=WireRange(low=band.failures_low, high=band.failures_high),
        failed_amount=WireRange(low=band.failed_minor_low, high=band.failed_minor_high),
        retries=WireRange(low=band.retries_low, high=band.retries_high),
    )


def _shortfall(found: Shortfall | None) -> WireShortfall | None:
    return None if found is None else WireShortfall(on=found.on, missing=found.missing_minor)


def days_asked(first: str, last: str) -> tuple[QueryParam, QueryParam]:
    """The two ends of what is asked for, inclusive, as dates of the account's zone."""
    text = {"type": "string", "format": "date"}
    return QueryParam("from", text, first), QueryParam("to", text, last)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/forecast",
        retrieve,
        query=(
            *days_asked(
                "The first day, today or later; today if it is left out.",
                f"The last day, at most {forecast.MONTHS_MAX} months after today; "
                f"{forecast.DAYS_DEFAULT} days after the first if it is left out.",
            ),
            QueryParam(
                "group_by", {"type": "string", "enum": list(GROUPS), "default": "day"}, "The periods."
            ),
        ),
    ),
)
