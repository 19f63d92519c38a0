"""The commands for dates that were missed and wait for a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Live, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import catch_up
from duerun.services.catch_up import Missed
from duerun.services.unit import Runtime

STEPS = {"run": "runs", "skip": "is skipped", "hold": "waits for a person", "cancel": "is cancelled"}

app = typer.Typer(
    help="Dates that were missed while the engine was not running: seen before anything is done."
)

Ids = Annotated[
    list[str], typer.Argument(help="Ids of held occurrences, as `duerun catchup list` shows them.")
]


FirstDay = Annotated[str, typer.Option("--from", help="First day, as in 2027-01-31.")]
LastDay = Annotated[str, typer.Option("--to", help="Last day, which is one of them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]


@app.callback(invoke_without_command=True)
def preview_command(
    context: typer.Context,
    dry_run: DryRun = False,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """With --dry-run, before the engine starts: what was missed, and what will be done about it."""
    if context.invoked_subcommand is None:
        if not dry_run:
            raise RejectedError("add --dry-run, or one of list, run, skip, backfill")
        run(with_account(read(data=data), account, live, show_missed))


@app.command("backfill")
def backfill_command(
    first: FirstDay,
    last: LastDay,
    dry_run: DryRun = False,
    data: Data = None,
    live: Live = False,
    account: AccountId = None,
) -> None:
    """Run the dates of some days that are held or were never made; what has run does not run again."""

    async def fill(runtime: Runtime, owner: Account) -> None:
        now = owner.now(runtime.clock.now())
        days = {"first": _day(first, "--from"), "last": _day(last, "--to")}
        found = await catch_up.backfill(runtime, owner, now, **days, dry_run=dry_run)
        _show(found, "nothing is left to run")
        if found and not dry_run:
            tell(f"{len(found)} dates are due: the engine runs them now")

    run(with_account(read(data=data), account, live, fill))


@app.command("list")
def list_command(data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Show what is held, the oldest date first, and what would be moved."""
    run(with_account(read(data=data), account, live, show_held))


@app.command("run")
def run_command(ids: Ids, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Let held occurrences run now."""

    async def release(runtime: Runtime, owner: Account) -> None:
        await catch_up.release(runtime, owner, owner.now(runtime.clock.now()), ids)
        tell(f"{len(ids)} released: the engine runs them now")

    run(with_account(read(data=data), account, live, release))


@app.command("skip")
def skip_command(ids: Ids, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Give held occurrences up: they are recorded as skipped."""

    async def skip(runtime: Runtime, owner: Account) -> None:
        await catch_up.skip(runtime, owner, owner.now(runtime.clock.now()), ids)
        tell(f"{len(ids)} skipped")

    run(with_account(read(data=data), account, live, skip))


async def show_held(runtime: Runtime, account: Account) -> None:
    """Print what is held in one account and mode."""
    rows = [
        (row["id"], f"{row['scheduled_on']}", row["kind"], _amount(row), row["schedule_id"])
        for row in await catch_up.list_held(runtime, account)
    ]
    if rows:
        tell_columns(("occurrence", "date", "kind", "amount", "schedule"), rows)
    else:
        tell("nothing is held")


async def show_missed(runtime: Runtime, account: Account) -> None:
    """Print what was missed in one account and mode, and what will be done."""
    tell(
        f"charges: {_policy(runtime, account, 'charge')}; transfers: {_policy(runtime, account, 'transfer')}"
    )
    cap = account.catch_up_max
    tell(
        f"at most {cap} dates of a schedule run under all"
        if cap
        else "no limit to the dates that run under all"
    )
    now = account.now(runtime.clock.now())
    _show(await catch_up.preview(runtime, account, now), "nothing was missed")


def _policy(runtime: Runtime, account: Account, kind: str) -> str:
    return f"{(account.catch_up(kind) or runtime.retries.catch_up(kind)).value}"


def _show(found: Sequence[Missed], nothing: str) -> None:
    """Print dates, and what runs in all, by kind and currency."""
    if not found:
        tell(nothing)
        return
    rows = [
        (each.schedule_id, f"{each.scheduled_on}", each.kind, _terms(each), STEPS[each.step])
        for each in found
    ]
    tell_columns(("schedule", "date", "kind", "amount", "what is done"), rows)
    totals: Counter[tuple[str, str, str]] = Counter()
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        group = (STEPS[each.step], each.kind, each.currency)
        counts[group] += 1
        totals[group] += each.amount_minor or 0
    for (step, kind, currency), total in sorted(totals.items()):
        tell(f"{step}: {counts[step, kind, currency]} of {kind}, {total} {currency}")


def _terms(each: Missed) -> str:
    return _amount(
        {"amount_minor": each.amount_minor, "currency": each.currency, "percentage": each.percentage}
    )


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RejectedError(f"{name} must be a day such as 2027-01-31") from None


def _amount(row: dict[str, object]) -> str:
    if row["amount_minor"] is not None:
        return f"{row['amount_minor']} {row['currency']}"
    return "the balance" if row["percentage"] is None else f"{row['percentage']} % of the balance"
