"""The port: what everything that answers for payees can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from duerun.domain.payees.answers import Answer
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.questions import PayeeQuestion


@dataclass(frozen=True, slots=True)
class Terms:
    """How some questions are asked: the requester's rules, the moment, and the seconds that one check may take."""

    rules: MatchRules
    now: datetime
    check_seconds_max: float = 5.0


class Responder(Protocol):
    """Answers questions, one answer each and in their order. What cannot be answered is an answer, too."""

    async def verify(self, questions: Sequence[PayeeQuestion], terms: Terms) -> list[Answer]: ...
