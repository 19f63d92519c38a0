"""Why an occurrence is in its state, and whether the log of decisions leads to what the rows say."""

from dataclasses import dataclass, field
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.explanations import Facts, Step, differences, explain, follows, is_whole, replay
from duerun.services.unit import Runtime, Unit
from duerun.storage import decisions
from duerun.storage.decisions import Logged

OCCURRENCES_A_PAGE = 2_000
FINDINGS_MAX = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps of an occurrence, and what comes of it. `is_whole` is False where it began before the log does."""

    facts: Facts
    steps: list[Step]
    follows: str
    is_whole: bool


@dataclass(slots=True)
class LogFindings:
    """What replaying the log of all accounts found. `older` began before the log does; `wrong` names up to 100."""

    occurrences: int = 0
    lines: int = 0
    older: int = 0
    wrong_count: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


async def explain_occurrence(unit: Unit, occurrence_id: str) -> Explanation:
    """What led to an occurrence's state, also of one that is still to come; raises `NotFoundError`."""
    facts = await decisions.facts(unit.connection, unit.account, occurrence_id)
    if facts is None:
        raise NotFoundError("occurrence", occurrence_id)
    log = await decisions.log_of(unit.connection, unit.account, occurrence_id)
    began_at = await decisions.began_at(unit.connection)
    whole = is_whole(
        facts.attempt, facts.course.state, log, created_at=facts.created_at, log_began_at=began_at
    )
    return Explanation(facts, explain(facts, log), follows(facts), whole)


async def keep_months(runtime: Runtime) -> int:
    """See to the months of the log: those to come have their place, and those that had their time are dropped."""
    return await decisions.keep_months(runtime.database, kept=runtime.decision_months)


async def replay_all(runtime: Runtime, account: Account | None = None) -> LogFindings:
    """Replay the log of every occurrence of an account, or of all, in both modes, and compare it with the rows."""
    findings = LogFindings()
    after = ""
    while True:
        async with runtime.database.connection() as connection:
            began_at = await decisions.began_at(connection)
            page = await decisions.page(connection, account, after=after, rows_max=OCCURRENCES_A_PAGE)
        if not page:
            return findings
        after = page[-1].id
        for each in page:
            _judge(findings, each, began_at)


def _judge(findings: LogFindings, each: Logged, log_began_at: datetime | None) -> None:
    findings.occurrences += 1
    findings.lines += len(each.log)
    if not is_whole(
        each.attempt, each.row.state, each.log, created_at=each.created_at, log_began_at=log_began_at
    ):
        findings.older += 1
        return
    wrong = _wrong(each)
    if wrong is not None:
        findings.wrong_count += 1
        if len(findings.wrong) < FINDINGS_MAX:
            findings.wrong.append((each.id, wrong))


def _wrong(each: Logged) -> str | None:
    try:
        replayed = replay(each.log)
    except RejectedError as error:
        return error.message
    differing = differences(each.row, replayed) if replayed else []
    return f"the row says otherwise: {', '.join(differing)}" if differing else None
