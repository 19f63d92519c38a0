"""The audit log: what people changed, as lines that each hold the hash of the line before. Pure.

Whoever may write to the database could compute all hashes anew: only a head that was kept elsewhere tells of that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

HASH_BYTES = 32
START = bytes(HASH_BYTES)
_FORM = "duerun audit log 1"


class Area(StrEnum):
    """What a line is about: the first part of its action."""

    ACCOUNT = "account"
    SETTINGS = "settings"
    KEYS = "keys"
    USERS = "users"
    WEBHOOKS = "webhooks"
    BULK = "bulk"
    SCHEDULES = "schedules"
    PAYMENTS = "payments"
    CUSTOMERS = "customers"
    RECIPIENTS = "recipients"
    CALENDARS = "calendars"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be told: `settings.set` of a subject, with facts. A pair of a list is an old and a new value.

    Without an account it is about the server, without a mode about both. Never a secret.
    """

    action: str
    subject: str
    facts: Mapping[str, Any]
    account_id: int | None = None
    livemode: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it is kept; `details` are its facts as JSON text, `happened_at` is real time."""

    number: int
    account_id: int | None
    livemode: bool | None
    actor: str
    action: str
    subject: str
    details: str
    happened_at: datetime
    previous_hash: bytes
    hash: bytes

    @property
    def facts(self) -> dict[str, Any]:
        found = json.loads(self.details)
        return found if isinstance(found, dict) else {}

    def expected_hash(self) -> bytes:
        """The hash that belongs to this content in this place."""
        content = [
            _FORM,
            self.number,
            self.account_id,
            self.livemode,
            self.actor,
            self.action,
            self.subject,
            self.details,
            self.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.previous_hash.hex(),
        ]
        return sha256(json.dumps(content, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: the number of its last line, 0 for none, and that line's hash."""

    number: int
    hash: bytes


def entry_behind(head: Head, note: Note, *, actor: str, now: datetime) -> Entry:
    """The line that follows the last one; `now` is real time."""
    details = json.dumps(note.facts, separators=(",", ":"), sort_keys=True, default=str)
    made = Entry(
        number=head.number + 1,
        account_id=note.account_id,
        livemode=note.livemode,
        actor=actor,
        action=note.action,
        subject=note.subject,
        details=details,
        happened_at=now,
        previous_hash=head.hash,
        hash=b"",
    )
    return replace(made, hash=made.expected_hash())


class Fault(StrEnum):
    """What is wrong with the first line that does not fit."""

    CHANGED = "changed"
    REPLACED = "replaced"
    MISSING = "missing"
    ADDED = "added"
    HEAD_MISSING = "head_missing"
    OTHER_LOG = "other_log"


SENTENCES = {
    Fault.CHANGED: "line {number} was changed, or stands in another line's place",
    Fault.REPLACED: "line {number} is not the line that was written there: its hash is not the one that was noted",
    Fault.MISSING: "line {number} is missing",
    Fault.ADDED: "line {number} was added behind the end of the log",
    Fault.HEAD_MISSING: "the row that tells where the log ends is missing",
    Fault.OTHER_LOG: "no line has the hash that was given: the log was cut off before it, or written anew",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the log found: how many lines it holds, its head, and the first fault if there is one."""

    entries: int
    head: Head
    fault: Fault | None = None
    number: int = 0

    @property
    def told(self) -> str:
        """The fault as a sentence, "" for none."""
        return "" if self.fault is None else SENTENCES[self.fault].format(number=self.number)


@dataclass(slots=True)
class Checker:
    """Holds lines against the chain, in the order of their numbers. `head` is what the database notes as the end.

    `kept` is the hash of a head that was stored elsewhere: the log must have a line with it.
    """

    head: Head | None
    kept: bytes | None = None
    entries: int = 0
    last: Head = field(default_factory=lambda: Head(0, START))
    fault: tuple[Fault, int] | None = None
    _has_kept: bool = False

    def __post_init__(self) -> None:
        self._has_kept = self.kept in (None, START)

    def see(self, entry: Entry) -> bool:
        """Look at the next line; False once something is wrong."""
        self.entries += 1
        self.fault = self._fault_of(entry)
        self.last = Head(entry.number, entry.hash)
        self._has_kept = self._has_kept or entry.hash == self.kept
        return self.fault is None

    def _fault_of(self, entry: Entry) -> tuple[Fault, int] | None:
        if entry.number != self.last.number + 1:
            return Fault.MISSING, self.last.number + 1
        if entry.hash != entry.expected_hash():
            return Fault.CHANGED, entry.number
        if entry.previous_hash != self.last.hash:
            # A first line follows nothing: then it is the one that is not as it was.
            return Fault.REPLACED, max(self.last.number, 1)
        if self.head is not None and entry.number > self.head.number:
            return Fault.ADDED, entry.number
        return None

    def verdict(self) -> Verdict:
        """The verdict behind the last line, or behind the first fault."""
        fault, number = self.fault or self._fault_of_end() or (None, 0)
        return Verdict(self.entries, self.head or self.last, fault, number)

    def _fault_of_end(self) -> tuple[Fault, int] | None:
        if self.head is None:
            return Fault.HEAD_MISSING, 0
        if self.last.number < self.head.number:
            return Fault.MISSING, self.last.number + 1
        if self.last.hash != self.head.hash:
            return Fault.REPLACED, self.last.number
        return None if self._has_kept else (Fault.OTHER_LOG, 0)


def fact_text(value: Any) -> str:
    """A fact as it reads: a pair is an old and a new value.

    >>> fact_text(["08:30", "09:00"]), fact_text(None)
    ('08:30 → 09:00', 'nothing')
    """
    if isinstance(value, list) and len(value) == 2:
        return " \N{RIGHTWARDS ARROW} ".join(fact_text(each) for each in value)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)


def parse_hash(text: str) -> bytes | None:
    """The hash of 64 hexadecimal digits; None for anything else."""
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        return None
    return found if len(found) == HASH_BYTES else None


def public_address(url: str | None) -> str:
    """What may be told of an address: its host. Path, query and user may hold what lets others in.

    >>> public_address("https://user:word@hooks.example.com:8443/T0/B1?token=x"), public_address(None)
    ('https://hooks.example.com:8443/…', 'none')
    """
    if not url:
        return "none"
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "an address"
    return f"{parts.scheme}://{host}{'/…' if parts.path.strip('/') or parts.query else ''}"


def changed_names(before: Any, after: Any) -> str:
    """The names of the fields in which two values of one class differ: for values that are not to be kept for good."""
    names = (each.name for each in fields(before))
    return ", ".join(name for name in names if getattr(before, name) != getattr(after, name))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between two sets of values, as pairs of old and new.

    >>> changes({"a": 1, "b": 2}, {"a": 1, "b": 3})
    {'b': [2, 3]}
    """
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
