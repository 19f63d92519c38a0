"""Bulk files: sent, matched, tried, committed, approved, watched, fetched."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response, StreamingResponse

from duerun.domain.bulk_jobs import ENDED, BulkJob, JobState
from duerun.domain.console_users import Role
from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import BULK_COLUMNS, COLUMNS_MAX
from duerun.domain.errors import RejectedError
from duerun.services import bulk, bulk_reports, bulk_results, bulk_steps
from duerun.services.unit import Unit
from duerun.web.console import words
from duerun.web.console.bulk_cells import FailedRow, failed_row
from duerun.web.console.uploads import (
    CHOICES_HEADER,
    METADATA,
    NOTE,
    NamedColumns,
    drain,
    kind_by_name,
    parse_choices,
    told_columns,
)
from duerun.web.console.visit import Page, Visit
from duerun.web.multipart import CSV_TYPE, UploadedFile, open_file
from duerun.web.xlsx import csv_chunks

JOBS_SHOWN_MAX = 25
ROWS_SHOWN_MAX = 20
CELLS_SHOWN_MAX = 400
NEWEST = 2**62
POLL_SECONDS = 1
WORKING = (JobState.PENDING, JobState.PROCESSING)
STATES = tuple(str(each) for each in JobState)

Step = Callable[[Visit, Unit, str], Awaitable[BulkJob]]


def state_of(job: BulkJob) -> str:
    """The state as people see it: a dry run is being checked, and then was."""
    if job.dry_run and job.state in (*WORKING, JobState.COMPLETED):
        return "tried" if job.state is JobState.COMPLETED else "trying"
    return f"job_{job.state}"


async def index(visit: Visit) -> Response:
    state = visit.asked("state")
    if state is not None and state not in STATES:
        raise RejectedError(f"state must be one of {', '.join(STATES)}")
    before = _number(visit, "before", NEWEST)
    async with visit.unit() as unit:
        jobs = await bulk.newest(
            unit,
            before=before,
            state=JobState(state) if state else None,
            rows_max=JOBS_SHOWN_MAX + 1,
            retention_days=visit.runtime.bulk.retention_days,
        )
    shown = jobs[:JOBS_SHOWN_MAX]
    return visit.show(
        "bulk.html",
        jobs=shown,
        state=state,
        states=STATES,
        state_of=state_of,
        older=shown[-1].number if len(jobs) > JOBS_SHOWN_MAX else None,
        limits=visit.runtime.bulk,
    )


async def upload(visit: Visit) -> Response:
    """Take a file as a dry run; of one that is refused, tell why, and let its columns be matched."""
    columns = NamedColumns(parse_choices(visit.request.headers.get(CHOICES_HEADER)))
    limits = visit.runtime.bulk
    file: UploadedFile | None = None
    try:
        file = await open_file(visit.request, bytes_max=limits.bytes_max, kind_of=kind_by_name)
        async with visit.runtime.uploads:
            chunks = await csv_chunks(file, rows_max=limits.rows_max, bytes_max=limits.bytes_max)
            job = await bulk.receive(
                visit.runtime, visit.account, visit.now, columns.through(chunks), lambda: _how(visit)
            )
    except RejectedError as error:
        if file is not None:
            await drain(file)
        return _refused(visit, columns, error)
    return Response(headers={"HX-Redirect": f"/console/bulk/{job.id}"})


def _how(visit: Visit) -> bulk.Upload:
    return bulk.Upload(user=visit.session.name, dry_run=True)


def _refused(visit: Visit, columns: NamedColumns, error: RejectedError) -> Response:
    is_header = columns.refused_for_columns() and len(columns.columns) <= COLUMNS_MAX
    return visit.show(
        "bulk_match.html",
        message=error.message,
        columns=columns.suggested() if is_header else [],
        known=BULK_COLUMNS,
        metadata=METADATA,
        note=NOTE,
    )


async def template(visit: Visit) -> Response:
    return _file(_once(f"{format_record(BULK_COLUMNS)}\n".encode()), "template.csv")


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def detail(visit: Visit) -> Response:
    job = await _job(visit)
    after = _number(visit, "after", 0)
    return visit.show(
        "bulk_job.html",
        **_values(visit, job),
        columns=list(told_columns(job.columns)),
        known=BULK_COLUMNS,
        month_of=month_of,
        rows=await _failed_rows(visit, job, after),
        after=after,
    )


async def live(visit: Visit) -> Response:
    """How far the job is; when it has stopped working, the browser loads the whole page."""
    job = await _job(visit)
    if job.state not in WORKING:
        return Response(headers={"HX-Refresh": "true"})
    return visit.show("bulk_live.html", **_values(visit, job))


def _values(visit: Visit, job: BulkJob) -> dict[str, Any]:
    return {
        "job": job,
        "state": state_of(job),
        "is_working": job.state in WORKING,
        "has_report": job.state in ENDED,
        "is_own": job.uploaded_by == visit.session.name,
        "poll_seconds": POLL_SECONDS,
    }


def month_of(text: str) -> str:
    """`2026-12` as people read it."""
    year, month = text.split("-")
    return f"{words.MONTHS[int(month) - 1]} {year}"


async def _failed_rows(visit: Visit, job: BulkJob, after: int) -> list[FailedRow]:
    """Some failed rows; fewer where rows have many cells, so that the page stays small."""
    if job.state not in ENDED or not job.failed_rows:
        return []
    rows_max = max(1, min(ROWS_SHOWN_MAX, CELLS_SHOWN_MAX // max(1, len(job.columns))))
    found = await bulk_results.failed(visit.runtime, job, after=after, rows_max=rows_max)
    return [failed_row(each) for each in found]


async def step(visit: Visit) -> Response:
    """Do what the path says to a job."""
    what = visit.path["step"]
    if what not in STEPS:
        raise RejectedError("there is no such step")
    job = await _job(visit)
    taken, told = STEPS[what]
    async with visit.unit() as unit:
        changed = await taken(visit, unit, job.id)
    if what == "commit" and changed.state is JobState.AWAITING_APPROVAL:
        told = "The file waits for a second person, who approves it."
    return visit.go(f"/console/bulk/{job.id}", told=told)


async def _commit(visit: Visit, unit: Unit, job_id: str) -> BulkJob:
    return await bulk_steps.commit(unit, job_id, visit.runtime)


async def _pause(_: Visit, unit: Unit, job_id: str) -> BulkJob:
    return await bulk_steps.pause(unit, job_id)


async def _resume(_: Visit, unit: Unit, job_id: str) -> BulkJob:
    return await bulk_steps.resume(unit, job_id)


async def _cancel(_: Visit, unit: Unit, job_id: str) -> BulkJob:
    return await bulk_steps.cancel(unit, job_id)


STEPS: Mapping[str, tuple[Step, str]] = {
    "commit": (_commit, "The file is being carried out."),
    "pause": (_pause, "The file stands still."),
    "resume": (_resume, "The file goes on."),
    "cancel": (_cancel, "The rest of the file is given up."),
}


async def approve(visit: Visit) -> Response:
    """Let a job go on that somebody else has uploaded."""
    job = await _job(visit)
    async with visit.unit() as unit:
        await bulk_steps.approve(unit, job.id, user=visit.session.name)
    return visit.go(f"/console/bulk/{job.id}", told="The file is approved and is being carried out.")


async def report(visit: Visit) -> Response:
    only = visit.asked("only") or bulk_reports.ALL
    if only not in bulk_reports.SETS:
        raise RejectedError(f"only must be one of {', '.join(bulk_reports.SETS[1:])}")
    job = await _ended_job(visit)
    lines = bulk_reports.report(visit.runtime, job, only=only, spreadsheet_safe=_is_safe(visit))
    return _file(lines, job.name)


async def failed(visit: Visit) -> Response:
    job = await _ended_job(visit)
    lines = bulk_reports.failed_rows(visit.runtime, job, spreadsheet_safe=_is_safe(visit))
    return _file(lines, job.name.replace("_report_", "_failed_"))


def _is_safe(visit: Visit) -> bool:
    return visit.asked("safe") == "1"


def _file(lines: AsyncIterator[bytes], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=f"{CSV_TYPE}; charset=utf-8", headers=headers)


async def _job(visit: Visit) -> BulkJob:
    days = visit.runtime.bulk.retention_days
    async with visit.unit() as unit:
        return await bulk.get_kept_job(unit, visit.path["id"], retention_days=days)


async def _ended_job(visit: Visit) -> BulkJob:
    job = await _job(visit)
    bulk.require_ended(job)
    return job


def _number(visit: Visit, name: str, otherwise: int) -> int:
    text = visit.asked(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= len("9999999999")):
        raise RejectedError(f"{name} must be a number")
    return int(text)


PAGES = (
    Page("GET", "/console/bulk", index, label="Bulk files"),
    Page("POST", "/console/bulk", upload, role=Role.OPERATOR, raw=True),
    Page("GET", "/console/bulk/template.csv", template),
    Page("GET", "/console/bulk/{id}", detail),
    Page("GET", "/console/bulk/{id}/live", live, quiet=True),
    Page("GET", "/console/bulk/{id}/report.csv", report),
    Page("GET", "/console/bulk/{id}/failed.csv", failed),
    Page("POST", "/console/bulk/{id}/approve", approve, role=Role.APPROVER),
    Page("POST", "/console/bulk/{id}/{step}", step, role=Role.OPERATOR),
)
