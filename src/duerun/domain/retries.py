"""When a failed attempt is tried again, and when its schedule stops (source: the wire specification, 12.3)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from duerun.domain.business_days import next_business_day

INSUFFICIENT_BALANCE = "insufficient balance"
ONE_DAY = timedelta(days=1)
STOP = "stop"
RETRIES_MAX = 10
WAIT_DAYS_MAX = 60
RETRY_CODES_MAX = 30
RETRY_CODE_CHARACTERS_MAX = 64
# The failure of an occurrence whose customer has no card: nothing is sent.
NO_CARD_CODE = "missing_card"
# The failure codes that processors use most; there may be others.
USUAL_CODES = (
    "insufficient_fund",
    "payment_rejected",
    "failed_processing",
    "failed_fraud_check",
    "stolen_or_lost_card",
    "expired_card",
    "invalid_account_number",
    "invalid_security_code",
    NO_CARD_CODE,
)
_CODE = re.compile(rf"[a-z0-9_]{{1,{RETRY_CODE_CHARACTERS_MAX}}}")
_RULE = re.compile(r"(?P<days>[0-9]{1,3}(\s*,\s*[0-9]{1,3}){0,40})(?P<business>\s+business)?")


class CatchUp(StrEnum):
    """What happens to dates that passed while the engine was not running.

    `latest`: the newest runs, older ones are skipped. `all`: each runs. `ask`: they are held for a person.
    """

    LATEST = "latest"
    ALL = "all"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class RetryRule:
    """After how many days of the calendar, or business days, each retry comes; without any it stops."""

    waits: tuple[int, ...]
    business: bool = False

    def day_after(self, today: date, attempt: int, holidays: frozenset[date]) -> date | None:
        """The day of the attempt that follows a failed one of today; None if none does.

        >>> RetryRule((1, 3)).day_after(date(2026, 3, 6), 1, frozenset())
        datetime.date(2026, 3, 9)
        """
        if attempt >= len(self.waits):
            return None
        if not self.business:
            return today + self.waits[attempt] * ONE_DAY
        day = today
        for _ in range(self.waits[attempt]):
            day = next_business_day(day, holidays)
        return day

    def days_after(self, day: date, holidays: Callable[[date], frozenset[date]]) -> Iterator[date]:
        """The days of all retries behind a first attempt that fails, if each of them fails, too."""
        for attempt in range(len(self.waits)):
            following = self.day_after(day, attempt, holidays(day) if self.business else frozenset())
            if following is not None:
                yield following
                day = following

    def __str__(self) -> str:
        """As an operator writes it: `1, 3 business`, or `stop`."""
        days = ", ".join(map(str, self.waits))
        return f"{days} business" if self.business and days else days or STOP


@dataclass(frozen=True, slots=True)
class RetryTable:
    """The rules for failed charges: those of single failure codes, and the usual one for all others."""

    usual: RetryRule
    by_code: Mapping[str, RetryRule] = field(default_factory=dict)

    def of(self, code: str | None) -> RetryRule:
        return self.by_code.get(code or "", self.usual)

    def __str__(self) -> str:
        """As an operator writes it: `*: 1, 1; stolen_or_lost_card: stop`."""
        rows = [("*", self.usual), *sorted(self.by_code.items())]
        return "; ".join(f"{code}: {rule}" for code, rule in rows)


NEXT_BUSINESS_DAY = RetryRule((1,), business=True)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules of one installation; the defaults are the documented ones. An account may have rules of its own."""

    charge_retries_max: int = 2
    transfer_suspend_after: int = 3
    overlap_skips: bool = True
    catch_up_charges: CatchUp = CatchUp.LATEST
    catch_up_transfers: CatchUp = CatchUp.ASK

    def catch_up(self, kind: str) -> CatchUp:
        return self.catch_up_transfers if kind == "transfer" else self.catch_up_charges

    @property
    def charges(self) -> RetryTable:
        """A retry on each of the following calendar days, whatever the failure."""
        return RetryTable(RetryRule((1,) * self.charge_retries_max))


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """What follows a failed attempt: a retry on a day, with the rule that chose it; a suspension; or neither."""

    retry_on: date | None = None
    suspend: bool = False
    rule: str | None = None


def after_failed_charge(
    table: RetryTable, *, code: str | None, attempt: int, today: date, holidays: frozenset[date]
) -> AfterFailure:
    """A charge is tried again on the day that the rule of its code says; after the last retry its schedule stops.

    >>> usual = RetryPolicy().charges
    >>> after_failed_charge(usual, code=None, attempt=1, today=date(2018, 2, 28), holidays=frozenset()).retry_on
    datetime.date(2018, 3, 1)
    """
    rule = table.of(code)
    retry_on = rule.day_after(today, attempt, holidays)
    if retry_on is None:
        return AfterFailure(suspend=True)
    own = f" for {code}" if code in table.by_code else ""
    number = f"retry {attempt + 1} of at most {len(rule.waits)}{own}"
    return AfterFailure(retry_on=retry_on, rule=f"{number}, {_later(rule.waits[attempt], rule.business)}")


def after_failed_transfer(
    rule: RetryRule,
    *,
    suspend_after: int,
    message: str,
    failed_dates: int,
    today: date,
    holidays: frozenset[date],
) -> AfterFailure:
    """A balance that is too small is tried again after the wait of the rule, each time; other failures end the date.

    `failed_dates` counts the consecutive dates that failed, this one included; 0 in `suspend_after` is never.
    """
    if message == INSUFFICIENT_BALANCE:
        return AfterFailure(
            retry_on=rule.day_after(today, 0, holidays),
            rule=f"{INSUFFICIENT_BALANCE}: {_later(rule.waits[0], rule.business)}",
        )
    return AfterFailure(suspend=0 < suspend_after <= failed_dates)


def _later(days: int, business: bool) -> str:
    kind = "business" if business else "calendar"
    return f"on the next {kind} day" if days == 1 else f"{days} {kind} days later"


def parse_rule(text: str) -> RetryRule:
    """A rule as an operator writes it; raises `ValueError`.

    >>> parse_rule("1, 3 business"), parse_rule("stop")
    (RetryRule(waits=(1, 3), business=True), RetryRule(waits=(), business=False))
    """
    words = text.strip().lower()
    if words == STOP:
        return RetryRule(())
    match = _RULE.fullmatch(words)
    if match is None:
        raise ValueError(text)
    waits = tuple(int(each) for each in match["days"].split(","))
    if len(waits) > RETRIES_MAX or not all(1 <= each <= WAIT_DAYS_MAX for each in waits):
        raise ValueError(text)
    return RetryRule(waits, business=match["business"] is not None)


def is_code(text: str) -> bool:
    """Whether a text can be a failure code."""
    return _CODE.fullmatch(text) is not None


def parse_single_wait(text: str) -> RetryRule:
    """The rule for transfers that wait for balance: one number of days; raises `ValueError`."""
    rule = parse_rule(text)
    if len(rule.waits) != 1:
        raise ValueError(text)
    return rule


def parse_table(text: str) -> RetryTable:
    """A table as an operator writes it: rows between semicolons, `*` for the usual rule; raises `ValueError`.

    >>> str(parse_table("*: 1,1; insufficient_fund: 1,3 business; stolen_or_lost_card: stop"))
    '*: 1, 1; insufficient_fund: 1, 3 business; stolen_or_lost_card: stop'
    """
    rows: dict[str, RetryRule] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        code, colon, rule = part.partition(":")
        code = code.strip()
        if not colon or code in rows or not (code == "*" or is_code(code)):
            raise ValueError(text)
        rows[code] = parse_rule(rule)
    if len(rows) > RETRY_CODES_MAX + 1:
        raise ValueError(text)
    return RetryTable(rows.pop("*"), rows)
