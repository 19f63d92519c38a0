"""What checks of payees need from outside: a face that reads and writes records, and somebody who answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import Defaults, VopClient
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.questions import PayeeQuestion
from duerun.responders.base import Responder, Terms
from duerun.storage.seal import Seal

UPLOADS_AT_ONCE_MAX = 64
UPLOADS_OF_A_CLIENT_MAX = 16


@dataclass(frozen=True, slots=True)
class RecordFault:
    """What is wrong with a record: a stable title, and a sentence that names the field and the rule."""

    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A line of a file as it was read: a question, or what is wrong with it."""

    uetr: str | None
    question: PayeeQuestion | None
    faults: tuple[RecordFault, ...] = ()


class RecordWire(Protocol):
    """How a face reads and writes the lines of a file."""

    def read(self, line: bytes) -> ReadRecord:
        """A line; one that is no object at all has a fault and no `uetr`."""

    def write_answer(self, uetr: str, answer: Answer, *, sees_more: bool) -> bytes: ...

    def write_faults(self, uetr: str | None, faults: Sequence[RecordFault], line_number: int) -> bytes: ...


class Asking(Protocol):
    """Finds for each question who answers it, and asks."""

    async def close(self) -> None:
        """End all connections; the next question opens new ones."""

    async def verify(
        self, client: VopClient, questions: Sequence[PayeeQuestion], terms: Terms
    ) -> list["Routed"]: ...


@dataclass(frozen=True, slots=True)
class Routed:
    """An answer; `is_practice` where it comes from the practice directory, in which nobody lives."""

    answer: Answer
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class VopPolicy:
    """Limits of files of checks and of what is told (source: the VOP wire specification, sections 13 and 14)."""

    records_max: int = 100_000
    bytes_max: int = 104_857_600
    line_bytes_max: int = 65_536
    bad_line_fails: bool = True
    task_seconds_max: int = 14_400
    retention_days: int = 30
    open_tasks_max: int = 100
    chunk_records: int = 2_000
    lease_seconds: float = 60.0
    check_seconds_max: float = 5.0
    names_per_iban_day_max: int = 5
    disclosures_hour_max: int = 100
    agent_check: bool = True
    token_seconds: int = 3_600
    idempotency_hours: int = 72
    processes: int = 0
    load_drop_percent_max: int = 10
    defaults: Defaults = field(default_factory=Defaults)

    def rules(self, client: VopClient) -> MatchRules:
        return client.rules(self.defaults)


class HashKey:
    """The secret that hashes in the database are keyed with, once it was read."""

    value: bytes | None = None


class Uploads:
    """Counts the files that are arriving at this process, so that no client takes the room of the others."""

    def __init__(self) -> None:
        self._arriving: Counter[int] = Counter()

    @contextmanager
    def of(self, client: VopClient) -> Iterator[bool]:
        """Room for one more file of a client while it arrives; False where there is none."""
        has_room = (
            self._arriving[client.number] < UPLOADS_OF_A_CLIENT_MAX
            and self._arriving.total() < UPLOADS_AT_ONCE_MAX
        )
        self._arriving[client.number] += has_room
        try:
            yield has_room
        finally:
            self._arriving[client.number] -= has_room
            self._arriving += Counter()


@dataclass(frozen=True, slots=True)
class Payees:
    """The parts that checks of payees are made of."""

    wire: RecordWire
    asking: Asking
    directory: Responder
    seal: Seal
    policy: VopPolicy = field(default_factory=VopPolicy)
    hash_key: HashKey = field(default_factory=HashKey)
    uploads: Uploads = field(default_factory=Uploads)
