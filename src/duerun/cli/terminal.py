"""What the commands say, and where: results on standard output, everything else on standard error."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from duerun.domain.errors import DuerunError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(text: str) -> None:
    """A plain line of a result; square brackets are no markup."""
    out.print(text, markup=False)


def tell_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns as wide as their longest cell: ids are copied from here, so nothing is ever cut off."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        tell("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def note(text: str) -> None:
    """A line on the side, for a person."""
    err.print(Text(text, style="dim"))


def tell_error(error: Exception) -> None:
    """The one line that says what is wrong."""
    message = error.message if isinstance(error, DuerunError) else str(error)
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        message = f"{error.filename}: {error.strerror.lower()}"
    err.print(Text(f"duerun: {message}", style="red"))


def progress() -> Progress:
    """Bars for long work: what, how far, how long."""
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
    )
