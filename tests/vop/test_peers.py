"""Other PSPs are asked: one Duerun by another over HTTP, and ones that are slow, dead, wrong or hostile."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conftest import HttpServer
from duerun.domain.addresses import AllowList
from duerun.domain.errors import RejectedError
from duerun.domain.payees import epc
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.peers import Peer, PeerDirectory, PeerUri, parse_peer
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.gateways.outgoing import GuardedSender
from duerun.responders import epc as responder_module
from duerun.responders.base import Terms
from duerun.responders.epc import EpcResponder
from duerun.services import vop_peers
from duerun.services.unit import Runtime

from .conftest import BIC, Keep, NewRequester, ndjson, record

IBAN = "NL91ABNA0417164300"
MATCH = b'{"partyNameMatch":"MTCH"}'


@dataclass
class Psp:
    """A PSP that answers as it is told, and what it was asked."""

    port: int
    answers: list[tuple[int, bytes]] = field(default_factory=lambda: [(200, MATCH)])
    seconds: float = 0.0
    calls: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}{epc.PATH}"


class _PatientServer(ThreadingHTTPServer):
    """A caller that has given up is no fault of the server."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def new_psp() -> Iterator[Callable[..., Psp]]:
    """Starts PSPs on ports of their own."""
    with ExitStack() as stack:

        def make(**given: Any) -> Psp:
            class Handler(BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"

                def do_POST(self) -> None:
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    headers = {name.lower(): text for name, text in self.headers.items()}
                    psp.calls.append((headers, json.loads(body)))
                    time.sleep(psp.seconds)
                    status, answer = psp.answers[min(len(psp.calls), len(psp.answers)) - 1]
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

                def log_request(self, *_: object) -> None:
                    """Say nothing."""

            server = _PatientServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            psp = Psp(server.server_address[1], **given)
            return psp

        yield make


@pytest.fixture
async def ask() -> AsyncIterator[Callable[..., Any]]:
    """Asks some PSPs, each of which is reached at some addresses."""
    sender = GuardedSender(AllowList.parse("127.0.0.0/8"))

    async def verify(
        peers: list[Peer], questions: list[PayeeQuestion], *, seconds: float = 1.0
    ) -> list[Answer]:
        async def directory(_: datetime) -> PeerDirectory:
            return PeerDirectory.of(peers)

        responder = EpcResponder(directory, sender, lambda: datetime.now(UTC))
        return await responder.verify(questions, Terms(PROFILES["balanced"], datetime.now(UTC), seconds))

    yield verify
    await sender.close()


def peer(*uris: str, **given: Any) -> Peer:
    given.setdefault("bic", "ABNANL2A")
    given.setdefault("bank_codes", ("NLABNA",))
    return Peer(uris=tuple(PeerUri(uri, place) for place, uri in enumerate(uris, 1)), **given)


def question(name: str | None = "Anna Becker", **given: Any) -> PayeeQuestion:
    given.setdefault("iban", IBAN)
    given.setdefault("identification", None)
    given.setdefault("agent_bic", None)
    return PayeeQuestion(name=name, requesting_bic=BIC, **given)


async def test_one_duerun_asks_another_over_http(
    runtime: Runtime,
    http: HttpServer,
    new_requester: NewRequester,
    keep: Keep,
) -> None:
    """The one that answers keeps the account; the one that asks knows it by its bank code only."""
    other = "DE02120300000000202051"
    await keep(other, "Anna Becker")
    async with runtime.database.transaction() as connection:
        await connection.execute("DELETE FROM vop_banks")
    code = "DE12030000"
    entry = {"bic": "BYLADEM1001", "bankCodes": [code], "uris": [{"uri": http.url + epc.PATH}]}
    await vop_peers.load(runtime, [json.dumps(entry).encode()])
    asking = runtime.payees.asking
    client = await new_requester(livemode=True)
    sender = GuardedSender(AllowList.parse("127.0.0.0/8"))
    responder = EpcResponder(vop_peers.KeptPeers(runtime.database).at, sender, lambda: datetime.now(UTC))
    reaching = replace(
        runtime,
        payees=replace(runtime.payees, asking=replace(asking, peers=responder)),  # type: ignore[type-var]
    )
    sent = [
        record(partyAccount={"iban": other}, party={"name": name}) for name in ("ANNA BECKER", "Otto Zzyx")
    ]

    task_id = client.accepted(ndjson(sent))
    await client.check_all(reaching)
    await sender.close()

    assert [each["partyNameMatch"] for each in client.results(task_id)] == ["MTCH", "NMTC"]


async def test_a_question_goes_out_as_the_scheme_writes_it(new_psp: Any, ask: Any) -> None:
    psp = new_psp()
    identification = Identification(lei="529900T8BM49AURSDO55", others=(OtherId("123456789", "DUNS"),))

    await ask([peer(psp.uri)], [question(), question(None, identification=identification, remittance=("x",))])

    headers, body = next(call for call in psp.calls if "name" in call[1]["party"])
    assert body == {
        "party": {"name": "Anna Becker"},
        "partyAccount": {"iban": IBAN},
        "partyAgent": {"financialInstitutionId": {"bicfi": "ABNANL2A"}},
        "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}},
    }
    assert epc.parse_timestamp(headers["x-request-timestamp"])
    assert headers["content-type"] == "application/json"
    _, other = next(call for call in psp.calls if "name" not in call[1]["party"])
    assert other["party"]["identification"]["organisationId"] == {
        "lei": "529900T8BM49AURSDO55",
        "others": [{"identification": "123456789", "schemeNameCode": "DUNS"}],
    }
    assert other["unstructuredRemittanceInformation"] == ["x"]


async def test_close_matches_bring_the_name_and_nothing_else_does(new_psp: Any, ask: Any) -> None:
    psp = new_psp(answers=[(200, b'{"partyNameMatch":"CMTC","matchedName":"Anna Becker"}')])
    leaky = new_psp(answers=[(200, b'{"partyNameMatch":"NMTC","matchedName":"Anna Becker"}')])

    [close] = await ask([peer(psp.uri)], [question()])
    [none] = await ask([peer(leaky.uri)], [question()])

    assert (close.verdict, close.matched_name) == (Verdict.CLOSE, "Anna Becker")
    assert (none.verdict, none.matched_name) == (Verdict.NO_MATCH, None)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (200, b"not json"),
        (200, b"{}"),
        (200, b'{"partyNameMatch":"PERHAPS"}'),
        (200, b'{"partyIdMatch":"MTCH"}'),
        (200, b'{"partyNameMatch":"CMTC","matchedName":"' + b"x" * 200 + b'"}'),
        (200, b"[" * 100_000),
        (302, b""),
    ],
)
async def test_no_answer_is_asked_of_the_next_address_once(
    new_psp: Any, ask: Any, answer: tuple[int, bytes]
) -> None:
    broken, sound, unused = new_psp(answers=[answer]), new_psp(), new_psp()

    [found] = await ask([peer(broken.uri, sound.uri, unused.uri)], [question()])
    [lost] = await ask([peer(broken.uri)], [question()])

    assert found.verdict is Verdict.MATCH
    assert len(unused.calls) == 0
    assert (lost.verdict, lost.reason) == (Verdict.NOT_APPLICABLE, Reason.RESPONDER_ERROR)


async def test_the_next_address_is_tried_while_there_is_time(new_psp: Any, ask: Any) -> None:
    silent, sound = new_psp(seconds=10), new_psp()

    [found] = await ask([peer(silent.uri, sound.uri)], [question()], seconds=2)

    assert found.verdict is Verdict.MATCH


async def test_a_silent_psp_is_left_alone_after_some_checks(
    new_psp: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responder_module, "CHECKS_AT_ONE_PEER_MAX", 10)
    silent = new_psp(seconds=10)

    found = await ask([peer(silent.uri)], [question() for _ in range(100)], seconds=0.3)

    reasons = Counter(each.reason for each in found)
    assert responder_module.FAILURES_BEFORE_BREAK <= reasons[Reason.TIMEOUT] <= 30
    assert reasons[Reason.RESPONDER_ERROR] == 100 - reasons[Reason.TIMEOUT]
    assert len(silent.calls) <= reasons[Reason.TIMEOUT]


async def test_a_refusal_is_not_repeated(new_psp: Any, ask: Any) -> None:
    refusing, other = new_psp(answers=[(400, b"{}")]), new_psp()

    [found] = await ask([peer(refusing.uri, other.uri)], [question()])

    assert (found.reason, len(refusing.calls), len(other.calls)) == (Reason.RESPONDER_ERROR, 1, 0)


async def test_whoever_does_not_answer_in_time_is_not_applicable(new_psp: Any, ask: Any) -> None:
    slow = new_psp(seconds=3)
    loop = asyncio.get_running_loop()
    started = loop.time()

    found = await ask([peer(slow.uri)], [question() for _ in range(20)], seconds=0.3)

    assert loop.time() - started < 2
    assert {each.reason for each in found} == {Reason.TIMEOUT}


async def test_a_dead_psp_is_left_alone_for_a_while(
    new_psp: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responder_module, "CHECKS_AT_ONE_PEER_MAX", 1)
    dead = new_psp(answers=[(500, b"")])

    found = await ask([peer(dead.uri)], [question() for _ in range(100)])

    assert {each.reason for each in found} == {Reason.RESPONDER_ERROR}
    assert len(dead.calls) == responder_module.FAILURES_BEFORE_BREAK


async def test_a_dead_psp_holds_up_no_other(new_psp: Any, ask: Any) -> None:
    slow, quick = new_psp(seconds=10), new_psp()
    peers = [peer(slow.uri), peer(quick.uri, bic="INGBNL2A", bank_codes=("NLINGB",))]
    asked = [question(), question(iban="NL20INGB0001234567")] * 10

    found = await ask(peers, asked, seconds=3)

    assert [each.verdict for each in found] == [Verdict.NOT_APPLICABLE, Verdict.MATCH] * 10


async def test_a_psp_is_asked_no_faster_than_it_may_be(new_psp: Any, ask: Any) -> None:
    psp = new_psp()
    loop = asyncio.get_running_loop()
    started = loop.time()

    found = await ask([peer(psp.uri, requests_per_second_max=20)], [question() for _ in range(11)], seconds=5)

    assert loop.time() - started >= 0.5
    assert {each.verdict for each in found} == {Verdict.MATCH}


async def test_an_inner_address_that_was_not_let_through_is_not_called(new_psp: Any) -> None:
    psp = new_psp()

    async def directory(_: datetime) -> PeerDirectory:
        return PeerDirectory.of([peer(psp.uri)])

    sender = GuardedSender(AllowList())
    responder = EpcResponder(directory, sender, lambda: datetime.now(UTC))
    [found] = await responder.verify([question()], Terms(PROFILES["balanced"], datetime.now(UTC)))
    await sender.close()

    assert (found.reason, psp.calls) == (Reason.RESPONDER_ERROR, [])


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({}, {}, "ABNANL2A"),
        ({"bic": "ABNANL2AXXX", "bank_codes": ()}, {"agent_bic": "ABNANL2A"}, "ABNANL2AXXX"),
        ({"bank_codes": ()}, {"agent_bic": "ABNANL2A123"}, "ABNANL2A"),
        ({"bank_codes": ()}, {}, Reason.PSP_UNKNOWN),
        ({"ready_from": date(2027, 1, 1)}, {}, Reason.PSP_NOT_READY),
        ({"valid_from": date(2027, 1, 1)}, {}, Reason.PSP_UNKNOWN),
        ({"valid_until": date(2026, 11, 24)}, {}, Reason.PSP_UNKNOWN),
        ({"valid_from": date(2026, 11, 25), "valid_until": date(2026, 11, 25)}, {}, "ABNANL2A"),
    ],
)
def test_routes_follow_bic_bank_code_and_dates(given: Any, asked: Any, expected: Any) -> None:
    directory = PeerDirectory.of([peer("https://vop.example", **given)])

    found = directory.find(question(**asked), date(2026, 11, 25))

    assert (found.bic if isinstance(found, Peer) else found) == expected


def test_addresses_are_tried_by_their_priority() -> None:
    entry = b'{"bic":"ABNANL2A","uris":[{"uri":"https://b","priority":2},{"uri":"https://a","priority":1}]}'

    assert parse_peer(entry).addresses() == ("https://a", "https://b")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", "line 2"),
        (b'{"bic":"X","uris":[{"uri":"https://a"}]}', "bic"),
        (b'{"bic":"ABNANL2A","uris":[]}', "uris"),
        (b'{"bic":"ABNANL2A","uris":[{"uri":"http://a.example"}]}', "HTTPS"),
        (b'{"bic":"ABNANL2A","uris":[{"uri":"file:///etc/passwd"}]}', "HTTPS"),
        (b'{"bic":"ABNANL2A","uris":[{"uri":"https://a"}],"bankCodes":["nl"]}', "bankCodes"),
        (b'{"bic":"ABNANL2A","uris":[{"uri":"https://a"}],"colour":"red"}', "colour"),
        (b'{"bic":"INGBNL2AXXX","uris":[{"uri":"https://a"}]}', "earlier line"),
    ],
)
async def test_a_wrong_line_leaves_the_directory_as_it_was(
    runtime: Runtime,
    keep: Keep,
    line: bytes,
    named: str,
) -> None:
    good = b'{"bic":"INGBNL2A","uris":[{"uri":"https://vop.example/x"}]}'
    await vop_peers.load(runtime, [good])

    with pytest.raises(RejectedError, match=named):
        await vop_peers.load(runtime, [good, line])

    assert [each.bic for each in await vop_peers.list_all(runtime)] == ["INGBNL2A"]
