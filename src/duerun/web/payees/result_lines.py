"""Lines of the results of a bulk file, as a requester reads them (source: the VOP wire specification, section 6)."""

from collections.abc import Mapping

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import AccountStatus, Answer, HolderKind
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.web.payees.faults import INVALID_FIELD, Fault

# Reasons are not on the wire: these stand for the usual one, and nothing that is written shows them.
_REASONS: Mapping[Verdict, Reason] = {
    Verdict.MATCH: Reason.EXACT,
    Verdict.CLOSE: Reason.TYPO,
    Verdict.NO_MATCH: Reason.DIFFERENT,
    Verdict.NOT_APPLICABLE: Reason.NO_DATA,
}


class _AdvancedInfo(msgspec.Struct, rename="camel", gc=False):
    account_holder_type: HolderKind | None = None
    account_status: AccountStatus | None = None


class _Additional(msgspec.Struct, rename="camel", gc=False):
    advanced_info: _AdvancedInfo | None = None


class _Problem(msgspec.Struct, gc=False):
    title: str = INVALID_FIELD
    detail: str = ""


class _Result(msgspec.Struct, rename="camel", gc=False):
    uetr: str | None = None
    party_name_match: Verdict | None = None
    party_id_match: Verdict | None = None
    matched_name: str | None = None
    additional_party_information: _Additional | None = None
    errors: tuple[_Problem, ...] = ()


class ResultLine(msgspec.Struct, frozen=True, gc=False):
    """What was answered to a record: either an answer, or the faults for which it was not checked."""

    uetr: str | None
    answer: Answer | None
    faults: tuple[Fault, ...]


_DECODER = msgspec.json.Decoder(_Result)


def parse_result(line: bytes) -> ResultLine:
    """A line of the results; raises RejectedError for what is none."""
    try:
        result = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RejectedError("the results hold a line that cannot be read") from None
    if result.errors:
        return ResultLine(result.uetr, None, tuple(Fault(each.title, each.detail) for each in result.errors))
    verdict = result.party_name_match or result.party_id_match
    if verdict is None:
        raise RejectedError("the results hold a line without a verdict")
    return ResultLine(result.uetr, _answer(result, verdict), ())


def _answer(result: _Result, verdict: Verdict) -> Answer:
    more = result.additional_party_information
    info = more.advanced_info if more else None
    return Answer(
        verdict,
        _REASONS[verdict],
        result.matched_name,
        by_identification=result.party_name_match is None,
        holder_kind=info.account_holder_type if info else None,
        account_status=info.account_status if info else None,
    )
