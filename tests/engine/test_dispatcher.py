"""Events reach a real receiver over HTTP: signed, tried again, in order, and never at the cost of somebody else."""

import asyncio
import base64
import gc
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from duerun.assembly import build_runtime
from duerun.domain.accounts import Account
from duerun.domain.addresses import AllowList
from duerun.domain.errors import NotFoundError
from duerun.domain.lists import ListQuery
from duerun.engine.dispatcher import Dispatcher
from duerun.gateways.outgoing import NOT_ALLOWED, GuardedSender
from duerun.services import access, accounts, parties, reports, webhook_replays, webhooks
from duerun.services.accounts import AccountChange
from duerun.services.parties import CustomerChange
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at
from duerun.settings import Settings
from duerun.storage import webhooks as store

SLOW_SECONDS = 0.5
DRAIN_SECONDS = 20.0
EVENTS = 200
POLL_SECONDS = 0.01


@dataclass
class Call:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A local HTTP server that answers what a test tells it to, and keeps what came."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    status: int = 200
    hold: asyncio.Event | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Call(request.path, headers, await request.read()))
        if self.hold is not None:
            await self.hold.wait()
        return self.answers.pop(0) if self.answers else web.Response(status=self.status)

    def keys(self) -> list[str]:
        return [call.event["key"] for call in self.calls]


@pytest.fixture
async def new_receiver() -> AsyncIterator[Callable[[], Awaitable[Receiver]]]:
    """Starts receivers."""
    runners: list[web.AppRunner] = []

    async def start() -> Receiver:
        receiver = Receiver()
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", receiver.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.port = runner.addresses[0][1]
        return receiver

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def receiver(new_receiver: Callable[[], Awaitable[Receiver]]) -> Receiver:
    return await new_receiver()


@pytest.fixture
async def sending(engine_dsn: str) -> AsyncIterator[Runtime]:
    """A runtime that may send to this machine."""
    built = build_runtime(Settings(webhook_allow="127.0.0.1,localhost"), engine_dsn)
    await built.database.open()
    yield built
    await built.webhooks.sender.close()
    await built.database.close()


@dataclass
class Shop:
    """An account that wants to hear of its events."""

    runtime: Runtime
    account: Account

    async def listen(self, uri: str) -> None:
        async with self.runtime.unit(self.account, self.now) as unit:
            self.account = await accounts.update_account(
                unit, AccountChange(uri, {}), self.runtime.webhooks.allow
            )

    async def secret(self) -> str:
        async with self.runtime.unit(self.account, self.now) as unit:
            return (await webhooks.create_secret(unit))[1]

    async def customer(self) -> str:
        """Make a customer, which is an event."""
        async with self.runtime.unit(self.account, self.now) as unit:
            return (await parties.create_customer(unit, CustomerChange(description="é"))).id

    async def rename(self, customer_id: str) -> None:
        async with self.runtime.unit(self.account, self.now) as unit:
            await parties.update_customer(unit, customer_id, CustomerChange(description="renamed"))

    async def state(self) -> tuple[str, int, int | None, str | None]:
        """State, attempts, status and error of the account's only delivery."""
        async with self.runtime.database.connection() as connection:
            cursor = await connection.execute(
                "SELECT state, attempt, status, error FROM webhook_deliveries WHERE account_id = %s",
                [self.account.id],
            )
            rows = await cursor.fetchall()
        assert len(rows) == 1
        return rows[0]["state"], rows[0]["attempt"], rows[0]["status"], rows[0]["error"]

    async def deliveries(self) -> list[str]:
        """The states of the account's deliveries."""
        async with self.runtime.database.connection() as connection:
            cursor = await connection.execute(
                "SELECT state FROM webhook_deliveries WHERE account_id = %s", [self.account.id]
            )
            return [row["state"] for row in await cursor.fetchall()]

    async def uri(self) -> str | None:
        found = await account_at(self.runtime, Place(self.account.id, False))
        assert found is not None
        return found.webhook_uri

    @property
    def now(self) -> datetime:
        return self.account.now(self.runtime.clock.now())


@pytest.fixture
def new_shop(sending: Runtime) -> Callable[[], Awaitable[Shop]]:
    async def make() -> Shop:
        now = sending.clock.now()
        account_id = await access.create_account(sending, email="m@example.com", country="TH", now=now)
        account = await account_at(sending, Place(account_id, False))
        assert account is not None
        return Shop(sending, account)

    return make


@pytest.fixture
async def shop(new_shop: Callable[[], Awaitable[Shop]], receiver: Receiver) -> Shop:
    made = await new_shop()
    await made.listen(receiver.url)
    return made


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another task brings about."""
    for _ in range(int(DRAIN_SECONDS / POLL_SECONDS)):
        if holds():
            return
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError


async def dispatch(runtime: Runtime, *, after: timedelta = timedelta(0)) -> None:
    """One round of the dispatcher, as if it were some time later."""
    dispatcher = Dispatcher(runtime)
    await dispatcher.tick(runtime.clock.now() + after)
    await dispatcher.drain(DRAIN_SECONDS)


async def test_an_event_arrives_once_with_a_signature_that_can_be_verified(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    secret = await shop.secret()
    customer = await shop.customer()

    await dispatch(sending)
    await dispatch(sending, after=timedelta(days=1))

    call = receiver.calls[0]
    assert receiver.keys() == ["customer.create"]
    assert call.event["object"] == "event"
    assert call.event["data"]["id"] == customer
    assert call.event["data"]["description"] == "é"
    assert call.headers["content-type"] == "application/json"
    text = call.headers["omise-signature-timestamp"].encode() + b"." + call.body
    own = hmac.new(base64.b64decode(secret), text, hashlib.sha256).hexdigest()
    assert call.headers["omise-signature"] == own
    assert call.headers["webhook-id"] == call.event["id"]
    assert await shop.state() == ("delivered", 1, 200, None)


async def test_after_a_new_secret_both_sign(sending: Runtime, shop: Shop, receiver: Receiver) -> None:
    secrets = [await shop.secret(), await shop.secret()]
    await shop.customer()

    await dispatch(sending)

    call = receiver.calls[0]
    text = call.headers["omise-signature-timestamp"].encode() + b"." + call.body
    own = [hmac.new(base64.b64decode(each), text, hashlib.sha256).hexdigest() for each in secrets]
    assert call.headers["omise-signature"] == ",".join(reversed(own))


async def test_a_receiver_that_fails_ten_times_is_tried_at_the_stated_times_with_one_event_id(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.answers = [web.Response(status=500) for _ in range(10)]
    await shop.customer()
    moment = timedelta(seconds=1)
    await dispatch(sending, after=moment)

    for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 2880, 2880):
        before = len(receiver.calls)
        await dispatch(sending, after=moment + timedelta(minutes=minutes) - timedelta(seconds=30))
        assert len(receiver.calls) == before, f"tried before {minutes} minutes were over"
        moment += timedelta(minutes=minutes, seconds=5)
        await dispatch(sending, after=moment)

    assert len({call.event["id"] for call in receiver.calls}) == 1
    assert len({call.body for call in receiver.calls}) == 1
    assert await shop.state() == ("delivered", 11, 200, None)


async def test_a_receiver_that_is_gone_is_switched_off(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.status = 410
    customer = await shop.customer()
    await dispatch(sending)
    assert await shop.state() == ("given_up", 1, 410, "the receiver answered 410")
    assert await shop.uri() is None

    await shop.rename(customer)
    await dispatch(sending)
    await dispatch(sending)

    assert receiver.keys() == ["customer.create"]


async def test_a_410_does_not_switch_off_an_address_that_was_set_meanwhile(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.status, receiver.hold = 410, asyncio.Event()
    await shop.customer()
    round_ = asyncio.create_task(dispatch(sending))
    await until(lambda: bool(receiver.calls))

    await shop.listen("https://other.example/hooks")
    receiver.hold.set()
    await round_

    assert await shop.uri() == "https://other.example/hooks"


async def test_a_change_of_something_else_does_not_bring_back_an_address_that_is_gone(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.status = 410
    await shop.customer()
    assert shop.account.webhook_uri == receiver.url
    await dispatch(sending)

    # The account was read before the receiver went away, as by a request that is under way.
    async with sending.unit(shop.account, shop.now) as unit:
        await accounts.update_account(
            unit, AccountChange(None, {"chain_enabled": True}), sending.webhooks.allow
        )

    assert await shop.uri() is None


async def test_a_redirect_is_a_failure_and_is_not_followed(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.answers = [web.Response(status=302, headers={"Location": f"{receiver.url}/elsewhere"})]
    await shop.customer()

    await dispatch(sending)

    assert [call.path for call in receiver.calls] == ["/hooks"]
    assert await shop.state() == ("pending", 1, 302, "the receiver answered 302")


async def test_retry_after_is_honoured(sending: Runtime, shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "3600"})]
    await shop.customer()
    await dispatch(sending)

    await dispatch(sending, after=timedelta(minutes=59))
    tried = len(receiver.calls)
    await dispatch(sending, after=timedelta(minutes=61))

    assert (tried, len(receiver.calls)) == (1, 2)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0x7f.1"]
)
async def test_an_inner_address_is_not_called_in_any_form(receiver: Receiver, host: str) -> None:
    sender = GuardedSender(AllowList())

    reply = await sender.post(f"http://{host}:{receiver.port}/hooks", b"{}", {})
    await sender.close()

    assert receiver.calls == []
    assert reply.status is None
    assert reply.error in (NOT_ALLOWED, "the call failed", "the host name was not found")


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> list[str]:
    """Let the name service give these addresses, one answer after the other; the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["fe80::1"], ["fd00:ec2::254"],
        ["::ffff:127.0.0.1"], ["::ffff:169.254.169.254"], ["64:ff9b::7f00:1"], ["1.1.1.1", "127.0.0.1"],
    ],
    ids=" ".join,
)  # fmt: skip
async def test_a_name_that_leads_inside_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    resolving(monkeypatch, addresses)
    sender = GuardedSender(AllowList())

    reply = await sender.post(f"https://receiver.example:{receiver.port}/hooks", b"{}", {})
    await sender.close()

    assert (receiver.calls, reply.status, reply.error) == ([], None, NOT_ALLOWED)


async def test_a_name_service_that_changes_its_mind_is_asked_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    sender = GuardedSender(AllowList.parse("127.0.0.1"))

    reply = await sender.post(f"http://receiver.example:{receiver.port}/hooks", b"{}", {})
    await sender.close()

    assert (reply.status, asked, len(receiver.calls)) == (200, ["receiver.example"], 1)


async def test_a_name_of_this_machine_leads_nowhere_else(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["10.0.0.1"])
    sender = GuardedSender(AllowList.parse("localhost"))

    reply = await sender.post(f"http://localhost:{receiver.port}/hooks", b"{}", {})
    await sender.close()

    assert (reply.status, reply.error) == (None, NOT_ALLOWED)


async def test_plain_http_that_was_let_through_before_is_refused_when_it_is_sent(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    await shop.customer()
    strict = replace(sending, webhooks=replace(sending.webhooks, allow=AllowList()))

    await dispatch(strict)

    assert receiver.calls == []
    assert await shop.state() == ("pending", 1, None, "webhook_uri must be an HTTPS address")


async def test_an_older_secret_ends_24_hours_after_the_newer_one(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    await shop.secret()
    await shop.secret()
    for _ in range(2):
        await shop.customer()

    for hours in (23, 25):
        async with sending.database.connection() as connection:
            await connection.execute(
                "UPDATE webhook_deliveries SET state = 'pending', next_at = %s, attempt = 0, first_at = NULL,"
                " tried_at = NULL WHERE account_id = %s",
                [sending.clock.now() + timedelta(hours=hours), shop.account.id],
            )
        await dispatch(sending, after=timedelta(hours=hours))

    assert [call.headers["omise-signature"].count(",") for call in receiver.calls] == [1, 1, 0, 0]


async def test_an_allowed_name_is_called_although_it_leads_to_this_machine(receiver: Receiver) -> None:
    sender = GuardedSender(AllowList.parse("localhost"))

    reply = await sender.post(f"http://localhost:{receiver.port}/hooks", b"{}", {})
    await sender.close()

    assert reply.status == 200


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What is only freed by the garbage collector stays."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
async def test_a_closed_sender_leaves_no_thread_behind(receiver: Receiver) -> None:
    before = set(threading.enumerate())
    sender = GuardedSender(AllowList())
    await sender.post(f"http://localhost:{receiver.port}/hooks", b"{}", {})
    lookups = [each for each in set(threading.enumerate()) - before if "webhook-lookup" in each.name]
    assert lookups

    await sender.close()

    await until(lambda: not any(each.is_alive() for each in lookups))


async def test_a_delivery_to_an_address_that_is_no_longer_allowed_is_told_and_tried_again(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    await shop.customer()
    strict = replace(sending, webhooks=replace(sending.webhooks, sender=GuardedSender(AllowList())))

    await dispatch(strict)

    assert receiver.calls == []
    assert await shop.state() == ("pending", 1, None, NOT_ALLOWED)


async def test_an_answer_that_takes_too_long_is_a_failure(receiver: Receiver) -> None:
    receiver.hold = asyncio.Event()
    sender = GuardedSender(AllowList.parse("127.0.0.1"), answer_seconds_max=SLOW_SECONDS)

    reply = await sender.post(receiver.url, b"{}", {})
    receiver.hold.set()
    await sender.close()

    assert (reply.status, reply.error) == (None, "no answer within 0.5 seconds")


async def test_a_receiver_that_is_not_there_is_told(sending: Runtime, shop: Shop) -> None:
    await shop.listen("http://127.0.0.1:9/hooks")
    await shop.customer()

    await dispatch(sending)

    assert await shop.state() == ("pending", 1, None, "the connection was refused")


async def test_a_dead_receiver_slows_no_other_account(
    sending: Runtime,
    new_shop: Callable[[], Awaitable[Shop]],
    new_receiver: Callable[[], Awaitable[Receiver]],
) -> None:
    dead, alive = await new_receiver(), await new_receiver()
    dead.hold = asyncio.Event()
    dying, living = await new_shop(), await new_shop()
    await dying.listen(dead.url)
    await living.listen(alive.url)
    for each in (dying, dying, living, living):
        await each.customer()
    dispatcher = Dispatcher(sending)

    await dispatcher.tick(sending.clock.now())
    await until(lambda: len(alive.calls) == 2)
    await until(lambda: dispatcher.lanes == 1)
    await living.customer()
    await dispatcher.tick(sending.clock.now())
    await until(lambda: len(alive.calls) == 3)

    assert len(dead.calls) == 2
    dead.hold.set()
    await dispatcher.drain(DRAIN_SECONDS)


async def test_the_events_of_one_object_wait_for_the_one_before(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.answers = [web.Response(status=500)]
    customer = await shop.customer()
    await shop.rename(customer)
    await dispatch(sending)
    first = receiver.keys()

    await dispatch(sending, after=timedelta(seconds=90))

    assert first == ["customer.create"]
    assert receiver.keys() == ["customer.create", "customer.create", "customer.update"]


async def test_the_events_of_other_objects_do_not_wait(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.answers = [web.Response(status=500)]
    await shop.customer()
    second = await shop.customer()

    await dispatch(sending)
    await dispatch(sending)

    assert len(receiver.calls) == 2
    assert second in {call.event["data"]["id"] for call in receiver.calls}


async def test_an_account_without_an_address_has_no_deliveries(
    sending: Runtime, new_shop: Callable[[], Awaitable[Shop]], receiver: Receiver
) -> None:
    silent = await new_shop()
    await silent.customer()
    await silent.listen(receiver.url)

    await dispatch(sending)

    assert receiver.calls == []


async def test_a_try_that_was_cut_off_is_repeated_after_its_lease(
    sending: Runtime, shop: Shop, receiver: Receiver
) -> None:
    receiver.hold = asyncio.Event()
    await shop.customer()
    stopping = Dispatcher(sending)
    await stopping.tick(sending.clock.now())
    await until(lambda: bool(receiver.calls))
    await stopping.close(seconds_max=0.05)
    receiver.hold.set()
    assert await shop.state() == ("pending", 1, None, None)

    await dispatch(sending, after=timedelta(seconds=5))
    early = len(receiver.calls)
    await dispatch(sending, after=timedelta(seconds=65))

    assert (early, len(receiver.calls)) == (1, 2)
    assert await shop.state() == ("delivered", 2, 200, None)


@pytest.mark.parametrize("status", [200, 410, 500])
async def test_a_replayed_event_begins_anew_whatever_became_of_it(
    sending: Runtime, shop: Shop, receiver: Receiver, status: int
) -> None:
    receiver.answers = [web.Response(status=status)]
    await shop.customer()
    await dispatch(sending)
    await shop.listen(receiver.url)

    await webhook_replays.replay(sending, shop.account, sending.clock.now(), [receiver.calls[0].event["id"]])
    await dispatch(sending)

    assert receiver.calls[0].body == receiver.calls[1].body
    assert await shop.state() == ("delivered", 1, 200, None)


async def test_an_event_from_before_there_was_an_address_can_be_sent(
    sending: Runtime, new_shop: Callable[[], Awaitable[Shop]], receiver: Receiver
) -> None:
    silent = await new_shop()
    customer = await silent.customer()
    await silent.listen(receiver.url)
    async with sending.unit(silent.account, silent.now) as unit:
        [event] = (await reports.list_events(unit, ListQuery())).rows

    await webhook_replays.replay(sending, silent.account, sending.clock.now(), [event.id])
    await dispatch(sending)

    assert [call.event["data"]["id"] for call in receiver.calls] == [customer]


async def test_the_event_of_another_account_is_not_found(
    sending: Runtime, shop: Shop, new_shop: Callable[[], Awaitable[Shop]], receiver: Receiver
) -> None:
    await shop.customer()
    await dispatch(sending)
    other = await new_shop()
    await other.listen(receiver.url)

    with pytest.raises(NotFoundError):
        await webhook_replays.replay(
            sending, other.account, sending.clock.now(), [receiver.calls[0].event["id"]]
        )

    assert await shop.state() == ("delivered", 1, 200, None)


@pytest.mark.parametrize("status", [200, 410])
async def test_a_delivery_that_ended_is_dropped_behind_its_retention_and_its_event_stays(
    sending: Runtime, shop: Shop, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    await shop.customer()
    await dispatch(sending)
    ended_at = sending.clock.now()

    await webhooks.prune(sending, ended_at + timedelta(days=30, minutes=-1))
    before = await shop.deliveries()
    await webhooks.prune(sending, ended_at + timedelta(days=30, minutes=1))

    assert (len(before), await shop.deliveries()) == (1, [])
    async with sending.unit(shop.account, shop.now) as unit:
        assert (await reports.list_events(unit, ListQuery())).total == 1


async def test_a_delivery_to_come_is_never_dropped(sending: Runtime, shop: Shop, receiver: Receiver) -> None:
    receiver.status = 500
    await shop.customer()
    await dispatch(sending)

    await webhooks.prune(sending, sending.clock.now() + timedelta(days=3_650))

    assert await shop.state() == ("pending", 1, 500, "the receiver answered 500")


async def test_one_prune_drops_a_bounded_batch(
    sending: Runtime, shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PRUNED_ROWS_MAX", 2)
    later = sending.clock.now() + timedelta(days=31)
    # What other tests left is delivered and dropped first.
    await dispatch(sending)
    while await webhooks.prune(sending, later):
        pass
    for _ in range(5):
        await shop.customer()
    await dispatch(sending)

    dropped = [await webhooks.prune(sending, later) for _ in range(4)]

    assert dropped == [2, 2, 1, 0]


async def test_what_is_due_is_delivered_in_one_turn(sending: Runtime, shop: Shop, receiver: Receiver) -> None:
    async with sending.unit(shop.account, shop.now) as unit:
        made = [(await parties.create_customer(unit, CustomerChange())).id for _ in range(EVENTS)]

    await dispatch(sending)

    assert {call.event["data"]["id"] for call in receiver.calls} == set(made)
    assert len({call.event["id"] for call in receiver.calls}) == len(receiver.calls) == EVENTS
