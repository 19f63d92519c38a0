"""The command `demo`: 5,000 members, one file, one report, one year."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from duerun import ids, telemetry
from duerun.cli.bulk import follow_job, save_report, upload_file
from duerun.cli.client import Client, connect
from duerun.cli.clock import advance
from duerun.cli.demo_file import WRONG_ROWS_EACH, Enrolled, Member, Strangers, read_members, write_upload
from duerun.cli.demo_tables import show_report, show_year, summarise
from duerun.cli.hosting import embedded, listening, opened, run, serve
from duerun.cli.options import Data, Host, Port, read
from duerun.cli.server import DEV_CONSOLE_USER, DEV_KEYS, address, admit_dev_account, admit_dev_user
from duerun.cli.stopping import Stop, run_until_stopped, unless_stopped
from duerun.cli.terminal import progress, tell
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.engine.loop import run_all
from duerun.services import access
from duerun.services.access import KeyPair
from duerun.services.health import require_safe_live_mode
from duerun.services.statistics import by_month
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage.migrate import migrate
from duerun.storage.reset import wipe

FOLDER = "demo"
MEMBERS = Path("examples", "members.csv")
CALLS_AT_ONCE = 16
DAYS_ADVANCED = 365
PAYOUT_PERCENTAGE = 0.5
PAYOUT_DAYS = 28

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration plays: a server, the keys of its account, and a folder for its files."""

    runtime: Runtime
    client: Client
    keys: KeyPair
    folder: Path


def demo(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    members: Annotated[
        Path | None, typer.Option("--members", help="Members file. Default: examples/members.csv")
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="Stop at the end instead of serving on.")] = False,
) -> None:
    """Play a year of 5,000 members: their file, its job, its report, and what was charged and transferred.

    It keeps its data in the folder demo under --data and begins anew each time.
    """
    found = read_members(members or _members_file())
    settings = read(data=data, host=host, port=port)
    telemetry.configure("WARNING")
    settings = replace(settings, data=settings.data / FOLDER)
    with listening(settings) as listener:
        run(_demo(settings, listener, found, leave=leave))


def _members_file() -> Path:
    """The example of this checkout, seen from here or from the current folder."""
    places = (MEMBERS, Path(__file__).parents[3] / MEMBERS)
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise RejectedError(f"{MEMBERS} was not found: name a members file with --members")
    return found


async def _demo(
    settings: Settings, listener: socket.socket, members: Sequence[Member], *, leave: bool
) -> None:
    stop = Stop()
    with stop.on_signals():
        async with (
            _fresh_runtime(settings) as (runtime, keys),
            connect(address(settings), keys.secret) as client,
        ):
            stage = Stage(runtime, client, keys, settings.data)
            await run_until_stopped(
                stop,
                [
                    serve(
                        runtime, settings, listener, stop, rate_limited=False, one_click_user=DEV_CONSOLE_USER
                    ),
                    run_all(runtime, stop.asked),
                    _play_and_stay(stop, stage, members, leave=leave),
                ],
            )


@asynccontextmanager
async def _fresh_runtime(settings: Settings) -> AsyncIterator[tuple[Runtime, KeyPair]]:
    """An empty embedded database with the fixed keys; on an external one, which is not ours, a new account."""
    if settings.database_url:
        keys = KeyPair(ids.new_key("pkey", livemode=False), ids.new_key("skey", livemode=False))
        settings.data.mkdir(parents=True, exist_ok=True)
        async with _prepared(settings, settings.database_url, keys) as runtime:
            yield runtime, keys
        return
    async with embedded(settings) as dsn:
        await asyncio.to_thread(wipe, dsn)
        async with _prepared(settings, dsn, DEV_KEYS) as runtime:
            yield runtime, DEV_KEYS


@asynccontextmanager
async def _prepared(settings: Settings, dsn: str, keys: KeyPair) -> AsyncIterator[Runtime]:
    async with opened(settings, dsn) as runtime:
        await asyncio.to_thread(migrate, dsn)
        now = runtime.clock.now()
        await require_safe_live_mode(runtime, now)
        await admit_dev_account(runtime, now, keys)
        await admit_dev_user(runtime, now, keys)
        yield runtime


async def _play_and_stay(stop: Stop, stage: Stage, members: Sequence[Member], *, leave: bool) -> None:
    await unless_stopped(stop, play(stage, members))
    if not leave and not stop.asked.is_set():
        _invite(stage)
        await stop.asked.wait()


async def play(stage: Stage, members: Sequence[Member]) -> None:
    """The whole demonstration, once."""
    tell(f"Duerun runs at {stage.client.url}. The demonstration begins anew each time.")
    enrolled = await _enrol(stage, members)
    strangers = Strangers(await _customers_without_card(stage), await _today(stage))
    await _plan_payouts(stage, members)
    upload, report = stage.folder / "members-upload.csv", stage.folder / "members-report.csv"
    rows = write_upload(upload, enrolled, strangers)
    tell(f"{upload} holds {rows:,} rows, {rows - len(enrolled):,} of them wrong on purpose")
    job = await follow_job(stage.client, await upload_file(stage.client, upload))
    with report.open("wb") as file:
        await save_report(stage.client, job["id"], file)
    show_report(summarise(report))
    advanced = await advance(stage.client, {"days": DAYS_ADVANCED})
    tell(f"The test clock stands at {advanced['now']}: {advanced['occurrences']:,} occurrences ran")
    await _show_year(stage)


async def _enrol(stage: Stage, members: Sequence[Member]) -> list[Enrolled]:
    async def enrol(member: Member) -> Enrolled:
        card = {"name": member.name, "number": member.card, "expiration_month": 12, "expiration_year": 2060}
        body = {"card": {**card, "security_code": "123"}}
        token = await stage.client.call("POST", "/tokens", body, key=stage.keys.public)
        customer = await stage.client.call(
            "POST", "/customers", {"email": member.email, "description": member.name, "card": token["id"]}
        )
        return Enrolled(member, customer["id"], customer["default_card"])

    return await spread("Members become customers with cards", members, enrol)


async def _customers_without_card(stage: Stage) -> list[str]:
    async def make(number: int) -> str:
        email = f"without.card.{number}@example.com"
        return str((await stage.client.call("POST", "/customers", {"email": email}))["id"])

    return await spread("Customers without a card", range(WRONG_ROWS_EACH), make)


async def _plan_payouts(stage: Stage, members: Sequence[Member]) -> None:
    async def plan(numbered: tuple[int, Member]) -> str:
        number, member = numbered
        recipient = await stage.client.call("POST", "/recipients", _recipient(member))
        await stage.client.call("PATCH", f"/recipients/{recipient['id']}/verify")
        transfer = {"recipient": recipient["id"], "percentage_of_balance": PAYOUT_PERCENTAGE}
        on = {"days_of_month": [number % PAYOUT_DAYS + 1]}
        body = {"every": 1, "period": "month", "on": on, "transfer": transfer}
        return str((await stage.client.call("POST", "/schedules", body))["id"])

    paid = [member for member in members if member.payout_recipient == "yes"]
    await spread("Recipients are verified and paid by the month", list(enumerate(paid)), plan)


def _recipient(member: Member) -> dict[str, Any]:
    account = {"brand": member.bank_brand, "number": member.bank_account, "name": member.name}
    return {"name": member.name, "email": member.email, "type": "individual", "bank_account": account}


async def spread(what: str, items: Sequence[Item], work: Callable[[Item], Awaitable[Result]]) -> list[Result]:
    """Work on all items, some at a time, under a progress bar; the results in the order of the items."""
    results: dict[int, Result] = {}

    async def take(waiting: Iterator[tuple[int, Item]]) -> None:
        for place, item in waiting:
            results[place] = await work(item)
            bars.advance(bar)

    with progress() as bars:
        bar = bars.add_task(what, total=len(items))
        waiting = iter(enumerate(items))
        await _all(take(waiting) for _ in range(CALLS_AT_ONCE))
    return [results[place] for place in range(len(items))]


async def _all(jobs: Iterable[Awaitable[None]]) -> None:
    """Run jobs together; the first that fails ends the others."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _today(stage: Stage) -> date:
    account, now = await _account_now(stage)
    return account.today(now)


async def _account_now(stage: Stage) -> tuple[Account, datetime]:
    now = stage.runtime.clock.now()
    account = (await access.authenticate(stage.runtime, stage.keys.secret, now)).account
    return account, account.now(now)


async def _show_year(stage: Stage) -> None:
    account, now = await _account_now(stage)
    async with stage.runtime.unit(account, now) as unit:
        show_year(await by_month(unit), account.currency)


def _invite(stage: Stage) -> None:
    tell(f"Duerun goes on serving at {stage.client.url}. Look around:")
    tell(f"  {stage.client.url}/console in a browser")
    for path in ("/charges?order=reverse_chronological", "/schedules", "/transfers", "/events", "/clock"):
        tell(f"  curl '{stage.client.url}{path}' -u {stage.keys.secret}:")
    tell("Ctrl-C stops it.")
