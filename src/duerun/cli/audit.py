"""The commands that check from outside what the engine has done."""

import json
from typing import Annotated

import typer

from duerun.cli.hosting import run, shared_runtime
from duerun.cli.options import Data, read
from duerun.cli.terminal import tell, tell_columns
from duerun.domain.audit_chain import Area, fact_text, parse_hash
from duerun.domain.errors import RejectedError
from duerun.services import audit_log
from duerun.services.audit import Calendar, Difference
from duerun.services.audit_log import NUMBER_MAX, Asked, Line
from duerun.services.explanations import replay_all
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Checks of what was done, which change nothing.")
LINES_SHOWN_MAX = 1_000

Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a line: each difference, then the counts.")
]
Age = Annotated[float, typer.Option("--age-minutes", min=0, help="A row that is open for longer is told.")]


@app.command("calendar")
def calendar_command(data: Data = None, as_json: Json = False, age_minutes: Age = 60.0) -> None:
    """Hold all rows against the dates of all rules, and against the payments. Status 1 for a difference."""
    if run(_audit(read(data=data), as_json, age_minutes)):
        raise typer.Exit(1)


async def _audit(settings: Settings, as_json: bool, age_minutes: float) -> int:
    async with shared_runtime(settings) as runtime:
        audit = Calendar(runtime, runtime.clock.now(), age_seconds=age_minutes * 60)
        async for each in audit.differences():
            tell(json.dumps(as_object(each)) if as_json else _line(each))
        seen = audit.seen
        counts = {"schedules": seen.schedules, "rows": seen.rows, "differences": seen.differences}
        if as_json:
            tell(json.dumps({"object": "summary"} | counts))
        else:
            tell(", ".join(f"{count} {name}" for name, count in counts.items()))
        return seen.differences


def as_object(each: Difference) -> dict[str, object]:
    """A difference as a program reads it."""
    return {
        "object": "difference",
        "kind": each.kind,
        "schedule": each.schedule_id,
        "date": str(each.day) if each.day else None,
        "account": each.account,
        "livemode": each.livemode,
    }


def _line(each: Difference) -> str:
    mode = "live" if each.livemode else "test"
    return f"{each.kind}  {each.schedule_id}  {each.day or '-'}  {each.account} {mode}"


@app.command("decisions")
def decisions_command(data: Data = None, as_json: Json = False) -> None:
    """Replay the log of decisions and hold it against all occurrences. Status 1 for a difference."""
    if run(_replay(read(data=data), as_json)):
        raise typer.Exit(1)


async def _replay(settings: Settings, as_json: bool) -> int:
    async with shared_runtime(settings) as runtime:
        found = await replay_all(runtime)
    for occurrence, wrong in found.wrong:
        row = {"object": "difference", "occurrence": occurrence, "difference": wrong}
        tell(json.dumps(row) if as_json else f"{occurrence}  {wrong}")
    counts = {
        "occurrences": found.occurrences,
        "lines": found.lines,
        "older": found.older,
        "differences": found.wrong_count,
    }
    tell(
        json.dumps({"object": "summary"} | counts)
        if as_json
        else ", ".join(f"{count} {name}" for name, count in counts.items())
    )
    return found.wrong_count


@app.command("verify")
def verify_command(
    data: Data = None,
    head: Annotated[
        str | None,
        typer.Option("--head", help="A hash that this command printed before: it must be in the log."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute the chain of the audit log from its beginning, and tell the first line that is not as it was written."""
    kept = parse_hash(head) if head is not None else None
    if head is not None and kept is None:
        raise RejectedError("--head must be a hash of 64 hexadecimal digits")
    if run(_verify(read(data=data), kept, as_json)):
        raise typer.Exit(1)


async def _verify(settings: Settings, kept: bytes | None, as_json: bool) -> bool:
    async with shared_runtime(settings) as runtime:
        found = await audit_log.verify(runtime, kept=kept)
    facts = {
        "entries": found.entries,
        "head": found.head.hash.hex(),
        "fault": found.fault,
        "number": found.number or None,
    }
    if as_json:
        tell(json.dumps({"object": "audit_verification"} | facts))
        return found.fault is not None
    if found.fault is not None:
        tell(f"the log is not as it was written: {found.told}")
    else:
        tell(f"{found.entries} lines, each as it was written")
        tell(f"head  {found.head.hash.hex()}")
    return found.fault is not None


@app.command("log")
def log_command(
    data: Data = None,
    who: Annotated[str | None, typer.Option("--who", help="A part of the name of who acted.")] = None,
    area: Annotated[Area | None, typer.Option("--area", help="What it is about.")] = None,
    before: Annotated[
        int | None, typer.Option("--before", min=1, help="Only lines before this number.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what people changed, the newest line first."""
    asked = Asked(actor=who, area=area, before=before or NUMBER_MAX)
    run(_log(read(data=data), asked, as_json))


async def _log(settings: Settings, asked: Asked, as_json: bool) -> None:
    async with shared_runtime(settings) as runtime:
        lines = await audit_log.list_lines(runtime, asked, rows_max=LINES_SHOWN_MAX)
    if as_json:
        for each in lines:
            tell(json.dumps(_as_line(each)))
    elif lines:
        tell_columns(
            ("line", "when (UTC)", "who", "what", "about", "how"), [_columns(each) for each in lines]
        )
    else:
        tell("nothing was changed by a person yet")


def _as_line(line: Line) -> dict[str, object]:
    entry = line.entry
    return {
        "object": "audit_entry",
        "number": entry.number,
        "at": entry.happened_at.isoformat(),
        "account": line.account,
        "livemode": entry.livemode,
        "by": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "facts": entry.facts,
        "hash": entry.hash.hex(),
    }


def _columns(line: Line) -> tuple[str, ...]:
    entry = line.entry
    facts = ", ".join(f"{name}: {fact_text(value)}" for name, value in entry.facts.items())
    return (
        str(entry.number),
        f"{entry.happened_at:%Y-%m-%d %H:%M}",
        entry.actor,
        entry.action,
        entry.subject,
        facts,
    )
