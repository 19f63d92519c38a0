"""What a bulk file costs at least: COPY to staging, set-based checks, INSERT ... SELECT, and the report as a COPY.

The same schedules, occurrences and events come of it, by one connection in one transaction. Only what makes these
  rows good is
looked at: columns, amounts, dates, customers and their cards, schedules with the same terms.
"""

import time
from collections.abc import Iterable

import psycopg

STAGING = """
CREATE TEMPORARY TABLE staging (
  customer_key text, customer text, card text, amount bigint, description text, every integer, period text,
  days_of_month integer, start_date date, end_date date, row_number bigint GENERATED ALWAYS AS IDENTITY
)
"""
LOAD = """
COPY staging (customer_key, customer, card, amount, description, every, period, days_of_month, start_date, end_date)
FROM STDIN (FORMAT csv, HEADER)
"""
CHECKED = """
CREATE TEMPORARY TABLE checked AS
SELECT s.*, c.id AS customer_id, c.default_card_id, lpad(to_hex(s.row_number), 19, '0') AS tail,
  hashtextextended(concat_ws('|', s.customer, s.amount, s.every, s.period, s.days_of_month, s.start_date), 0) AS
  terms_hash,
  CASE
    WHEN c.id IS NULL THEN 'not_found'
    WHEN s.amount NOT BETWEEN 2000 AND 15000000 THEN 'invalid_amount'
    WHEN s.start_date <= current_date OR s.days_of_month NOT BETWEEN 1 AND 31 OR s.every < 1 THEN 'bad_request'
    WHEN EXISTS (SELECT FROM schedules o WHERE o.customer_key = s.customer_key AND o.state = 'active') THEN
  'duplicate'
    WHEN row_number() OVER (PARTITION BY s.customer_key ORDER BY s.row_number) > 1 THEN 'duplicate'
  END AS error,
  (date_trunc('month', s.start_date) + CASE WHEN s.days_of_month < extract(day FROM s.start_date) THEN interval '1
  month'
    ELSE interval '0' END + (s.days_of_month - 1) * interval '1 day')::date AS first_on
FROM staging s
LEFT JOIN customers c ON c.id = s.customer AND c.account_id = 1 AND NOT c.livemode AND c.deleted_at IS NULL
"""
SCHEDULES = """
INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on,
  customer_id, card_id,
  default_card, amount_minor, currency, description, customer_key, bulk_job_id, terms_hash, created_at)
SELECT 'schd_test_' || tail, 1, false, 'charge', 'rchg_test_' || tail, every, period, days_of_month::text, start_date,
  coalesce(end_date, date '2099-12-31'), customer_id, NULL, true, amount, 'THB', description, customer_key,
  'recr_test_0000000000000000001', terms_hash, now() + row_number * interval '1 microsecond'
FROM checked WHERE error IS NULL
"""
OCCURRENCES = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT 'occu_test_' || tail, 1, false, 'schd_test_' || tail, 'charge', first_on, first_on + interval '8 hours 30
  minutes', now()
FROM checked WHERE error IS NULL
"""
EVENTS = """
INSERT INTO events (id, account_id, livemode, key, object_id, api_version, created_at)
SELECT 'evnt_test_' || tail, 1, false, 'schedule.create', 'schd_test_' || tail, '2019-05-29', now()
FROM checked WHERE error IS NULL
"""
REPORT = """
COPY (
  SELECT customer_key, customer, card, amount, description, every, period, days_of_month, start_date, end_date,
    CASE WHEN error IS NULL THEN 'successful' ELSE 'failed' END AS status, 'schd_test_' || tail AS schedule, error
  FROM checked ORDER BY row_number
) TO STDOUT (FORMAT csv, HEADER)
"""
COUNTS = """
SELECT (SELECT count(*) FROM schedules), (SELECT count(*) FROM occurrences), (SELECT count(*) FROM events)
"""


def run(dsn: str, pieces: Iterable[bytes], rows: int) -> float:
    """Seconds from the first byte of the file to the last byte of its report; raises unless every row is there."""
    started = time.perf_counter()
    with psycopg.connect(dsn) as connection:
        connection.execute(STAGING)
        with connection.cursor().copy(LOAD) as copy:
            for piece in pieces:
                copy.write(piece)
        connection.execute("ANALYZE staging")
        for statement in (CHECKED, SCHEDULES, OCCURRENCES, EVENTS):
            connection.execute(statement)
        connection.commit()
        with connection.cursor().copy(REPORT) as copy:
            lines = sum(bytes(part).count(b"\n") for part in copy)
        seconds = time.perf_counter() - started
        found = connection.execute(COUNTS).fetchone()
    if (lines, found) != (rows + 1, (rows, rows, rows)):
        raise RuntimeError(f"{lines} lines of the report, rows {found}, for a file of {rows}")
    return seconds
