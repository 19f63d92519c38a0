"""Live schedules as a file: uploaded again, each row makes the schedule that it was written from."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.bulk_export import cells, columns
from duerun.domain.bulk_terms import Terms, terms_of
from duerun.domain.csv_records import BULK_COLUMNS
from duerun.domain.recurrence import (
    LAST,
    DaysOfMonth,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    dates_after,
    previous_date,
    rule_of,
)
from duerun.domain.schedules import DateChange, Kind, Schedule, ScheduleState
from duerun.services import exports

from .conftest import Files

TODAY = date(2027, 3, 17)
TERM_COLUMNS = BULK_COLUMNS[BULK_COLUMNS.index("every") : BULK_COLUMNS.index("weekday_of_month") + 1]

days_apart = st.integers(-900, 400).map(lambda days: TODAY + timedelta(days=days))
on_of = {
    Period.DAY: st.none(),
    Period.WEEK: st.sets(st.integers(0, 6), min_size=1).map(lambda days: Weekdays(tuple(days))),
    Period.MONTH: st.one_of(
        st.sets(st.integers(1, 28), min_size=1, max_size=4).map(lambda days: DaysOfMonth(tuple(days))),
        st.builds(WeekdayOfMonth, st.sampled_from([1, 2, 3, 4, LAST]), st.integers(0, 6)),
    ),
}
rules = st.sampled_from(list(Period)).flatmap(
    lambda period: st.builds(
        lambda every, on, start_on, length: Rule(
            every=every,
            period=period,
            on=on,
            start_on=start_on,
            end_on=None if length is None else start_on + timedelta(days=length),
        ),
        st.integers(1, 15),
        on_of[period],
        days_apart,
        st.one_of(st.none(), st.integers(0, 2_000)),
    )
)


def schedule_of(rule: Rule, *, skipped: int = 0) -> Schedule:
    """A schedule of which everything before today is settled, with its next date planned."""
    settled = previous_date(rule, TODAY)
    ahead = dates_after(rule, settled, limit=1 + skipped)
    return Schedule(
        id="schd_test_1",
        livemode=False,
        kind=Kind.CHARGE,
        terms_id="rchg_test_1",
        rule=rule,
        state=ScheduleState.ACTIVE,
        planned_through=ahead[0] if ahead else settled,
        currency="THB",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        amount_minor=5_000,
        customer_id="cust_test_1",
        default_card=True,
        open_dates=tuple(ahead[:1]),
        changes={day: DateChange(skipped=True) for day in ahead[:skipped]},
    )


def uploaded(row: list[str]) -> Rule:
    """The rule that a row makes."""
    said = dict(zip(columns(()), row, strict=True))
    terms = terms_of([said[name] for name in TERM_COLUMNS], TODAY)
    assert isinstance(terms, Terms), terms
    return rule_of(
        every=terms.every,
        period=terms.period,
        on_text=terms.on_text,
        start_on=terms.start_on,
        end_on=terms.end_on,
    )


@given(rule=rules, skipped=st.integers(0, 3))
def test_a_row_makes_the_dates_that_are_ahead_of_its_schedule(rule: Rule, skipped: int) -> None:
    schedule = schedule_of(rule, skipped=skipped)
    ahead = schedule.next_dates(limit=40)

    row = cells(schedule, (), TODAY)

    if row is None:
        assert ahead == []
    else:
        assert dates_after(uploaded(row), None, limit=len(ahead)) == ahead


@pytest.mark.parametrize(
    ("rule", "start_on"),
    [
        pytest.param(
            Rule(every=2, period=Period.DAY, on=None, start_on=date(2027, 4, 1), end_on=None),
            date(2027, 4, 1),
            id="not begun",
        ),
        pytest.param(
            Rule(every=1, period=Period.MONTH, on=DaysOfMonth((20,)), start_on=TODAY, end_on=None),
            TODAY,
            id="begins today, without a date today",
        ),
        pytest.param(
            Rule(every=3, period=Period.WEEK, on=Weekdays((0, 4)), start_on=date(2027, 3, 3), end_on=None),
            date(2027, 3, 22),
            id="every three weeks, begun",
        ),
        pytest.param(
            Rule(every=2, period=Period.MONTH, on=DaysOfMonth((1,)), start_on=date(2027, 2, 10), end_on=None),
            date(2027, 4, 1),
            id="every two months, begun",
        ),
    ],
)
def test_the_start_is_the_own_one_until_it_has_passed(rule: Rule, start_on: date) -> None:
    row = cells(schedule_of(rule), (), TODAY)

    assert row is not None
    assert uploaded(row).start_on == start_on


def test_a_schedule_without_a_date_ahead_has_no_row() -> None:
    over = Rule(every=1, period=Period.DAY, on=None, start_on=date(2027, 1, 1), end_on=date(2027, 3, 1))

    assert cells(schedule_of(over), (), TODAY) is None


SHAPES: list[dict[str, Any]] = [
    {"period": "day"},
    {"period": "week", "on": {"weekdays": ["monday"]}},
    {"period": "week", "on": {"weekdays": ["tuesday", "friday", "sunday"]}},
    {"period": "month", "on": {"days_of_month": [1]}},
    {"period": "month", "on": {"days_of_month": [3, 17, 28]}},
    {"period": "month", "on": {"weekday_of_month": "2nd_wednesday"}},
    {"period": "month", "on": {"weekday_of_month": "last_friday"}},
]
DESCRIPTIONS = [None, "Gym", 'two\nlines, "quoted"', "=1+1", "  blanks  ", "ชมรม"]
METADATA: list[dict[str, str]] = [
    {},
    {"plan": "gold"},
    {"plan": "a,b", 'odd "key", x': "1"},
    {"note": "-5"},
]


def orders(api: Any, today: date) -> Iterator[dict[str, Any]]:
    """Schedules of every shape, from some days back to some days ahead once the clock has moved."""
    dice = random.Random(7)  # noqa: S311 - chooses shapes, the same in every run
    customers = [api.customer(), api.customer()]
    recipient = api.recipient()["id"]
    for number, shape in enumerate(SHAPES * 6):
        start = today + timedelta(days=dice.randrange(0, 90))
        when = shape | {"every": dice.choice([1, 1, 2, 3, 5]), "start_date": f"{start}"}
        if number % 3 == 0:
            when |= {"end_date": f"{start + timedelta(days=dice.randrange(40, 400))}"}
        customer = dice.choice(customers)
        charge = {"customer": customer["id"], "amount": 5_000 + number}
        charge |= {
            "description": DESCRIPTIONS[number % 6],
            "metadata": METADATA[number % 4],
            "currency": dice.choice(["thb", "usd"]),
        }
        if number % 2:
            charge["card"] = customer["default_card"]
        yield when | {"charge": charge}
    for transfer in ({"amount": 50_000}, {"percentage_of_balance": 12.5}, {}):
        start = today + timedelta(days=80)
        yield SHAPES[4] | {
            "every": 2,
            "start_date": f"{start}",
            "transfer": {"recipient": recipient} | transfer,
        }


def all_schedules(api: Any) -> dict[str, Any]:
    return {each["id"]: each for each in api.get("/schedules?limit=100")["data"] if not each["ended_at"]}


def terms(schedule: Any) -> dict[str, Any]:
    """What a copy of a schedule has in common with it."""
    paid = schedule.get("charge") or schedule["transfer"]
    kept = (
        "amount", "percentage_of_balance", "recipient", "customer", "currency", "card", "default_card",
        "description", "metadata",
    )  # fmt: skip
    return {name: paid[name] for name in kept if name in paid} | {
        name: schedule[name] for name in ("every", "period", "on", "end_date", "next_occurrences_on")
    }


def exported(api: Any, query: str = "", **options: Any) -> str:
    answer = api.call("GET", f"/schedules.csv{query}", **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="schedules.csv"'
    return str(answer.content.decode())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_an_export_that_is_uploaded_again_makes_the_same_schedules(
    api: Any, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date.fromisoformat(api.get("/clock")["now"][:10]) + timedelta(days=1)
    made = [api.post("/schedules", order) for order in orders(api, today)]
    for paused in (made[0], made[8]):
        api.patch(f"{paused['location']}/pause")
    first = made[30]["next_occurrences_on"][0]
    api.patch(f"/schedules/{made[30]['id']}/dates/{first}", {"skip": True})
    api.advance(days=50)
    before = {key: each for key, each in all_schedules(api).items() if each["next_occurrences_on"]}
    monkeypatch.setattr(exports, "PAGE_ROWS", 7)

    text = exported(api)
    for schedule in before.values():
        api.delete(schedule["location"])
    job = await files.apply(text.encode())

    told = rows_of(files.report(job).text)
    assert [row["error_message"] for row in told if row["error_code"]] == []
    after = all_schedules(api)
    copies = {row["customer_key"]: after[row["schedule_id"]] for row in told}
    assert len(before) > 35
    assert copies.keys() == before.keys()
    for key, schedule in before.items():
        assert terms(copies[key]) == terms(schedule)
    again = rows_of(exported(api))
    assert [{**row, "start_date": ""} for row in again] == [
        {**row, "start_date": ""} for row in rows_of(text)
    ]


async def test_a_row_keeps_the_key_it_came_with_and_only_live_ones_are_there(api: Any, files: Files) -> None:
    customer = api.customer()["id"]
    header = "customer_key,customer,amount,every,period,days_of_month"
    await files.apply(f"{header}\nmine,{customer},5000,1,month,5\ngone,{customer},6000,1,month,5\n".encode())
    by_amount = {each["charge"]["amount"]: each["id"] for each in api.get("/schedules")["data"]}
    api.delete(f"/schedules/{by_amount[6000]}")

    rows = rows_of(exported(api))

    assert [(row["customer_key"], row["currency"]) for row in rows] == [("mine", "THB")]


def a_charge(api: Any, **given: Any) -> Any:
    charge = {"customer": api.customer()["id"], "amount": 5_000} | given
    return {"every": 1, "period": "month", "on": {"days_of_month": [5]}, "charge": charge}


@pytest.mark.parametrize(
    ("query", "accept", "guarded"),
    [
        ("", "*/*", False),
        ("?spreadsheet_safe=true", "*/*", True),
        ("?spreadsheet_safe=false", "text/csv; spreadsheet_safe=true", False),
        ("", "text/csv; spreadsheet_safe=true", True),
        ("", "text/html, text/csv;q=0.9;spreadsheet_safe=true, */*", True),
    ],
)
def test_cells_that_spreadsheets_would_run_are_defused_on_request(
    api: Any, query: str, accept: str, guarded: bool
) -> None:
    api.post("/schedules", a_charge(api, description="=1+1", metadata={"note": "@cmd"}))

    row = rows_of(exported(api, query, headers={"Accept": accept}))[0]

    assert (row["description"], row["metadata.note"]) == (("'=1+1", "'@cmd") if guarded else ("=1+1", "@cmd"))


def test_an_account_without_schedules_has_an_empty_file(api: Any, other_api: Any) -> None:
    other_api.post("/schedules", a_charge(other_api))

    assert exported(api) == f"{','.join(BULK_COLUMNS)}\n"
    assert exported(other_api, key=other_api.live_keys.secret) == f"{','.join(BULK_COLUMNS)}\n"


def test_too_many_metadata_keys_are_told_instead_of_left_out(api: Any) -> None:
    api.post("/schedules", a_charge(api, metadata={f"k{n}": "1" for n in range(501)}))

    refused = api.refused("GET", "/schedules.csv")

    assert refused["message"] == "schedules have more than 500 metadata keys, or too long ones"


def test_an_export_is_for_the_secret_key(api: Any) -> None:
    api.refused("GET", "/schedules.csv", status=401, key=api.keys.public)
