"""Everything a caller can do to schedules, in any order, through the HTTP face; after each step both sides agree.

The account lives by its test clock, far from today, so that the same steps always meet the same calendar. Real time
goes on beside it: the clock stops at moments that are minutes away from the next boundary.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from simulation.model.book import A_DAY, CARDS, Book, Ended, Plan, Rule

Caller = Callable[[str], Any]

ZONES = ("Asia/Bangkok", "Europe/Berlin", "America/New_York")
# Before the ends of months, a leap day, and the clock changes of both zones that have them.
STARTS = (date(2040, 1, 30), date(2040, 2, 27), date(2040, 3, 9), date(2040, 3, 23), date(2041, 12, 30))
TIMES = (
    time(0, 0), time(0, 20), time(7, 45), time(8, 5), time(8, 15), time(8, 30), time(8, 45), time(13, 37), time(23, 20),
)  # fmt: skip
STEP_MIN = timedelta(minutes=10)
PLANS_MAX = 6
# So that no single step takes long.
OCCURRENCES_A_STEP_MAX = 60
FUND = 15_000_000
PAGE = 100
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", -1: "last"}
AMOUNTS = st.integers(3_000, 40_000)
OFFSETS = st.sampled_from((0, 0, 0, 1, 1, 2, 5, -1, -3))


@st.composite
def parts(draw: st.DrawFn, period: str) -> dict[str, Any]:
    """On which days of its period a schedule falls."""
    if period == "week":
        return {"weekdays": tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=4))))}
    if period == "month" and draw(st.booleans()):
        return {"days": tuple(sorted(draw(st.sets(st.integers(1, 28), min_size=1, max_size=4))))}
    if period == "month":
        return {"weekdays": (draw(st.integers(0, 6)),), "ordinal": draw(st.sampled_from(tuple(ORDINALS)))}
    return {}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule without its dates, and how many days from today it starts and ends."""
    period = draw(st.sampled_from(("day", "day", "week", "month")))
    given = {"every": draw(st.sampled_from((1, 1, 2, 3, 5))), "period": period} | draw(parts(period))
    return given | {
        "starts_in": draw(st.sampled_from((0, 1, 2, 9))),
        "days": given.get("days", ()),
        "lasts": draw(st.sampled_from((None, None, 0, 1, 6, 40, 200))),
    }


def on_of(rule_: Rule) -> dict[str, Any]:
    """The days of a rule as a request names them."""
    if rule_.ordinal:
        return {"weekday_of_month": f"{ORDINALS[rule_.ordinal]}_{WEEKDAYS[rule_.weekdays[0]]}"}
    if rule_.period == "week":
        return {"weekdays": [WEEKDAYS[day] for day in rule_.weekdays]}
    return {"days_of_month": list(rule_.days)} if rule_.days else {}


class Schedules(RuleBasedStateMachine):
    """An account and its book."""

    caller: Caller

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(ZONES[0], datetime.now(UTC))
        self.api: Any = None
        self.ids: list[str] = []
        self.owners: list[str] = []

    @initialize(zone=st.sampled_from(ZONES), start=st.sampled_from(STARTS), at=st.sampled_from(TIMES))
    def begin(self, zone: str, start: date, at: time) -> None:
        self.api = self.caller(zone)
        self.book.zone = self.book.zone.__class__(zone)
        self._advance_to(datetime.combine(start, at, self.book.zone).astimezone(UTC))
        self.api.post("/charges", {"amount": FUND, "currency": "thb", "card": self.api.token()})

    def teardown(self) -> None:
        try:
            if self.api is not None:
                self._compare_payments()
        finally:
            if self.api is not None:
                self.api.session.close()

    # Steps.

    @precondition(lambda self: len(self.ids) < PLANS_MAX)
    @rule(when=rules(), card=st.sampled_from(tuple(CARDS)), amount=AMOUNTS)
    def create_charge(self, when: dict[str, Any], card: str, amount: int) -> None:
        customer = self.api.customer(card)["id"]
        plan = Plan("charge", self._dated(when), amount, CARDS[card])
        self._create(plan, {"charge": {"customer": customer, "amount": amount}}, customer)

    @precondition(lambda self: len(self.ids) < PLANS_MAX)
    @rule(when=rules(), amount=AMOUNTS, is_verified=st.booleans())
    def create_transfer(self, when: dict[str, Any], amount: int, *, is_verified: bool) -> None:
        recipient = self.api.recipient(verified=is_verified)["id"]
        plan = Plan("transfer", self._dated(when), amount, ("ok" if is_verified else "not verified",))
        self._create(plan, {"transfer": {"recipient": recipient, "amount": amount}}, recipient)

    @rule(days=st.sampled_from((0, 0, 1, 1, 1, 2, 3, 7, 31, 100, 400)), at=st.sampled_from(TIMES))
    def let_time_pass(self, days: int, at: time) -> None:
        day = self.book.today + min(days, self._days_max()) * A_DAY
        to = datetime.combine(day, at, self.book.zone).astimezone(UTC)
        if to - self.book.now < STEP_MIN:
            to = datetime.combine(day + A_DAY, at, self.book.zone).astimezone(UTC)
        self.book.advance(to)
        self._advance_to(to)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), paused=st.booleans())
    def pause_or_resume(self, data: st.DataObject, *, paused: bool) -> None:
        plan, path, _ = self._any(data)
        self._expect(
            self.book.pause(plan, paused=paused), "PATCH", f"{path}/{'pause' if paused else 'resume'}", {}
        )

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), operation=st.sampled_from(("pause", "resume", "resume", "delete")))
    def many_at_once(self, data: st.DataObject, operation: str) -> None:
        places = data.draw(st.lists(st.integers(0, len(self.ids) - 1), min_size=1, max_size=4), label="which")
        expected = []
        for place in places:
            plan = self.book.plans[place]
            if operation == "delete":
                self.book.delete(plan)
            expected.append(operation == "delete" or self.book.pause(plan, paused=operation == "pause"))
        method = "DELETE" if operation == "delete" else "PATCH"
        done = self.api.ok(
            method, f"/schedules/bulk_{operation}", {"schedule_ids": [self.ids[n] for n in places]}
        )
        assert [each["status"] == "success" for each in done["results"]] == expected

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        plan, path, _ = self._any(data)
        self.book.delete(plan)
        assert self.api.delete(path)["status"] == "deleted"

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), amount=AMOUNTS)
    def change_amount(self, data: st.DataObject, amount: int) -> None:
        plan, path, _ = self._any(data)
        if plan.lives:
            plan.amount = amount
        self._expect(plan.lives, "PATCH", path, {"amount": amount})

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), card=st.sampled_from(tuple(CARDS)))
    def change_card_or_verify(self, data: st.DataObject, card: str) -> None:
        """A charge gets a card that may fail; a transfer gets the check that its recipient lacks."""
        plan, path, owner = self._any(data)
        if plan.kind == "transfer":
            self.api.patch(f"/recipients/{owner}/verify", {})
            plan.effect = ("ok",)
            return
        added = self.api.patch(f"/customers/{owner}", {"card": self.api.token(card)})["cards"]["data"][-1]
        if plan.lives:
            plan.effect = CARDS[card]
        self._expect(plan.lives, "PATCH", path, {"card": added["id"]})

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), lasts=st.sampled_from((None, -4, -1, 0, 1, 2, 5, 30)))
    def change_end(self, data: st.DataObject, lasts: int | None) -> None:
        plan, path, _ = self._any(data)
        end = None if lasts is None else self.book.today + lasts * A_DAY
        done = self.book.change_rule(plan, replace(plan.rule, end=end))
        self._expect(done, "PATCH", path, {"end_date": "none" if end is None else str(end)})

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def change_days(self, data: st.DataObject) -> None:
        plan, path, _ = self._any(data)
        if plan.rule.period == "day" or any(each.moved_to for each in plan.decided.values()):
            return  # A date that was moved may stand out of order among the dates of another rule.
        given = data.draw(parts(plan.rule.period), label="on")
        rule_ = replace(plan.rule, weekdays=(), days=(), ordinal=0)
        rule_ = replace(rule_, **given)
        self._expect(self.book.change_rule(plan, rule_), "PATCH", path, {"on": on_of(rule_)})

    @precondition(lambda self: self.ids)
    @rule(
        data=st.data(),
        offset=OFFSETS,
        skip=st.sampled_from((None, None, True, False)),
        moved_by=st.sampled_from((None, -3, -1, 0, 1, 2, 4)),
        amount=st.none() | AMOUNTS,
    )
    def decide_for_a_date(
        self, data: st.DataObject, offset: int, skip: bool | None, moved_by: int | None, amount: int | None
    ) -> None:
        plan, path, _ = self._any(data)
        day = self._date_near(plan, offset)
        to = None if moved_by is None else day + moved_by * A_DAY
        given = {"skip": skip, "move_to": to and str(to), "amount": amount}
        asked = {name: value for name, value in given.items() if value is not None}
        done = bool(asked) and self.book.decide(plan, day, skip=skip, to=to, amount=amount)
        self._expect(done, "PATCH", f"{path}/dates/{day}", asked)

    @precondition(lambda self: any(plan.decided for plan in self.book.plans))
    @rule(data=st.data())
    def take_a_decision_back(self, data: st.DataObject) -> None:
        decided = [(place, day) for place, plan in enumerate(self.book.plans) for day in sorted(plan.decided)]
        place, day = data.draw(st.sampled_from(decided), label="decided")
        done = self.book.reset(self.book.plans[place], day)
        self._expect(done, "DELETE", f"/schedules/{self.ids[place]}/dates/{day}")

    # Comparisons.

    @invariant()
    def both_sides_agree(self) -> None:
        if self.api is None:
            return
        shown = {each["id"]: each for each in self.api.get("/schedules", params={"limit": PAGE})["data"]}
        assert list(shown) == self.ids
        for schedule_id, plan in zip(self.ids, self.book.plans, strict=True):
            found = shown[schedule_id]
            told = (found["status"], found["next_occurrences_on"], self._ended(found))
            assert told == (plan.word(), [str(day) for day in plan.next_dates()], sorted(plan.ended)), plan
        for kind in ("charge", "transfer"):
            moved = sum(len(plan.moved) for plan in self.book.plans if plan.kind == kind)
            total = self.api.get(f"/{kind}s", params={"limit": 1})["total"]
            assert total == moved + (kind == "charge")

    def _compare_payments(self) -> None:
        """Amount and status of every payment of every schedule."""
        for kind in ("charge", "transfer"):
            found = Counter(
                (each["schedule"], each["amount"], each["status"] if kind == "charge" else "successful")
                for each in self._all(f"/{kind}s")
                if each["schedule"]
            )
            expected = Counter(
                (schedule_id, *moved)
                for schedule_id, plan in zip(self.ids, self.book.plans, strict=True)
                if plan.kind == kind
                for moved in plan.moved
            )
            assert found == expected

    def _ended(self, found: Any) -> list[Ended]:
        embedded = found["occurrences"]
        whole = embedded["total"] <= len(embedded["data"])
        return sorted(
            Ended(
                date.fromisoformat(each["scheduled_on"]),
                each["retry_on"] or "",
                each["status"],
                each["message"] or "",
                each["result"] is not None,
            )
            for each in (embedded["data"] if whole else self._all(embedded["location"]))
        )

    def _all(self, path: str) -> list[Any]:
        found: list[Any] = []
        while len(page := self.api.get(path, params={"limit": PAGE, "offset": len(found)})["data"]) == PAGE:
            found += page
        return [*found, *page]

    # Tools.

    def _create(self, plan: Plan, what: dict[str, Any], owner: str) -> None:
        when = {"every": plan.rule.every, "period": plan.rule.period, "on": on_of(plan.rule)}
        when |= {"start_date": str(plan.rule.start), "end_date": plan.rule.end and str(plan.rule.end)}
        if self.book.create(plan):
            self.ids.append(self.api.post("/schedules", when | what)["id"])
            self.owners.append(owner)
        else:
            self.api.refused("POST", "/schedules", when | what)

    def _expect(self, done: bool, method: str, path: str, body: Any = None) -> None:
        if done:
            self.api.ok(method, path, body)
        else:
            self.api.refused(method, path, body)

    def _dated(self, when: dict[str, Any]) -> Rule:
        start = self.book.today + when["starts_in"] * A_DAY
        given = {name: value for name, value in when.items() if name not in ("starts_in", "lasts")}
        end = None if when["lasts"] is None else start + when["lasts"] * A_DAY
        return Rule(start=start, end=end, **given)

    def _any(self, data: st.DataObject) -> tuple[Plan, str, str]:
        place = data.draw(st.integers(0, len(self.ids) - 1), label="which")
        return self.book.plans[place], f"/schedules/{self.ids[place]}", self.owners[place]

    def _date_near(self, plan: Plan, offset: int) -> date:
        """One of the next dates of the rule, or now and then a day that passed or is none."""
        if offset < 0 or not plan.queue:
            return self.book.today + offset * A_DAY
        day = min(each.day for each in plan.queue)
        for _ in range(offset):
            day = plan.rule.after(day) or day
        return day

    def _days_max(self) -> int:
        """How far the clock may go so that a step does not take long."""
        lengths = {"day": 1, "week": 7, "month": 30}
        a_day = sum(
            max(1, len(plan.rule.weekdays) + len(plan.rule.days))
            / (plan.rule.every * lengths[plan.rule.period])
            for plan in self.book.plans
            if plan.lives
        )
        return int(OCCURRENCES_A_STEP_MAX / a_day) if a_day else 400

    def _advance_to(self, to: datetime) -> None:
        self.book.now = to
        self.api.advance(to.strftime("%Y-%m-%dT%H:%M:%SZ"))
