"""Every time stamp of an account under a test clock comes from that clock. Incident T6."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

LISTS = ("/charges", "/schedules", "/customers", "/recipients", "/transfers", "/events", "/transactions")
AHEAD = timedelta(days=400)


def stamps(value: Any, path: str = "$") -> Iterator[tuple[str, datetime]]:
    """All moments within an answer, by their names."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, str) and (name.endswith("_at") or name == "created"):
                yield f"{path}.{name}", datetime.fromisoformat(member)
            yield from stamps(member, f"{path}.{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from stamps(member, f"{path}[{place}]")


async def test_no_object_behind_an_advance_has_a_stamp_of_real_time(api: Any) -> None:
    api.advance(days=AHEAD.days)
    customer, recipient = api.customer(), api.recipient()
    charge = {"customer": customer["id"], "amount": 100_000}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge})
    made = api.post("/charges", charge | {"currency": "thb"})
    api.post(f"/charges/{made['id']}/refunds", {"amount": 2_000})
    api.advance(days=10)
    api.post("/transfers", {"amount": 50_000, "recipient": recipient["id"]})
    api.advance(days=5)

    found = [
        (f"{path} {where}", moment)
        for path in LISTS
        # The account's own recipient is as old as the account.
        for each in api.get(f"{path}?limit=100")["data"]
        if not each.get("default")
        for where, moment in stamps(each)
    ]

    earliest = datetime.now(UTC) + AHEAD - timedelta(minutes=5)
    assert len(found) > 50
    assert [(where, moment) for where, moment in found if moment < earliest] == []
