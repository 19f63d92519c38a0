"""The composition of checks of payees: who reads records, who answers, within which limits."""

import ssl
from functools import partial

from duerun.clock import Clock
from duerun.domain.addresses import AllowList
from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import bic8, parse_bic
from duerun.domain.payees.clients import Defaults, Offering, parse_match
from duerun.domain.payees.practice import is_practice
from duerun.gateways.outgoing import GuardedSender
from duerun.responders.directory import DirectoryResponder
from duerun.responders.epc import EpcResponder
from duerun.responders.practice import PracticeResponder
from duerun.services.directory import KeptBanks
from duerun.services.payee_ports import Payees, VopPolicy
from duerun.services.payee_routes import Routes
from duerun.services.vop_peers import KeptPeers
from duerun.settings import Settings
from duerun.storage import vop_directory
from duerun.storage.database import Database
from duerun.storage.seal import Seal
from duerun.web.payees.codec import NdjsonWire
from duerun.web.vop.call import VopOptions


def build_payees(settings: Settings, database: Database, clock: Clock) -> Payees:
    """Raises `RejectedError` for settings that cannot be read."""
    peers = EpcResponder(KeptPeers(database).at, _sender(settings), clock.now)
    directory = DirectoryResponder(
        partial(vop_directory.find, database), shows_organisations=settings.vop_nomatch_org_name
    )
    return Payees(
        wire=NdjsonWire(settings.vop_error_type),
        asking=Routes(
            practice=PracticeResponder(),
            directory=directory,
            peers=peers,
            is_practice=is_practice,
            own_banks=KeptBanks(database).at,
        ),
        directory=directory,
        seal=Seal(settings.vop_storage_key),
        policy=_policy(settings),
    )


def _sender(settings: Settings) -> GuardedSender:
    """Who calls other PSPs: with our certificate, where we have one, and theirs checked."""
    tls = None
    if settings.epc_client_cert or settings.epc_trust:
        try:
            tls = ssl.create_default_context(cafile=settings.epc_trust or None)
            if settings.epc_client_cert:
                tls.load_cert_chain(settings.epc_client_cert, settings.epc_client_key or None)
        except OSError as error:
            raise RejectedError(
                f"epc_client_cert, epc_client_key or epc_trust cannot be used: {error}"
            ) from None
    return GuardedSender(
        AllowList.parse(settings.epc_allow, "epc_allow"),
        answer_seconds_max=settings.vop_check_seconds_max,
        tls=tls,
    )


def _policy(settings: Settings) -> VopPolicy:
    return VopPolicy(
        records_max=settings.vop_records_max,
        bytes_max=settings.vop_bytes_max,
        line_bytes_max=settings.vop_line_bytes_max,
        bad_line_fails=settings.vop_bad_line == "fail_file",
        task_seconds_max=settings.vop_task_seconds_max,
        retention_days=settings.vop_retention_days,
        open_tasks_max=settings.vop_open_tasks_max,
        lease_seconds=settings.lease_seconds,
        check_seconds_max=settings.vop_check_seconds_max,
        names_per_iban_day_max=settings.vop_names_per_iban_day_max,
        disclosures_hour_max=settings.vop_disclosures_hour_max,
        agent_check=settings.vop_agent_check,
        token_seconds=settings.vop_token_seconds,
        processes=settings.vop_processes,
        load_drop_percent_max=settings.vop_load_drop_percent_max,
        defaults=Defaults(
            offering=Offering(settings.vop_offering),
            profile=settings.vop_profile,
            match=parse_match(settings.vop_match),
            lenient_discloses=settings.vop_lenient_discloses,
        ),
    )


def _own_bics(text: str) -> frozenset[str]:
    try:
        return frozenset(bic8(parse_bic(each)) for each in text.split(",") if each.strip())
    except RejectedError as error:
        raise RejectedError(f"epc_own_bics {error.message}") from None


def vop_options(settings: Settings, *, rate_limited: bool = True) -> VopOptions:
    """The settings that the VOP face reads."""
    return VopOptions(
        error_type=settings.vop_error_type,
        submit_status=settings.vop_submit_status,
        gzip=settings.vop_gzip,
        unknown_task_status=settings.vop_unknown_task_status,
        not_processed_status=settings.vop_not_processed_status,
        missing_auth_status=settings.vop_missing_auth_status,
        requests_per_minute_max=settings.vop_requests_per_minute_max,
        rate_limited=rate_limited,
        clock_seconds_max=settings.epc_clock_seconds_max,
        client_cert_header=settings.epc_client_cert_header,
        own_bics=_own_bics(settings.epc_own_bics),
        basic_latin_only=settings.epc_charset == "basic",
    )
