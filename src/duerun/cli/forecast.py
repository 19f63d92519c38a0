"""The command that shows what is to come: `duerun forecast`."""

import json
from datetime import date
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import note, tell, tell_columns
from duerun.domain.accounts import Account
from duerun.domain.calendars import main_units
from duerun.domain.errors import RejectedError
from duerun.services import forecast
from duerun.services.forecast import GROUPS, Forecast
from duerun.services.unit import Runtime

FromDay = Annotated[str | None, typer.Option("--from", help="First day, as in 2027-01-31. Default: today")]
ToDay = Annotated[str | None, typer.Option("--to", help="Last day. Default: 30 days after the first")]
By = Annotated[str, typer.Option("--by", help="day, week or month.")]
Json = Annotated[bool, typer.Option("--json", help="Print data for programs, amounts in the smallest unit.")]


def forecast_command(
    first: FromDay = None,
    last: ToDay = None,
    by: By = "day",
    as_json: Json = False,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Show what charges will bring, what transfers will take, and where the balance would fall short."""
    if by not in GROUPS:
        raise RejectedError(f"--by must be one of {', '.join(GROUPS)}")
    days = (_day("--from", first), _day("--to", last))

    async def show(runtime: Runtime, owner: Account) -> None:
        now = owner.now(runtime.clock.now())
        asked = forecast.window(owner, now, *days)
        async with runtime.unit(owner, now) as unit:
            made = await forecast.make(unit, runtime.retries, asked)
        if as_json:
            tell(json.dumps(_data(made, owner, by), indent=2))
        else:
            _show(made, owner, by)

    run(with_account(read(data=data), account, live, show))


def _day(name: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise RejectedError(f"{name} must be a date such as 2027-01-31") from None


def _show(made: Forecast, owner: Account, by: str) -> None:
    rows = []
    for span, currency, flow, expected in forecast.flows_by(made, by):
        band = "" if expected is None else f"{expected.failures_low} to {expected.failures_high}"
        charged = main_units(flow.charged_minor, currency)
        paid = main_units(flow.transferred_minor, currency)
        rows.append(
            (
                f"{span.first}",
                currency,
                f"{flow.charges}",
                charged,
                f"{flow.transfers}",
                paid,
                f"{flow.skipped}",
                band,
            )
        )
    if not rows:
        tell("nothing is planned in these days")
    else:
        tell_columns(
            ("from", "currency", "charges", "amount", "transfers", "amount", "skipped", "may fail"), rows
        )
    _show_balance(made, owner)


def _show_balance(made: Forecast, owner: Account) -> None:
    last = list(made.balance.values())[-1]
    closing = main_units(last.closing_minor, owner.currency)
    tell(f"balance on {made.window.last}: {closing} {owner.currency}")
    if made.shortfall is not None:
        missing = main_units(made.shortfall.missing_minor, owner.currency)
        tell(f"the balance falls short on {made.shortfall.on}: {missing} {owner.currency} are missing")
    note(f"days of {owner.timezone}, as if nothing failed; fees are taken off the balance")


def _data(made: Forecast, owner: Account, by: str) -> dict[str, object]:
    return {
        "from": f"{made.window.first}",
        "to": f"{made.window.last}",
        "timezone": owner.timezone,
        "shortfall": None
        if made.shortfall is None
        else {"on": f"{made.shortfall.on}", "missing": made.shortfall.missing_minor},
        "balance": [
            {
                "from": f"{span.first}",
                "to": f"{span.last}",
                "opening": each.opening_minor,
                "incoming": each.incoming_minor,
                "outgoing": each.outgoing_minor,
                "closing": each.closing_minor,
                "lowest": each.lowest_minor,
            }
            for span, each in forecast.balance_by(made, by)
        ],
        "data": [
            {
                "from": f"{span.first}",
                "to": f"{span.last}",
                "currency": currency,
                "charges": {"count": flow.charges, "amount": flow.charged_minor, "net": flow.net_minor},
                "transfers": {"count": flow.transfers, "amount": flow.transferred_minor},
                "skipped": flow.skipped,
                "failures": None if band is None else {"low": band.failures_low, "high": band.failures_high},
            }
            for span, currency, flow, band in forecast.flows_by(made, by)
        ],
    }
