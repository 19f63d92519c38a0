"""Requesters of checks as they see the server: tokens, files, statuses, results."""

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from conftest import ANSWER_SECONDS_MAX, HttpServer
from duerun.domain.payees import practice
from duerun.domain.payees.accounts import encode, hold
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import HeldName, NameKind, prepare
from duerun.domain.payees.iban import bank_code
from duerun.services import verification, vop_clients
from duerun.services.payee_ports import VopPolicy
from duerun.services.unit import Runtime
from duerun.settings import Settings

BIC = "ABNANL2A"
BULK = "/vopgateway/v1/bulk"
TOKEN = "/oauth/client_credential/accesstoken"
NDJSON = "application/x-ndjson"


def with_policy(runtime: Runtime, **given: Any) -> Runtime:
    """A runtime with other limits."""
    policy: VopPolicy = replace(runtime.payees.policy, **given)
    return replace(runtime, payees=replace(runtime.payees, policy=policy))


def record(number: int = 1, name: str | None = None, **members: Any) -> dict[str, Any]:
    """A record that asks for a practice account, with its own name unless another is given."""
    return {
        "uetr": str(uuid.uuid4()),
        "party": {"name": practice.name_of(number) if name is None else name},
        "partyAccount": {"iban": practice.iban_of(number)},
        "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}},
    } | members


def ndjson(records: Iterable[Any]) -> bytes:
    """A file: one record a line; texts are lines as they are."""
    return b"".join(
        (each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False).encode()) + b"\n"
        for each in records
    )


@dataclass
class Requester:
    """A client with its secret, on one server."""

    url: str
    runtime: Runtime
    client_id: str
    secret: str
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        """A call with the usual headers; one that is given as None is left out."""
        headers = {
            "Authorization": f"Bearer {self.token or self.grant()}",
            "X-Request-Id": str(uuid.uuid4()),
            **given.pop("headers", {}),
        }
        # Requests adds some by itself; None takes them away.
        return self.session.request(
            method, self.url + path, headers=headers, timeout=ANSWER_SECONDS_MAX, **given
        )

    def grant(self, **form: str) -> str:
        """A fresh token, which further calls carry."""
        answer = self.session.post(
            self.url + TOKEN,
            data={"grant_type": "client_credentials"} | form,
            auth=(self.client_id, self.secret),
            timeout=ANSWER_SECONDS_MAX,
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self.token

    def send(self, body: Any, **headers: str | None) -> requests.Response:
        """The answer to a file."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", BULK, data=body, headers={"Content-Type": NDJSON} | named)

    def accepted(self, body: Any, **headers: str | None) -> str:
        """The task of a file that is taken."""
        answer = self.send(body, **headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["taskId"])

    def status(self, task_id: str) -> Any:
        answer = self.call("GET", f"{BULK}/{task_id}/status")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def results(self, task_id: str) -> list[Any]:
        """The lines of the results."""
        answer = self.call("GET", f"{BULK}/{task_id}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == f"{NDJSON};charset=utf-8"
        assert answer.text.endswith("\n")
        return [json.loads(line) for line in answer.content.decode().removesuffix("\n").split("\n")]

    async def check_all(self, runtime: Runtime | None = None) -> None:
        """Check whatever waits on this database."""
        while await verification.check_next_chunk(
            runtime or self.runtime, "tests", datetime.now(UTC), only_small=False
        ):
            pass

    async def checked(self, records: Iterable[Any]) -> list[Any]:
        """The results of a file."""
        task_id = self.accepted(ndjson(records))
        await self.check_all()
        assert self.status(task_id) == {"status": "PROCESSED"}
        return self.results(task_id)

    def refused(self, method: str, path: str, status: int, **given: Any) -> Any:
        """The problems of a call that must be refused; each is held to the form of the face."""
        return problems(self.call(method, path, **given), status)


def problems(answer: requests.Response, status: int) -> Any:
    """The array of a refusal, in which every object has the members of the specification."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert uuid.UUID(answer.headers["x-request-id"])
    found = answer.json()
    assert isinstance(found, list)
    assert found
    for each in found:
        assert set(each) <= {"status", "type", "code", "title", "detail", "instance"}
        assert {"status", "type", "code", "title", "instance"} <= set(each)
        assert each["status"] == status
        assert each["type"] == "https://developer.surepay.nl/vop-bulk-for-banks/status-and-errorcodes"
        assert None not in each.values()
    return found


NewRequester = Callable[..., Awaitable[Requester]]


@pytest.fixture
async def new_requester(runtime: Runtime, http: HttpServer) -> AsyncIterator[NewRequester]:
    """Makes clients of their own."""
    made: list[Requester] = []

    async def make(
        url: str = http.url, *, livemode: bool = False, bics: tuple[str, ...] = (BIC,), **given: Any
    ) -> Requester:
        client_id = f"client-{uuid.uuid4()}"
        now = datetime.now(UTC)
        secret = await vop_clients.create(runtime, client_id, livemode=livemode, now=now, bics=bics, **given)
        made.append(Requester(url, runtime, client_id, secret))
        return made[-1]

    yield make
    for each in made:
        each.session.close()


@pytest.fixture
async def requester(new_requester: NewRequester) -> Requester:
    """A client in test mode that may do everything."""
    return await new_requester()


@pytest.fixture
def new_http(dsn: str) -> Iterator[Callable[..., HttpServer]]:
    """Starts servers with other settings, for one test."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(HttpServer(dsn, Settings(**given)))


Keep = Callable[..., Awaitable[None]]


@pytest.fixture
async def keep(runtime: Runtime) -> AsyncIterator[Keep]:
    """Puts accounts into the directory for one test."""

    async def put(iban: str, name: str, *, status: AccountStatus = AccountStatus.ACTIVE) -> None:
        held = hold(HolderKind.PERSON, status, prepare([HeldName(name)], NameKind.PERSON, iban[:2]))
        code = iban[:2] + bank_code(iban)
        async with runtime.database.transaction() as connection:
            await connection.execute(
                "INSERT INTO vop_accounts (iban, bank_code, digest, held) VALUES (%s, %s, '', %b)",
                (iban, code, encode(held)),
            )
            await connection.execute(
                "INSERT INTO vop_banks (bank_code, accounts) VALUES (%s, 1) ON CONFLICT DO NOTHING", (code,)
            )

    yield put
    async with runtime.database.transaction() as connection:
        await connection.execute("DELETE FROM vop_accounts")
        await connection.execute("DELETE FROM vop_banks")
        await connection.execute("DELETE FROM vop_peers")
