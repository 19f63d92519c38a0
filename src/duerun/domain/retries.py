"""When a failed attempt is tried again, and when its schedule stops (source: the wire specification, 12.3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from duerun.domain.business_days import next_business_day

INSUFFICIENT_BALANCE = "insufficient balance"
ONE_DAY = timedelta(days=1)


class CatchUp(StrEnum):
    """What happens to dates that passed while the engine was not running.

    `latest`: the newest runs, older ones are skipped. `all`: each runs. `ask`: they are held for a person.
    """

    LATEST = "latest"
    ALL = "all"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules of one installation; the defaults are the documented ones."""

    charge_retries_max: int = 2
    transfer_suspend_after: int = 3
    overlap_skips: bool = True
    catch_up_charges: CatchUp = CatchUp.LATEST
    catch_up_transfers: CatchUp = CatchUp.ASK

    def catch_up(self, kind: str) -> CatchUp:
        return self.catch_up_transfers if kind == "transfer" else self.catch_up_charges


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """What follows a failed attempt: a retry on a day, with the rule that chose it; a suspension; or neither."""

    retry_on: date | None = None
    suspend: bool = False
    rule: str | None = None


def after_failed_charge(policy: RetryPolicy, *, attempt: int, today: date) -> AfterFailure:
    """A charge is tried again on the following calendar day; after the last retry its schedule stops.

    >>> after_failed_charge(RetryPolicy(), attempt=1, today=date(2018, 2, 28)).retry_on
    datetime.date(2018, 3, 1)
    """
    if attempt < policy.charge_retries_max:
        number = f"retry {attempt + 1} of at most {policy.charge_retries_max}"
        return AfterFailure(retry_on=today + ONE_DAY, rule=f"{number}, on the next calendar day")
    return AfterFailure(suspend=True)


def after_failed_transfer(
    policy: RetryPolicy, *, message: str, failed_dates: int, today: date, holidays: frozenset[date]
) -> AfterFailure:
    """A balance that is too small is tried again on the next business day; other failures end the date.

    `failed_dates` counts the consecutive dates that failed, this one included.
    """
    if message == INSUFFICIENT_BALANCE:
        return AfterFailure(
            retry_on=next_business_day(today, holidays),
            rule=f"{INSUFFICIENT_BALANCE}: on the next business day",
        )
    stop = policy.transfer_suspend_after
    return AfterFailure(suspend=0 < stop <= failed_dates)
