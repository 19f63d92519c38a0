"""`duerun vop practice`: a file of payees at the practice banks, with every outcome."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from duerun.cli.options import read
from duerun.cli.output_files import whole_file
from duerun.cli.payee_files import InputForm, form_of
from duerun.cli.terminal import tell
from duerun.domain.payees.practice import BANKS, HOLDERS
from duerun.domain.payees.practice_payees import practice_payees
from duerun.web.vop.practice_files import csv_file, ndjson_file, pain001_file, write_xlsx_file


class Country(StrEnum):
    """A country with practice accounts."""

    NL = "NL"
    DE = "DE"
    IE = "IE"


def add_to(app: typer.Typer) -> None:
    """Put the command beside the other ones for checks of payees."""
    app.command("practice")(practice)


def practice(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    records: Annotated[int, typer.Option(min=1, max=HOLDERS, help="How many payees.")] = 20,
    as_format: Annotated[
        InputForm | None, typer.Option("--format", help="Its form. Default: by the suffix of the file.")
    ] = None,
    country: Annotated[
        Country | None, typer.Option(help="Where their accounts are. Default: all of them in turn.")
    ] = None,
) -> None:
    """Write a file of payees to try checks with: the same ones each time, twenty kinds in turn."""
    settings = read()
    payees = practice_payees(records, [country] if country else tuple(BANKS))
    with whole_file(output) as file:
        match as_format or form_of(output, b""):
            case InputForm.XLSX:
                write_xlsx_file(file, payees)
            case InputForm.NDJSON:
                file.writelines(ndjson_file(payees, settings.vop_client_bic))
            case InputForm.PAIN001:
                file.writelines(pain001_file(payees, records))
            case InputForm.CSV:
                file.writelines(csv_file(payees))
    tell(f"{records:,} payees written to {output}")
