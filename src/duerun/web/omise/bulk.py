"""Bulk files: upload, job, report (source: the wire specification, 13.1 to 13.3)."""

import hashlib
import re
from datetime import datetime

import msgspec
from starlette.responses import Response, StreamingResponse

from duerun.domain.bulk_jobs import BulkJob, JobState
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import bulk
from duerun.web.multipart import open_file
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint, Options
from duerun.web.omise.wire import moment
from duerun.web.wire import read_params

PREFIX = "recr"
OLD_PREFIX = "recurr"
_JOB_ID = re.compile(r"(?:recr|recurr)(_(?:test_)?[0-9a-z]{1,64})")


class WireJob(msgspec.Struct, kw_only=True):
    """A job with the names of both generations of documents."""

    object: str
    id: str
    livemode: bool
    location: str
    state: str
    status: str
    total_rows: int
    processed_rows: int
    successful_rows: int
    failed_rows: int
    progress_percentage: int
    entries: int
    schedule_created_count: int
    downloadable: bool
    download_uri: str | None
    name: str
    team: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    created: datetime


def render(job: BulkJob, team_id: str, options: Options) -> WireJob:
    """A job under the object name and the prefix that the settings choose."""
    shown_id = job.id
    if options.bulk_object == "batch_recurring":
        shown_id = OLD_PREFIX + job.id.removeprefix(PREFIX)
    completed = job.state is JobState.COMPLETED
    created_at = moment(job.created_at)
    return WireJob(
        object=options.bulk_object,
        id=shown_id,
        livemode=job.livemode,
        location=f"/recurring_exports/{shown_id}",
        state=str(job.state),
        status=str(job.state),
        total_rows=job.total_rows,
        processed_rows=job.processed_rows,
        successful_rows=job.successful_rows,
        failed_rows=job.failed_rows,
        progress_percentage=job.progress_percentage,
        entries=job.total_rows,
        schedule_created_count=job.successful_rows,
        downloadable=completed,
        download_uri=f"/recurring_exports/{shown_id}/download" if completed else None,
        name=job.name,
        team=team_id,
        created_at=created_at,
        updated_at=moment(job.updated_at),
        completed_at=moment(job.completed_at),
        created=created_at,
    )


async def upload(call: Call) -> WireJob:
    limits = call.runtime.bulk
    file = await open_file(call.request, bytes_max=limits.bytes_max)
    async with call.runtime.uploads, call.unit() as unit:
        job = await bulk.receive(unit, file.chunks, rows_max=limits.rows_max)
    return render(job, call.account.team_id, call.options)


async def digest_of_upload(call: Call) -> bytes:
    """What stands for the file of an upload, read to its end and not kept."""
    file = await open_file(call.request, bytes_max=call.runtime.bulk.bytes_max)
    hasher = hashlib.sha256()
    async for chunk in file.chunks:
        hasher.update(chunk)
    return hasher.digest()


async def retrieve(call: Call) -> WireJob:
    return render(await _kept_job(call), call.account.team_id, call.options)


async def download(call: Call) -> Response:
    given = await read_params(call.request)
    only = params.text(given, "only")
    if only not in (None, "", "failed"):
        raise RejectedError("only must be failed")
    safe = params.boolean(given, "spreadsheet_safe") or call.options.bulk_csv_guard
    job = await _kept_job(call)
    bulk.require_completed(job)
    lines = bulk.report(call.runtime, job, only_failed=only == "failed", spreadsheet_safe=safe)
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{job.name}"'},
    )


async def _kept_job(call: Call) -> BulkJob:
    match = _JOB_ID.fullmatch(call.path["id"])
    if match is None:
        raise RejectedError("recurring_id is invalid")
    job_id = PREFIX + match.group(1)
    async with call.unit() as unit:
        try:
            return await bulk.get_kept_job(unit, job_id, retention_days=call.runtime.bulk.retention_days)
        except NotFoundError:
            raise NotFoundError(bulk.KIND, call.path["id"]) from None


ENDPOINTS = (
    Endpoint("POST", "/schedules/upload", upload, raw=True, unhurried=True),
    Endpoint("GET", "/recurring_exports/{id}", retrieve),
    Endpoint("GET", "/recurring_exports/{id}/download", download, raw=True),
)
