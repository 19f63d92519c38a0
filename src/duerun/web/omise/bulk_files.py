"""Files to begin with: an empty bulk file, and all live schedules as one that can be uploaded again."""

from starlette.responses import Response, StreamingResponse

from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import BULK_COLUMNS
from duerun.services import exports
from duerun.web.multipart import CSV_TYPE
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint, flag

MEDIA_TYPE = f"{CSV_TYPE}; charset=utf-8"
SAFE_PARAMETER = "spreadsheet_safe=true"
SPREADSHEET_SAFE = flag("spreadsheet_safe", "Put ' before cells that a spreadsheet would take for a formula.")


async def template(call: Call) -> Response:
    return Response(
        f"{format_record(BULK_COLUMNS)}\n", media_type=MEDIA_TYPE, headers=_saved_as("template.csv")
    )


async def export(call: Call) -> Response:
    keys = await exports.metadata_keys(call.runtime, call.account)
    lines = exports.lines(call.runtime, call.account, call.now, keys, spreadsheet_safe=_is_guarded(call))
    return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=_saved_as("schedules.csv"))


def _is_guarded(call: Call) -> bool:
    """Asked for by the parameter, by `Accept: text/csv; spreadsheet_safe=true`, or by the setting for all."""
    accepted = "".join(call.request.headers.get("accept", "").lower().split()).split(";")
    asked = params.boolean(call.params, "spreadsheet_safe")
    if asked is None:
        asked = any(part.split(",")[0] == SAFE_PARAMETER for part in accepted)
    return asked or call.options.bulk_csv_guard


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


ENDPOINTS = (
    Endpoint("GET", "/schedules/template.csv", template),
    Endpoint("GET", "/schedules.csv", export, query=(SPREADSHEET_SAFE,)),
)
