"""Payees of a payment order, pain.001.001.03 or .09 (source: the VOP wire specification, 8.2; ISO 20022).

The file is read as a stream: what is held is one transaction, however many there are. Type definitions and entities
are refused.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.organisation_ids import SCHEMES, check_other, parse_lei
from duerun.domain.payees.questions import Identification, OtherId
from duerun.web.payees.faults import Fault, field_fault, text_rule
from duerun.web.payees.payee_rows import (
    Given,
    Labels,
    PayeeRow,
    RowContext,
    build_row,
    shown_identification,
)

VERSIONS = ("pain.001.001.03", "pain.001.001.09")
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
NOT_PROVIDED = "NOTPROVIDED"
LABELS = Labels(
    reference="PmtId/EndToEndId",
    iban="CdtrAcct/Id/IBAN",
    name="Cdtr/Nm",
    org_id="Cdtr/Id/OrgId",
    agent="CdtrAgt/FinInstnId/BICFI",
)
PIECE_BYTES = 64 * 1024
DEPTH_MAX = 64
# Longer than any text that is used; a longer one is refused by its own rule.
TEXT_CHARACTERS_MAX = 1_000
OTHERS_MAX = 20

_FILE_TYPE = "invalid_file_type"
_ORDER = "Document/CstmrCdtTrfInitn"
_PAYMENT = f"{_ORDER}/PmtInf"
_TRANSACTION = f"{_PAYMENT}/CdtTrfTxInf"
_OTHER = "Cdtr/Id/OrgId/Othr"
_BICS = ("CdtrAgt/FinInstnId/BICFI", "CdtrAgt/FinInstnId/BIC")
_ANY_BICS = ("Cdtr/Id/OrgId/AnyBIC", "Cdtr/Id/OrgId/BICOrBEI")
_LEI = "Cdtr/Id/OrgId/LEI"
_OTHER_MEMBERS = ("Id", "SchmeNm/Cd", "SchmeNm/Prtry", "Issr")
_MEMBERS = frozenset(
    (
        "PmtId/EndToEndId",
        "PmtId/UETR",
        "Cdtr/Nm",
        "CdtrAcct/Id/IBAN",
        _LEI,
        *_BICS,
        *_ANY_BICS,
        *(f"{_OTHER}/{member}" for member in _OTHER_MEMBERS),
    )
)
_HEAD = {f"{_ORDER}/GrpHdr/{member}": member for member in ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum")}


@dataclass(slots=True)
class OrderHeader:
    """What a status report repeats of the order; empty for what the order does not say."""

    message_name: str = ""
    message_id: str = ""
    created: str = ""
    transactions: str = ""
    control_sum: str = ""


class PainReader:
    """Iterates once over the transactions of an order; `header` is filled before the first of them.

    Raises RejectedError, also after some rows, for what is no such order or breaks a limit. `number` of a row counts
    the transactions from 1, its `group` is the `PmtInfId`.
    """

    def __init__(self, file: BinaryIO, context: RowContext, *, rows_max: int, bytes_max: int) -> None:
        self.header = OrderHeader()
        self._file = file
        self._context = context
        self._rows_max, self._bytes_max = rows_max, bytes_max
        self._rows: deque[PayeeRow] = deque()
        self._path: list[str] = []
        self._where = ""
        self._text: list[str] | None = None
        self._text_length = 0
        self._payment = ""
        self._members: dict[str, str] = {}
        self._other: dict[str, str] = {}
        self._others: list[OtherId] = []
        self._number = 0

    def __iter__(self) -> Iterator[PayeeRow]:
        parser = self._parser()
        size = 0
        while piece := self._file.read(PIECE_BYTES):
            size += len(piece)
            if size > self._bytes_max:
                raise RejectedError(f"file exceeds the maximum of {self._bytes_max} bytes")
            _parse(parser, piece, is_last=False)
            while self._rows:
                yield self._rows.popleft()
        _parse(parser, b"", is_last=True)
        if not self._number:
            raise RejectedError("file contains no records")

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.EntityDeclHandler = _refuse_definitions
        return parser

    def _start(self, name: str, _: object) -> None:
        space, _, local = name.rpartition(" ")
        if not self._path:
            self._open_document(space, local)
        # A colon is no name of the order's: elements of other namespaces are passed by.
        self._path.append(local if space == NAMESPACE + self.header.message_name else ":")
        if len(self._path) > DEPTH_MAX:
            raise RejectedError(f"file is nested deeper than {DEPTH_MAX} elements", code=_FILE_TYPE)
        self._where = "/".join(self._path)
        self._text = None
        if self._where == _PAYMENT:
            self._payment = ""
        elif self._where == _TRANSACTION:
            self._members, self._others = {}, []
        elif self._is_wanted():
            self._text, self._text_length = [], 0

    def _open_document(self, space: str, local: str) -> None:
        version = space.removeprefix(NAMESPACE)
        if local != "Document" or version not in VERSIONS or space == version:
            raise RejectedError(f"file is not a {' or '.join(VERSIONS)}", code=_FILE_TYPE)
        self.header.message_name = version

    def _is_wanted(self) -> bool:
        where = self._where
        if where.startswith(_TRANSACTION):
            return where[len(_TRANSACTION) + 1 :] in _MEMBERS
        return where in _HEAD or where == f"{_PAYMENT}/PmtInfId"

    def _read(self, text: str) -> None:
        if self._text is not None and self._text_length <= TEXT_CHARACTERS_MAX:
            self._text.append(text)
            self._text_length += len(text)

    def _end(self, _: str) -> None:
        where = "/".join(self._path)
        self._path.pop()
        if self._text is not None:
            self._keep(where, " ".join("".join(self._text).split())[: TEXT_CHARACTERS_MAX + 1])
            self._text = None
        elif where == f"{_TRANSACTION}/{_OTHER}":
            self._keep_other()
        elif where == _TRANSACTION:
            self._close_transaction()

    def _keep(self, where: str, text: str) -> None:
        if where in _HEAD:
            self._keep_header(_HEAD[where], text)
        elif where == f"{_PAYMENT}/PmtInfId":
            self._payment = text[:35]
        else:
            self._members[where[len(_TRANSACTION) + 1 :]] = text

    def _keep_header(self, member: str, text: str) -> None:
        match member:
            case "MsgId":
                self.header.message_id = text[:35]
            case "CreDtTm":
                self.header.created = text[:40]
            case "NbOfTxs":
                self.header.transactions = text[:15]
            case _:
                self.header.control_sum = text[:20]

    def _keep_other(self) -> None:
        number, code, own, issuer = (self._members.pop(f"{_OTHER}/{member}", "") for member in _OTHER_MEMBERS)
        if number and len(self._others) < OTHERS_MAX:
            self._others.append(OtherId(number, code or own or None, bool(own and not code), issuer or None))

    def _close_transaction(self) -> None:
        self._number += 1
        if self._number > self._rows_max:
            raise RejectedError(f"file exceeds the maximum of {self._rows_max} records")
        self._rows.append(
            _row(self._number, self._members, tuple(self._others), self._payment, self._context)
        )


def _row(
    number: int, members: dict[str, str], others: tuple[OtherId, ...], payment: str, context: RowContext
) -> PayeeRow:
    """A name is asked for where there is one; else the identification."""
    reference = members.get("PmtId/EndToEndId", "")
    given = Given(
        reference="" if reference == NOT_PROVIDED else reference,
        uetr=members.get("PmtId/UETR", ""),
        iban=members.get("CdtrAcct/Id/IBAN", ""),
        name=members.get("Cdtr/Nm", ""),
        agent=next((members[path] for path in _BICS if members.get(path)), ""),
    )
    faults: list[Fault] = []
    if not given.name:
        any_bic = next((members[path] for path in _ANY_BICS if members.get(path)), "")
        given.identification = _identification(members.get(_LEI, ""), any_bic, others, faults)
        given.org_id = shown_identification(members.get(_LEI, ""), any_bic, others)
    return build_row(number, given, LABELS, context, extra=tuple(faults), group=payment)


def _identification(
    lei: str, any_bic: str, others: tuple[OtherId, ...], faults: list[Fault]
) -> Identification | None:
    if not (lei or any_bic or others):
        return None
    checks = [(parse_lei, lei, _LEI), (parse_bic, any_bic, _ANY_BICS[0])]
    for parse, text, path in checks:
        try:
            if text:
                parse(text)
        except RejectedError as error:
            faults.append(field_fault(path, error.message))
    rules = map(_other_rule, others)
    faults += [field_fault(_OTHER, rule) for rule in rules if rule is not None]
    return Identification(lei or None, any_bic or None, others)


def _other_rule(other: OtherId) -> str | None:
    for text, characters_max in ((other.identification, 256), (other.scheme, 35), (other.issuer, 35)):
        if text and (rule := text_rule(text, characters_max)) is not None:
            return rule
    if other.scheme is None or other.is_proprietary:
        return None
    if other.scheme not in SCHEMES:
        return "names a scheme that is not in the list"
    try:
        check_other(other.scheme, other.identification)
    except RejectedError as error:
        return error.message
    return None


def _parse(parser: expat.XMLParserType, piece: bytes, *, is_last: bool) -> None:
    try:
        parser.Parse(piece, is_last)
    except (expat.ExpatError, ValueError, LookupError):
        raise RejectedError("file is not well-formed XML", code=_FILE_TYPE) from None


def _refuse_definitions(*_: object) -> None:
    raise RejectedError("file must not have type definitions or entities", code=_FILE_TYPE)
