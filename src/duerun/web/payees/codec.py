"""The lines of a bulk file for those who check them (source: the VOP wire specification, sections 4 and 6)."""

from collections.abc import Sequence

import msgspec

from duerun.domain.payees.answers import Answer
from duerun.services.payee_ports import ReadRecord, RecordFault
from duerun.web.payees.faults import INVALID_FIELD
from duerun.web.payees.problems import ERROR_TYPE, WireProblem
from duerun.web.payees.records import BadRecord, NotAnObject, parse_record

NO_OBJECT = RecordFault(INVALID_FIELD, "The line is not a JSON object that could be kept")

_encoder = msgspec.json.Encoder()


class _AdvancedInfo(msgspec.Struct, omit_defaults=True, rename="camel"):
    account_holder_type: str | None = None
    account_status: str | None = None


class _AdditionalPartyInformation(msgspec.Struct, rename="camel"):
    advanced_info: _AdvancedInfo


class _Result(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A line of the results; what is not known is not written."""

    uetr: str | None = None
    party_name_match: str | None = None
    party_id_match: str | None = None
    matched_name: str | None = None
    additional_party_information: _AdditionalPartyInformation | None = None
    errors: list[WireProblem] | None = None


class NdjsonWire:
    """Reads and writes the lines of a file."""

    def __init__(self, error_type: str = ERROR_TYPE) -> None:
        self._error_type = error_type

    def read(self, line: bytes) -> ReadRecord:
        """A line; one that is no object at all has a fault and no `uetr`."""
        record = parse_record(line)
        if isinstance(record, NotAnObject):
            return ReadRecord(None, None, (NO_OBJECT,))
        if isinstance(record, BadRecord):
            faults = tuple(RecordFault(each.title, each.detail) for each in record.faults)
            return ReadRecord(record.uetr, None, faults)
        return ReadRecord(record.uetr, record.question)

    def write_answer(self, uetr: str, answer: Answer, *, sees_more: bool) -> bytes:
        """The line of a check."""
        result = _Result(uetr=uetr, matched_name=answer.matched_name)
        if answer.by_identification:
            result.party_id_match = answer.verdict
        else:
            result.party_name_match = answer.verdict
        if sees_more and (answer.holder_kind or answer.account_status):
            info = _AdvancedInfo(answer.holder_kind, answer.account_status)
            result.additional_party_information = _AdditionalPartyInformation(info)
        return _encoder.encode(result)

    def write_faults(self, uetr: str | None, faults: Sequence[RecordFault], line_number: int) -> bytes:
        """The line of a record that could not be checked."""
        problems = [
            WireProblem(400, self._error_type, "FORMAT_ERROR", each.title, each.detail, f"line {line_number}")
            for each in faults
        ]
        return _encoder.encode(_Result(uetr=uetr, errors=problems))
