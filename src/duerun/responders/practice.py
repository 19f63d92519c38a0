"""The practice directory as a responder: every outcome there is, slow and absent PSPs included."""

import asyncio
from collections.abc import Sequence

from duerun.domain.payees import practice
from duerun.domain.payees.answers import AccountStatus, Answer, HolderKind, not_applicable
from duerun.domain.payees.practice import HOLDERS, OUTCOMES, Delay, Magic
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.responders.base import Terms
from duerun.responders.directory import answered

SLOW_SECONDS = 3.0


class PracticeResponder:
    """Answers for practice IBANs."""

    async def verify(self, questions: Sequence[PayeeQuestion], terms: Terms) -> list[Answer]:
        """An answer to each question, in their order; slow ones are waited for together."""
        numbers = [practice.number_of(each.iban) for each in questions]
        delays = {OUTCOMES[number].delay for number in numbers if number in OUTCOMES}
        await asyncio.sleep(max((_seconds(each, terms) for each in delays), default=0))
        return [_answer(question, number, terms) for question, number in zip(questions, numbers, strict=True)]


def _answer(question: PayeeQuestion, number: int | None, terms: Terms) -> Answer:
    by_identification = question.name is None
    if number is None:
        return not_applicable(Reason.PSP_UNKNOWN, by_identification=by_identification)
    if number in OUTCOMES:
        return _magic(OUTCOMES[number], by_identification, terms)
    if 0 < number <= HOLDERS:
        return answered(question, [practice.account_of(number)], terms.rules)
    return _by_test_name(question)


def _seconds(delay: Delay, terms: Terms) -> float:
    """How long an answer of this kind is waited for."""
    if delay is Delay.NEVER:
        return terms.check_seconds_max
    return min(SLOW_SECONDS, terms.check_seconds_max) if delay is Delay.SLOW else 0.0


def _magic(outcome: Magic, by_identification: bool, terms: Terms) -> Answer:
    if outcome.reason is not None:
        return not_applicable(outcome.reason, by_identification=by_identification)
    if terms.check_seconds_max < SLOW_SECONDS:
        return not_applicable(Reason.TIMEOUT, by_identification=by_identification)
    return Answer(Verdict.MATCH, Reason.EXACT, by_identification=by_identification)


def _by_test_name(question: PayeeQuestion) -> Answer:
    """The outcome that a test name asks for; any other name matches."""
    if question.name is None:
        return Answer(Verdict.MATCH, Reason.IDENTIFICATION, by_identification=True)
    name = " ".join(question.name.casefold().split())
    if name == practice.UNAVAILABLE_TEST_NAME:
        return not_applicable(Reason.ACCOUNT_UNKNOWN)
    if name == practice.CLOSE_TEST_NAME:
        return _held(Verdict.CLOSE, Reason.MIDDLE_NAME, practice.CLOSE_TEST_SHOWN)
    if name == practice.NO_MATCH_TEST_NAME:
        return _held(Verdict.NO_MATCH, Reason.DIFFERENT)
    return _held(Verdict.MATCH, Reason.EXACT)


def _held(verdict: Verdict, reason: Reason, matched_name: str | None = None) -> Answer:
    return Answer(
        verdict,
        reason,
        matched_name,
        holder_kind=HolderKind.PERSON,
        account_status=AccountStatus.ACTIVE,
    )
