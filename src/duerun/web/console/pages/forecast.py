"""Forecast: what charges bring, what payouts take, how much may fail, and how far the balance reaches."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from duerun.domain.errors import RejectedError
from duerun.domain.forecast_bands import OUTCOMES_MIN, Expected
from duerun.domain.forecast_money import BalanceDay, Flow
from duerun.services import forecast
from duerun.services.forecast import GROUPS, HISTORY_DAYS, MONTHS_MAX, Forecast, Window
from duerun.web.console import words
from duerun.web.console.pages.today import Tile
from duerun.web.console.visit import Page, Visit

MONTHS_DEFAULT = 3
PERIODS_SHOWN_MAX = 60
# Up to so many months days are shown, then weeks, then months, where nothing is chosen.
DAYS_UNTIL_MONTHS = 1
WEEKS_UNTIL_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says: how far, in which periods, in which currency, and from which row of the table on."""

    months: int
    by: str
    currency: str
    at: int

    def address(self, **changed: Any) -> str:
        """The address of this page with something changed."""
        given = {"months": self.months, "by": self.by, "currency": self.currency, "at": self.at, **changed}
        return f"/console/forecast?{urlencode({name: value for name, value in given.items() if value})}"


@dataclass(frozen=True, slots=True)
class Row:
    """One period in the chosen currency. The balance is there where this is the account's own."""

    span: Window
    flow: Flow
    expected: Expected | None
    balance: BalanceDay | None


@dataclass(frozen=True, slots=True)
class Lowest:
    """The least balance of the whole time, and the day on which it is reached."""

    on: date
    amount_minor: int


async def show(visit: Visit) -> Response:
    return await _shown(visit, "forecast.html")


async def show_part(visit: Visit) -> Response:
    """All behind the form, for a page that was shown before it was there."""
    return await _shown(visit, "forecast_part.html")


async def _shown(visit: Visit, template: str) -> Response:
    asked = _asked(visit)
    today = visit.account.today(visit.now)
    window = Window(today, _last(today, asked.months))
    made = await visit.beside(
        ("forecast", window.last), lambda unit: forecast.make(unit, visit.runtime.retries, window)
    )
    rows = [] if made is None else _rows(visit, made, asked)
    return visit.show(
        template,
        asked=asked,
        window=window,
        groups=GROUPS,
        months_max=MONTHS_MAX,
        currencies=_currencies(visit, made),
        made=made,
        rows=rows[asked.at : asked.at + PERIODS_SHOWN_MAX],
        rows_count=len(rows),
        shown_max=PERIODS_SHOWN_MAX,
        tiles=[] if made is None else _tiles(visit, made, rows, asked.currency),
        lowest=None if made is None else _lowest(made),
        history_days=HISTORY_DAYS,
        outcomes_min=OUTCOMES_MIN,
        flows_chart=_flows_chart(rows, asked.currency),
        balance_chart=_balance_chart(visit, made),
    )


def _asked(visit: Visit) -> Asked:
    """What the query says. Raises `RejectedError`."""
    months = _number(visit, "months", MONTHS_DEFAULT, 1, MONTHS_MAX)
    usual = "day" if months <= DAYS_UNTIL_MONTHS else "week" if months <= WEEKS_UNTIL_MONTHS else "month"
    by = visit.asked("by") or usual
    if by not in GROUPS:
        raise RejectedError(f"by must be one of {', '.join(GROUPS)}")
    currency = visit.asked("currency") or visit.account.currency
    if len(currency) != 3 or not currency.isalpha() or not currency.isupper():
        raise RejectedError("currency must be one such as THB")
    return Asked(months, by, currency, _number(visit, "at", 0, 0, 10_000))


def _number(visit: Visit, name: str, usual: int, least: int, most: int) -> int:
    text = visit.asked(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most):
        raise RejectedError(f"{name} must be a whole number from {least} to {most}")
    return int(text)


def _last(today: date, months: int) -> date:
    """The day so many months after today, cut off at the last of which something can be told."""
    years, month = divmod(today.month - 1 + months, 12)
    last = date(today.year + years, month + 1, min(today.day, 28))
    return min(last, forecast.latest(today))


def _currencies(visit: Visit, made: Forecast | None) -> list[str]:
    """The account's own currency first, then the others that something is planned in."""
    own = visit.account.currency
    others = sorted({currency for _, currency in made.flows} - {own}) if made else []
    return [own, *others]


def _rows(visit: Visit, made: Forecast, asked: Asked) -> list[Row]:
    """The periods in which something happens, the earliest first."""
    own = asked.currency == visit.account.currency
    balances = dict(forecast.balance_by(made, asked.by)) if own else {}
    return [
        Row(span, flow, expected, balances.get(span))
        for span, currency, flow, expected in forecast.flows_by(made, asked.by)
        if currency == asked.currency
    ]


def _tiles(visit: Visit, made: Forecast, rows: list[Row], currency: str) -> list[Tile]:
    """The sums of the whole time."""
    total, expected = Flow(), None
    for row in rows:
        total.add(row.flow)
        if row.expected is not None:
            expected = row.expected if expected is None else expected + row.expected

    def tile(label: str, amount_minor: int, hint: str, tone: str) -> Tile:
        text = f"{words.amount(amount_minor, currency)} {currency}"
        return Tile(label, text, hint, tone if amount_minor else "quiet")

    tiles = [
        tile("Charges", total.charged_minor, f"{total.charges:,} if none fails", "even"),
        tile("Payouts", total.transferred_minor, f"{total.transfers:,} transfers", "even"),
    ]
    if expected is not None:
        low, high = (
            words.amount(each, currency) for each in (expected.failed_minor_low, expected.failed_minor_high)
        )
        hint = f"{currency} in {expected.failures_low:,} to {expected.failures_high:,} attempts"
        tiles.append(Tile("May fail", f"{low} to {high}", hint, "wait"))
    if currency == visit.account.currency and made.balance:
        last = list(made.balance.values())[-1].closing_minor
        tiles.append(tile("Balance at the end", last, "transferable", "bad" if last < 0 else "even"))
    return tiles


def _lowest(made: Forecast) -> Lowest | None:
    return min(
        (Lowest(day, each.lowest_minor) for day, each in made.balance.items()),
        key=lambda each: each.amount_minor,
        default=None,
    )


def _seconds(day: date) -> int:
    """A day as charts take it: its midnight, as if it were in UTC."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def _main(amount_minor: int, currency: str) -> float:
    return amount_minor if currency in words.WITHOUT_DECIMALS else amount_minor / 100


def _flows_chart(rows: list[Row], currency: str) -> str:
    """Money in above the line, money out below it, and the band of what may fail, as JSON for `console-charts.js`."""

    def of(values: list[int]) -> list[float]:
        return [_main(each, currency) for each in values]

    series = [
        {
            "label": "Charges",
            "tone": "good",
            "bars": True,
            "values": of([r.flow.charged_minor for r in rows]),
        },
        {
            "label": "Payouts",
            "tone": "busy",
            "bars": True,
            "values": of([-r.flow.transferred_minor for r in rows]),
        },
    ]
    if any(row.expected for row in rows):
        low = of([row.expected.failed_minor_low if row.expected else 0 for row in rows])
        high = of([row.expected.failed_minor_high if row.expected else 0 for row in rows])
        series += [
            {"label": "May fail, most", "tone": "bad", "values": high},
            {"label": "May fail, least", "tone": "bad", "values": low, "band": True},
        ]
    return _chart([row.span.first for row in rows], currency, series)


def _balance_chart(visit: Visit, made: Forecast | None) -> str:
    """The transferable balance at the end of each day; the table tells where it falls lower within one."""
    days = made.balance if made else {}
    currency = visit.account.currency
    values = [_main(each.closing_minor, currency) for each in days.values()]
    return _chart(
        list(days), currency, [{"label": "Balance", "tone": "accent", "filled": True, "values": values}]
    )


def _chart(days: list[date], currency: str, series: list[dict[str, Any]]) -> str:
    made = {"x": [_seconds(day) for day in days], "unit": currency, "series": series}
    return json.dumps(made, separators=(",", ":"))


PAGES = (
    Page("GET", "/console/forecast", show, label="Forecast"),
    Page("GET", "/console/forecast/part", show_part),
)
