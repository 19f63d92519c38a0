"""What the engine asks over and over finds its rows by an index, also where one account has most of all rows."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.sql import SQL, Literal

from duerun.storage.alarms import PAYMENT_BACKLOGS
from duerun.storage.database import sql
from duerun.storage.workload import QUERIES
from own_server import own_database

ROWS = 20_000
# Most of what there is belongs to one account and waits; that of another one has its time later, a third has nothing.
WAITS = "now() - interval '1 minute'"
FILLED = f"""
INSERT INTO accounts (public_id, team_id, email, country, currency, timezone, api_version, created_at)
SELECT 'account_' || n, n, n || '@example.com', 'TH', 'THB', 'Asia/Bangkok', '2019-05-29', now()
FROM generate_series(1, 3) AS n;
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at, state, sent_at,
  lease_until, amount_minor)
SELECT 'occu_test_' || n, CASE WHEN n > 100 THEN 1 ELSE 2 END, false, 'schd_test_' || n, 'charge', '2099-01-01',
  CASE WHEN n > 100 THEN {WAITS} ELSE now() + interval '1 year' END, now(), s, CASE s WHEN 'sent' THEN now() END,
  CASE s WHEN 'sent' THEN {WAITS} END, 1
FROM generate_series(1, {ROWS}) AS n
CROSS JOIN LATERAL (SELECT CASE n % 10 WHEN 0 THEN 'sent' ELSE 'due' END AS s) AS t;
INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, customer_id,
  default_card, amount_minor, currency, created_at)
SELECT 'schd_test_' || n, 1, false, 'charge', 'rchg_test_' || n, 1, 'month', '1', '2099-01-01', 'cust_test_1', true, 1,
  'THB', now()
FROM generate_series(1, {ROWS}) AS n;
INSERT INTO charges (id, account_id, livemode, amount_minor, currency, status, capture, authorized_at, expires_at,
  gateway_state, lease_until, card_id, created_at)
SELECT 'chrg_test_' || n, 1, false, 1, 'THB', 'pending', true, now(), {WAITS}, 'sent', {WAITS}, 'card_test_1', now()
FROM generate_series(1, {ROWS}) AS n;
INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, next_at, created_at)
SELECT 'evnt_test_' || n, 1, false, 'chrg_test_' || n, 'https://example.com', {WAITS}, now()
FROM generate_series(1, {ROWS}) AS n;
ANALYZE;
"""
LARGE = ("schedules", "occurrences", "charges", "webhook_deliveries")
ASKED = {
    "after_id": 0,
    "after_livemode": False,
    "accounts_max": 200,
    "retention_days": 30,
    "account_id": 1,
    "livemode": False,
    "kind": "charge",
    "rows_max": 1_000_000,
}
PLACE = re.compile(r"%\((\w+)\)s")
OVER_AND_OVER = (
    *QUERIES.values(),
    *(PAYMENT_BACKLOGS[each] for each in ("due", "due_age", "deliveries")),
    "uncertain_kinds",
    "occurrences_earliest",
    "occurrences_lock_due",
    "console_counts",
    "transfer_schedules_list",
)

Judge = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def filled(dsn: str) -> Iterator[Judge]:
    with own_database(dsn, "plans_tests") as made, psycopg.connect(made, autocommit=True) as connection:
        connection.execute(FILLED.encode())
        yield connection


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("query", OVER_AND_OVER)
def test_no_table_is_read_as_a_whole(filled: Judge, query: str, mode: str) -> None:
    now = datetime.now(UTC)
    asked = ASKED | {"now": now, "until": now, "tomorrow": now + timedelta(days=1)}
    names = list(dict.fromkeys(PLACE.findall(sql(query))))
    text = PLACE.sub(lambda place: f"${names.index(place[1]) + 1}", sql(query)).replace("%%", "%")
    values = SQL(", ").join([Literal(asked[name]) for name in names])
    filled.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
    filled.execute(f"PREPARE asked AS {text}".encode())
    told = filled.execute(SQL("EXPLAIN EXECUTE asked ({})").format(values)).fetchall()
    filled.execute("DEALLOCATE asked")
    read_whole = re.findall(r"Seq Scan on (\w+)", "\n".join(str(line) for (line,) in told))

    assert told
    assert not set(read_whole) & set(LARGE)


@pytest.mark.parametrize(("account", "found"), [(1, [1]), (2, [1, 2]), (3, [1])])
def test_an_account_has_work_once_its_first_moment_has_come(
    filled: Judge, account: int, found: list[int]
) -> None:
    due = "UPDATE occurrences SET due_at = now() - interval '1 s' WHERE account_id = %s AND state = 'due'"
    with filled.transaction(force_rollback=True):
        filled.execute(due, [account])
        rows = filled.execute(sql("accounts_due"), ASKED | {"now": datetime.now(UTC)}).fetchall()

    assert [row[0] for row in rows] == found
