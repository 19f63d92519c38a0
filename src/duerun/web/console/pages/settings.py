"""Settings of the account: time, missed dates, rules of retries with a back-test, approval of files, limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from duerun.domain.account_options import SERVER
from duerun.domain.console_users import Role
from duerun.domain.currencies import LIMITS, TIMEZONE_OF
from duerun.domain.errors import RejectedError
from duerun.domain.retries import (
    NEXT_BUSINESS_DAY,
    RETRIES_MAX,
    RETRY_CODES_MAX,
    STOP,
    USUAL_CODES,
    WAIT_DAYS_MAX,
    CatchUp,
    RetryRule,
    RetryTable,
    is_code,
    parse_rule,
)
from duerun.domain.retry_backtest import Backtest, Fate
from duerun.domain.settlement import retries_of
from duerun.services import access, retry_rules
from duerun.services.calendar_tokens import TOKENS_MAX
from duerun.services.console_webhooks import RANGE_EVENTS_MAX
from duerun.services.forecast import MONTHS_MAX
from duerun.services.retry_rules import DATES_MAX, DAYS_CHOICES
from duerun.web.console import fields, words
from duerun.web.console.visit import Page, Visit

HERE = "/console/settings"
DAYS_DEFAULT = 90
EMPTY_ROWS = 2
CATCH_UP = {
    CatchUp.LATEST.value: "Only the newest runs",
    CatchUp.ALL.value: "Each runs",
    CatchUp.ASK.value: "They wait for a person",
}
WAYS = {"days": "calendar days later", "business": "business days later", STOP: "no retry: suspend at once"}
SAVED = "Saved. It counts in test and live mode."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table as it stands in the form; the code of the usual rule is `*`."""

    code: str
    waits: str
    way: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by its name; `setting` is the server's option that sets it, "" for one that is fixed."""

    name: str
    value: str
    setting: str = ""


async def show(visit: Visit) -> Response:
    return _shown(visit, rows_of(retries_of(visit.account, visit.runtime.retries)))


def _shown(
    visit: Visit,
    rows: list[Row],
    *,
    refusal: str = "",
    found: Backtest | None = None,
    days: int = DAYS_DEFAULT,
) -> Response:
    account, policy = visit.account, visit.runtime.retries
    waits = account.retry_transfers or NEXT_BUSINESS_DAY
    stop = account.transfer_suspend_after
    empty = min(EMPTY_ROWS, RETRY_CODES_MAX + 1 - len(rows))
    return visit.show(
        "settings.html",
        status=400 if refusal else 200,
        server_policy=policy,
        rows=[*rows, *(Row("", "", "days") for _ in range(empty))],
        refusal=refusal,
        found=found,
        fates=Fate,
        days=days,
        days_days=[(each, f"{each} days") for each in DAYS_CHOICES],
        dates_max=DATES_MAX,
        ways=WAYS,
        transfer_ways=[(name, WAYS[name]) for name in ("days", "business")],
        codes=USUAL_CODES,
        has_own_table=account.retry_charges is not None,
        transfer_days=waits.waits[0],
        transfer_way="business" if waits.business else "days",
        suspend_after=policy.transfer_suspend_after if stop is None else stop,
        catch_up_choices=catch_up_choices,
        zones=sorted(set(TIMEZONE_OF.values())),
        limits=limits_of(visit),
        plain_amount=fields.plain_amount,
        retries_max=RETRIES_MAX,
        wait_days_max=WAIT_DAYS_MAX,
    )


def catch_up_choices(of_server: CatchUp) -> list[tuple[str, str]]:
    """The policies for missed dates in words, the server's first."""
    return [(SERVER, f"The server's: {CATCH_UP[of_server].lower()}"), *CATCH_UP.items()]


def rows_of(table: RetryTable) -> list[Row]:
    """A table as the rows of the form, the usual rule first."""
    return [_row("*", table.usual), *(_row(code, rule) for code, rule in sorted(table.by_code.items()))]


def _row(code: str, rule: RetryRule) -> Row:
    way = "business" if rule.business else "days"
    return Row(code, ", ".join(map(str, rule.waits)), way if rule.waits else STOP)


def typed_rows(form: Mapping[str, str]) -> list[Row]:
    """The rows as they were typed, without those that were left empty."""
    rows = []
    for number in range(RETRY_CODES_MAX + 1):
        code = "*" if number == 0 else form.get(f"code-{number}", "").strip()
        waits, way = form.get(f"waits-{number}", "").strip(), form.get(f"way-{number}", "days")
        if code or waits:
            rows.append(Row(code, waits, way))
    return rows


def table_of(rows: list[Row]) -> RetryTable:
    """The table that some rows make; `RejectedError` names the row."""
    rules: dict[str, RetryRule] = {}
    for number, row in enumerate(rows, 1):
        if row.code != "*" and not is_code(row.code):
            raise RejectedError(f"row {number} needs a failure code of the characters a-z, 0-9 and _")
        if row.code in rules:
            raise RejectedError(f"row {number} has a failure code that stands in a row above")
        rules[row.code] = _rule(number, row)
    return RetryTable(rules.pop("*"), rules)


def _rule(number: int, row: Row) -> RetryRule:
    if row.way not in WAYS:
        raise RejectedError(f"row {number} must say {', '.join(WAYS)}")
    if row.way == STOP:
        return RetryRule(())
    try:
        return parse_rule(f"{row.waits} business" if row.way == "business" else row.waits)
    except ValueError:
        raise RejectedError(
            f"row {number} needs days such as 1, 3, 7: at most {RETRIES_MAX}, each from 1 to {WAIT_DAYS_MAX}"
        ) from None


async def save_retries(visit: Visit) -> Response:
    """Keep the table of the form."""
    rows = typed_rows(visit.form)
    try:
        table = table_of(rows)
    except RejectedError as error:
        return _shown(visit, rows, refusal=error.message)
    await access.set_options(visit.runtime, visit.account.id, {"retry_charges": str(table)})
    return visit.go(HERE, told=f"{SAVED} Retries that are planned stay where they are.")


async def try_retries(visit: Visit) -> Response:
    """Hold the table of the form against past failures; nothing is kept."""
    rows = typed_rows(visit.form)
    days = visit.form.get("days", "")
    if days not in map(str, DAYS_CHOICES):
        raise RejectedError(f"days must be one of {', '.join(map(str, DAYS_CHOICES))}")
    try:
        table = table_of(rows)
    except RejectedError as error:
        return _shown(visit, rows, refusal=error.message, days=int(days))
    async with visit.unit() as unit:
        found = await retry_rules.try_out(unit, visit.runtime.retries, table, days=int(days))
    return _shown(visit, rows, found=found, days=int(days))


async def drop_retries(visit: Visit) -> Response:
    """Let the server's rules count again."""
    await access.set_options(visit.runtime, visit.account.id, {"retry_charges": SERVER})
    return visit.go(HERE, told=f"{SAVED} The server's rules count again.")


async def save_transfers(visit: Visit) -> Response:
    """When a transfer that waits for balance is tried again, and when failures suspend."""
    way = visit.field("way")
    if way not in ("days", "business"):
        raise RejectedError("way must be days or business")
    days = visit.field("days")
    given = {
        "retry_transfers": f"{days} business" if way == "business" else days,
        "transfer_suspend_after": visit.field("suspend_after"),
    }
    await access.set_options(visit.runtime, visit.account.id, given)
    return visit.go(HERE, told=SAVED)


async def save_time(visit: Visit) -> Response:
    """Zone and times of day."""
    names = ("timezone", "charge_run_time", "transfer_run_time")
    await access.set_options(visit.runtime, visit.account.id, {name: visit.field(name) for name in names})
    return visit.go(HERE, told=f"{SAVED} Dates that are planned already keep their moment.")


async def save_missed(visit: Visit) -> Response:
    """What happens to dates that passed while nothing ran."""
    names = ("catch_up_charges", "catch_up_transfers", "catch_up_max")
    await access.set_options(visit.runtime, visit.account.id, {name: visit.field(name) for name in names})
    return visit.go(HERE, told=SAVED)


async def save_approval(visit: Visit) -> Response:
    """From which size on a second person approves a file."""
    amount = fields.amount_minor(visit, "bulk_approval_amount", visit.account.currency)
    given = {"bulk_approval_rows": visit.field("bulk_approval_rows"), "bulk_approval_amount": str(amount)}
    await access.set_options(visit.runtime, visit.account.id, given)
    return visit.go(HERE, told=SAVED)


def limits_of(visit: Visit) -> list[Limit]:
    """The limits that count for the account, by name."""
    bulk, country = visit.runtime.bulk, visit.account.country
    currency, limits = visit.account.currency, LIMITS[country]
    sign_in = visit.options.access.policy

    def money(amount_minor: int) -> str:
        return f"{words.amount(amount_minor, currency)} {currency}"

    return [
        Limit("Smallest charge", money(limits.charge_min)),
        Limit("Largest charge", money(limits.charge_max)),
        Limit("Smallest transfer", money(limits.transfer_min)),
        Limit("Largest transfer", money(limits.transfer_max)),
        Limit("Bytes of a bulk file", f"{bulk.bytes_max:,}", "DUERUN_BULK_BYTES_MAX"),
        Limit("Rows of a bulk file", f"{bulk.rows_max:,}", "DUERUN_BULK_ROWS_MAX"),
        Limit("Days for which a report is kept", f"{bulk.retention_days:,}", "DUERUN_BULK_RETENTION_DAYS"),
        Limit("Retries of a charge", f"{RETRIES_MAX}"),
        Limit("Days between two tries", f"{WAIT_DAYS_MAX}"),
        Limit("Failure codes with a rule of their own", f"{RETRY_CODES_MAX}"),
        Limit("Months of a forecast", f"{MONTHS_MAX}"),
        Limit("Calendar tokens", f"{TOKENS_MAX:,}"),
        Limit("Events delivered again at once", f"{RANGE_EVENTS_MAX:,}"),
        Limit(
            "Tries to sign in under a name",
            f"{sign_in.user_failures_max:,}",
            "DUERUN_CONSOLE_USER_FAILURES_MAX",
        ),
    ]


PAGES = (
    Page("GET", HERE, show, label="Settings"),
    Page("POST", f"{HERE}/time", save_time, role=Role.ADMIN),
    Page("POST", f"{HERE}/missed", save_missed, role=Role.ADMIN),
    Page("POST", f"{HERE}/retries", save_retries, role=Role.ADMIN),
    Page("POST", f"{HERE}/retries/test", try_retries, role=Role.ADMIN),
    Page("POST", f"{HERE}/retries/server", drop_retries, role=Role.ADMIN),
    Page("POST", f"{HERE}/transfers", save_transfers, role=Role.ADMIN),
    Page("POST", f"{HERE}/approval", save_approval, role=Role.ADMIN),
)
