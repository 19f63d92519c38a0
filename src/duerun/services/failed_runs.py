"""Runs in which nothing succeeded: they have failed, however well each refusal was noted."""

from collections import Counter
from collections.abc import Sequence

from duerun.domain.accounts import Account
from duerun.gateways.base import Outcome, OutcomeKind
from duerun.services.tally import FAILED_RUNS, mode
from duerun.services.unit import Runtime
from duerun.telemetry import logger

# So many payments in one call and none of them a success: that is no accident of single cards.
FAILED_RUN_ROWS_MIN = 10

_log = logger("services.failed_runs")


def report_run(runtime: Runtime, account: Account, kind: str, outcomes: Sequence[Outcome]) -> None:
    """Count and log a run that failed; `kind` is what it tried to make."""
    by_kind = Counter(outcome.kind for outcome in outcomes)
    succeeded, refused = by_kind[OutcomeKind.SUCCEEDED], by_kind[OutcomeKind.REFUSED]
    if succeeded or len(outcomes) < FAILED_RUN_ROWS_MIN:
        return
    runtime.tally.add({(FAILED_RUNS, mode(livemode=account.livemode)): 1})
    _log.error(
        "a run of %d %ss of account %s failed: 0 succeeded, %d refused, %d without an answer",
        len(outcomes),
        kind,
        account.id,
        refused,
        len(outcomes) - refused,
    )
