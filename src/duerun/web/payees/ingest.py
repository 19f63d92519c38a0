"""A file of checks as it arrives: decompressed, cut into lines and parts, its limits held before anything is built.

Source: the VOP wire specification, section 3.
"""

import zlib
from collections.abc import Iterator
from hashlib import sha256

from duerun.domain.payees import tasks
from duerun.services.payee_ports import VopPolicy
from duerun.services.vop_tasks import Part
from duerun.web.payees.records import NotAnObject, read_uetr

BOM = b"\xef\xbb\xbf"
PIECE_BYTES = 1_048_576
GZIP_RATIO_MAX = 200
PART_BYTES_MAX = 4_194_304
LINES_A_RECORD_MAX = 8
GZIP_MAGIC = b"\x1f\x8b"
# Stands for a line that is not kept: no JSON object either.
UNKEPT = b"?"


class Intake:
    """Takes a file in. `failure` says why it is none; from then on nothing is kept."""

    def __init__(self, policy: VopPolicy) -> None:
        self.failure: str | None = None
        self.records = 0
        self.parts = 0
        self._policy = policy
        self._digest = sha256()
        self._bytes = 0
        self._rest = b""
        self._is_cut = False
        self._line = 0
        self._first_line = 1
        self._kept: list[bytes] = []
        self._kept_records = self._kept_bytes = 0
        self._repeated: list[int] = []
        self._seen: set[int] = set()

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file as it is when it is not compressed."""
        return self._digest.digest()

    def fail(self, why: str) -> None:
        """Give the file up for a reason; the first one counts."""
        self.failure = self.failure or why
        self._rest, self._kept = b"", []
        self._seen.clear()

    def feed(self, data: bytes) -> Iterator[Part]:
        """Take more bytes; the parts that became whole."""
        self._digest.update(data)
        self._bytes += len(data)
        if self._bytes > self._policy.bytes_max:
            self.fail(tasks.too_many_bytes(self._policy.bytes_max))
        if self.failure:
            return
        *whole, rest = (self._rest + data).split(b"\n")
        self._rest = rest
        for line in whole:
            yield from self._take(line)
            if self.failure:
                return
        if len(self._rest) > self._policy.line_bytes_max + len(BOM) + 1:
            self._cut()

    def finish(self) -> Iterator[Part]:
        """The end of the file: what is left of it."""
        if self.failure is None and (self._rest or self._is_cut):
            yield from self._take(self._rest)
        if self.failure is None and self.records == 0:
            self.fail(tasks.NO_RECORDS)
        if self.failure is None and self._kept_records:
            yield self._part()

    def _take(self, line: bytes) -> Iterator[Part]:
        self._line += 1
        if self._line == 1:
            line = line.removeprefix(BOM)
        line = line.removesuffix(b"\r")
        if self._is_cut or len(line) > self._policy.line_bytes_max:
            self._is_cut = False
            line = self._refuse(tasks.line_too_long(self._line, self._policy.line_bytes_max))
        elif line.strip():
            line = self._checked(line)
        else:
            yield from self._keep(b"")
            return
        if self.failure:
            return
        self.records += 1
        if self.records > self._policy.records_max:
            self.fail(tasks.too_many_records(self._policy.records_max))
            return
        self._kept_records += 1
        yield from self._keep(line)

    def _keep(self, line: bytes) -> Iterator[Part]:
        """Keep a line; a part ends when it has its records, and before it grows large by anything else."""
        if not self._kept_records:
            self._first_line = self._line + 1
            return
        self._kept.append(line)
        self._kept_bytes += len(line) + 1
        if (
            self._kept_records == self._policy.chunk_records
            or len(self._kept) == LINES_A_RECORD_MAX * self._policy.chunk_records
            or self._kept_bytes > PART_BYTES_MAX
        ):
            yield self._part()

    def _checked(self, line: bytes) -> bytes:
        uetr = read_uetr(line)
        if isinstance(uetr, NotAnObject):
            return self._refuse(tasks.no_object(self._line))
        if uetr is not None:
            # Python keys the hash of bytes anew in each process, so nobody can make two of them alike.
            mark = hash(uetr.encode())
            if mark in self._seen:
                self._repeated.append(self._line)
            self._seen.add(mark)
        return line

    def _refuse(self, why: str) -> bytes:
        if self._policy.bad_line_fails:
            self.fail(why)
        return UNKEPT

    def _cut(self) -> None:
        """Drop a line that has grown too long before its end has come."""
        self._rest, self._is_cut = b"", True
        if self._policy.bad_line_fails:
            self.fail(tasks.line_too_long(self._line + 1, self._policy.line_bytes_max))

    def _part(self) -> Part:
        part = Part(self.parts, self._first_line, self._kept_records, self._repeated, b"\n".join(self._kept))
        self.parts += 1
        self._first_line = self._line + 1
        self._kept, self._kept_records, self._kept_bytes, self._repeated = [], 0, 0, []
        return part


class Gunzip:
    """Decompresses a stream, piece by piece. `failure` says why it cannot."""

    def __init__(self) -> None:
        self.failure: str | None = None
        self._stream = zlib.decompressobj(wbits=31)
        self._taken = self._given = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that more bytes bring."""
        self._taken += len(data)
        while data and self.failure is None:
            if self._stream.eof:
                if not data.strip(b"\x00"):
                    return
                self._stream = zlib.decompressobj(wbits=31)
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except zlib.error:
                self.failure = tasks.GZIP_BROKEN
                return
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            self._given += len(piece)
            if self._given > PIECE_BYTES and self._given > self._taken * GZIP_RATIO_MAX:
                self.failure = tasks.GZIP_RATIO
                return
            yield piece

    def finish(self) -> None:
        """The end of the stream, which must be the end of a member, too."""
        if self.failure is None and not self._stream.eof:
            self.failure = tasks.GZIP_ENDED
