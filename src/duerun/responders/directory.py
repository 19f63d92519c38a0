"""The own directory: accounts that are kept here, and whether a name or an identification belongs to one."""

import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence

from duerun.domain.payees.accounts import HeldAccount, plain_remittance
from duerun.domain.payees.answers import AccountStatus, Answer, HolderKind, not_applicable
from duerun.domain.payees.compare import compare, is_one_of
from duerun.domain.payees.iban import is_served
from duerun.domain.payees.organisation_ids import agree
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.responders.base import Terms
from duerun.telemetry import logger

_log = logger("responders.directory")

Find = Callable[[Sequence[str]], Awaitable[Mapping[str, Sequence[HeldAccount]]]]


class DirectoryResponder:
    """Answers from accounts that `find` brings. `shows_organisations` tells an organisation's name on a no match, too,
    where its account lets it."""

    def __init__(self, find: Find, *, shows_organisations: bool = False) -> None:
        self._find = find
        self._shows_organisations = shows_organisations

    async def verify(self, questions: Sequence[PayeeQuestion], terms: Terms) -> list[Answer]:
        """An answer to each question, in their order, with one look-up for all of them."""
        held = await self._find(list({each.iban for each in questions}))
        return [self._sound(each, held.get(each.iban, ()), terms.rules) for each in questions]

    def _sound(self, question: PayeeQuestion, accounts: Sequence[HeldAccount], rules: MatchRules) -> Answer:
        """An answer also where comparing fails: one name must not hold up a whole file."""
        try:
            return self._answer(question, accounts, rules)
        except Exception as error:
            # The message could repeat a name; the place is enough to find the fault.
            places = traceback.format_tb(error.__traceback__)
            _log.error("a name could not be compared: %s\n%s", type(error).__name__, "".join(places))
            return not_applicable(Reason.RESPONDER_ERROR, by_identification=question.name is None)

    def _answer(self, question: PayeeQuestion, accounts: Sequence[HeldAccount], rules: MatchRules) -> Answer:
        answer = answered(question, accounts, rules)
        account = _chosen(question, accounts) if self._shows_organisations else None
        if (
            account is not None
            and (holder := account.holder) is not None
            and answer.verdict is Verdict.NO_MATCH
            and account.discloses
            and account.kind is HolderKind.ORGANISATION
            and not answer.by_identification
        ):
            name = holder.names[0][0]
            return Answer(
                answer.verdict,
                answer.reason,
                name,
                holder_kind=answer.holder_kind,
                account_status=answer.account_status,
            )
        return answer


def answered(question: PayeeQuestion, accounts: Sequence[HeldAccount], rules: MatchRules) -> Answer:
    """The answer that some accounts of one IBAN give."""
    by_identification = question.name is None
    if not is_served(question.iban):
        return not_applicable(Reason.COUNTRY, by_identification=by_identification)
    account = _chosen(question, accounts)
    if account is None:
        return not_applicable(Reason.ACCOUNT_UNKNOWN, by_identification=by_identification)
    if account.status is AccountStatus.INACTIVE:
        return _of(account, Verdict.NOT_APPLICABLE, Reason.ACCOUNT_CLOSED, by_identification)
    if question.name is None:
        return _by_identification(question, account)
    if is_one_of(question.name, account.own_names):
        return _of(account, Verdict.MATCH, Reason.EXACT, False)
    holder = account.holder
    if holder is None:
        return _of(account, Verdict.NOT_APPLICABLE, Reason.NO_DATA, by_identification)
    found = compare(question.name, holder, rules)
    return Answer(
        found.verdict,
        found.reason,
        found.matched_name,
        holder_kind=account.kind,
        account_status=account.status,
    )


def _by_identification(question: PayeeQuestion, account: HeldAccount) -> Answer:
    agrees = None
    if question.identification is not None and account.identification is not None:
        agrees = agree(question.identification, account.identification)
    if agrees is None:
        return _of(account, Verdict.NOT_APPLICABLE, Reason.NO_DATA, True)
    verdict = Verdict.MATCH if agrees else Verdict.NO_MATCH
    return _of(account, verdict, Reason.IDENTIFICATION, True)


def _of(account: HeldAccount, verdict: Verdict, reason: Reason, by_identification: bool) -> Answer:
    return Answer(
        verdict,
        reason,
        by_identification=by_identification,
        holder_kind=account.kind,
        account_status=account.status,
    )


def _chosen(question: PayeeQuestion, accounts: Sequence[HeldAccount]) -> HeldAccount | None:
    """Of accounts that share an IBAN the one whose remittance information is given, else the one without any."""
    if len(accounts) == 1 and not accounts[0].remittance:
        return accounts[0]
    given = {plain_remittance(each) for each in question.remittance}
    named = [each for each in accounts if given & {plain_remittance(text) for text in each.remittance}]
    plain = [each for each in accounts if not each.remittance]
    return next(iter(named or plain), None)
