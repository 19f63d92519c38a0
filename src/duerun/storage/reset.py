"""Emptying a database that holds nothing but a demonstration."""

import psycopg

SCHEMAS = ("public", "sandbox")


def wipe(dsn: str) -> None:
    """Drop everything in Duerun's schemas; the next migration makes them anew."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET LOCAL client_min_messages = error")
        for schema in SCHEMAS:
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        connection.execute("CREATE SCHEMA public")
