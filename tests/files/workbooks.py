"""Makes .xlsx workbooks, sound and broken ones, as spreadsheet programs write them."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_FIRST_DAY = date(1899, 12, 30)
DATE_STYLE, MOMENT_STYLE = 1, 2

Value = str | int | float | bool | date | None


def parts(rows: str, *, shared: str = "") -> dict[str, str]:
    """The parts of a workbook whose first sheet has these rows, as XML."""
    return {
        "[Content_Types].xml": "<?xml version='1.0'?><Types "
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships {_PACKAGE}><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Plans" sheetId="1" r:id="r1"/><sheet name="Other" sheetId="2" r:id="r2"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {_PACKAGE}>"
        f'<Relationship Id="r2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": f"<worksheet {_MAIN}><sheetData>"
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row></sheetData></worksheet>',
    }


def packed(entries: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return written.getvalue()


def workbook(rows: str, *, shared: str = "") -> bytes:
    """A workbook whose first sheet has these rows, as XML; the second one is there to be left alone."""
    return packed(parts(rows, shared=shared))


def sheet(table: Sequence[Sequence[Value]]) -> bytes:
    """A workbook whose first sheet shows a table, its texts shared and its dates formatted as dates."""
    texts: list[str] = []
    rows = [
        f'<row r="{number}">{"".join(_cell(value, texts) for value in row)}</row>'
        for number, row in enumerate(table, 1)
    ]
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    return workbook("".join(rows), shared=shared)


def _cell(value: Value, texts: list[str]) -> str:
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case str():
            texts.append(value)
            return f'<c t="s"><v>{len(texts) - 1}</v></c>'
        case date():
            return f'<c s="{DATE_STYLE}"><v>{(value - _FIRST_DAY).days}</v></c>'
        case _:
            return f"<c><v>{value}</v></c>"
