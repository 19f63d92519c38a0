"""`duerun vop check`: a file of payees, checked by a running server, and its results as a file."""

import asyncio
import uuid
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from duerun.cli.hosting import run
from duerun.cli.options import Url, read
from duerun.cli.output_files import whole_file
from duerun.cli.payee_files import SUFFIXES, OutputForm, PayeeFile, open_rows, output_form, write_results
from duerun.cli.payee_spool import Spool, spool
from duerun.cli.terminal import progress, tell
from duerun.cli.vop_api import Requester, VopApi, connect
from duerun.cli.vop_tables import show_tally
from duerun.clock import SystemClock
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.tasks import TaskStatus
from duerun.settings import Settings
from duerun.web.payees.payee_rows import RowContext
from duerun.web.vop.pain002 import ReportHeader

POLL_SECONDS, POLL_SECONDS_MAX, POLL_GROWTH = 0.1, 2.0, 1.2
ROWS_BETWEEN_SIGNS = 1_000

File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, readable=True, help="NDJSON, the portal's CSV or .xlsx, or a pain.001."
    ),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write. Default: FILE.checked beside the input")
]
Form = Annotated[
    OutputForm | None, typer.Option("--format", help="Its form. Default: by its suffix, else as the input.")
]
Client = Annotated[
    str | None,
    typer.Option("--client", help="Who asks. Default: DUERUN_VOP_CLIENT_ID, or that of duerun dev"),
]
Secret = Annotated[
    str | None,
    typer.Option("--secret", help="Its secret. Default: DUERUN_VOP_CLIENT_SECRET, or that of duerun dev"),
]
Bic = Annotated[
    str | None,
    typer.Option("--bic", help="In whose name, where the file does not say. Default: DUERUN_VOP_CLIENT_BIC"),
]


def add_to(app: typer.Typer) -> None:
    """Put the command beside the other ones for checks of payees."""
    app.command("check")(check)


def check(
    file: File,
    output: Output = None,
    as_format: Form = None,
    url: Url = None,
    client: Client = None,
    secret: Secret = None,
    bic: Bic = None,
) -> None:
    """Check a file of payees on a running server, and write what is said of each."""
    settings = read(client_url=url, vop_client_id=client, vop_client_secret=secret, vop_client_bic=bic)
    run(_check(settings, file, output, as_format))


async def _check(settings: Settings, path: Path, output: Path | None, given: OutputForm | None) -> None:
    context = RowContext(_bic(settings.vop_client_bic), lambda: str(uuid.uuid4()))
    with path.open("rb") as source, spool() as kept:
        payees = open_rows(path, source, context, settings)
        form = output_form(given, output, payees.form)
        target = output or path.with_name(f"{path.stem}.checked{SUFFIXES[form]}")
        with whole_file(target, beside=path) as file:
            await _answer_all(settings, payees, kept)
            header = ReportHeader(f"VOP-{uuid.uuid4().hex[:24]}", SystemClock().now(), payees.order)
            write_results(file, form, kept.results, header, guard=settings.vop_spreadsheet_guard)
        show_tally(kept.tally)
    tell(f"written to {target}")


def _bic(text: str) -> str:
    try:
        return parse_bic(text)
    except RejectedError as error:
        raise RejectedError(f"--bic {error.message}") from None


async def _answer_all(settings: Settings, payees: PayeeFile, kept: Spool) -> None:
    """All rows are read before the first one is sent: of a file that cannot be read nothing leaves the machine."""
    with progress() as bars:
        _read(kept, payees, bars)
        if kept.sound:
            own = Requester(settings.client_url, settings.vop_client_id, settings.vop_client_secret)
            async with connect(own) as api:
                await _ask(api, kept, bars)


def _read(kept: Spool, payees: PayeeFile, bars: Progress) -> None:
    bar = bars.add_task("Read", total=None)
    for count in kept.keep(payees.rows):
        if count % ROWS_BETWEEN_SIGNS == 0:
            bars.update(bar, completed=count)
    bars.update(bar, completed=kept.rows, total=kept.rows)


async def _ask(api: VopApi, kept: Spool, bars: Progress) -> None:
    """Send the sound rows, wait until they are checked, and fetch what was answered."""
    bar = bars.add_task("Send", total=kept.sound)
    task_id = await api.submit(lambda: kept.records(lambda sent: bars.update(bar, completed=sent)))
    await _follow(api, task_id, kept.sound, bars)
    bar, count = bars.add_task("Fetch", total=kept.sound), 0
    async for piece in api.results(task_id):
        kept.answered(piece)
        count += piece.count(b"\n")
        bars.update(bar, completed=count)


async def _follow(api: VopApi, task_id: str, records: int, bars: Progress) -> None:
    """Wait for the results of a task; `UnavailableError` where it has ended without."""
    bar, wait = bars.add_task("Check", total=None), POLL_SECONDS
    while (found := await api.status(task_id)).status != TaskStatus.PROCESSED:
        if found.status not in (TaskStatus.NOT_STARTED, TaskStatus.IN_PROGRESS):
            raise UnavailableError(
                f"task {task_id} is {found.status}: {found.detail or 'no reason was given'}"
            )
        await asyncio.sleep(wait)
        wait = min(wait * POLL_GROWTH, POLL_SECONDS_MAX)
    bars.update(bar, total=records, completed=records)
