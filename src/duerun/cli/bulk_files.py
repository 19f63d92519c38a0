"""The commands for files to begin with."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from duerun.cli.terminal import tell
from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import BULK_COLUMNS

Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write. Default: the terminal")]


def template(output: Output = None) -> None:
    """Write an empty file with all columns, the required ones among the first."""
    text = f"{format_record(BULK_COLUMNS)}\n"
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    tell(f"written to {output}")


def add_to(app: typer.Typer) -> None:
    """Put the commands beside the other ones for bulk files."""
    app.command("template")(template)
