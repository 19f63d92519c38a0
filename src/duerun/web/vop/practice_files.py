"""Files of payees to check, as a payout team would have them: NDJSON, the portal's CSV and workbook, pain.001.

Source: the VOP wire specification, 8.2; ISO 20022.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

import xlsxwriter

from duerun.domain.payees.practice_payees import PracticePayee
from duerun.domain.payees.questions import PayeeQuestion
from duerun.web.payees.payee_rows import shown_identification
from duerun.web.payees.portal_table import COLUMNS
from duerun.web.payees.portal_xlsx import OPTIONS
from duerun.web.payees.records import encode_record
from duerun.web.vop.pain001 import NAMESPACE

VERSION = "pain.001.001.09"
AMOUNT = "10.00"
CREATED = "2026-01-01T00:00:00Z"


def ndjson_file(payees: Iterable[PracticePayee], requesting_bic: str) -> Iterator[bytes]:
    """Records of a bulk file."""
    for each in payees:
        question = PayeeQuestion(each.iban, each.name, each.identification, None, requesting_bic)
        yield encode_record(each.uetr, question) + b"\n"


def csv_file(payees: Iterable[PracticePayee]) -> Iterator[bytes]:
    """The portal's CSV."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in payees:
        writer.writerow(_cells(each))
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def write_xlsx_file(file: BinaryIO, payees: Iterable[PracticePayee]) -> None:
    """The portal's workbook."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        sheet = book.add_worksheet("Payees")
        sheet.set_column(0, len(COLUMNS) - 1, 28)
        for line, cells in enumerate((COLUMNS, *map(_cells, payees))):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell)


def pain001_file(payees: Iterable[PracticePayee], count: int) -> Iterator[bytes]:
    """A payment order over all payees, the same each time."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{VERSION}"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>PRACTICE</MsgId><CreDtTm>{CREATED}</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
        "<InitgPty><Nm>Practice</Nm></InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>PRACTICE-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>{CREATED[:10]}</Dt></ReqdExctnDt>"
        "<Dbtr><Nm>Practice</Nm></Dbtr><DbtrAcct><Id><IBAN>NL74DUER0000000001</IBAN></Id></DbtrAcct>"
        "<DbtrAgt><FinInstnId><BICFI>DUERNL2A</BICFI></FinInstnId></DbtrAgt>\n"
    ).encode()
    for each in payees:
        yield _transaction(each).encode()
    yield b"</PmtInf></CstmrCdtTrfInitn></Document>\n"


def _cells(payee: PracticePayee) -> tuple[str, str, str, str]:
    return payee.reference, payee.name or "", payee.iban, _shown(payee)


def _shown(payee: PracticePayee) -> str:
    found = payee.identification
    return shown_identification(found.lei, found.any_bic, found.others) if found else ""


def _transaction(payee: PracticePayee) -> str:
    name = f"<Nm>{escape(payee.name)}</Nm>" if payee.name else ""
    others = payee.identification.others if payee.identification else ()
    ids = "".join(
        f"<Othr><Id>{escape(each.identification)}</Id><SchmeNm><Cd>{each.scheme}</Cd></SchmeNm></Othr>"
        for each in others
    )
    organisation = f"<Id><OrgId>{ids}</OrgId></Id>" if ids else ""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{payee.reference}</EndToEndId><UETR>{payee.uetr}</UETR></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{AMOUNT}</InstdAmt></Amt><Cdtr>{name}{organisation}</Cdtr>'
        f"<CdtrAcct><Id><IBAN>{payee.iban}</IBAN></Id></CdtrAcct></CdtTrfTxInf>\n"
    )
