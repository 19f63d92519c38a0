"""Payment orders are read as a stream, and status reports read back by another reader of XML."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import UUID
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.web.payees.payee_rows import PayeeRow, RowContext
from duerun.web.vop.pain001 import OrderHeader, PainReader
from duerun.web.vop.pain002 import ReportHeader, write_pain002

IBAN = "DE02120300000000202051"
UETR = "13b8472f-d796-436a-ba76-0be4ec234206"
MADE = "00000000-0000-4000-8000-000000000001"
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"}
HEAD = "<MsgId>M-1</MsgId><CreDtTm>2026-11-02T10:00:00</CreDtTm><NbOfTxs>3</NbOfTxs><CtrlSum>30.00</CtrlSum>"


def context() -> RowContext:
    numbers = iter(range(1, 1_000_000))
    return RowContext("ABNANL2A", lambda: f"00000000-0000-4000-8000-{next(numbers):012d}")


def payee(
    creditor: str = "<Nm>Anna Becker</Nm>",
    *,
    ids: str = "<EndToEndId>E-1</EndToEndId>",
    agent: str = "",
    account: str = f"<IBAN>{IBAN}</IBAN>",
) -> str:
    bank = f"<CdtrAgt><FinInstnId>{agent}</FinInstnId></CdtrAgt>" if agent else ""
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>I</InstrId>{ids}</PmtId><Amt><InstdAmt Ccy='EUR'>10.00</InstdAmt></Amt>{bank}"
        f"<Cdtr>{creditor}</Cdtr><CdtrAcct><Id>{account}</Id></CdtrAcct>"
        "<RmtInf><Ustrd>Nm</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def payment(*payees: str, group: str = "P-1") -> str:
    debtor = (
        "<Dbtr><Nm>Henri Groenen</Nm></Dbtr><DbtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></DbtrAcct>"
    )
    return f"<PmtInf><PmtInfId>{group}</PmtInfId><PmtMtd>TRF</PmtMtd>{debtor}{''.join(payees)}</PmtInf>"


def order(*payments: str, version: str = "09", before: str = "", head: str = HEAD) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"><CstmrCdtTrfInitn>'
        f"<GrpHdr>{head}<InitgPty><Nm>Henri Groenen</Nm></InitgPty></GrpHdr>{''.join(payments)}"
        "</CstmrCdtTrfInitn></Document>"
    ).encode()


def reader(data: bytes | BinaryIO, *, rows_max: int = 100, bytes_max: int = 1_000_000) -> PainReader:
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    return PainReader(file, context(), rows_max=rows_max, bytes_max=bytes_max)


def read(data: bytes) -> list[PayeeRow]:
    return list(reader(data))


@pytest.mark.parametrize(
    ("version", "agent", "own_bic"),
    [pytest.param("03", "BIC", "BICOrBEI", id="03"), pytest.param("09", "BICFI", "AnyBIC", id="09")],
)
def test_an_order_is_read(version: str, agent: str, own_bic: str) -> None:
    register = "<Othr><Id>732829320</Id><SchmeNm><Cd>SREN</Cd></SchmeNm></Othr>"
    own = "<Othr><Id>7</Id><SchmeNm><Prtry>House</Prtry></SchmeNm><Issr>Us</Issr></Othr>"
    orders = reader(
        order(
            payment(
                payee(
                    ids=f"<EndToEndId>E-1</EndToEndId><UETR>{UETR.upper()}</UETR>",
                    agent=f"<{agent}>BYLADEM1001</{agent}>",
                ),
                payee(f"<Id><OrgId><{own_bic}>ABNANL2A</{own_bic}>{register}{own}</OrgId></Id>"),
            ),
            payment(
                payee(
                    "<Nm>Anna &amp;\n  Becker</Nm><Id><OrgId><LEI>x</LEI></OrgId></Id>",
                    ids="<EndToEndId>NOTPROVIDED</EndToEndId>",
                ),
                payee(ids=f"<EndToEndId>{UETR}</EndToEndId>"),
                group="P-2",
            ),
            version=version,
        )
    )
    rows = list(orders)

    identification = Identification(
        None, "ABNANL2A", (OtherId("732829320", "SREN"), OtherId("7", "House", True, "Us"))
    )
    assert [row.question for row in rows] == [
        PayeeQuestion(IBAN, "Anna Becker", None, "BYLADEM1001", "ABNANL2A"),
        PayeeQuestion(IBAN, None, identification, None, "ABNANL2A"),
        PayeeQuestion(IBAN, "Anna & Becker", None, None, "ABNANL2A"),
        PayeeQuestion(IBAN, "Anna Becker", None, None, "ABNANL2A"),
    ]
    assert [row.uetr for row in rows] == [UETR, MADE, MADE[:-1] + "2", UETR]
    assert [row.reference for row in rows] == ["E-1", "E-1", MADE[:-1] + "2", UETR]
    assert [(row.number, row.group) for row in rows] == [(1, "P-1"), (2, "P-1"), (3, "P-2"), (4, "P-2")]
    assert orders.header == OrderHeader(f"pain.001.001.{version}", "M-1", "2026-11-02T10:00:00", "3", "30.00")


@pytest.mark.parametrize(
    ("text", "details"),
    [
        pytest.param(
            payee(account="<Othr><Id>1</Id></Othr>"), ["Field 'CdtrAcct/Id/IBAN' is mandatory"], id="no IBAN"
        ),
        pytest.param(
            payee(account="<IBAN>DE03120300000000202051</IBAN>"),
            ["Field 'CdtrAcct/Id/IBAN' has a wrong check digit"],
            id="wrong IBAN",
        ),
        pytest.param(payee(""), ["Field 'Cdtr/Nm' is mandatory without 'Cdtr/Id/OrgId'"], id="no creditor"),
        pytest.param(
            payee(f"<Nm>{'x' * 5_000}</Nm>"),
            ["Field 'Cdtr/Nm' must have at most 140 characters"],
            id="long name",
        ),
        pytest.param(
            payee(agent="<BICFI>X</BICFI>"), ["Field 'CdtrAgt/FinInstnId/BICFI' is not a BIC"], id="wrong BIC"
        ),
        pytest.param(
            payee("<Id><OrgId><AnyBIC>X</AnyBIC><LEI>Y</LEI></OrgId></Id>"),
            ["Field 'Cdtr/Id/OrgId/LEI' is not an LEI", "Field 'Cdtr/Id/OrgId/AnyBIC' is not a BIC"],
            id="wrong LEI and BIC",
        ),
        pytest.param(
            payee("<Id><OrgId><Othr><Id>1</Id><SchmeNm><Cd>ABCD</Cd></SchmeNm></Othr></OrgId></Id>"),
            ["Field 'Cdtr/Id/OrgId/Othr' names a scheme that is not in the list"],
            id="unknown scheme",
        ),
        pytest.param(
            payee("<Id><OrgId><Othr><Id>1</Id><SchmeNm><Cd>SREN</Cd></SchmeNm></Othr></OrgId></Id>"),
            ["Field 'Cdtr/Id/OrgId/Othr' must have 9 digits"],
            id="wrong register number",
        ),
        pytest.param(
            payee("<Id><OrgId><Othr><Id>1</Id><Issr>" + "x" * 36 + "</Issr></Othr></OrgId></Id>"),
            ["Field 'Cdtr/Id/OrgId/Othr' must have at most 35 characters"],
            id="long issuer",
        ),
    ],
)
def test_a_bad_transaction_is_told_and_the_others_are_read(text: str, details: list[str]) -> None:
    bad, good = read(order(payment(text, payee())))

    assert [fault.detail for fault in bad.faults] == details
    assert bad.question is None
    assert good.question is not None


def test_elements_of_other_namespaces_are_passed_by() -> None:
    foreign = '<x:Cdtr xmlns:x="urn:x"><x:Nm>Other</x:Nm></x:Cdtr><x:IBAN xmlns:x="urn:x">1</x:IBAN>'
    (row,) = read(order(payment(payee().replace("<RmtInf>", foreign + "<RmtInf>"))))

    assert row.given_name == "Anna Becker"


def test_an_order_in_utf16_is_read() -> None:
    text = order(payment(payee())).decode().replace("UTF-8", "UTF-16")

    assert read(text.encode("utf-16"))[0].given_name == "Anna Becker"


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "not well-formed", id="empty"),
        pytest.param(b"{}", "not well-formed", id="JSON"),
        pytest.param(order(payment(payee()))[:-20], "not well-formed", id="cut"),
        pytest.param(
            order(payment(payee())).replace(b"UTF-8", b"nothing"), "not well-formed", id="unknown encoding"
        ),
        pytest.param(order(payment(payee("<Nm>&#0;</Nm>"))), "not well-formed", id="NUL"),
        pytest.param(order(payment(payee()), version="08"), "file is not a pain.001.001.03 or", id="version"),
        pytest.param(b"<Document/>", "file is not a pain.001.001.03 or", id="no namespace"),
        pytest.param(b"<Document xmlns='pain.001.001.09'/>", "file is not a pain", id="namespace cut"),
        pytest.param(
            order(payment(payee()), before="<!DOCTYPE a>"), "must not have type definitions", id="DTD"
        ),
        pytest.param(
            order(payment(payee("<Nm>&c;</Nm>")), before=BOMB), "must not have type definitions", id="bomb"
        ),
        pytest.param(
            order(payment(payee("<Nm>&b;</Nm>")), before=OUTSIDE), "must not have type", id="outside"
        ),
        pytest.param(order(payment(payee("<Nm>&b;</Nm>"))), "not well-formed", id="unknown entity"),
        pytest.param(order(payment("<a>" * 70 + "</a>" * 70)), "nested deeper than 64", id="deep"),
        pytest.param(order(payment()), "file contains no records", id="no transaction"),
        pytest.param(order(payment(*[payee()] * 101)), "exceeds the maximum of 100 records", id="records"),
        pytest.param(order(payment(payee(), "<a>" + "x" * 1_000_000 + "</a>")), "1000000 bytes", id="bytes"),
    ],
)
def test_what_is_no_order_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(RejectedError, match=words):
        read(data)


@given(st.binary(max_size=6), st.integers(0, 1_500), st.integers(0, 8))
@settings(deadline=None)
def test_a_damaged_order_is_read_or_refused(put: bytes, place: int, size: int) -> None:
    data = order(payment(payee(), payee()))
    try:
        rows = read(data[:place] + put + data[place + size :])
    except RejectedError:
        return
    assert all((row.question is None) == bool(row.faults) and str(UUID(row.uetr)) == row.uetr for row in rows)


class Endless(io.RawIOBase):
    """An order of as many transactions as are asked for, made while it is read."""

    def __init__(self, transactions: int) -> None:
        whole = order(payment("|")).decode()
        self._head, self._tail = whole.split("|")
        self._left = transactions
        self._started = False

    def read(self, _: int = -1) -> bytes:
        if not self._started:
            self._started = True
            return self._head.encode()
        if self._left:
            now = min(100, self._left)
            self._left -= now
            return payee().encode() * now
        tail, self._tail = self._tail, ""
        return tail.encode()


def peak(transactions: int) -> int:
    tracemalloc.start()
    orders = reader(Endless(transactions), rows_max=transactions, bytes_max=10**9)  # type: ignore[arg-type]
    assert sum(1 for _ in orders) == transactions
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_order() -> None:
    peak(1_000)
    assert peak(20_000) < peak(1_000) + 100_000


def results() -> Iterator[tuple[PayeeRow, Answer | None]]:
    rows = read(
        order(
            payment(
                payee(),
                payee("<Nm>Ana &lt;Beker&gt;</Nm>", ids=f"<EndToEndId>E-2</EndToEndId><UETR>{UETR}</UETR>"),
            ),
            payment(payee(), payee(), payee(account="<IBAN>DE1</IBAN>"), group="P-2"),
            payment(payee(), payee("<Id><OrgId><AnyBIC>ABNANL2A</AnyBIC></OrgId></Id>"), group="P-3"),
        )
    )
    match = Answer(Verdict.MATCH, Reason.EXACT, "Never Shown")
    answers = [
        match,
        Answer(Verdict.CLOSE, Reason.TYPO, "Anna & Becker " + "x" * 110),
        Answer(Verdict.NO_MATCH, Reason.DIFFERENT, "Never Shown"),
        not_applicable(Reason.TIMEOUT),
        None,
        match,
        Answer(Verdict.MATCH, Reason.IDENTIFICATION, by_identification=True),
    ]
    return zip(rows, answers, strict=True)


def report(rows: list[tuple[PayeeRow, Answer | None]] | None = None) -> ElementTree.Element:
    header = ReportHeader(
        "R-1",
        datetime(2026, 11, 2, 10, 0, 7, tzinfo=UTC),
        OrderHeader("pain.001.001.09", "M-1", "2026-11-02T10:00:00", "7", "x"),
    )
    text = b"".join(write_pain002(header, results if rows is None else lambda: rows))
    root: ElementTree.Element = fromstring(text)
    return root


def texts(element: ElementTree.Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall("/".join(f"p:{name}" for name in path.split("/")), NS)]


def counts(element: ElementTree.Element) -> dict[str | None, str | None]:
    return dict(
        zip(texts(element, "NbOfTxsPerSts/DtldSts"), texts(element, "NbOfTxsPerSts/DtldNbOfTxs"), strict=True)
    )


def test_the_report_repeats_the_order_and_counts() -> None:
    root = report()
    (group,) = root.findall("p:CstmrPmtStsRpt/p:OrgnlGrpInfAndSts", NS)

    assert texts(root, "CstmrPmtStsRpt/GrpHdr/MsgId") == ["R-1"]
    assert texts(root, "CstmrPmtStsRpt/GrpHdr/CreDtTm") == ["2026-11-02T10:00:07Z"]
    assert [child.tag.partition("}")[2] for child in group] == [
        "OrgnlMsgId",
        "OrgnlMsgNmId",
        "OrgnlCreDtTm",
        "OrgnlNbOfTxs",
        "GrpSts",
        *["NbOfTxsPerSts"] * 4,
    ]
    assert [child.text for child in group][:5] == [
        "M-1",
        "pain.001.001.09",
        "2026-11-02T10:00:00",
        "7",
        "RVCM",
    ]
    assert counts(group) == {"RCVC": "3", "RVMC": "1", "RVNM": "1", "RVNA": "2"}


def test_the_report_counts_each_payment() -> None:
    payments = report().findall("p:CstmrPmtStsRpt/p:OrgnlPmtInfAndSts", NS)

    assert [texts(each, "OrgnlPmtInfId") for each in payments] == [["P-1"], ["P-2"], ["P-3"]]
    assert [texts(each, "PmtInfSts") for each in payments] == [["RVCM"], ["RVCM"], ["RCVC"]]
    assert counts(payments[1]) == {"RCVC": "0", "RVMC": "0", "RVNM": "1", "RVNA": "2"}
    assert counts(payments[2]) == {"RCVC": "2", "RVMC": "0", "RVNM": "0", "RVNA": "0"}
    assert [texts(each, "TxInfAndSts/TxSts") for each in payments] == [
        ["RCVC", "RVMC"],
        ["RVNM", "RVNA", "RVNA"],
        ["RCVC", "RCVC"],
    ]


def test_a_transaction_shows_the_given_name_and_suggests_the_held_one() -> None:
    first, close, *_, bad, _, by_id = report().iter(f"{{{NS['p']}}}TxInfAndSts")

    assert texts(close, "OrgnlEndToEndId") == ["E-2"]
    assert texts(close, "OrgnlUETR") == [UETR]
    assert texts(close, "OrgnlTxRef/Cdtr/Pty/Nm") == ["Ana <Beker>"]
    assert texts(close, "OrgnlTxRef/CdtrAcct/Id/IBAN") == [IBAN]
    pieces = texts(close, "StsRsnInf/AddtlInf")
    assert [len(piece or "") for piece in pieces] == [105, 19]
    assert "".join(piece or "" for piece in pieces) == "Anna & Becker " + "x" * 110
    assert first.find("p:StsRsnInf", NS) is None
    assert texts(bad, "OrgnlTxRef/CdtrAcct/Id/Othr/Id") == ["DE1"]
    assert texts(bad, "StsRsnInf/AddtlInf") == ["Field 'CdtrAcct/Id/IBAN' is not an IBAN"]
    assert by_id.find("p:OrgnlTxRef/p:Cdtr", NS) is None


def test_an_order_without_mixed_answers_is_all_match_or_not_completed() -> None:
    row, answer = next(results())

    assert texts(report([(row, answer)]), "CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts") == ["RCVC"]
    assert texts(report([]), "CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts") == ["RVNC"]


@given(st.text(max_size=150), st.text(max_size=150))
@settings(deadline=None)
def test_any_text_makes_a_report_that_can_be_read(name: str, iban: str) -> None:
    row = PayeeRow(1, iban, "x", None, (), iban, name, "", group=name)
    root = report([(row, Answer(Verdict.CLOSE, Reason.TYPO, name))])

    assert len(list(root.iter(f"{{{NS['p']}}}TxInfAndSts"))) == 1
