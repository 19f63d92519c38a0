"""The processor's ledger: one line of JSON for each thing that happened, written before anything is answered."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# An effect, a definite refusal, a request that came when its outcome stood already, another request under a known key.
EFFECT, REFUSAL, RESEND, CONFLICT, COMPLAINT = "effect", "refusal", "resend", "conflict", "complaint"


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to a request: `request` is its body, as it came; `code` why it was refused."""

    event: str
    kind: str
    request: dict[str, Any]
    code: str = ""
    at: float = 0.0

    @property
    def key(self) -> str:
        return str(self.request["key"])

    def text(self) -> str:
        return json.dumps(
            {
                "event": self.event,
                "kind": self.kind,
                "code": self.code,
                "at": self.at,
                "request": self.request,
            }
        )


class Ledger:
    """Appends to a file in one write each: what was written is there after the writer was killed."""

    def __init__(self, path: Path) -> None:
        _end_last_line(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, line: Line) -> None:
        os.write(self._file, f"{line.text()}\n".encode())


def _end_last_line(path: Path) -> None:
    """Forget half a line, whose effect never was."""
    if path.exists():
        whole = path.read_bytes()
        os.truncate(path, whole.rfind(b"\n") + 1)


def read(path: Path) -> Iterator[Line]:
    """All lines that are whole."""
    if not path.exists():
        return
    for text in path.read_bytes().split(b"\n")[:-1]:
        value = json.loads(text)
        yield Line(value["event"], value["kind"], value["request"], value["code"], value["at"])
