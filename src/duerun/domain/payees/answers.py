"""What a responder answers to a check."""

from dataclasses import dataclass
from enum import StrEnum

from duerun.domain.payees.verdicts import Reason, Verdict


class HolderKind(StrEnum):
    """Who holds an account: a natural person or an organisation."""

    PERSON = "NP"
    ORGANISATION = "ORG"


class AccountStatus(StrEnum):
    """Whether an account can be paid; inactive is closed for good."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with its reason. `matched_name` is the name to show, with a close match only."""

    verdict: Verdict
    reason: Reason
    matched_name: str | None = None
    by_identification: bool = False
    holder_kind: HolderKind | None = None
    account_status: AccountStatus | None = None


def not_applicable(reason: Reason, *, by_identification: bool = False) -> Answer:
    """No answer can be given."""
    return Answer(Verdict.NOT_APPLICABLE, reason, by_identification=by_identification)
