"""The composition root: settings become a runtime, a runtime becomes an application and an engine."""

from collections.abc import Sequence
from typing import Any

from duerun.assembly.gateways import AttachedGateways, server_gateways
from duerun.assembly.payees import build_payees, vop_options
from duerun.clock import Clock, SystemClock
from duerun.domain.addresses import AllowList
from duerun.domain.console_users import SignInPolicy
from duerun.domain.retries import CatchUp, RetryPolicy
from duerun.domain.webhooks import SignatureForm, parse_retries
from duerun.gateways.http import HttpGateway
from duerun.gateways.outgoing import GuardedSender
from duerun.gateways.sandbox import LedgerEntry, SandboxGateway
from duerun.services.bulk_checkers import Places
from duerun.services.console_access import ConsoleAccess
from duerun.services.unit import BulkPolicy, EnginePolicy, Runtime
from duerun.services.webhook_ports import Webhooks
from duerun.settings import Settings
from duerun.storage import sandbox_ledger
from duerun.storage.database import Database
from duerun.storage.seal import Seal
from duerun.web.app import build_app, build_health_app
from duerun.web.console.options import ConsoleOptions
from duerun.web.health.face import MetricsOptions
from duerun.web.omise.call import Options
from duerun.web.omise.events import body
from duerun.web.omise.render import event_renderer


class _StoredLedger:
    """The sandbox's book, kept in the database beside Duerun's tables and apart from them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, entries: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
        rows = [_row(entry) for entry in entries]
        return [LedgerEntry(*row) for row in await sandbox_ledger.record(self._database, rows)]

    async def find(self, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        rows = await sandbox_ledger.find(self._database, keys)
        return {row[0]: LedgerEntry(*row) for row in rows}


def _row(entry: LedgerEntry) -> sandbox_ledger.Entry:
    return (
        entry.key,
        entry.kind,
        entry.account,
        entry.livemode,
        entry.amount_minor,
        entry.currency,
        entry.target,
        entry.outcome,
        entry.code,
    )


def build_runtime(
    settings: Settings, dsn: str, *, clock: Clock | None = None, gives_way: bool = False
) -> Runtime:
    """The parts of the product over one database; `Runtime.database` is not open yet."""
    database = Database(dsn, connections_max=settings.database_connections_max, gives_way=gives_way)
    clock = clock or SystemClock()
    sandbox = SandboxGateway(_StoredLedger(database))
    payees = build_payees(settings, database, clock)
    return Runtime(
        database=database,
        clock=clock,
        render=event_renderer(face_options(settings)),
        gateways=server_gateways(settings, sandbox),
        attached=AttachedGateways(settings, sandbox, payees.seal),
        webhooks=_webhooks(settings),
        payees=payees,
        extra_events=settings.omise_extra_events,
        idempotency_hours=settings.idempotency_hours,
        decision_months=settings.decision_months,
        retries=RetryPolicy(
            charge_retries_max=settings.charge_retries_max,
            transfer_suspend_after=settings.transfer_suspend_after,
            overlap_skips=settings.retry_overlap == "skip",
            catch_up_charges=CatchUp(settings.catch_up_charges),
            catch_up_transfers=CatchUp(settings.catch_up_transfers),
        ),
        engine=EnginePolicy(claim_rows=settings.claim_rows, lease_seconds=settings.lease_seconds),
        bulk=BulkPolicy(
            bytes_max=settings.bulk_bytes_max,
            rows_max=settings.bulk_rows_max,
            retention_days=settings.bulk_retention_days,
            duplicate_rule=settings.bulk_duplicate_rule,
        ),
        bulk_places=Places(settings.bulk_processes),
    )


async def close(runtime: Runtime) -> None:
    """End all that a runtime has open."""
    for gateway in {id(each): each for each in runtime.gateways.values()}.values():
        if isinstance(gateway, HttpGateway):
            await gateway.close()
    await runtime.attached.close()
    await runtime.payees.asking.close()
    await runtime.database.close()


def _webhooks(settings: Settings) -> Webhooks:
    """Raises `RejectedError` for settings that cannot be read."""
    allow = AllowList.parse(settings.webhook_allow)
    return Webhooks(
        sender=GuardedSender(allow),
        write=body,
        allow=allow,
        form=SignatureForm(settings.webhook_signature),
        retries=parse_retries(settings.webhook_retries),
        retention_days=settings.webhook_retention_days,
    )


def face_options(settings: Settings, *, rate_limited: bool = True) -> Options:
    """The settings that the Omise face reads."""
    return Options(
        error_location=settings.omise_error_location,
        clamp_limit=settings.omise_clamp_limit,
        end_date_required=settings.omise_end_date_required,
        status_running=settings.omise_status_running,
        status_paused=settings.omise_status_paused,
        bulk_object=settings.omise_bulk_object,
        bulk_csv_guard=settings.bulk_csv_guard,
        pretty_json=settings.omise_pretty_json,
        requests_per_minute_max=settings.requests_per_minute_max,
        rate_limited=rate_limited,
    )


def console_options(settings: Settings, *, one_click_user: str = "") -> ConsoleOptions:
    """The settings that the console reads."""
    policy = SignInPolicy(
        user_failures_max=settings.console_user_failures_max,
        address_failures_max=settings.console_address_failures_max,
        lock_minutes=settings.console_lock_minutes,
        idle_minutes=settings.console_idle_minutes,
        session_hours=settings.console_session_hours,
    )
    secret = settings.console_secret
    access = ConsoleAccess(policy, Seal(secret, "console_secret"), may_seal=bool(secret))
    return ConsoleOptions(access, one_click_user, settings.key_roll_minutes)


def build_application(
    runtime: Runtime,
    settings: Settings,
    *,
    rate_limited: bool = True,
    vop_alone: bool = False,
    one_click_user: str = "",
) -> Any:
    """The ASGI application: both faces and the console, or the face for checks of payees alone."""
    options = None if vop_alone else face_options(settings, rate_limited=rate_limited)
    vop = vop_options(settings, rate_limited=rate_limited)
    has_console = settings.console and not vop_alone
    console = console_options(settings, one_click_user=one_click_user) if has_console else None
    return build_app(runtime, options, vop, _metrics(settings), console)


def build_health_application(runtime: Runtime, settings: Settings) -> Any:
    """The ASGI application of a process that runs the engine alone: /healthz, /readyz, /metrics."""
    return build_health_app(runtime, _metrics(settings))


def _metrics(settings: Settings) -> MetricsOptions:
    return MetricsOptions(is_open=settings.metrics_open, token=settings.metrics_token)
