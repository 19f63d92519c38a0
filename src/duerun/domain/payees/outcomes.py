"""What comes of comparing two names, before it is an answer."""

from collections.abc import Iterable

from duerun.domain.payees.verdicts import Reason, Verdict

Finding = tuple[Verdict, Reason]
RANK = {Verdict.MATCH: 2, Verdict.CLOSE: 1, Verdict.NO_MATCH: 0, Verdict.NOT_APPLICABLE: -1}


def least(verdicts: Iterable[Verdict]) -> Verdict:
    """The lowest of several verdicts."""
    return min(verdicts, key=RANK.__getitem__)
