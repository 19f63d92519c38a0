"""A process that checks rows of one file for a server, between its standard input and output.

Each message is its length, four bytes, and as many of MessagePack: a `CheckPlan` and then pieces come in; `READY` and
then an answer to each piece go out. It ends with its input, which is how a server ends it, and how it notices one that
was killed.
"""

import sys
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from duerun import priority
from duerun.domain.errors import RejectedError
from duerun.services.bulk_checks import Checked, CheckPlan, Checks

LENGTH_BYTES = 4
READY = b"\x01"


class Piece(msgspec.Struct):
    """The texts of some records, one behind the other, and the number of the first."""

    first_row_no: int
    texts: list[str]


class Refused(msgspec.Struct, tag=True):
    """Why the file is refused: the code and the message of a `RejectedError`."""

    code: str
    message: str


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def serve(given: BinaryIO, answers: BinaryIO) -> None:
    """Answer the pieces of a file until there are none."""
    messages = _messages(given)
    plan = next(messages, None)
    if plan is None:
        return
    checks = Checks(msgspec.msgpack.decode(plan, type=CheckPlan))
    decode = msgspec.msgpack.Decoder(Piece).decode
    _send(answers, READY)
    for message in messages:
        piece = decode(message)
        _send(answers, msgspec.msgpack.encode(_answer(checks, piece)))


def _answer(checks: Checks, piece: Piece) -> Checked | Refused:
    try:
        return checks.check(piece.texts, piece.first_row_no)
    except RejectedError as error:
        return Refused(error.code, error.message)


def _messages(given: BinaryIO) -> Iterator[bytes]:
    """Whole ones: of a server that was killed, the last one may be cut off."""
    while len(head := given.read(LENGTH_BYTES)) == LENGTH_BYTES:
        length = int.from_bytes(head, "big")
        if len(message := given.read(length)) < length:
            return
        yield message


def _send(answers: BinaryIO, message: bytes) -> None:
    answers.write(framed(message))
    answers.flush()


if __name__ == "__main__":
    priority.give_way()
    serve(sys.stdin.buffer, sys.stdout.buffer)
