"""Bulk files: upload, job, report (source: the wire specification, 13.1 to 13.3)."""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from starlette.responses import Response, StreamingResponse

from duerun.domain.bulk_jobs import ENDED, BulkJob
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import bulk, bulk_reports, bulk_steps
from duerun.services.bulk import Upload
from duerun.services.unit import Unit
from duerun.web.forms import parse_form
from duerun.web.multipart import CSV_TYPE, UploadedFile, open_file
from duerun.web.omise import bulk_ndjson, params
from duerun.web.omise.bulk_files import SPREADSHEET_SAFE
from duerun.web.omise.call import REPLAYED, Call, Endpoint, Options, QueryParam, flag
from duerun.web.omise.wire import moment
from duerun.web.wire import read_params
from duerun.web.xlsx import csv_chunks

PREFIX = "recr"
OLD_PREFIX = "recurr"
UPLOAD_QUERY = (
    flag("dry_run", "Check everything and create nothing."),
    flag("again", "Take the file anew, also when a job of the same bytes is there."),
)
UPLOAD_FLAGS = tuple(each.name for each in UPLOAD_QUERY)
FORMATS = ("csv", "ndjson")
ONLY = QueryParam("only", {"type": "string", "enum": [*bulk_reports.SETS[1:]]}, "The rows with one outcome.")
FORMAT = QueryParam(
    "format", {"type": "string", "enum": [*FORMATS], "default": FORMATS[0]}, "The file, or one object a row."
)
_JOB_ID = re.compile(r"(?:recr|recurr)(_(?:test_)?[0-9a-z]{1,64})")


class WireTotal(msgspec.Struct, kw_only=True):
    """What a dry run would move in one month in one currency; transfers of a share of the balance have no amount."""

    month: str
    currency: str
    charges: int
    charge_amount: int
    transfers: int
    transfer_amount: int


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
    dry_run: bool
    committed_at: datetime | None
    uploaded_by: str | None
    approved_by: str | None
    totals: list[WireTotal] | None


def render(job: BulkJob, team_id: str, options: Options) -> WireJob:
    """A job under the object name and the prefix that the settings choose."""
    shown_id = job.id
    if options.bulk_object == "batch_recurring":
        shown_id = OLD_PREFIX + job.id.removeprefix(PREFIX)
    completed = job.state in ENDED
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
        schedule_created_count=0 if job.dry_run else job.successful_rows,
        downloadable=completed,
        download_uri=f"/recurring_exports/{shown_id}/download" if completed else None,
        name=job.name,
        team=team_id,
        created_at=created_at,
        updated_at=moment(job.updated_at),
        completed_at=moment(job.completed_at),
        created=created_at,
        dry_run=job.dry_run,
        committed_at=moment(job.committed_at),
        uploaded_by=job.uploaded_by or None,
        approved_by=job.approved_by,
        totals=None if job.totals is None else [WireTotal(**each) for each in job.totals],
    )


async def upload(call: Call) -> WireJob:
    query, file = _flags(call), await _open(call)
    async with call.runtime.uploads:
        chunks = await _csv(call, file)
        try:
            how = partial(_how, call, query, file)
            job = await bulk.receive(call.runtime, call.account, call.now, chunks, how)
        except bulk.SameFileError as same:
            call.headers.update(REPLAYED)
            async with call.unit() as unit:
                job = await bulk.received_before(unit, same)
    return _shown(call, job)


def _flags(call: Call) -> dict[str, bool | None]:
    query = parse_form(call.request.scope["query_string"])
    return {name: params.boolean(query, name) for name in UPLOAD_FLAGS}


async def _open(call: Call) -> UploadedFile:
    return await open_file(call.request, fields=UPLOAD_FLAGS, bytes_max=call.runtime.bulk.bytes_max)


async def _csv(call: Call, file: UploadedFile) -> AsyncIterator[bytes]:
    limits = call.runtime.bulk
    return await csv_chunks(file, rows_max=limits.rows_max, bytes_max=limits.bytes_max)


def _how(call: Call, query: Mapping[str, bool | None], file: UploadedFile) -> Upload:
    """What is asked for by the query and by the fields beside the file, which must not contradict each other."""
    said = {name: {query[name], params.boolean(file.fields, name)} - {None} for name in UPLOAD_FLAGS}
    for name, values in said.items():
        if len(values) > 1:
            raise RejectedError(f"{name} is true in one place and false in another")
    return Upload(user=call.user, **{name: True in values for name, values in said.items()})


async def fingerprint_of_upload(call: Call) -> bytes:
    """What stands for an upload, whose file is read to its end and not kept."""
    query, file = _flags(call), await _open(call)
    hasher = hashlib.sha256()
    async with call.runtime.uploads:
        async for chunk in await _csv(call, file):
            hasher.update(chunk)
    return bulk.fingerprint(hasher.digest(), _how(call, query, file))


async def retrieve(call: Call) -> WireJob:
    return render(await _kept_job(call), call.account.team_id, call.options)


async def download(call: Call) -> Response:
    given = await read_params(call.request)
    only = params.text(given, "only") or ""
    if only not in bulk_reports.SETS:
        raise RejectedError(f"only must be one of {', '.join(bulk_reports.SETS[1:])}")
    as_ndjson = _is_ndjson(params.text(given, "format"))
    job = await _ended_job(call)
    safe = _is_safe(call, given)
    if as_ndjson:
        name = f"{job.name.removesuffix('.csv')}.ndjson"
        return _file(bulk_ndjson.lines(call.runtime, job, only=only), name, bulk_ndjson.MEDIA_TYPE)
    return _file(bulk_reports.report(call.runtime, job, only=only, spreadsheet_safe=safe), job.name)


async def download_failed(call: Call) -> Response:
    given = await read_params(call.request)
    job = await _ended_job(call)
    lines = bulk_reports.failed_rows(call.runtime, job, spreadsheet_safe=_is_safe(call, given))
    return _file(lines, job.name.replace("_report_", "_failed_"))


def _is_safe(call: Call, given: Mapping[str, Any]) -> bool:
    return params.boolean(given, "spreadsheet_safe") or call.options.bulk_csv_guard


def _is_ndjson(given: str | None) -> bool:
    if given and given not in FORMATS:
        raise RejectedError(f"format must be {' or '.join(FORMATS)}")
    return given == "ndjson"


def _file(lines: AsyncIterator[bytes], name: str, media_type: str = f"{CSV_TYPE}; charset=utf-8") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=media_type, headers=headers)


async def _ended_job(call: Call) -> BulkJob:
    job = await _kept_job(call)
    bulk.require_ended(job)
    return job


async def commit(call: Call) -> WireJob:
    job = await _kept_job(call)
    async with call.unit() as unit:
        return _shown(call, await bulk_steps.commit(unit, job.id, call.runtime))


async def approve(call: Call) -> WireJob:
    job = await _kept_job(call)
    async with call.unit() as unit:
        return _shown(call, await bulk_steps.approve(unit, job.id, user=call.user))


async def pause(call: Call) -> WireJob:
    return await _step(call, bulk_steps.pause)


async def resume(call: Call) -> WireJob:
    return await _step(call, bulk_steps.resume)


async def cancel(call: Call) -> WireJob:
    return await _step(call, bulk_steps.cancel)


async def _step(call: Call, step: Callable[[Unit, str], Awaitable[BulkJob]]) -> WireJob:
    job = await _kept_job(call)
    async with call.unit() as unit:
        return _shown(call, await step(unit, job.id))


def _shown(call: Call, job: BulkJob) -> WireJob:
    return render(job, call.account.team_id, call.options)


async def _kept_job(call: Call) -> BulkJob:
    match = _JOB_ID.fullmatch(call.path["id"])
    if match is None:
        raise RejectedError("recurring_id is invalid")
    job_id = PREFIX + match.group(1)
    async with call.unit() as unit:
        try:
            return await bulk.get_kept_job(unit, job_id, retention_days=call.runtime.bulk.retention_days)
        except NotFoundError:
            raise NotFoundError(bulk_steps.KIND, call.path["id"]) from None


ENDPOINTS = (
    Endpoint("POST", "/schedules/upload", upload, raw=True, unhurried=True, query=UPLOAD_QUERY),
    Endpoint("GET", "/recurring_exports/{id}", retrieve),
    Endpoint(
        "GET",
        "/recurring_exports/{id}/download",
        download,
        raw=True,
        types=(CSV_TYPE, bulk_ndjson.MEDIA_TYPE),
        query=(ONLY, FORMAT, SPREADSHEET_SAFE),
    ),
    Endpoint("GET", "/recurring_exports/{id}/failed", download_failed, raw=True, query=(SPREADSHEET_SAFE,)),
    Endpoint("POST", "/recurring_exports/{id}/commit", commit, unhurried=True),
    Endpoint("POST", "/recurring_exports/{id}/approve", approve),
    Endpoint("POST", "/recurring_exports/{id}/pause", pause),
    Endpoint("POST", "/recurring_exports/{id}/resume", resume),
    Endpoint("POST", "/recurring_exports/{id}/cancel", cancel),
)
