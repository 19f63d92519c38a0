"""Rows and results of a check between its steps: in files without a name, which end with the command.

What is held at a time is one row, however many there are.
"""

import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import msgspec

from duerun.domain.errors import UnavailableError
from duerun.domain.payees.answers import Answer
from duerun.web.payees.payee_rows import PayeeRow
from duerun.web.payees.records import encode_record
from duerun.web.payees.result_lines import parse_result

PIECE_BYTES = 64 * 1024
ROWS_SHOWN_MAX = 20
REFUSED = "not checked"

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(PayeeRow)

Result = tuple[PayeeRow, Answer | None]


@dataclass(slots=True)
class Tally:
    """How many rows have each outcome, and all of them where they are few."""

    counts: Counter[str] = field(default_factory=Counter)
    few: list[Result] = field(default_factory=list)

    def add(self, row: PayeeRow, answer: Answer | None) -> None:
        """Count a row."""
        self.counts[answer.verdict.value if answer else REFUSED] += 1
        if len(self.few) <= ROWS_SHOWN_MAX:
            self.few.append((row, answer))


class Spool:
    """The rows of a file, and what was answered to the sound ones, in their order."""

    def __init__(self, rows: BinaryIO, answers: BinaryIO) -> None:
        self._rows, self._answers = rows, answers
        self.rows = self.sound = 0
        self.tally = Tally()

    def keep(self, rows: Iterable[PayeeRow]) -> Iterator[int]:
        """Keep all rows of a file; their number so far after each."""
        for row in rows:
            self._rows.write(_ENCODER.encode(row) + b"\n")
            self.rows += 1
            self.sound += not row.faults
            yield self.rows

    async def records(self, tell: Callable[[int], object]) -> AsyncIterator[bytes]:
        """The sound rows as records of a bulk file, in pieces; how many are sent is told on the way."""
        piece, sent = bytearray(), 0
        for row in self._kept():
            if row.question is not None:
                piece += encode_record(row.uetr, row.question) + b"\n"
                sent += 1
            if len(piece) > PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
                tell(sent)
        yield bytes(piece)
        tell(sent)

    def answered(self, piece: bytes) -> None:
        """Keep a piece of the results."""
        self._answers.write(piece)

    def results(self) -> Iterator[Result]:
        """Each row with its answer; one that the server could not check has the faults that it told."""
        self.tally = Tally()
        self._answers.seek(0)
        for row in self._kept():
            result = (row, None) if row.faults else self._result(row)
            self.tally.add(*result)
            yield result
        if self._answers.readline().strip():
            raise UnavailableError("the server answered more records than the file has")

    def _result(self, row: PayeeRow) -> Result:
        line = self._answers.readline().strip()
        if not line:
            raise UnavailableError("the server answered fewer records than the file has")
        result = parse_result(line)
        if result.uetr is not None and result.uetr.lower() != row.uetr:
            raise UnavailableError("the server's results are not in the order of the file")
        if result.answer is None:
            return replace(row, question=None, faults=result.faults), None
        return row, result.answer

    def _kept(self) -> Iterator[PayeeRow]:
        self._rows.seek(0)
        for line in self._rows:
            yield _DECODER.decode(line)


@contextmanager
def spool() -> Iterator[Spool]:
    """A new one; the system removes its files as soon as they are closed, also after a crash."""
    with tempfile.TemporaryFile() as rows, tempfile.TemporaryFile() as answers:
        yield Spool(rows, answers)
