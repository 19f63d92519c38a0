"""The commands that run the product: dev, serve, work, migrate."""

import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

import typer

from duerun import telemetry
from duerun.cli.hosting import (
    embedded,
    listening,
    opened,
    own_runtime,
    run,
    serve,
    serve_health,
    shared_dsn,
    shared_runtime,
    waiting_runtime,
)
from duerun.cli.options import (
    Data,
    GatewayConcurrency,
    GatewayKeyWindow,
    GatewayLookup,
    GatewayMaxProcessing,
    GatewaySupportsKey,
    GatewayTimeout,
    GatewayToken,
    GatewayUrl,
    HealthPort,
    Host,
    Port,
    read,
)
from duerun.cli.stopping import Stop, run_until_stopped
from duerun.cli.terminal import tell
from duerun.cli.verifiers import Verifiers
from duerun.cli.vop_server import admit_dev_client
from duerun.domain.console_users import Role
from duerun.engine.heartbeats import Heartbeats
from duerun.engine.loop import run_all
from duerun.services import access, console_users, health
from duerun.services.access import KeyPair
from duerun.services.unit import Runtime
from duerun.settings import DEV_PUBLIC_KEY, DEV_SECRET_KEY, DEV_VOP_CLIENT, DEV_VOP_SECRET, Settings
from duerun.storage.migrate import known, migrate

DEV_EMAIL = "dev@example.com"
DEV_COUNTRY = "TH"
DEV_CONSOLE_USER = "dev"
OWN_MACHINE = "localhost,127.0.0.0/8,::1"
DEV_KEYS = KeyPair(DEV_PUBLIC_KEY, DEV_SECRET_KEY)


def add_to(app: typer.Typer) -> None:
    """Give an application these commands."""
    app.command("dev")(dev)
    app.command("serve")(serve_command)
    app.command("work")(work)
    app.command("migrate")(migrate_command)


def dev(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    gateway_url: GatewayUrl = None,
    gateway_token: GatewayToken = None,
    gateway_timeout_seconds: GatewayTimeout = None,
    gateway_max_processing_seconds: GatewayMaxProcessing = None,
    gateway_concurrency: GatewayConcurrency = None,
    gateway_supports_key: GatewaySupportsKey = None,
    gateway_key_window_seconds: GatewayKeyWindow = None,
    gateway_lookup: GatewayLookup = None,
) -> None:
    """Run everything in one place, with fixed test keys: database, API, engine, test clock, sandbox gateway."""
    given = read(**locals())
    settings = _configured(given)
    with listening(settings) as listener:
        run(_dev(reaching_own_machine(settings), listener))


def serve_command(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    gateway_url: GatewayUrl = None,
    gateway_token: GatewayToken = None,
    gateway_timeout_seconds: GatewayTimeout = None,
    gateway_max_processing_seconds: GatewayMaxProcessing = None,
    gateway_concurrency: GatewayConcurrency = None,
    gateway_supports_key: GatewaySupportsKey = None,
    gateway_key_window_seconds: GatewayKeyWindow = None,
    gateway_lookup: GatewayLookup = None,
) -> None:
    """Serve the API alone. Any number of these may run beside one database."""
    given = read(**locals())
    settings = _configured(given)
    with listening(settings) as listener:
        run(_serve(settings, listener))


def work(
    data: Data = None,
    host: Host = None,
    health_port: HealthPort = None,
    gateway_url: GatewayUrl = None,
    gateway_token: GatewayToken = None,
    gateway_timeout_seconds: GatewayTimeout = None,
    gateway_max_processing_seconds: GatewayMaxProcessing = None,
    gateway_concurrency: GatewayConcurrency = None,
    gateway_supports_key: GatewaySupportsKey = None,
    gateway_key_window_seconds: GatewayKeyWindow = None,
    gateway_lookup: GatewayLookup = None,
) -> None:
    """Run the engine alone. Any number of these may run beside one database."""
    given = read(**locals())
    settings = _configured(given)
    with ExitStack() as stack:
        listener = None
        if settings.health_port:
            listener = stack.enter_context(listening(replace(settings, port=settings.health_port)))
        run(_work(settings, listener))


def migrate_command(data: Data = None) -> None:
    """Bring the database up to date."""
    run(_migrate(read(data=data)))


def reaching_own_machine(settings: Settings) -> Settings:
    """Settings with which webhooks and checks may also go to this machine: a receiver is tried out there first."""
    webhooks, peers, gateways = (
        ",".join(part for part in (given, OWN_MACHINE) if part)
        for given in (settings.webhook_allow, settings.epc_allow, settings.gateway_allow)
    )
    return replace(settings, webhook_allow=webhooks, epc_allow=peers, gateway_allow=gateways)


def _configured(settings: Settings) -> Settings:
    telemetry.configure(settings.telemetry_level)
    return settings


async def _dev(settings: Settings, listener: socket.socket) -> None:
    stop = Stop()
    with stop.on_signals():
        async with own_runtime(settings) as runtime:
            now = runtime.clock.now()
            await health.require_safe_live_mode(runtime, now)
            await admit_dev_account(runtime, now)
            await admit_dev_client(runtime)
            await admit_dev_user(runtime, now)
            _greet(settings)
            await run_until_stopped(
                stop,
                [
                    serve(
                        runtime, settings, listener, stop, rate_limited=False, one_click_user=DEV_CONSOLE_USER
                    ),
                    run_all(runtime, stop.asked),
                    Verifiers(runtime, settings).run(stop.asked),
                ],
            )


async def _serve(settings: Settings, listener: socket.socket) -> None:
    stop = Stop()
    with stop.on_signals():
        async with shared_runtime(settings) as runtime:
            await health.require_safe_live_mode(runtime, runtime.clock.now())
            tell(f"Duerun serves at {address(settings)}")
            await run_until_stopped(
                stop,
                [
                    serve(runtime, settings, listener, stop, rate_limited=True),
                    Heartbeats(runtime, []).run(stop.asked),
                ],
            )


async def _work(settings: Settings, listener: socket.socket | None) -> None:
    stop = Stop()
    with stop.on_signals():
        async with waiting_runtime(settings) as runtime:
            await health.require_safe_live_mode(runtime, runtime.clock.now())
            tell("Duerun's engine runs")
            jobs = [run_all(runtime, stop.asked), Verifiers(runtime, settings).run(stop.asked)]
            if listener is not None:
                jobs.append(serve_health(runtime, settings, listener, stop))
            await run_until_stopped(stop, jobs)


async def _migrate(settings: Settings) -> None:
    dsn = shared_dsn(settings)
    if not dsn:
        async with embedded(settings) as own:
            _tell_applied(migrate(own))
        return
    async with opened(settings, dsn):
        _tell_applied(migrate(dsn))


def _tell_applied(names: Sequence[str]) -> None:
    for name in names:
        tell(f"applied {name}")
    tell(f"the database is up to date: {len(known())} migrations")


async def admit_dev_account(runtime: Runtime, now: datetime, keys: KeyPair = DEV_KEYS) -> None:
    """An account in Thailand that the keys belong to, made once; the keys count also where they were rolled away."""
    account_id = await access.owner_of(runtime, keys.secret)
    if account_id is None:
        account_id = await access.create_account(runtime, email=DEV_EMAIL, country=DEV_COUNTRY, now=now)
    await access.admit_keys(runtime, account_id, keys, livemode=False, now=now)


async def admit_dev_user(runtime: Runtime, now: datetime, keys: KeyPair = DEV_KEYS) -> None:
    """Somebody who signs in to the console with one click, on this machine; he has no password."""
    account_id = await access.owner_of(runtime, keys.secret)
    if account_id is not None:
        await console_users.add(
            runtime, name=DEV_CONSOLE_USER, role=Role.ADMIN, account_id=account_id, password=None, now=now
        )


def address(settings: Settings) -> str:
    """The base of the API's addresses."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _greet(settings: Settings) -> None:
    where = "an external PostgreSQL" if settings.database_url else str(settings.data.absolute())
    tell(f"Duerun runs at {address(settings)}")
    tell(f"  data        {where}")
    if settings.gateway_url:
        tell("  gateway     over HTTP, as gateway_url says")
    tell(f"  public key  {DEV_PUBLIC_KEY}")
    tell(f"  secret key  {DEV_SECRET_KEY}")
    tell(f"  vop client  {DEV_VOP_CLIENT}, secret {DEV_VOP_SECRET}")
    if settings.console:
        tell(f"  console     {address(settings)}/console")
    tell(f"  try         curl {address(settings)}/charges -u {DEV_SECRET_KEY}:")
    tell("Ctrl-C stops it.")
