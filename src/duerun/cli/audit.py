"""The commands that check from outside what the engine has done."""

import json
from typing import Annotated

import typer

from duerun.cli.hosting import run, shared_runtime
from duerun.cli.options import Data, read
from duerun.cli.terminal import tell
from duerun.services.audit import Calendar, Difference
from duerun.services.explanations import replay_all
from duerun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Checks of what was done, which change nothing.")

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
