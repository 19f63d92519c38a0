"""The commands for bulk files: upload, follow, download, and step by step."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from urllib.parse import urlencode

import aiohttp
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from duerun.cli.client import LONG_CALL_SECONDS_MAX, Client, connect
from duerun.cli.hosting import run
from duerun.cli.options import AccountId, Data, Key, Live, Url, read
from duerun.cli.owners import with_account
from duerun.cli.terminal import err, progress, tell
from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import JobState
from duerun.domain.errors import UnavailableError
from duerun.services import bulk, bulk_reports, bulk_steps
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.web.multipart import FileKind

POLL_SECONDS = 0.1
OPEN_STATES = ("pending", "processing")

app = typer.Typer(no_args_is_help=True, help="Bulk files: many schedules from one file.")


class ResultSet(StrEnum):
    """The rows of a report with one outcome."""

    FAILED = bulk_reports.FAILED
    SUCCESS = bulk_reports.SUCCESS
    NOT_PROCESSED = bulk_reports.NOT_PROCESSED


class ReportFormat(StrEnum):
    """How a report is written."""

    CSV = "csv"
    NDJSON = "ndjson"


JobId = Annotated[str, typer.Argument(metavar="ID", help="The job, as in recr_test_...")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write. Default: the terminal")]
SpreadsheetSafe = Annotated[
    bool,
    typer.Option("--spreadsheet-safe", help="Put ' before cells that a spreadsheet takes for a formula."),
]


@app.command("upload")
def upload(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file or an .xlsx workbook."),
    ],
    follow: Annotated[bool, typer.Option(help="Wait until the job is done.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, create nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Take the file anew, also when a job of the same file is there.")
    ] = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Upload a file and follow its job."""
    run(_upload(read(client_url=url, client_key=key), file, follow=follow, dry_run=dry_run, again=again))


@app.command("status")
def status(job_id: JobId, url: Url = None, key: Key = None) -> None:
    """Tell how far a job is."""
    run(_status(read(client_url=url, client_key=key), job_id))


@app.command("report")
def report(
    job_id: JobId,
    output: Output = None,
    only: Annotated[ResultSet | None, typer.Option(help="The rows with one outcome. Default: all")] = None,
    as_format: Annotated[
        ReportFormat, typer.Option("--format", help="csv as it was uploaded, or one JSON object a row.")
    ] = ReportFormat.CSV,
    spreadsheet_safe: SpreadsheetSafe = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Download the report: each row of the file, and what became of it."""
    query = {"only": only, "format": as_format, "spreadsheet_safe": "true" if spreadsheet_safe else None}
    path = f"/recurring_exports/{job_id}/download?{urlencode({k: v for k, v in query.items() if v})}"
    _download(read(client_url=url, client_key=key), output, path)


@app.command("failed")
def failed(
    job_id: JobId,
    output: Output = None,
    spreadsheet_safe: SpreadsheetSafe = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Download the failed rows alone, ready to be mended and uploaded again."""
    query = "?spreadsheet_safe=true" if spreadsheet_safe else ""
    _download(read(client_url=url, client_key=key), output, f"/recurring_exports/{job_id}/failed{query}")


def _download(settings: Settings, output: Path | None, path: str) -> None:
    run(save(settings, output, lambda client, file: save_file(client, path, file)))


@app.command("resume")
def resume(job_id: JobId, data: Data = None, live: Live = False, account: AccountId = None) -> None:
    """Let a job go on that was paused, or that a fault of the server has stopped."""

    async def go_on(runtime: Runtime, owner: Account) -> None:
        async with runtime.unit(owner, owner.now(runtime.clock.now())) as unit:
            is_paused = (await bulk_steps.get_job(unit, job_id)).state is JobState.PAUSED
            job = await (bulk_steps.resume if is_paused else bulk.resume_failed)(unit, job_id)
        tell(f"{job.id}  {job.state}  goes on behind row {job.processed_rows} of {job.total_rows}")

    run(with_account(read(data=data), account, live, go_on))


@app.command("commit")
def commit(
    job_id: JobId,
    follow: Annotated[bool, typer.Option(help="Wait until the job is done.")] = True,
    url: Url = None,
    key: Key = None,
) -> None:
    """Apply a dry run, if nothing has changed since."""
    run(_step(read(client_url=url, client_key=key), job_id, "commit", follow=follow))


@app.command("approve")
def approve(job_id: JobId, url: Url = None, key: Key = None) -> None:
    """Let a job go on that waits for a second person."""
    run(_step(read(client_url=url, client_key=key), job_id, "approve", follow=False))


@app.command("pause")
def pause(job_id: JobId, url: Url = None, key: Key = None) -> None:
    """Let a job stand still behind its last finished rows."""
    run(_step(read(client_url=url, client_key=key), job_id, "pause", follow=False))


@app.command("cancel")
def cancel(job_id: JobId, url: Url = None, key: Key = None) -> None:
    """Give the rest of a job up; what was applied stays."""
    run(_step(read(client_url=url, client_key=key), job_id, "cancel", follow=False))


async def _step(settings: Settings, job_id: str, step: str, *, follow: bool) -> None:
    async with connect(settings.client_url, settings.client_key) as client:
        path = f"/recurring_exports/{job_id}/{step}"
        job = await client.call("POST", path, seconds_max=LONG_CALL_SECONDS_MAX)
        tell_job(await follow_job(client, job) if follow else job)


async def _upload(settings: Settings, path: Path, *, follow: bool, dry_run: bool, again: bool) -> None:
    async with connect(settings.client_url, settings.client_key) as client:
        job = await upload_file(client, path, dry_run=dry_run, again=again)
        tell_job(await follow_job(client, job) if follow else job)


async def _status(settings: Settings, job_id: str) -> None:
    async with connect(settings.client_url, settings.client_key) as client:
        tell_job(await client.call("GET", f"/recurring_exports/{job_id}"))


async def save(
    settings: Settings, output: Path | None, download: Callable[[Client, BinaryIO], Awaitable[None]]
) -> None:
    """Write what a download brings to a file, or to the terminal; a file is there whole or not at all."""
    async with connect(settings.client_url, settings.client_key) as client:
        if output is None:
            await download(client, sys.stdout.buffer)
            return
        part = output.with_name(f"{output.name}.part")
        try:
            with part.open("wb") as file:
                await download(client, file)
            part.replace(output)
        finally:
            part.unlink(missing_ok=True)
    tell(f"written to {output}")


async def upload_file(
    client: Client, path: Path, *, dry_run: bool = False, again: bool = False
) -> dict[str, Any]:
    """Send a file and show how much of it has gone; its job, which may be there already."""
    flags = {"dry_run": dry_run, "again": again}
    target = f"/schedules/upload?{urlencode({name: 'true' for name, is_set in flags.items() if is_set})}"
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), DownloadColumn())
    with Progress(*columns, console=err) as bars, bars.open(path, "rb", description="Upload") as file:
        form = aiohttp.FormData()
        kind = FileKind.XLSX if path.suffix.lower() == ".xlsx" else FileKind.CSV
        form.add_field("file", file, filename=path.name, content_type=kind.value)
        job, is_earlier = await client.call_told("POST", target, form=form, seconds_max=LONG_CALL_SECONDS_MAX)
    if is_earlier:
        tell(
            f"{job['id']} was made of the same file before, and nothing new is done: --again takes the file anew"
        )
    return job


async def follow_job(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """Wait until a job is done and show how far it is; the job as it is then."""
    with progress() as bars:
        bar = bars.add_task("Rows", total=job["total_rows"])
        while job["state"] in OPEN_STATES:
            await asyncio.sleep(POLL_SECONDS)
            job = await client.call("GET", f"/recurring_exports/{job['id']}")
            bars.update(bar, completed=job["processed_rows"])
    if job["state"] == "failed":
        raise UnavailableError(
            f"job {job['id']} stopped by a fault of the server: see its log, then duerun bulk resume"
        )
    return job


async def save_report(client: Client, job_id: str, file: BinaryIO) -> None:
    """Write a job's report as it arrives."""
    await save_file(client, f"/recurring_exports/{job_id}/download", file)


async def save_file(client: Client, path: str, file: BinaryIO) -> None:
    """Write a file as it arrives."""
    async for chunk in client.download(path):
        file.write(chunk)
    file.flush()


def tell_job(job: dict[str, Any]) -> None:
    """One line of counts, and what to do next."""
    tell(
        f"{job['id']}  {job['state']}  {job['progress_percentage']} %  {job['total_rows']} rows: "
        f"{job['successful_rows']} successful, {job['failed_rows']} failed"
    )
    if job["downloadable"]:
        tell(f"duerun bulk report {job['id']} tells what became of each row")
