"""What `duerun vop check` shows at its end: how many payees have each result, and the payees where they are few."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from duerun.cli.payee_spool import REFUSED, ROWS_SHOWN_MAX, Result, Tally
from duerun.cli.terminal import out, tell_columns
from duerun.domain.payees.verdicts import Verdict
from duerun.web.payees.payee_rows import suggested_name

WORDS = {
    Verdict.MATCH: "match",
    Verdict.CLOSE: "close match",
    Verdict.NO_MATCH: "no match",
    Verdict.NOT_APPLICABLE: "no answer can be given",
    REFUSED: "the row breaks a rule",
}
COLUMNS = ("row", "name or id", "iban", "result", "told")


def show_tally(tally: Tally) -> None:
    """The payees, up to some, and the counts."""
    if len(tally.few) <= ROWS_SHOWN_MAX:
        tell_columns(COLUMNS, [_cells(*each) for each in tally.few])
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("result")
    table.add_column("meaning")
    table.add_column("payees", justify="right")
    table.add_column("share", justify="right")
    total = tally.counts.total()
    for result, words in WORDS.items():
        count = tally.counts[result]
        table.add_row(result, words, f"{count:,}", f"{count / total:.1%}" if total else "")
    table.add_section()
    table.add_row("all", "", f"{total:,}", "")
    out.print(table)


def _cells(*result: *Result) -> tuple[str, ...]:
    row, answer = result
    given = row.given_name or row.given_id or "-"
    if answer is None:
        told = "; ".join(fault.detail for fault in row.faults)
        return str(row.number), given, row.given_iban or "-", REFUSED, told
    return str(row.number), given, row.given_iban, answer.verdict.value, suggested_name(answer)
