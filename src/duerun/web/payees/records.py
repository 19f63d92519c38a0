"""One line of a bulk file as a check, and a check as a line (source: the VOP wire specification, section 4).

Most records are sound and ask for a name: they are read in one go. All others go the careful way, which tells
every fault.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.iban import parse_iban
from duerun.domain.payees.questions import PayeeQuestion
from duerun.responders.epc_wire import wire_members
from duerun.web.payees.faults import INVALID_FIELD, Fault, FaultsError, name_rule
from duerun.web.payees.record_reading import RecordReading, parse_uuid


class NotAnObject:
    """A line that is not JSON, not an object or not UTF-8; `NOT_AN_OBJECT` is the one of it."""


NOT_AN_OBJECT = NotAnObject()


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A sound record; `uetr` in small letters."""

    uetr: str
    question: PayeeQuestion


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that breaks rules, with all of them; `uetr` if that could be read."""

    uetr: str | None
    faults: tuple[Fault, ...]


class _Institution(Struct, gc=False):
    bicfi: str


class _Agent(Struct, rename="camel", gc=False):
    financial_institution_id: _Institution


class _Party(Struct, gc=False):
    name: str
    identification: Raw | UnsetType = UNSET


class _Account(Struct, gc=False):
    iban: str


class _Record(Struct, rename="camel", gc=False):
    """What a usual record holds; members that need care are kept as they are."""

    uetr: str
    party: _Party
    party_account: _Account
    requesting_agent: _Agent
    party_agent: _Agent | UnsetType = UNSET
    unstructured_remittance_information: Raw | UnsetType = UNSET


class _Uetr(Struct, gc=False):
    uetr: Raw | UnsetType = UNSET


_RECORD = msgspec.json.Decoder(_Record)
_UETR = msgspec.json.Decoder(_Uetr)
_ENCODER = msgspec.json.Encoder()
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# A file names few banks.
_known_bic = lru_cache(4096)(parse_bic)


def parse_record(line: bytes) -> CheckRecord | BadRecord | NotAnObject:
    """The check of a line without its end; it raises nothing, whatever the line holds."""
    if not _is_utf8(line):
        return NOT_AN_OBJECT
    return _usual(line) or _careful(line)


def read_uetr(line: bytes) -> str | NotAnObject | None:
    """A line's `uetr` in small letters, None without a valid one: enough to take a file in before it is checked."""
    if not _is_utf8(line):
        return NOT_AN_OBJECT
    try:
        raw = _UETR.decode(line).uetr
        return parse_uuid(msgspec.json.decode(raw)) if isinstance(raw, Raw) else None
    except _UNREADABLE:
        members = _load(line)
        return members if isinstance(members, NotAnObject) else parse_uuid(members.get("uetr"))


def parse_single(body: bytes) -> PayeeQuestion:
    """The question of a single check, whose `partyAgent` is mandatory (the specification, section 9.2).

    Raises FaultsError with all faults.
    """
    members = _load(body)
    if isinstance(members, NotAnObject):
        raise FaultsError([Fault(INVALID_FIELD, "The body is not a JSON object")])
    reading = RecordReading(members)
    question = reading.question(needs_party_agent=True)
    if question is None:
        raise FaultsError(reading.faults)
    return question


def encode_record(uetr: str, question: PayeeQuestion) -> bytes:
    """The line of a check, without a line end: `parse_record` reads the same check from it."""
    return _ENCODER.encode({"uetr": uetr, **wire_members(question)})


def _is_utf8(line: bytes) -> bool:
    """Texts that are skipped are not looked at by the decoder."""
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _usual(line: bytes) -> CheckRecord | None:
    """A sound record with a name; None for any other."""
    try:
        record = _RECORD.decode(line)
    except _UNREADABLE:
        return None
    party, agent = record.party, record.party_agent
    if party.identification is not UNSET or record.unstructured_remittance_information is not UNSET:
        return None
    uetr = parse_uuid(record.uetr)
    if uetr is None or name_rule(party.name) is not None:
        return None
    try:
        iban = parse_iban(record.party_account.iban)
        agent_bic = None if agent is UNSET else _bic_of(agent)
        requesting_bic = _bic_of(record.requesting_agent)
    except RejectedError:
        return None
    return CheckRecord(uetr, PayeeQuestion(iban, party.name, None, agent_bic, requesting_bic))


def _bic_of(agent: _Agent) -> str:
    return _known_bic(agent.financial_institution_id.bicfi)


def _careful(line: bytes) -> CheckRecord | BadRecord | NotAnObject:
    members = _load(line)
    if isinstance(members, NotAnObject):
        return members
    reading = RecordReading(members)
    uetr = reading.uetr()
    question = reading.question(needs_party_agent=False)
    if uetr is None or question is None:
        return BadRecord(uetr, tuple(reading.faults))
    return CheckRecord(uetr, question)


def _load(line: bytes) -> dict[str, Any] | NotAnObject:
    """Any JSON object, also one with half of a surrogate pair; no member is a number, so numbers are not computed."""
    try:
        value = json.loads(line.decode(), parse_int=_number, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return NOT_AN_OBJECT
    return value if isinstance(value, dict) else NOT_AN_OBJECT


def _number(_: str) -> float:
    return 0.0


def _refuse(_: str) -> NoReturn:
    raise ValueError
