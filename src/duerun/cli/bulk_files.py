"""The commands for files to begin with: an empty one, and all live schedules."""

import sys

import typer

from duerun.cli.bulk import Output, save, save_file
from duerun.cli.hosting import run
from duerun.cli.options import Key, Url, read
from duerun.cli.terminal import tell
from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import BULK_COLUMNS


def template(output: Output = None) -> None:
    """Write an empty file with all columns, the required ones among the first."""
    text = f"{format_record(BULK_COLUMNS)}\n"
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    tell(f"written to {output}")


def export(output: Output = None, url: Url = None, key: Key = None) -> None:
    """Write all live schedules as a file that can be uploaded again."""
    settings = read(client_url=url, client_key=key)
    run(save(settings, output, lambda client, file: save_file(client, "/schedules.csv", file)))


def add_to(app: typer.Typer) -> None:
    """Put the commands beside the other ones for bulk files."""
    app.command("template")(template)
    app.command("export")(export)
