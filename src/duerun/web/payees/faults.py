"""What is wrong with a record, told without any of its values (source: the VOP wire specification, section 7)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duerun.domain.errors import RejectedError
from duerun.domain.payees.compare import is_empty_name

INVALID_FIELD = "INVALID_FIELD"
INVALID_REQUESTING_AGENT_BIC = "INVALID_REQUESTING_AGENT_BIC"
INVALID_PARTY_AGENT_BIC = "INVALID_PARTY_AGENT_BIC"

NAME_CHARACTERS_MAX = 140

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: `title` is a word of the specification, `detail` names the field and the rule."""

    title: str
    detail: str


class FaultsError(RejectedError):
    """A request whose members break rules: all of them are in `faults`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = tuple(faults)


def field_fault(path: str, rule: str, title: str = INVALID_FIELD) -> Fault:
    """The fault of a member or column.

    >>> field_fault("partyAccount.iban", "is mandatory").detail
    "Field 'partyAccount.iban' is mandatory"
    """
    return Fault(title, f"Field '{path}' {rule}")


def text_rule(text: str, characters_max: int) -> str | None:
    """The rule that a text breaks: not empty, not too long, no control characters; None for a sound one."""
    if not text:
        return "must not be empty"
    if len(text) > characters_max:
        return f"must have at most {characters_max} characters"
    if _CONTROL.search(text):
        return "must not contain control characters"
    if _HALF_CHARACTER.search(text):
        return "must not contain half of a surrogate pair"
    return None


def name_rule(name: str) -> str | None:
    """The rule that a payee's name breaks, or None."""
    rule = text_rule(name, NAME_CHARACTERS_MAX)
    if rule is None and is_empty_name(name):
        return "must contain a letter or a digit"
    return rule
