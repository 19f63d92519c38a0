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
    database_connections_max: int = option(20, "Most connections that one process opens.", least=4)
    claim_rows: int = option(1_000, "Occurrences that are claimed in one batch.", least=1)
    lease_seconds: float = option(
        60.0, "How long a claim holds before another worker asks about it.", least=1
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
    key_roll_minutes: int = option(60, "Minutes for which a rolled key still works.", least=0)
    requests_per_minute_max: int = option(1_000, "Requests per minute and key, loopback excepted.", least=1)
    client_url: str = option(
        "http://127.0.0.1:8080", "Address of the server that the commands clock and bulk call."
    )
    client_key: str = option(DEV_SECRET_KEY, "Secret key that the commands clock and bulk use.")
    client_webhook_secret: str = option(
        "", "Signing secret that the command webhooks listen verifies with; empty verifies nothing."
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
    if words and value not in words:
        raise RejectedError(f"{variable} must be one of {', '.join(words)}")
    return value


def _typed(text: str, wanted: Any) -> Any:
    return _WORDS[text.strip().lower()] if wanted is bool else wanted(text)
