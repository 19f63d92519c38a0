"""The log of decisions in months: those to come are there before they are needed, and old ones go as a whole."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from duerun.assembly import build_runtime, close
from duerun.engine.pruner import Pruner
from duerun.settings import Settings
from duerun.storage import decisions
from duerun.storage import migrate as migrations
from duerun.storage.database import Database
from own_server import own_database

LINE = (
    "INSERT INTO occurrence_decisions (occurrence_id, account_id, livemode, state, token, sends, due_at, released, "
    "decided_at) VALUES ('occu_test_1', 1, false, 'due', 0, 0, now(), false, %s)"
)
PARTS = "SELECT part::text, ends FROM decision_parts"

Judge = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def own(dsn: str) -> Iterator[str]:
    with own_database(dsn, "decision_months_tests") as made:
        yield made


@pytest.fixture
def judge(own: str) -> Iterator[Judge]:
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")
        yield connection


@pytest.fixture
async def database(own: str) -> AsyncIterator[Database]:
    opened = Database(own, connections_max=4)
    await opened.open()
    yield opened
    await opened.close()


def month(ahead: int) -> datetime:
    """The beginning of a month, counted from this one."""
    now = datetime.now(UTC)
    years, months = divmod(now.year * 12 + now.month - 1 + ahead, 12)
    return datetime(years, months + 1, 1, tzinfo=UTC)


def ends(judge: Judge) -> list[object]:
    return [row[1] for row in judge.execute(PARTS).fetchall()]


def lines(judge: Judge) -> list[object]:
    rows = judge.execute("SELECT decided_at FROM occurrence_decisions ORDER BY number").fetchall()
    return [row[0] for row in rows]


def let_pass(judge: Judge, months: int) -> None:
    """Put the log so far into the past: its parts are those of months that went by."""
    judge.execute("DROP TABLE occurrence_decisions_first")
    for (part,) in judge.execute("SELECT part::text FROM decision_parts").fetchall():
        judge.execute(f"DROP TABLE {part}".encode())
    for ago in range(months, -1, -1):
        judge.execute("SELECT add_decision_part(%s, %s, %s)", (f"log_{ago}", month(-ago), month(1 - ago)))


async def test_the_months_to_come_have_their_place_and_nothing_is_dropped_unasked(
    database: Database, judge: Judge
) -> None:
    at_first = ends(judge)
    let_pass(judge, 30)
    for ago in range(30, -1, -1):
        judge.execute(LINE, (month(-ago),))

    assert at_first == [month(ahead) for ahead in range(2, 14)]
    assert await decisions.keep_months(database, kept=0) == 12
    assert await decisions.keep_months(database, kept=0) == 0
    assert ends(judge)[-1] == month(13)
    assert lines(judge) == [month(-ago) for ago in range(30, -1, -1)]


async def test_a_month_is_dropped_once_so_many_whole_ones_lie_behind_it(
    database: Database, judge: Judge
) -> None:
    let_pass(judge, 6)
    for ago in range(6, -1, -1):
        judge.execute(LINE, (month(-ago),))

    assert await decisions.keep_months(database, kept=3) == 12 + 3
    assert lines(judge) == [month(-ago) for ago in range(3, -1, -1)]
    assert await decisions.keep_months(database, kept=3) == 0


async def test_the_pruner_keeps_as_many_months_as_it_is_told_to(own: str, judge: Judge) -> None:
    let_pass(judge, 6)
    runtime = build_runtime(Settings(decision_months=2), own)
    await runtime.database.open()
    try:
        await Pruner(runtime).tick(datetime.now(UTC))
    finally:
        await close(runtime)

    assert ends(judge) == [month(ahead) for ahead in range(-1, 14)]


async def test_lines_that_had_no_month_stay_and_the_months_go_on_behind_them(
    database: Database, judge: Judge
) -> None:
    """Nobody made months for long, and a clock was wrong once: what was decided is logged all the same."""
    let_pass(judge, 6)
    told = [month(-20), month(1), month(2), month(400)]
    for each in told:
        judge.execute(LINE, (each,))

    assert await decisions.keep_months(database, kept=0) == 10
    assert ends(judge)[-11:] == [month(1), *(month(ahead) for ahead in range(4, 14))]
    assert await decisions.keep_months(database, kept=0) == 0
    judge.execute(LINE, (month(2),))
    judge.execute(LINE, (month(3),))
    assert lines(judge) == [*told, month(2), month(3)]
    assert judge.execute("SELECT count(*) FROM occurrence_decisions_beyond").fetchone() == (5,)


async def test_a_reader_of_the_log_is_not_waited_for(database: Database, own: str, judge: Judge) -> None:
    let_pass(judge, 6)
    with psycopg.connect(own) as reader:
        # The planner locks all parts.
        reader.execute("SELECT count(*) FROM occurrence_decisions")
        assert await decisions.keep_months(database, kept=3) == 0
        judge.execute(LINE, (month(0),))
    assert await decisions.keep_months(database, kept=3) == 12 + 3


async def test_no_line_of_any_part_is_changed_or_deleted(database: Database, judge: Judge) -> None:
    judge.execute(LINE, (month(0),))
    parts = [row[0] for row in judge.execute(PARTS).fetchall()]
    for table in (*parts, "occurrence_decisions_beyond", "occurrence_decisions"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET token = 9", f"TRUNCATE {table}"):
            with pytest.raises(psycopg.errors.RaiseException, match="only ever added"):
                judge.execute(change.encode())


def test_no_number_is_given_out_twice_while_the_log_becomes_one_of_months(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payment that is under way holds the log, and writes on while the update waits for it."""
    text, all_of_them = LINE.replace("%s", "now()"), migrations.known()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS decision_update_tests WITH (FORCE)")
        connection.execute("CREATE DATABASE decision_update_tests")
    own = make_conninfo(dsn, dbname="decision_update_tests")
    monkeypatch.setattr(migrations, "known", lambda: [each for each in all_of_them if each.number < 104])
    migrations.migrate(own)
    monkeypatch.setattr(migrations, "known", lambda: all_of_them)
    with psycopg.connect(own) as writer, psycopg.connect(own, autocommit=True) as judge:
        writer.execute(text)
        with ThreadPoolExecutor(1) as others:
            updated = others.submit(migrations.migrate, own)
            while judge.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() == (0,):
                assert not updated.done()
            for _ in range(50):
                writer.execute(text)
            writer.commit()
            assert "0104_decisions_by_month.sql" in updated.result()
        judge.execute(text)
        numbers = [row[0] for row in judge.execute("SELECT number FROM occurrence_decisions ORDER BY number")]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE decision_update_tests WITH (FORCE)")

    assert len(set(numbers)) == len(numbers) == 52
