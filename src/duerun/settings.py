"""Every option of the server: name, default, limits, one sentence.

A value comes from the environment as `DUERUN_<NAME>`. An unknown or unreadable one refuses the start, so that a
misspelled name is never silently the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from duerun.domain.errors import RejectedError

PREFIX = "DUERUN_"
# The fixed keys of `duerun dev`: published, and good for test mode on a developer's machine only.
DEV_PUBLIC_KEY = "pkey_test_duerun0000000000000"
DEV_SECRET_KEY = "skey_test_duerun0000000000000"  # noqa: S105 - printed at every start of `duerun dev`
# The client of `duerun dev` for checks of payees, published as well, and the BIC that it asks for.
DEV_VOP_CLIENT = "duerun-dev"
DEV_VOP_SECRET = "duerun-dev-secret"  # noqa: S105 - printed at every start of `duerun dev`
DEV_VOP_BIC = "DUERNL2A"
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def option(default: Any, sentence: str, *, least: float | None = None, words: tuple[str, ...] = ()) -> Any:
    """A field with its sentence and its limits."""
    return field(default=default, metadata={"sentence": sentence, "least": least, "words": words})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of one server."""

    data: Path = option(Path(".duerun"), "Folder that holds everything the server keeps.")
    database_url: str = option(
        "", "Connection string of an external PostgreSQL; empty runs the embedded one."
    )
    postgres_folder: str = option(
        "", "Folder that holds postgres, initdb and pg_ctl; empty searches for one."
    )
    host: str = option("127.0.0.1", "Address to listen on.")
    port: int = option(8080, "Port to listen on.", least=1)
    database_connections_max: int = option(
        20, "Most connections that one process opens; two more look after those that are silent.", least=4
    )
    work_gives_way: bool = option(
        True,
        "On the machine of the database, the processes of `duerun work` let others have the processor first.",
    )
    claim_rows: int = option(1_000, "Occurrences that are claimed in one batch.", least=1)
    lease_seconds: float = option(
        60.0, "How long a claim holds before another worker asks about it.", least=1
    )
    gateway_url: str = option(
        "", "Base address of the processor that moves money, over HTTP; empty practises with the sandbox."
    )
    gateway_token: str = option("", "Bearer token that the processor is shown.")
    gateway_timeout_seconds: float = option(
        10.0, "Seconds after which a call to the processor is given up.", least=0.1
    )
    gateway_max_processing_seconds: float = option(
        60.0, "Seconds behind a call for which the processor may not know of it yet.", least=0
    )
    gateway_concurrency: int = option(32, "Calls to the processor that one process makes at once.", least=1)
    gateway_supports_key: bool = option(True, "The processor has no second effect under a key that it knows.")
    gateway_key_window_seconds: float = option(
        0.0, "Seconds behind a first send for which the processor keeps its key; 0 is for good.", least=0
    )
    gateway_lookup: bool = option(True, "The processor can be asked what became of a key.")
    gateway_allow: str = option(
        "",
        "Inner hosts, addresses and networks where processors of single accounts may be reached, with commas "
        "between; `duerun dev` adds its own machine.",
    )
    charge_retries_max: int = option(
        2, "Retries of a failed charge before its schedule is suspended.", least=0
    )
    transfer_suspend_after: int = option(
        3, "Consecutive failed dates that suspend a transfer schedule; 0 is never.", least=0
    )
    retry_overlap: str = option(
        "skip", "A regular date on the day of a retry is skipped, or both run.", words=("skip", "both")
    )
    catch_up_charges: str = option(
        "latest", "What happens to charges whose day was missed.", words=("latest", "all", "ask")
    )
    catch_up_transfers: str = option(
        "ask", "What happens to transfers whose day was missed.", words=("latest", "all", "ask")
    )
    bulk_bytes_max: int = option(10_485_760, "Largest bulk file in bytes.", least=1)
    bulk_rows_max: int = option(10_000, "Most rows of a bulk file.", least=1)
    bulk_processes: int = option(
        2,
        "Processes that check bulk files beside the server behind their first 30,000 rows; 0 checks all within it.",
        least=0,
    )
    bulk_retention_days: int = option(30, "Days for which a bulk job and its report are kept.", least=1)
    bulk_duplicate_rule: str = option(
        "terms_or_key",
        "Which schedules count as the same in a bulk file.",
        words=("terms_or_key", "terms", "key", "off"),
    )
    bulk_csv_guard: bool = option(
        False, "Reports always defuse cells that a spreadsheet would run as formulas."
    )
    omise_bulk_object: str = option(
        "recurring_export", "Name of a bulk job's object.", words=("recurring_export", "batch_recurring")
    )
    omise_error_location: str = option("https://www.omise.co/api-errors", "Base of an error's location.")
    omise_clamp_limit: bool = option(False, "Take a list limit over 100 as 100 instead of refusing it.")
    omise_pretty_json: bool = option(False, "Indent answers by two spaces.")
    omise_status_running: bool = option(False, "Write running instead of active in answers of 2019-05-29.")
    omise_status_paused: bool = option(True, "Write paused as a status; false leaves the fact to state.")
    omise_extra_events: bool = option(
        False, "Write events that Omise does not have: of pauses, occurrences, ends and bulk jobs."
    )
    omise_end_date_required: bool = option(False, "Refuse schedules without an end date.")
    webhook_allow: str = option(
        "",
        "Inner hosts, addresses and networks that webhooks may reach, with commas between; "
        "`duerun dev` adds its own machine.",
    )
    webhook_signature: str = option(
        "omise", "Which signature webhooks carry.", words=("omise", "x-omise", "both")
    )
    webhook_retries: str = option(
        "1m,5m,15m,1h,3h,6h,12h,24h,48h",
        "Waits before a webhook is tried again; the last one repeats until day 7.",
    )
    webhook_retention_days: int = option(
        30, "Days for which deliveries are kept that arrived or were given up.", least=1
    )
    idempotency_hours: int = option(72, "Hours for which an Idempotency-Key counts.", least=24)
    decision_months: int = option(
        0,
        "Whole months for which the log of decisions about occurrences is kept; 0 keeps it for good.",
        least=0,
    )
    key_roll_minutes: int = option(60, "Minutes for which a rolled key still works.", least=0)
    requests_per_minute_max: int = option(1_000, "Requests per minute and key, loopback excepted.", least=1)
    client_url: str = option(
        "http://127.0.0.1:8080", "Address of the server that the commands clock, bulk and vop check call."
    )
    client_key: str = option(DEV_SECRET_KEY, "Secret key that the commands clock and bulk use.")
    vop_client_id: str = option(DEV_VOP_CLIENT, "Client in whose name the command vop check asks.")
    vop_client_secret: str = option(DEV_VOP_SECRET, "Secret of the client that the command vop check uses.")
    vop_client_bic: str = option(
        DEV_VOP_BIC, "Requesting BIC that the command vop check adds to files without one."
    )
    client_webhook_secret: str = option(
        "", "Signing secret that the command webhooks listen verifies with; empty verifies nothing."
    )
    vop_processes: int = option(
        1, "Processes that check big files beside the server; 0 checks them within it.", least=0
    )
    vop_records_max: int = option(100_000, "Most records of a file of checks.", least=1)
    vop_bytes_max: int = option(104_857_600, "Largest file of checks in bytes, decompressed.", least=1)
    vop_line_bytes_max: int = option(65_536, "Longest line of a file of checks in bytes.", least=1)
    vop_gzip: bool = option(True, "Take files of checks that are compressed with gzip.")
    vop_bad_line: str = option(
        "fail_file",
        "A line that is no JSON object fails its file, or is answered by a line with an error.",
        words=("fail_file", "error_line"),
    )
    vop_submit_status: int = option(
        202, "HTTP status of the answer to a file of checks.", words=("202", "200", "201")
    )
    vop_unknown_task_status: int = option(404, "HTTP status for an unknown taskId.", words=("404", "400"))
    vop_not_processed_status: int = option(
        409, "HTTP status for results that are not there.", words=("409", "404", "400")
    )
    vop_missing_auth_status: int = option(
        401, "HTTP status of a call without Authorization.", words=("401", "400")
    )
    vop_task_seconds_max: int = option(14_400, "Seconds after which a file of checks times out.", least=1)
    vop_check_seconds_max: float = option(5.0, "Seconds after which a single check is given up.", least=0.1)
    vop_retention_days: int = option(30, "Days for which a file of checks and its results are kept.", least=1)
    vop_token_seconds: int = option(3_600, "Seconds for which a bearer token counts.", least=1)
    vop_requests_per_minute_max: int = option(
        600, "Requests per minute and client of the VOP face, loopback excepted.", least=1
    )
    vop_open_tasks_max: int = option(100, "Files of checks that a client may have waiting.", least=1)
    vop_offering: str = option(
        "standard", "How much results tell where the client has no own offering.", words=("standard", "plus")
    )
    vop_profile: str = option("balanced", "How names are compared.", words=("strict", "balanced", "lenient"))
    vop_match: str = option(
        "", "Points of matching that differ from the profile, as in word_order=CMTC,alias=MTCH."
    )
    vop_agent_check: bool = option(True, "The requesting BIC must be one of the client's.")
    vop_nomatch_org_name: bool = option(
        False, "Tell an organisation's name on a no match, where its account lets it."
    )
    vop_lenient_discloses: bool = option(
        False, "In the profile lenient a part of a person's name brings the whole of it."
    )
    vop_names_per_iban_day_max: int = option(
        5, "Names that do not match which a requester may try on an IBAN a day.", least=1
    )
    vop_disclosures_hour_max: int = option(100, "Names that a requester may be shown an hour.", least=0)
    vop_error_type: str = option(
        "https://developer.surepay.nl/vop-bulk-for-banks/status-and-errorcodes",
        "What the member type of errors says.",
    )
    vop_load_drop_percent_max: int = option(
        10, "Percent of the directory that a load may remove without a person's word.", least=0
    )
    vop_storage_key: str = option(
        "", "Text from which the key is made that encrypts files of checks; empty leaves them readable."
    )
    vop_spreadsheet_guard: bool = option(
        True, "Files for people defuse cells that a spreadsheet would run as formulas."
    )
    epc_client_cert: str = option("", "File with the certificate that other PSPs are shown.")
    epc_client_key: str = option("", "File with the key of that certificate; empty where it holds both.")
    epc_trust: str = option(
        "", "File with the certificates that other PSPs are held to; empty is the system's."
    )
    epc_allow: str = option(
        "", "Inner hosts, addresses and networks where other PSPs may be reached, with commas between."
    )
    epc_own_bics: str = option(
        "", "BICs for which other PSPs may ask here, with commas between; empty takes any partyAgent."
    )
    epc_clock_seconds_max: int = option(
        300, "Seconds by which the timestamp of another PSP may be off.", least=1
    )
    epc_charset: str = option(
        "extended", "Latin letters with marks are answered, or plain ones only.", words=("extended", "basic")
    )
    epc_client_cert_header: str = option(
        "", "Header in which a proxy passes the certificate of another PSP on; empty lets this machine ask."
    )
    vop_token_secret: str = option(
        "", "Our secret at a client's token endpoint, which the command vop client webhook keeps."
    )
    health_port: int = option(
        0, "Port on which `duerun work` answers /healthz, /readyz and /metrics; 0 opens none.", least=0
    )
    metrics_open: bool = option(
        False, "Give /metrics to everybody who can reach it, not to this machine only."
    )
    metrics_token: str = option(
        "", "Bearer token that /metrics asks everybody for; empty asks nobody and serves this machine."
    )
    console: bool = option(True, "Serve the web console at /console.")
    console_secret: str = option(
        "",
        "Text from which the key is made that seals the seeds of one-time codes; empty offers no one-time codes.",
    )
    console_user_failures_max: int = option(
        5, "Tries to sign in to the console under a name before that name is locked.", least=1
    )
    console_address_failures_max: int = option(
        50, "Tries to sign in to the console from an address before that address is locked.", least=1
    )
    console_lock_minutes: int = option(15, "Minutes for which a name or an address stays locked.", least=1)
    console_idle_minutes: int = option(
        30, "Minutes without a click after which a session of the console ends.", least=1
    )
    console_session_hours: int = option(
        12, "Hours after which a session of the console ends in any case.", least=1
    )
    telemetry_level: str = option(
        "INFO", "Least level of log lines.", words=("DEBUG", "INFO", "WARNING", "ERROR")
    )


def read(environment: Mapping[str, str], **given: Any) -> Settings:
    """Settings from `DUERUN_*`, overruled by what is given; raises `RejectedError` that names a wrong option."""
    known = {each.name: each for each in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known:
            raise RejectedError(f"{variable} is not a setting of Duerun")
        values[name] = _parse(variable, text, known[name])
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**values)


def _parse(variable: str, text: str, each: Any) -> Any:
    try:
        value = _typed(text, each.type)
    except (KeyError, ValueError):
        raise RejectedError(f"{variable} must be of the type {each.type.__name__}") from None
    least, words = each.metadata["least"], each.metadata["words"]
    if least is not None and value < least:
        raise RejectedError(f"{variable} must be at least {least:g}")
    if words and str(value) not in words:
        raise RejectedError(f"{variable} must be one of {', '.join(words)}")
    return value


def _typed(text: str, wanted: Any) -> Any:
    return _WORDS[text.strip().lower()] if wanted is bool else wanted(text)
