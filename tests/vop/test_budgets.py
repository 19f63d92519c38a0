"""Names are not to be fished for: what a requester may ask and be shown, and what is written down of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.payees import practice
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.responders.base import Terms
from duerun.services import disclosures, verification
from duerun.services.payee_ports import Routed
from duerun.services.unit import Runtime
from duerun.storage import vop_clients

from .conftest import BIC, Requester, with_policy

IBANS = ("NL91ABNA0417164300", "DE02120300000000202051")


@dataclass
class Scripted:
    """Answers by the word that a name begins with."""

    async def verify(
        self, client: VopClient, questions: Sequence[PayeeQuestion], terms: Terms
    ) -> list[Routed]:
        return [Routed(self.answer(question.name or "")) for question in questions]

    async def close(self) -> None:
        """There is nothing to end."""

    def answer(self, name: str) -> Answer:
        if name.startswith("close"):
            return Answer(Verdict.CLOSE, Reason.TYPO, "Anna Becker")
        if name.startswith("match"):
            return Answer(Verdict.MATCH, Reason.EXACT)
        return Answer(Verdict.NO_MATCH, Reason.DIFFERENT)


@pytest.fixture
def scripted(runtime: Runtime) -> Runtime:
    return replace(runtime, payees=replace(runtime.payees, asking=Scripted()))


def question(name: str, iban: str = IBANS[0]) -> PayeeQuestion:
    return PayeeQuestion(iban, name, None, None, BIC)


async def client_of(requester: Requester) -> VopClient:
    async with requester.runtime.database.connection() as connection:
        found = await vop_clients.by_id(connection, requester.client_id)
    assert found
    return found[0]


async def asked(runtime: Runtime, requester: Requester, *names: str, **given: Any) -> list[str]:
    """The verdicts of single checks one after another; `over` where no more may be asked."""
    client = await client_of(requester)
    given.setdefault("end_user", None)
    given.setdefault("now", datetime.now(UTC))
    given.setdefault("seconds_max", 5.0)
    iban = given.pop("iban", IBANS[0])
    found = []
    for name in names:
        try:
            answer = await verification.ask(runtime, client, question(name, iban), **given)
            found.append(str(answer.verdict))
        except verification.OverBudgetError:
            found.append("over")
    return found


async def test_a_sixth_name_on_one_iban_a_day_is_not_answered(
    scripted: Runtime, requester: Requester
) -> None:
    guesses = [f"guess {number}" for number in range(7)]

    found = await asked(scripted, requester, *guesses)

    assert found == ["NMTC"] * 5 + ["over"] * 2


async def test_the_same_name_again_costs_nothing_and_so_does_a_match(
    scripted: Runtime, requester: Requester
) -> None:
    names = ["guess"] * 10 + [f"match {number}" for number in range(10)]

    assert await asked(scripted, requester, *names) == ["NMTC"] * 10 + ["MTCH"] * 10


async def test_whoever_has_guessed_in_vain_is_not_told_of_the_right_name_either(
    scripted: Runtime, requester: Requester
) -> None:
    guesses = [f"guess {number}" for number in range(5)]

    found = await asked(scripted, requester, *guesses, "match", "guess 1")
    elsewhere = await asked(scripted, requester, "match", iban=IBANS[1])

    assert found == ["NMTC"] * 5 + ["over", "NMTC"]
    assert elsewhere == ["MTCH"]


async def test_another_iban_another_end_user_and_another_day_have_budgets_of_their_own(
    scripted: Runtime, requester: Requester
) -> None:
    await asked(scripted, requester, *(f"guess {number}" for number in range(6)))

    assert await asked(scripted, requester, "new") == ["over"]
    assert await asked(scripted, requester, "new", iban=IBANS[1]) == ["NMTC"]
    assert await asked(scripted, requester, "new", end_user="user-1") == ["NMTC"]
    assert await asked(scripted, requester, "new", now=datetime.now(UTC) + timedelta(days=1)) == ["NMTC"]


async def test_names_are_shown_up_to_the_hourly_budget(scripted: Runtime, requester: Requester) -> None:
    tight = with_policy(scripted, disclosures_hour_max=2, names_per_iban_day_max=100)
    names = ["close 1", "close 1", "close 2", "guess"]

    found = await asked(tight, requester, *names)
    later = await asked(tight, requester, "close 3", now=datetime.now(UTC) + timedelta(minutes=62))

    assert found == ["CMTC", "CMTC", "over", "NMTC"]
    assert later == ["CMTC"]


async def test_each_name_that_is_shown_is_one_line_of_the_audit_without_name_or_iban(
    scripted: Runtime, requester: Requester
) -> None:
    client = await client_of(requester)
    await asked(scripted, requester, "close 1", "close 2", "guess", end_user="user-7")

    async with scripted.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT * FROM vop_disclosures WHERE client_number = %s", (client.number,)
        )
        lines = await cursor.fetchall()

    assert [(each["end_user"], each["reason"]) for each in lines] == [("user-7", "typo")] * 2
    assert len({bytes(each["iban_hash"]) for each in lines}) == 1
    assert not {"name", "iban"} & set(lines[0])


async def test_within_a_file_the_budget_makes_the_rest_not_applicable(
    scripted: Runtime, requester: Requester
) -> None:
    client = await client_of(requester)
    questions = (
        [question("match")] + [question(f"guess {number}") for number in range(8)] + [question("match")]
    )
    routed = await Scripted().verify(
        client, questions, Terms(scripted.payees.policy.rules(client), datetime.now(UTC))
    )

    async with scripted.database.transaction() as connection:
        found = await disclosures.shown(
            scripted,
            connection,
            client,
            None,
            list(zip(questions, routed, strict=True)),
            datetime.now(UTC),
        )

    assert [each.verdict for each in found] == ["MTCH"] + ["NMTC"] * 5 + ["NOAP"] * 4
    assert {each.reason for each in found[6:]} == {Reason.NOT_OFFERED}


async def test_practice_answers_cost_nothing(runtime: Runtime, requester: Requester) -> None:
    from .conftest import record

    tight = with_policy(runtime, disclosures_hour_max=0)
    sent = [record(9_000_000 - 1, "John Close Match", uetr=str(uuid.uuid4())) for _ in range(3)]
    task_id = requester.accepted(b"".join(_line(each) for each in sent))
    await requester.check_all(tight)

    assert [each["matchedName"] for each in requester.results(task_id)] == ["John Match"] * 3


def _line(record: dict[str, Any]) -> bytes:
    from .conftest import ndjson

    return ndjson([record])


async def test_old_counts_are_forgotten_and_the_audit_stays(scripted: Runtime, requester: Requester) -> None:
    client = await client_of(requester)
    await asked(scripted, requester, "close 1")

    await disclosures.prune(scripted, datetime.now(UTC) + timedelta(days=4))

    async with scripted.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT (SELECT count(*) FROM vop_asked) AS asked, (SELECT count(*) FROM vop_disclosure_counts) AS counts, "
            "(SELECT count(*) FROM vop_disclosures WHERE client_number = %s) AS audit",
            (client.number,),
        )
        assert await cursor.fetchone() == {"asked": 0, "counts": 0, "audit": 1}


@pytest.mark.parametrize(("step", "warns"), [(1, True), (3, False)])
async def test_accounts_that_follow_one_another_are_told_to_the_operator(
    scripted: Runtime, requester: Requester, caplog: pytest.LogCaptureFixture, step: int, warns: bool
) -> None:
    client = await client_of(requester)
    ibans = [practice.iban_of(number) for number in range(1, 30 * step, step)]
    answered = [
        (question("guess", iban), Routed(Answer(Verdict.NO_MATCH, Reason.DIFFERENT))) for iban in ibans
    ]

    disclosures.warn_of_runs(client, answered)

    assert any("follow one another" in each.message for each in caplog.records) == warns
    assert not any(iban in caplog.text for iban in ibans)
