"""What a due charge costs at least: the same rows, written by hand in batches of 500 by plain psycopg, one
  connection.

The intent is committed before the ledger of the sandbox is written, and the result behind it, as the design has
  it. Nothing is
decided here: each charge succeeds, each schedule is monthly, and no rule, retry, lease or lost answer is looked at.
"""

import secrets
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

BATCH = 500
FEE, TAX = 0.0365, 0.07

CLAIM = """
WITH chosen AS (
  SELECT id FROM occurrences WHERE state = 'due' AND due_at <= now() ORDER BY due_at LIMIT %s FOR NO KEY UPDATE
  SKIP LOCKED
)
UPDATE occurrences o SET state = 'sent', token = 1, sends = 1, sent_at = now(), lease_until = now() + interval '60 s',
  amount_minor = s.amount_minor, card_id = c.default_card_id
FROM chosen, schedules s, customers c
WHERE o.id = chosen.id AND s.id = o.schedule_id AND c.id = s.customer_id
RETURNING o.id, o.account_id, o.schedule_id, o.scheduled_on, o.due_at, s.amount_minor, s.currency, s.customer_id,
  s.description,
  c.default_card_id AS card_id
"""
LEDGER = """
INSERT INTO sandbox.ledger (key, kind, account, livemode, amount_minor, currency, target, outcome)
SELECT key, 'charge', 'account', false, amount, 'THB', card, 'succeeded'
FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS t (key, amount, card)
"""
CHARGES = """
INSERT INTO charges (id, account_id, livemode, amount_minor, currency, status, capture, authorized_at, paid_at,
  expires_at,
  captured_minor, fee_minor, fee_vat_minor, description, transaction_id, customer_id, card_id, schedule_id,
  occurrence_id,
  gateway_state, created_at)
SELECT id, account, false, amount, 'THB', 'successful', true, now(), now(), now() + interval '7 days', amount, fee,
  vat,
  description, transaction, customer, card, schedule, occurrence, 'settled', now()
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
  %s::text[],
  %s::text[], %s::text[])
  AS t (id, account, amount, fee, vat, description, transaction, customer, card, schedule, occurrence)
"""
SETTLE = """
UPDATE occurrences o SET state = 'successful', result_id = t.charge, lease_until = NULL, processed_at = now()
FROM unnest(%s::text[], %s::text[]) AS t (id, charge) WHERE o.id = t.id
"""
NEXT = """
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
SELECT id, account, false, schedule, 'charge', (day + interval '1 month')::date, due_at + interval '1 month', now()
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::date[], %s::timestamptz[]) AS t (id, account, schedule, day,
  due_at)
"""
TRANSACTIONS = """
INSERT INTO transactions (id, account_id, livemode, direction, key, origin_id, amount_minor, currency,
  transferable_at, created_at)
SELECT id, account, false, 'credit', 'charge.captured.net', charge, net, 'THB', now(), now()
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[]) AS t (id, account, charge, net)
"""
EVENTS = """
INSERT INTO events (id, account_id, livemode, key, object_id, data, api_version, created_at)
SELECT id, account, false, 'charge.create', charge, data, '2019-05-29', now()
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS t (id, account, charge, data)
"""


def run(dsn: str, told: str) -> int:
    """Run all that is due; how many. `told` is the text of a charge as its event holds it."""
    ran = 0
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        while rows := connection.execute(CLAIM, (BATCH,)).fetchall():
            connection.execute(LEDGER, _columns(rows, "id", "amount_minor", "card_id"))
            _settle(connection, rows, told)
            ran += len(rows)
    return ran


def _settle(connection: "psycopg.Connection[dict[str, Any]]", rows: list[dict[str, Any]], told: str) -> None:
    for row in rows:
        row |= {
            each: f"{each}_test_{secrets.token_hex(10)[:19]}" for each in ("chrg", "trxn", "evnt", "occu")
        }
        row["fee"] = round(row["amount_minor"] * FEE)
        row["vat"] = round(row["fee"] * TAX)
        row["net"] = row["amount_minor"] - row["fee"] - row["vat"]
        row["data"] = told.replace("{id}", row["chrg"])
    parties = ("description", "trxn", "customer_id", "card_id", "schedule_id", "id")
    with connection.transaction():
        connection.execute(
            CHARGES, _columns(rows, "chrg", "account_id", "amount_minor", "fee", "vat", *parties)
        )
        connection.execute(SETTLE, _columns(rows, "id", "chrg"))
        connection.execute(
            NEXT, _columns(rows, "occu", "account_id", "schedule_id", "scheduled_on", "due_at")
        )
        connection.execute(TRANSACTIONS, _columns(rows, "trxn", "account_id", "chrg", "net"))
        connection.execute(EVENTS, _columns(rows, "evnt", "account_id", "chrg", "data"))


def _columns(rows: list[dict[str, Any]], *names: str) -> list[list[str | int | datetime]]:
    return [[row[name] for row in rows] for name in names]
