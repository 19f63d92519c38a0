"""The account file of a responder: NDJSON, or CSV with the columns of `account_cells`.

Source: the VOP wire specification, 8.4. A file is cut into batches of whole lines, which other processes may read.
Messages name the line, the field and the rule.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO, NamedTuple

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.payees.accounts import HeldAccount, encode, remittance_key
from duerun.domain.payees.iban import bank_code, country
from duerun.storage.vop_directory import NewAccount
from duerun.web.payees.faults import FaultsError
from duerun.web.payees.ingest import BOM, GZIP_MAGIC
from duerun.web.vop.account_cells import Layout, column_of, cut, members_of, read_layout
from duerun.web.vop.account_reading import AccountReading

BATCH_BYTES = 262_144
LINE_BYTES_MAX = 65_536
FAULTS_TOLD_MAX = 10
TOO_LONG = f"is longer than {LINE_BYTES_MAX} bytes"

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Batch(NamedTuple):
    """Some whole lines of the file with a number; `first_line` counts from 1. `layout` is None for NDJSON."""

    file: int
    first_line: int
    lines: bytes
    layout: Layout | None


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """The accounts of a batch; `faults` are whole sentences, and where there is one the file is not to be loaded."""

    accounts: list[NewAccount]
    faults: list[str]


def unpacked(file: BinaryIO) -> BinaryIO:
    """A file as it is when it is not compressed with gzip."""
    is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if is_packed else file  # type: ignore[return-value]


def batches(file: BinaryIO, number: int = 0) -> Iterator[Batch]:
    """The batches of a file that may be compressed. Raises RejectedError for one that cannot be cut."""
    try:
        yield from _cut(unpacked(file), number)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise RejectedError("file is corrupt: gzip stream cannot be read to its end") from None


def read(batch: Batch) -> ReadBatch:
    """The accounts of a batch, and what is wrong with its lines."""
    found = ReadBatch([], [])
    for line_number, line in enumerate(batch.lines.split(b"\n"), batch.first_line):
        if not line or line.isspace():
            continue
        try:
            found.accounts.append(_account(line, batch, line_number))
        except RejectedError as error:
            found.faults.append(f"line {line_number}: {error.message}")
    return found


def told(faults: list[str]) -> str:
    """Faults in one message, the first ones by name."""
    more = len(faults) - FAULTS_TOLD_MAX
    return "; ".join(faults[:FAULTS_TOLD_MAX]) + (f"; and {more} more lines like that" if more > 0 else "")


def _cut(file: BinaryIO, number: int) -> Iterator[Batch]:
    line_number, layout = 1, None
    data = _whole_lines(file, line_number).removeprefix(BOM)
    if data.strip() and not data.lstrip().startswith((b"{", b"[")):
        head, _, data = data.partition(b"\n")
        layout, line_number = _layout(head), 2
        data = data or _whole_lines(file, line_number)
    while data:
        yield Batch(number, line_number, data, layout)
        line_number += data.count(b"\n")
        data = _whole_lines(file, line_number)


def _layout(head: bytes) -> Layout:
    try:
        return read_layout(_text(head))
    except RejectedError as error:
        raise RejectedError(f"line 1: {error.message}") from None


def _whole_lines(file: BinaryIO, line_number: int) -> bytes:
    data = file.read(BATCH_BYTES)
    if not data or data.endswith(b"\n"):
        return data
    rest = file.readline(LINE_BYTES_MAX + 1)
    if len(rest) > LINE_BYTES_MAX:
        last = line_number + data.count(b"\n")
        raise RejectedError(f"line {last}: {TOO_LONG}")
    return data + rest


def _account(line: bytes, batch: Batch, line_number: int) -> NewAccount:
    if len(line) > LINE_BYTES_MAX:
        raise RejectedError(TOO_LONG)
    iban, held = _of_object(line) if batch.layout is None else _of_cells(line, batch.layout)
    encoded = encode(held)
    return NewAccount(
        iban=iban,
        remittance=remittance_key(held.remittance),
        bank_code=country(iban) + bank_code(iban),
        digest=sha256(encoded).digest(),
        held=encoded,
        file=batch.file,
        line=line_number,
    )


def _of_object(line: bytes) -> tuple[str, HeldAccount]:
    try:
        members = msgspec.json.decode(line)
    except _UNREADABLE:
        members = None
    if not isinstance(members, dict):
        raise RejectedError("is not a JSON object")
    reading = AccountReading(members)
    found = reading.account()
    if found is None:
        raise FaultsError(reading.faults)
    return found


def _of_cells(line: bytes, layout: Layout) -> tuple[str, HeldAccount]:
    members, faults = members_of(cut(_text(line), layout.separator), layout)
    if faults:
        raise FaultsError(faults)
    reading = AccountReading(members)
    found = reading.account()
    if found is None:
        raise FaultsError([replace(fault, detail=column_of(fault.detail)) for fault in reading.faults])
    return found


def _text(line: bytes) -> str:
    if b"\0" in line:
        raise RejectedError("contains a NUL byte")
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise RejectedError("is not UTF-8") from None
