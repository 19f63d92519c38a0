"""A status report pain.002.001.10 about the payees of an order (source: the VOP wire specification, 8.3; ISO 20022)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from xml.sax.saxutils import escape

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.iban import parse_iban
from duerun.domain.payees.verdicts import Verdict
from duerun.web.payees.payee_rows import PayeeRow, suggested_name
from duerun.web.vop.pain001 import NOT_PROVIDED, OrderHeader

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
ALL_MATCH, MIXED, NOT_COMPLETED = "RCVC", "RVCM", "RVNC"
STATUSES: Mapping[Verdict, str] = {
    Verdict.MATCH: "RCVC",
    Verdict.CLOSE: "RVMC",
    Verdict.NO_MATCH: "RVNM",
    Verdict.NOT_APPLICABLE: "RVNA",
}
INFORMATION_CHARACTERS = 105
PIECE_CHARACTERS = 64 * 1024

# What XML cannot hold, and half characters, which UTF-8 cannot.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The schema takes random UUIDs only.
_UETR = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?")

Results = Iterable[tuple[PayeeRow, Answer | None]]


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """The report's own id, at most 35 characters, when it was made, and what it repeats of the order."""

    message_id: str
    created: datetime
    order: OrderHeader


def write_pain002(header: ReportHeader, results: Callable[[], Results]) -> Iterator[bytes]:
    """The report in pieces. `results` is called twice, as the counts stand before what they count.

    Rows of one payment must follow each other; a row without an answer counts as not applicable.
    """
    text, size = [], 0
    for part in _parts(header, results):
        text.append(part)
        size += len(part)
        if size > PIECE_CHARACTERS:
            yield "".join(text).encode()
            text, size = [], 0
    yield "".join(text).encode()


def status_of(row: PayeeRow, answer: Answer | None) -> str:
    """A transaction's code."""
    if row.faults or answer is None:
        return STATUSES[Verdict.NOT_APPLICABLE]
    return STATUSES[answer.verdict]


def _parts(header: ReportHeader, results: Callable[[], Results]) -> Iterator[str]:
    payments = [
        (group, Counter(status_of(row, answer) for row, answer in rows))
        for group, rows in _grouped(results())
    ]
    total: Counter[str] = Counter()
    for _, counts in payments:
        total.update(counts)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><CstmrPmtStsRpt>'
    created = header.created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    yield f"<GrpHdr>{_element('MsgId', header.message_id, 35)}<CreDtTm>{created}</CreDtTm></GrpHdr>\n"
    yield f"<OrgnlGrpInfAndSts>{_original(header.order)}{_counted('GrpSts', total)}</OrgnlGrpInfAndSts>\n"
    for (group, rows), (_, counts) in zip(_grouped(results()), payments, strict=True):
        yield f"<OrgnlPmtInfAndSts>{_element('OrgnlPmtInfId', group or NOT_PROVIDED, 35)}"
        yield f"<OrgnlNbOfTxs>{counts.total()}</OrgnlNbOfTxs>{_counted('PmtInfSts', counts)}\n"
        for row, answer in rows:
            yield _transaction(row, answer)
        yield "</OrgnlPmtInfAndSts>\n"
    yield "</CstmrPmtStsRpt></Document>\n"


def _grouped(results: Results) -> Iterator[tuple[str, Results]]:
    return groupby(results, key=lambda result: result[0].group)


def _original(order: OrderHeader) -> str:
    """What the order says in a form that the schema takes."""
    parts = [
        _element("OrgnlMsgId", order.message_id or NOT_PROVIDED, 35),
        _element("OrgnlMsgNmId", order.message_name or NOT_PROVIDED, 35),
    ]
    optional = (
        ("OrgnlCreDtTm", order.created, _MOMENT),
        ("OrgnlNbOfTxs", order.transactions, _WHOLE_NUMBER),
        ("OrgnlCtrlSum", order.control_sum, _AMOUNT),
    )
    parts += [f"<{name}>{text}</{name}>" for name, text, form in optional if form.fullmatch(text)]
    return "".join(parts)


def _counted(name: str, counts: Counter[str]) -> str:
    status = _status_of_all(counts)
    numbers = (
        f"<NbOfTxsPerSts><DtldNbOfTxs>{counts[code]}</DtldNbOfTxs><DtldSts>{code}</DtldSts></NbOfTxsPerSts>"
        for code in STATUSES.values()
    )
    return f"<{name}>{status}</{name}>{''.join(numbers)}"


def _status_of_all(counts: Counter[str]) -> str:
    if not counts:
        return NOT_COMPLETED
    return ALL_MATCH if set(counts) == {ALL_MATCH} else MIXED


def _transaction(row: PayeeRow, answer: Answer | None) -> str:
    uetr = _element("OrgnlUETR", row.uetr, 36) if _UETR.fullmatch(row.uetr) else ""
    return (
        f"<TxInfAndSts>{_element('OrgnlEndToEndId', row.reference, 35)}{uetr}"
        f"<TxSts>{status_of(row, answer)}</TxSts>{_information(row, answer)}{_reference(row)}</TxInfAndSts>\n"
    )


def _information(row: PayeeRow, answer: Answer | None) -> str:
    """The suggested name, or what is wrong with the transaction, in pieces that the schema takes."""
    texts = [fault.detail for fault in row.faults]
    if answer is not None and not row.faults and (name := suggested_name(answer)):
        texts = [name]
    pieces = [
        _element("AddtlInf", piece, INFORMATION_CHARACTERS)
        for text in texts
        for start in range(0, len(text), INFORMATION_CHARACTERS)
        if (piece := text[start : start + INFORMATION_CHARACTERS]).strip()
    ]
    return f"<StsRsnInf>{''.join(pieces)}</StsRsnInf>" if pieces else ""


def _reference(row: PayeeRow) -> str:
    """The name and the account as they were given."""
    name = f"<Cdtr><Pty>{_element('Nm', row.given_name, 140)}</Pty></Cdtr>" if row.given_name else ""
    account = f"<CdtrAcct><Id>{_account(row.given_iban)}</Id></CdtrAcct>" if row.given_iban else ""
    return f"<OrgnlTxRef>{name}{account}</OrgnlTxRef>" if name or account else ""


def _account(given: str) -> str:
    try:
        return f"<IBAN>{parse_iban(given)}</IBAN>"
    except RejectedError:
        return f"<Othr>{_element('Id', given, 34)}</Othr>"


def _element(name: str, text: str, characters_max: int) -> str:
    """An element with a text that the schema wants filled."""
    sound = _NO_XML.sub("", text)[:characters_max]
    return f"<{name}>{escape(sound) if sound.strip() else NOT_PROVIDED}</{name}>"
