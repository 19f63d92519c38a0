"""An account in one of its modes: whose objects a request sees, and by which calendar and rules they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from duerun.domain.gateway_terms import AttachedTerms
from duerun.domain.local_time import local_date, run_at
from duerun.domain.retries import CatchUp, RetryRule, RetryTable

VERSIONS = ("2014-07-27", "2015-11-17", "2017-11-02", "2019-05-29")
CURRENT_VERSION = "2019-05-29"


@dataclass(frozen=True, slots=True)
class Fees:
    """What the account pays: a rate in per cent on charges, fixed amounts in the smallest unit on transfers."""

    charge_rate: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)
    transfer_minor: int = 0
    transfer_vat_minor: int = 0


FEES_OF = {"TH": Fees(Decimal("3.65"), Decimal(7), 2_804, 196)}


@dataclass(frozen=True, slots=True)
class Account:
    """One account in one mode, as a request or a tick sees it. `id` is internal; `public_id` is on the wire."""

    id: int
    public_id: str
    livemode: bool
    team_id: str
    email: str
    country: str
    currency: str
    timezone: str
    api_version: str
    charge_run_time: time
    transfer_run_time: time
    webhook_uri: str | None
    created_at: datetime
    clock_offset: timedelta = timedelta(0)
    fees: Fees = Fees()
    settlement_days: int = 0
    auto_verify_recipients: bool = False
    auto_activate_recipients: bool = True
    holidays: frozenset[date] = frozenset()
    # Jobs over so many rows, or over such an amount, wait for a second person; 0 is no limit.
    bulk_approval_rows: int = 0
    bulk_approval_amount: int = 0
    # What happens to missed dates; None is as the server's options say. Under `all`, at most so many of a schedule run.
    catch_up_charges: CatchUp | None = None
    catch_up_transfers: CatchUp | None = None
    catch_up_max: int = 0
    # When failures are tried again and when they suspend; None is as the server's options say.
    retry_charges: RetryTable | None = None
    retry_transfers: RetryRule | None = None
    transfer_suspend_after: int | None = None
    # The processor of its own in this mode; None is the server's.
    gateway: AttachedTerms | None = None
    # Kept for the account and used for nothing.
    chain_enabled: bool = False
    chain_return_uri: str | None = None
    metadata_export_keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    zero_interest_installments: bool = False

    def catch_up(self, kind: str) -> CatchUp | None:
        """The account's own policy for missed dates, if it has one."""
        return self.catch_up_transfers if kind == "transfer" else self.catch_up_charges

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def now(self, real_now: datetime) -> datetime:
        """The moment that this account lives in: real time, or its test clock."""
        return real_now + self.clock_offset

    def today(self, now: datetime) -> date:
        """The calendar day of `now` in the account's zone."""
        return local_date(now, self.zone)

    def due_at(self, kind: str, day: date) -> datetime:
        """The moment in UTC at which an occurrence of `kind` runs on `day`."""
        return run_at(day, self.transfer_run_time if kind == "transfer" else self.charge_run_time, self.zone)
