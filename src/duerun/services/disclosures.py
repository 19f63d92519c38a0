"""What of an answer may be shown to whom: budgets of names, and the audit of each name that is shown.

Source: the VOP wire specification, section 13.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.iban import longest_run
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.services.payee_ports import Routed
from duerun.services.unit import Runtime
from duerun.storage import vop_budgets as store
from duerun.storage.database import Connection
from duerun.telemetry import logger

HASH_BYTES = 16
HOUR = timedelta(hours=1)
KEPT = timedelta(days=2)
OVER_BUDGET = Reason.NOT_OFFERED
# A file in which more than this share of so many checks match nobody looks like guessing.
SUSPECT_CHECKS = 1_000
SUSPECT_SHARE = 0.5
# So do so many accounts whose numbers follow one another.
SUSPECT_RUN = 20

_log = logger("vop")


@dataclass(slots=True)
class _Spending:
    """What an asker has left, while answers are gone through one by one; and what is to be noted of them."""

    key: bytes
    names_max: int
    shown_max: int
    exhausted: set[bytes]
    asked: dict[bytes, set[bytes]]
    shown: int = 0
    tried: list[tuple[bytes, bytes]] = field(default_factory=list)
    told: list[tuple[bytes, str]] = field(default_factory=list)
    newly_exhausted: list[bytes] = field(default_factory=list)

    def spend(self, question: PayeeQuestion, answer: Answer) -> Answer:
        """The answer as it may be given; not applicable over a budget."""
        if answer.verdict is Verdict.MATCH and not self.exhausted:
            return answer
        account = _hash(self.key, question.iban)
        name = _hash(self.key, _asked_for(question))
        tried = self.asked.setdefault(account, set())
        if account in self.exhausted and name not in tried:
            return self._refused(answer)
        if answer.verdict is Verdict.MATCH:
            return answer
        shows = answer.matched_name is not None
        if shows and self.shown >= self.shown_max:
            return self._refused(answer)
        if name not in tried:
            self._note(account, name, tried)
        if shows:
            self.shown += 1
            self.told.append((account, str(answer.reason)))
        return answer

    def _note(self, account: bytes, name: bytes, tried: set[bytes]) -> None:
        tried.add(name)
        self.tried.append((account, name))
        if len(tried) >= self.names_max:
            self.exhausted.add(account)
            self.newly_exhausted.append(account)

    def _refused(self, answer: Answer) -> Answer:
        return not_applicable(OVER_BUDGET, by_identification=answer.by_identification)


async def shown(
    runtime: Runtime,
    connection: Connection,
    client: VopClient,
    end_user: str | None,
    answered: Sequence[tuple[PayeeQuestion, Routed]],
    now: datetime,
) -> list[Answer]:
    """The answers as they may be given, in the transaction that gives them.

    Over a budget an answer becomes not applicable. A name that matches costs nothing, but is not told either on an
    account on which too many others were tried: else whoever guesses would only have to go on.
    """
    told_of = [(question, routed.answer) for question, routed in answered if tells(routed)]
    if not told_of:
        return [routed.answer for _, routed in answered]
    key = await _key(runtime, connection)
    asker = _hash(key, f"{client.number}/{end_user or ''}")
    costly = [question for question, answer in told_of if answer.verdict is not Verdict.MATCH]
    if costly:
        await store.lock(connection, asker)
    exhausted = await store.exhausted(connection, asker, now.date())
    if not costly and not exhausted:
        return [routed.answer for _, routed in answered]
    policy = runtime.payees.policy
    accounts = {
        _hash(key, question.iban) for question in ([each for each, _ in told_of] if exhausted else costly)
    }
    spending = _Spending(
        key=key,
        names_max=policy.names_per_iban_day_max,
        shown_max=policy.disclosures_hour_max,
        exhausted=exhausted,
        asked=await store.asked(connection, asker, now.date(), list(accounts)),
        shown=await store.shown_since(connection, asker, now - HOUR),
    )
    answers = [
        spending.spend(question, routed.answer) if tells(routed) else routed.answer
        for question, routed in answered
    ]
    await _note(connection, spending, asker, client, end_user, now)
    return answers


async def _note(
    connection: Connection,
    spending: _Spending,
    asker: bytes,
    client: VopClient,
    end_user: str | None,
    now: datetime,
) -> None:
    if spending.tried:
        await store.note_asked(connection, asker, now.date(), spending.tried)
    if spending.newly_exhausted:
        await store.note_exhausted(connection, asker, now.date(), spending.newly_exhausted)
    if spending.told:
        await store.note_shown(connection, asker, client.number, end_user, spending.told, now)


def tells(routed: Routed) -> bool:
    """Whether an answer tells something of somebody who lives."""
    return not routed.is_practice and routed.answer.verdict is not Verdict.NOT_APPLICABLE


def _asked_for(question: PayeeQuestion) -> str:
    """What was guessed, so that the same guess again is no new one."""
    return question.name if question.name is not None else repr(question.identification)


async def _key(runtime: Runtime, connection: Connection) -> bytes:
    kept = runtime.payees.hash_key
    if kept.value is None:
        kept.value = await store.hash_key(connection)
    return kept.value


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), sha256)[:HASH_BYTES]


def warn_of_guessing(client: VopClient, unmatched: int, checks: int) -> None:
    """An alarm for the operator where most of many checks match nobody."""
    if checks >= SUSPECT_CHECKS and unmatched > SUSPECT_SHARE * checks:
        _log.warning(
            "client %s: %d of %d checks of a file match nobody; names may be guessed",
            client.client_id,
            unmatched,
            checks,
        )


def warn_of_runs(client: VopClient, answered: Sequence[tuple[PayeeQuestion, Routed]]) -> None:
    """An alarm for the operator where accounts are asked for one number after another."""
    length = longest_run([question.iban for question, routed in answered if not routed.is_practice])
    if length >= SUSPECT_RUN:
        _log.warning(
            "client %s: %d IBANs of a file follow one another; accounts may be listed",
            client.client_id,
            length,
        )


async def prune(runtime: Runtime, now: datetime) -> int:
    """Forget counts that no budget asks for any more."""
    async with runtime.database.connection() as connection:
        return await store.prune(connection, now - KEPT)
