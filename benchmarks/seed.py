"""Customers with cards, written straight into the database: making them through the API is not what is measured."""

import psycopg

CUSTOMERS = """
INSERT INTO customers (id, account_id, livemode, default_card_id, created_at)
SELECT 'cust_test_' || lpad(n::text, 19, '0'), %(account)s, false, 'card_test_' || lpad(n::text, 19, '0'), now()
FROM generate_series(1, %(count)s) AS n
"""
CARDS = """
INSERT INTO cards (id, account_id, livemode, customer_id, name, brand, bank, country, financing, first_digits,
  last_digits, fingerprint, expiration_month, expiration_year, security_code_check, gateway_reference, attached_at,
  created_at)
SELECT 'card_test_' || lpad(n::text, 19, '0'), %(account)s, false, 'cust_test_' || lpad(n::text, 19, '0'), 'Somchai',
  'Visa', 'Duerun Sandbox Bank', 'th', 'credit', '424242', '4242', 'print' || n, 10, 2060, true,
  'sandbox:successful:' || n, now(), now()
FROM generate_series(1, %(count)s) AS n
"""


def customers(dsn: str, account_id: int, count: int) -> None:
    """`count` customers of an account in test mode, numbered from 1, each with a card that always succeeds."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in (CUSTOMERS, CARDS):
            connection.execute(statement, {"account": account_id, "count": count})
        connection.execute("ANALYZE customers, cards")


def customer_id(number: int) -> str:
    return f"cust_test_{number:019d}"
