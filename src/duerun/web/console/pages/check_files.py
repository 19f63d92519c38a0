"""Files of payees: sent, watched, filtered by result, fetched, given up."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response, StreamingResponse

from duerun.domain.console_users import Role
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.tasks import ENDED, TaskStatus, VopTask
from duerun.services import console_checks, vop_tasks
from duerun.web.console import check_files, verdicts
from duerun.web.console.check_files import Place, Row
from duerun.web.console.uploads import drain
from duerun.web.console.visit import Page, Visit
from duerun.web.multipart import CSV_TYPE, XLSX_TYPE, UploadedFile, open_file
from duerun.web.payees.ndjson_rows import write_ndjson
from duerun.web.payees.payee_rows import suggested_name
from duerun.web.payees.portal_csv import write_csv

FILES_SHOWN_MAX = 10
ROWS_SHOWN_MAX = 50
NEWEST = 2**62
POLL_SECONDS = 1
_PLACE = re.compile(r"([0-9]{1,6})~([0-9]{1,6})")

Write = Callable[[Iterable[Row]], Iterable[bytes]]
FORMS: dict[str, tuple[Write, str]] = {
    "csv": (lambda rows: write_csv(rows), f"{CSV_TYPE}; charset=utf-8"),
    "xlsx": (lambda rows: check_files.workbook(iter(rows)), XLSX_TYPE),
    "ndjson": (lambda rows: check_files.in_pieces(write_ndjson(rows)), "application/x-ndjson"),
}


async def listed(visit: Visit, client: VopClient | None) -> dict[str, Any]:
    """What a page needs to list the files of the account."""
    before = visit.asked("before") or str(NEWEST)
    if not re.fullmatch(r"[0-9]{1,19}", before):
        raise RejectedError("before is no place in this list")
    tasks = await console_checks.newest(
        visit.runtime, client, before=min(int(before), NEWEST), rows_max=FILES_SHOWN_MAX + 1
    )
    shown = tasks[:FILES_SHOWN_MAX]
    older = shown[-1].number if len(tasks) > FILES_SHOWN_MAX else None
    return {"tasks": shown, "older": older, "state_of": state_of}


def state_of(task: VopTask) -> str:
    return f"check_{task.status.lower()}"


async def upload(visit: Visit) -> Response:
    """Take a file to check; of one that cannot be read, tell why."""
    file: UploadedFile | None = None
    try:
        client = await console_checks.client_of(visit.runtime, visit.account, visit.real_now)
        file = await open_file(
            visit.request,
            bytes_max=visit.runtime.payees.policy.bytes_max,
            kind_of=check_files.kind_of_check,
        )
        task_id = await check_files.take_in(visit.runtime, client, file, user=visit.session.name)
    except RejectedError as error:
        if file is not None:
            await drain(file)
        return visit.show("bulk_match.html", message=error.message, columns=[])
    return Response(headers={"HX-Redirect": f"/console/verification/files/{task_id}"})


async def detail(visit: Visit) -> Response:
    _, task = await _task(visit)
    kept = await console_checks.kept(visit.runtime, task)
    result = visit.asked("result")
    if result is not None and result not in verdicts.MEANINGS:
        raise RejectedError(f"result must be one of {', '.join(verdicts.MEANINGS)}")
    place = _parse_place(visit.asked("from"))
    found = None
    if task.status is TaskStatus.PROCESSED and kept.parts:
        found = await check_files.shown(
            visit.runtime, task, kept.parts, place, result=result, rows_max=ROWS_SHOWN_MAX
        )
    return visit.show(
        "check_file.html",
        **_values(task),
        kept=kept,
        found=found,
        result=result,
        counts=_counts(task, kept.faults),
        meanings=verdicts.MEANINGS,
        outcome_of=check_files.outcome_of,
        suggested_name=suggested_name,
        place=place,
        rest=f"{found.rest.part}~{found.rest.row}" if found and found.rest else "",
    )


async def live(visit: Visit) -> Response:
    """How far the file is; when it has ended, the browser loads the whole page."""
    _, task = await _task(visit)
    if task.status in ENDED:
        return Response(headers={"HX-Refresh": "true"})
    return visit.show("check_live.html", **_values(task))


def _values(task: VopTask) -> dict[str, Any]:
    return {
        "task": task,
        "state": state_of(task),
        "is_working": task.status not in ENDED,
        "done": sum((task.counts.matched, task.counts.close, task.counts.unmatched))
        + task.counts.not_applicable
        + task.counts.faulty,
        "poll_seconds": POLL_SECONDS,
    }


def _counts(task: VopTask, faults: int) -> dict[str, int]:
    counts = task.counts
    return {
        "MTCH": counts.matched,
        "CMTC": counts.close,
        "NMTC": counts.unmatched,
        "NOAP": counts.not_applicable,
        verdicts.REFUSED: counts.faulty + faults,
    }


async def results(visit: Visit) -> Response:
    form = visit.path["form"]
    if form not in FORMS:
        raise NotFoundError("file", "asked for")
    _, task = await _task(visit)
    vop_tasks.require_results(task)
    kept = await console_checks.kept(visit.runtime, task)
    write, media_type = FORMS[form]
    pieces = write(check_files.all_rows(visit.runtime, task, kept.parts))
    headers = {"Content-Disposition": f'attachment; filename="payees-checked-{task.task_id}.{form}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


async def cancel(visit: Visit) -> Response:
    client, task = await _task(visit)
    await vop_tasks.cancel(visit.runtime, client, task.task_id, visit.real_now)
    return visit.go(f"/console/verification/files/{task.task_id}", told="The file is given up.")


async def _task(visit: Visit) -> tuple[VopClient, VopTask]:
    return await console_checks.get(visit.runtime, visit.account, visit.path["id"])


def _parse_place(text: str | None) -> Place:
    if text is None:
        return Place()
    match = _PLACE.fullmatch(text)
    if match is None:
        raise RejectedError("from is no place in this file")
    return Place(int(match[1]), int(match[2]))


PAGES = (
    Page("POST", "/console/verification/files", upload, role=Role.OPERATOR, raw=True),
    Page("GET", "/console/verification/files/{id}", detail),
    Page("GET", "/console/verification/files/{id}/live", live, quiet=True),
    Page("GET", "/console/verification/files/{id}/results.{form}", results),
    Page("POST", "/console/verification/files/{id}/cancel", cancel, role=Role.OPERATOR),
)
