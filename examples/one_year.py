"""A monthly plan and the year that it runs through, with Omise's own Python client.

    pip install omise
    python examples/one_year.py

The server is DUERUN_CLIENT_URL, the key DUERUN_CLIENT_KEY; without them those of `duerun dev` count.
"""
# ruff: noqa: T201 - an example prints

import os
from typing import Any

import requests

import omise

URL = os.environ.get("DUERUN_CLIENT_URL", "http://127.0.0.1:8080")
KEY = os.environ.get("DUERUN_CLIENT_KEY", "skey_test_duerun0000000000000")
# The one change to existing code: where the client finds the server.
omise.api_main = omise.api_vault = URL
# Tokens are made with the public key by browsers and phones; on a server the secret one does as well.
omise.api_secret = omise.api_public = KEY

FAILS_ONCE_A_DATE = "4111111111170091"


def subscribe(card_number: str) -> Any:
    """A customer with a card, and 1,000 baht from it on the first of each month."""
    card = {"name": "Somchai Prasert", "number": card_number, "expiration_month": 12, "expiration_year": 2060}
    token = omise.Token.create(**card, security_code="123")
    customer = omise.Customer.create(card=token.id, email="somchai@example.com")
    charge = {"customer": customer.id, "amount": 100_000, "currency": "thb", "description": "Membership"}
    return omise.Schedule.create(every=1, period="month", on={"days_of_month": [1]}, charge=charge)


def let_pass(days: int) -> Any:
    """Move the test clock; the answer comes when everything that fell due has run."""
    answer = requests.post(f"{URL}/clock/advance", json={"days": days}, auth=(KEY, ""), timeout=600)
    answer.raise_for_status()
    return answer.json()


def main() -> None:
    schedule = subscribe(FAILS_ONCE_A_DATE)
    print(f"{schedule.id}: {schedule.in_words}, next on {schedule.next_occurrences_on[0]}")
    clock = let_pass(days=92)
    print(f"the clock stands at {clock['now']}")
    for occurrence in schedule.occurrence():
        told = occurrence.message or occurrence.result
        print(f"  for {occurrence.scheduled_on}, at {occurrence.processed_at}: {occurrence.status}, {told}")
    let_pass(days=365 - 92)
    schedule.reload()
    print(f"after a year: {len(omise.Charge.list())} charges in all; the schedule is {schedule.status}")


if __name__ == "__main__":
    main()
