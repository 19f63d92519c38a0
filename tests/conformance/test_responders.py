"""What everything that answers for payees must do, run against each responder that there is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from conftest import HttpServer
from duerun.domain.addresses import AllowList
from duerun.domain.payees import epc, practice
from duerun.domain.payees.peers import Peer, PeerDirectory, PeerUri
from duerun.domain.payees.profiles import PROFILES, rules_of
from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.gateways.outgoing import GuardedSender
from duerun.responders.base import Responder, Terms
from duerun.responders.epc import EpcResponder
from duerun.responders.practice import PracticeResponder
from own_directory import OWN_BANK, iban, load, organisation, own_directory, person

RESPONDERS = ("practice", "directory", "peers")
ACCOUNTS = 5_000
ORGANISATION = practice.ORGANISATION_EVERY
BIC = "ABNANL2A"
# IBANs of countries beyond the checks, of a country that is not described, and of banks that nobody knows.
FOREIGN = ("BR1800360305000010009795493C1", "SA0380000000608010167519", "XK051212012345678906", "ZZ07ABC")
UNKNOWN = ("GB82WEST12345698765432", "FR1420041010050500013M02606", "NL91ABNA0417164300")


@dataclass(frozen=True, slots=True)
class Subject:
    """A responder, and the accounts 1 to `ACCOUNTS` that it knows; each `ORGANISATION`th is an organisation's."""

    responder: Responder
    iban_of: Callable[[int], str]
    name_of: Callable[[int], str]

    def by_name(self, number: int, name: str | None = None) -> PayeeQuestion:
        return question(self.iban_of(number), self.name_of(number) if name is None else name)


@pytest.fixture(scope="module")
async def directory(dsn: str) -> AsyncIterator[Responder]:
    """The own directory over the real database, with all accounts."""
    async with own_directory(dsn) as runtime:
        await load(runtime, [_line(number) for number in range(1, ACCOUNTS + 1)])
        yield runtime.payees.directory


@pytest.fixture(params=RESPONDERS)
async def subject(
    request: pytest.FixtureRequest, directory: Responder, http: HttpServer
) -> AsyncIterator[Subject]:
    if request.param == "practice":
        yield Subject(PracticeResponder(), practice.iban_of, practice.name_of)
    elif request.param == "directory":
        yield Subject(directory, iban, _name)
    else:
        async with _peers(http) as responder:
            yield Subject(responder, iban, _name)


@asynccontextmanager
async def _peers(http: HttpServer) -> AsyncIterator[Responder]:
    """Another Duerun, asked over HTTP, whose bank is the one of the directory."""
    sender = GuardedSender(AllowList.parse("127.0.0.0/8"))
    peer = Peer("OWNBNL2A", (PeerUri(http.url + epc.PATH),), bank_codes=(f"NL{OWN_BANK}",))

    async def known(_: datetime) -> PeerDirectory:
        return PeerDirectory.of([peer])

    yield EpcResponder(known, sender, lambda: datetime.now(UTC))
    await sender.close()


def _name(number: int) -> str:
    """A name in Latin letters, which all responders read."""
    word = "".join("bdfghjklmn"[int(digit)] for digit in f"{number:04d}").capitalize()
    return f"{word}ar Trading GmbH" if number % ORGANISATION == 0 else f"Bram {word}ar"


def _line(number: int) -> dict[str, object]:
    if number % ORGANISATION == 0:
        other_id = {"identification": f"{number:09d}", "schemeNameCode": "DUNS"}
        return organisation(number, _name(number), otherIds=[other_id], nomatchSuggestionAllowed=True)
    return person(number, _name(number))


def question(of_iban: str, name: str | None, identification: Identification | None = None) -> PayeeQuestion:
    return PayeeQuestion(of_iban, name, identification, None, BIC)


def terms(profile: str = "balanced") -> Terms:
    return Terms(rules_of(profile), datetime.now(UTC), check_seconds_max=5)


def duns(number: int) -> Identification:
    return Identification(others=(OtherId(f"{number:09d}", "DUNS"),))


async def test_a_batch_gets_one_answer_for_each_question_in_order(subject: Subject) -> None:
    numbers = [9, 3, 3, 8, 1, 2]
    asked = [subject.by_name(number, name) for number in numbers for name in (None, "Nobody Of That Name")]

    answers = await subject.responder.verify(asked, terms())

    assert [each.verdict for each in answers] == [Verdict.MATCH, Verdict.NO_MATCH] * len(numbers)


async def test_no_question_has_no_answer(subject: Subject) -> None:
    assert list(await subject.responder.verify([], terms())) == []


async def test_five_thousand_questions_at_once_are_answered_each(subject: Subject) -> None:
    asked = [subject.by_name(number) for number in range(ACCOUNTS, 0, -1)]

    answers = await subject.responder.verify(asked, terms())

    assert {each.verdict for each in answers} == {Verdict.MATCH}
    assert len(answers) == ACCOUNTS


@pytest.mark.parametrize("text", [*FOREIGN, *UNKNOWN])
@pytest.mark.parametrize("by_identification", [False, True], ids=["name", "identification"])
async def test_what_is_not_known_is_not_applicable_and_raises_nothing(
    subject: Subject, text: str, by_identification: bool
) -> None:
    asked = question(text, None, duns(1)) if by_identification else question(text, "Anna Becker")

    known, answer = await subject.responder.verify([subject.by_name(1), asked], terms())

    assert known.verdict is Verdict.MATCH
    assert answer.verdict is Verdict.NOT_APPLICABLE
    assert answer.by_identification is by_identification
    assert answer.matched_name is None


async def test_identifications_are_answered_as_such_and_never_closely(subject: Subject) -> None:
    number = 3 * ORGANISATION
    given = [duns(number), duns(1), Identification(any_bic=BIC), Identification(lei="X"), None]
    asked = [question(subject.iban_of(number), None, each) for each in given]

    answers = await subject.responder.verify(asked, terms())

    assert [each.verdict for each in answers] == [
        Verdict.MATCH,
        Verdict.NO_MATCH,
        *(Verdict.NOT_APPLICABLE for _ in given[2:]),
    ]
    assert all(each.by_identification and each.matched_name is None for each in answers)


async def test_an_identification_of_a_person_is_not_applicable(subject: Subject) -> None:
    [answer] = await subject.responder.verify([question(subject.iban_of(1), None, duns(1))], terms())

    assert answer.verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_name_is_told_with_a_close_match_only(subject: Subject, profile: str) -> None:
    asked = [
        subject.by_name(number, name)
        for number in range(1, 120)
        for right in (subject.name_of(number),)
        for name in (
            right,
            right[:-1],
            right.split()[-1],
            f"{right} x",
            right[1] + right[0] + right[2:],
            "-",
            "",
        )
    ]

    answers = await subject.responder.verify(asked, terms(profile))

    told = {each.verdict for each in answers if each.matched_name is not None}
    assert len(answers) == len(asked)
    assert told <= {Verdict.CLOSE}


@pytest.mark.parametrize("name", ["", "-", "\x00", "x" * 10_000, "名前", "Ω" * 140, "' OR 1=1 --"])
async def test_any_text_is_answered(subject: Subject, name: str) -> None:
    [answer] = await subject.responder.verify([subject.by_name(1, name)], terms())

    assert answer.verdict is not Verdict.MATCH
    assert answer.matched_name is None
