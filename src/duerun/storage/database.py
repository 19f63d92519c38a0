"""The pool, transactions, and the statements in `queries/`."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, LiteralString, NamedTuple, TypeVar, cast

import msgspec
import psycopg
from psycopg.abc import Params, PQGen, QueryNoTemplate
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from duerun.domain.errors import OutOfReachError, RejectedError
from duerun.storage import backends, silence
from duerun.storage.kept import Kept
from duerun.storage.proofs import PROOF, Proof
from duerun.storage.silence import Looks

# The same values as those of the standard library, sooner.
set_json_loads(msgspec.json.decode)

Connection = psycopg.AsyncConnection[dict[str, Any]]
Result = TypeVar("Result")

POOL_CONNECTIONS_MAX = 20
POOL_WAIT_SECONDS = 10.0
STATEMENT_TIMEOUT_MILLISECONDS = 60_000
# A server that lives ends a statement by itself, well before.
SILENT_SECONDS_MAX = 75.0
LOOK_SECONDS = 0.1
# A peer that went without a word, or a network that swallows all, is noticed within about half a minute. What the
# connection string says goes before.
LINK_LIMITS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# What a session needs. Where sessions are shared, each transaction sets it for itself.
_LIMITS = {
    "statement_timeout": STATEMENT_TIMEOUT_MILLISECONDS,
    "idle_in_transaction_session_timeout": "'120s'",
    "timezone": "'UTC'",
}
# With them the server notices that we are gone, and gives up our transaction and its locks.
_SERVER_LINK_LIMITS = {
    "tcp_keepalives_idle": LINK_LIMITS["keepalives_idle"],
    "tcp_keepalives_interval": LINK_LIMITS["keepalives_interval"],
    "tcp_keepalives_count": LINK_LIMITS["keepalives_count"],
    "tcp_user_timeout": LINK_LIMITS["tcp_user_timeout"],
}


def _settings(command: str, values: Mapping[str, object]) -> bytes:
    return "; ".join(f"{command} {name} = {value}" for name, value in values.items()).encode()


_SESSION_LIMITS = _settings("SET", {**_LIMITS, **_SERVER_LINK_LIMITS})
_TRANSACTION_LIMITS = _settings("SET LOCAL", _LIMITS)
# What a table gets more of, the result gets more of.
_ALL_COLUMNS = re.compile(r"\b(?:SELECT|RETURNING)\s+\*|\w\.\*")
_NOT_ASKED = {"caller_hash": None, "caller_now": None}
_TRUE: LiteralString = "SELECT true AS is_told"
# The server ended what stood still for too long.
_ENDED = (psycopg.errors.IdleInTransactionSessionTimeout, psycopg.errors.TransactionTimeout)


@cache
def sql(name: str) -> LiteralString:
    """The statement of `queries/<name>.sql`."""
    return resources.files("duerun.storage").joinpath("queries", f"{name}.sql").read_text("utf-8")


class Timeline(NamedTuple):
    """The history of one PostgreSQL and its replicas: each promotion begins the next number."""

    system: int
    number: int


class WatchedConnection(Connection):
    """A connection on which no single exchange with the server lasts longer than `silent_seconds_max`.

    A server that is frozen, or behind a network that holds everything back, answers nothing and ends nothing. The
    statement is then cancelled, or the connection closed if that is not heard either, and `OperationalError` raised.
    That comes sooner where the server tells on another connection that it waits for us (`storage/silence.py`).

    A session that began while the database took no changes keeps to that: `read_only_since` is its beginning then.

    `is_pooled`: a pooler such as PgBouncer stands between, so that the next transaction may have another session of the
    server. Then nothing is kept in a session: nothing is prepared, and limits are set in each transaction.

    Until `proof` is given nothing else is executed: whoever asks for something asks for the proof first.
    """

    silent_seconds_max = SILENT_SECONDS_MAX
    read_only_since: datetime | None = None
    is_pooled = False
    timeline: "Timeline | None" = None
    proof: Proof | None = None
    kept: Kept[Any]
    looks: Looks
    # Of a session over a network, where no pooler stands between.
    began_at: datetime | None = None
    heard = 0
    # Its process is still to be put behind others of the machine.
    is_in_front = False

    async def execute(  # type: ignore[override]  # templates are not used
        self,
        query: QueryNoTemplate,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> psycopg.AsyncCursor[dict[str, Any]]:
        await self.prove()
        return await super().execute(query, params, prepare=prepare, binary=binary)

    async def prove(self) -> None:
        """Ask for the proof, unless it was given or none is asked for; raises `OutdatedError`."""
        if (proof := self.proof) is None or proof.is_given:
            return
        cursor = await super().execute(_proving(_TRUE), proof.parameters())
        row = await cursor.fetchone()
        proof.take(row["caller_proof"] if row else None)

    async def fetch_proving(self, text: LiteralString, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a statement that reads, in one exchange with the proof; none are told without it."""
        if (proof := self.proof) is None or proof.is_given:
            return await (await super().execute(text, parameters)).fetchall()
        cursor = await super().execute(_proving(text), {**parameters, **proof.parameters()})
        rows = await cursor.fetchall()
        told = [row.pop("caller_proof") for row in rows]
        if told:
            proof.take(told[0])
        else:
            await self.prove()
        return rows

    async def change_proving(
        self, text: LiteralString, parameters: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The first row of a statement that does nothing unless `caller_expected` is what `caller_proof` tells.

        None if it has done nothing; raises `OutdatedError` if that was for want of the proof.
        """
        pending = self.proof if self.proof is not None and not self.proof.is_given else None
        asked = pending.parameters() if pending else _NOT_ASKED
        given = {**parameters, **asked, "caller_expected": pending.expected if pending else None}
        row = await (await super().execute(text, given)).fetchone()
        if pending is not None and row is not None:
            pending.take(pending.expected)
        await self.prove()
        return row

    @asynccontextmanager
    async def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> AsyncIterator[psycopg.AsyncTransaction]:
        is_first = self.info.transaction_status is TransactionStatus.IDLE
        async with super().transaction(savepoint_name, force_rollback) as transaction:
            if self.is_pooled and is_first:
                await self.execute(_TRANSACTION_LIMITS)
            yield transaction

    async def wait(
        self,
        gen: PQGen[Result],
        interval: float = LOOK_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - a parameter of the base class
    ) -> Result:
        if self.began_at is None:
            return await self._wait(gen, interval, timeout)
        watches: list[asyncio.Task[None]] = []
        look = asyncio.get_running_loop().call_later(
            silence.LOOK_AFTER_SECONDS, self._look, self.began_at, watches
        )
        try:
            return await self._wait(self._hearing(gen), interval, timeout)
        finally:
            look.cancel()
            for watch in watches:
                watch.cancel()

    async def _wait(self, gen: PQGen[Result], interval: float, seconds: float | None) -> Result:
        try:
            async with asyncio.timeout(self.silent_seconds_max):
                return await super().wait(gen, interval, seconds)
        except TimeoutError as error:
            raise psycopg.OperationalError("the database was silent for too long") from error

    def _hearing(self, gen: PQGen[Result]) -> PQGen[Result]:
        """The exchange, with a count of each time at which it could go on."""
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                self.heard += bool(ready)
                wanted = gen.send(ready)
        except StopIteration as end:
            return cast("Result", end.value)

    def _look(self, began_at: datetime, watches: "list[asyncio.Task[None]]") -> None:
        watches.append(asyncio.create_task(self.looks.watch(self, began_at, lambda: self.heard)))


def grant_time(connection: Connection, seconds: float) -> None:
    """Let the statements of this loan of a connection be silent longer; the server's own limit is set beside it."""
    if isinstance(connection, WatchedConnection):
        connection.silent_seconds_max = max(seconds + SILENT_SECONDS_MAX, SILENT_SECONDS_MAX)


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(
        self, dsn: str, *, connections_max: int = POOL_CONNECTIONS_MAX, gives_way: bool = False
    ) -> None:
        """`gives_way`: on this machine, its sessions stand behind those that somebody waits for."""
        self.dsn, self.connections_max, self._gives_way = dsn, connections_max, gives_way
        self._kept: Kept[Any] = Kept()
        self._looks = Looks(make_conninfo(dsn, **_link_limits(dsn)))
        self._writable_at: datetime | None = None
        # By system, the last one that was written on.
        self._timelines: dict[int, int] = {}
        self._pool = AsyncConnectionPool(
            dsn,
            connection_class=WatchedConnection,
            kwargs={"row_factory": dict_row, "autocommit": True, **_link_limits(dsn)},
            configure=self._configure,
            check=self._require_of_use,
            min_size=2,
            max_size=connections_max,
            timeout=POOL_WAIT_SECONDS,
            # Trying on rests longer and longer, so that whoever comes behind an outage begins anew.
            reconnect_timeout=POOL_WAIT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        """Connect; raises `OutOfReachError` when no connection can be had."""
        try:
            await self._pool.open(wait=True, timeout=POOL_WAIT_SECONDS)
        except psycopg.Error as error:
            raise OutOfReachError(f"the database cannot be reached: {error}") from error

    async def close(self) -> None:
        await self._pool.close()

    async def renew(self) -> None:
        """Let every session begin anew, once it is not in use: it keeps what was set when it began."""
        await self._pool.drain()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction: committed at the end, rolled back when an exception leaves."""
        async with self.connection() as connection, connection.transaction():
            if isinstance(connection, WatchedConnection):
                await connection.prove()
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside of any transaction: each statement commits by itself."""
        try:
            connection = await self._pool.getconn()
            try:
                connection.silent_seconds_max = SILENT_SECONDS_MAX
                connection.proof = PROOF.get()
                try:
                    yield connection
                except (Exception, asyncio.CancelledError) as error:
                    await self._tidy(connection, error)
                    raise
            finally:
                await self._pool.putconn(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError, *_ENDED) as error:
            raise OutOfReachError from error
        except psycopg.errors.FeatureNotSupported as error:
            raise OutOfReachError("the database was brought up to date meanwhile") from error
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise OutOfReachError("the database takes no changes now") from error
        except psycopg.DatabaseError as error:
            if _is_out_of_step(error):
                raise OutOfReachError from error
            raise

    async def _configure(self, connection: WatchedConnection) -> None:
        connection.kept, connection.looks = self._kept, self._looks
        row = await fetch_one(connection, "session_beginning")
        assert row is not None
        if row["process"] != connection.info.backend_pid:
            connection.is_pooled = True
            connection.prepare_threshold = None
            # A pooler keeps the time zone of each of its clients, and nothing else of what is set.
            await connection.execute("SET timezone = 'UTC'")
            return
        await connection.execute(_SESSION_LIMITS)
        connection.is_in_front = self._gives_way and not backends.put_behind(connection)
        # A socket of this machine loses nothing.
        connection.began_at = None if backends.is_local(connection) else row["began_at"]
        if row["is_read_only"]:
            connection.read_only_since = row["began_at"]
            return
        # It read what holds for it somewhere between its beginning and now: whoever began before may be behind.
        if self._writable_at is None or row["told_at"] > self._writable_at:
            self._writable_at = row["told_at"]
        if row["system_number"] is not None and row["timeline"] is not None:
            connection.timeline = Timeline(row["system_number"], row["timeline"])
            self._require_current(connection.timeline)
            self._timelines[connection.timeline.system] = connection.timeline.number

    def _require_current(self, timeline: Timeline | None) -> None:
        """Raises for a primary in whose place another one was promoted: what it is told is lost, or waits for ever."""
        if timeline is not None and timeline.number < self._timelines.get(timeline.system, 0):
            raise psycopg.OperationalError("another server was promoted in the place of this one")

    async def _require_of_use(self, connection: WatchedConnection) -> None:
        """Raises for a session that began read-only before another one told that it is not, and for one with a primary
        that was replaced; it is closed, since the pool would keep it, and what else lies there begins anew."""
        if connection.is_in_front:
            connection.is_in_front = not backends.put_behind(connection)
        try:
            self._require_current(connection.timeline)
            since = connection.read_only_since
            if since is not None and self._writable_at is not None and since < self._writable_at:
                raise psycopg.OperationalError("the session began while the database took no changes")
        except psycopg.OperationalError:
            await connection.close()
            await self.renew()
            raise

    async def _tidy(self, connection: Connection, error: BaseException) -> None:
        """Keep no session that is of no more use; the pool opens another one in its place."""
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            # It began while nothing could be changed, and so did what else lies in the pool.
            await self.renew()
        elif isinstance(error, psycopg.errors.FeatureNotSupported) or _is_out_of_step(error):
            # A column came by an update, and what this session has prepared fits no more; or bytes were lost.
            await connection.close()
        elif connection.closed:
            # Its server has gone, or is silent: what else lies in the pool would fail one by one.
            await self.renew()


def _is_out_of_step(error: BaseException) -> bool:
    """Whether what came is no answer of the database at all: bytes were lost or came twice on the way.

    What the database itself reports has a class of its own.
    """
    return type(error) is psycopg.DatabaseError


def _link_limits(dsn: str) -> dict[str, int]:
    given = conninfo_to_dict(dsn)
    return {name: value for name, value in LINK_LIMITS.items() if name not in given}


@cache
def _proving(text: LiteralString) -> LiteralString:
    """A statement that reads, with the proof of who calls beside each of its rows."""
    proof = sql("caller_proof")
    return f"SELECT told.*, ({proof}) AS caller_proof FROM ({text}) AS told"


@cache
def _may_prepare(name: str) -> bool | None:
    """False for a statement whose columns are a table's own: one that is added would not fit what was prepared."""
    return False if _ALL_COLUMNS.search(sql(name)) else None


def keeps_sessions(connection: Connection) -> bool:
    """Whether the next transaction has the same session of the server."""
    return not (isinstance(connection, WatchedConnection) and connection.is_pooled)


def kept_by(connection: Connection) -> tuple[Kept[Any], Timeline | None]:
    """What is kept of the objects of a connection's database, and the timeline to which their versions belong.

    Nothing where that is not known: a replica that was promoted counts on from where it was, and may make the same
    versions of other contents.
    """
    if isinstance(connection, WatchedConnection) and connection.timeline is not None:
        return connection.kept, connection.timeline
    return Kept(), None


def require_direct(connection: "psycopg.Connection[Any]") -> None:
    """Raises `RejectedError` where a pooler stands between: for programs that change their session for good."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    if row and row[0] != connection.info.backend_pid:
        raise RejectedError(
            "this address leads to a connection pooler: give the address of PostgreSQL itself"
        )


async def fetch_one(connection: Connection, name: str, /, **parameters: Any) -> dict[str, Any] | None:
    """The first row of a statement, or None."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return await cursor.fetchone()


async def fetch_proving(
    connection: Connection, text: LiteralString, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """All rows of a statement that reads; if it is a request's first one, with the proof of who calls."""
    if isinstance(connection, WatchedConnection):
        return await connection.fetch_proving(text, parameters)
    return await (await connection.execute(text, parameters)).fetchall()


async def change_proving(
    connection: Connection, text: LiteralString, parameters: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The first row of a statement that changes something if `caller_expected` is given, or is the proof."""
    if isinstance(connection, WatchedConnection):
        return await connection.change_proving(text, parameters)
    cursor = await connection.execute(text, {**parameters, **_NOT_ASKED, "caller_expected": None})
    return await cursor.fetchone()


async def fetch_all(connection: Connection, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """All rows of a statement; the statement itself bounds their number."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return await cursor.fetchall()


async def execute(connection: Connection, name: str, /, **parameters: Any) -> int:
    """Run a statement and tell how many rows it touched."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return cursor.rowcount
