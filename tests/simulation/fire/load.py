"""What falls due while everything dies: files of schedules that start today, years of test clocks, charges by hand.

All of it comes through the public API and the `duerun` command.
"""

import random
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from .caller import Caller, RefusedError
from .dates import WEEKDAYS, Wanted

CURRENCIES = {"TH": "THB", "JP": "JPY", "SG": "SGD", "MY": "MYR"}
ZONES = (
    "Asia/Bangkok", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Auckland", "Europe/Berlin", "Asia/Kathmandu",
    "America/Los_Angeles", "Pacific/Kiritimati", "Africa/Nairobi", "America/St_Johns", "Asia/Kolkata",
    "Pacific/Honolulu",
)  # fmt: skip
HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
FIRST_HOUR, LAST_HOUR = 1, 20
FILE_ROWS = 40
EVERY_DAYS = 7
LEAST_AMOUNT = 20_000
FUNDS = 15_000_000
FUNDINGS = 3
CLOCK_DAYS = 8
TRANSFERS_EVERY = 4
TRANSFERS_IN = "TH"
EVENING = time(20, 0)
# Transfers run at 08:05 and charges at 08:30.
ALL_RAN = time(8, 31)
CALLERS = 8
WAIT_SECONDS = 3_600


class Command(Protocol):
    """Runs a `duerun` command; what it printed."""

    def __call__(self, *arguments: str) -> str: ...


@dataclass(slots=True)
class Account:
    """An account of test mode. `today` is its day when it was made; amounts are different for each of its schedules."""

    id: str
    secret: str
    public: str
    country: str
    zone: ZoneInfo
    today: date
    customer: str = ""
    recipient: str = ""
    next_amount: int = LEAST_AMOUNT
    through: date | None = None

    @property
    def currency(self) -> str:
        return CURRENCIES[self.country]

    def amount(self) -> int:
        self.next_amount += 1
        return self.next_amount


@dataclass(frozen=True, slots=True)
class ByHand:
    """A charge that was asked for once, and what it was answered."""

    account: str
    amount: int
    currency: str
    id: str


@dataclass(slots=True)
class Load:
    """The work, and what was asked for so far; `files` are bulk jobs with the rows they are of."""

    caller: Caller
    dice: random.Random
    real: list[Account] = field(default_factory=list)
    clocked: list[Account] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    files: list[tuple[Account, str, dict[str, int]]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def open_accounts(self, command: Command, *, real: int, clocked: int) -> None:
        """Accounts in several countries and zones; those on real time are far from their midnight."""
        now = datetime.now(UTC)
        daytime = [zone for zone in ZONES if FIRST_HOUR <= now.astimezone(ZoneInfo(zone)).hour < LAST_HOUR]
        self.real = [_opened(command, number, daytime) for number in range(real)]
        self.clocked = [_opened(command, number, ZONES) for number in range(clocked)]
        for account in (*self.real, *self.clocked):
            account.customer = self._customer(account)

    def plan(self, schedules: int) -> None:
        """Schedules of accounts that live by a test clock, with funds for their transfers."""
        for account in self.clocked:
            if account.country == TRANSFERS_IN:
                account.recipient = self._recipient(account)
                for _ in range(FUNDINGS):
                    self.charge_by_hand(account, FUNDS)
        with ThreadPoolExecutor(CALLERS) as pool:
            jobs = [
                pool.submit(self._schedule, self.clocked[number % len(self.clocked)], number)
                for number in range(schedules)
            ]
            self.wanted += [job.result() for job in jobs]

    def upload(self, account: Account, rows: int) -> None:
        """A file of schedules that start on this very day."""
        with self.lock:
            amounts = [account.amount() for _ in range(rows)]
        lines = [
            f"k{amount},{account.customer},,{amount},,{EVERY_DAYS},day,,{account.today},"
            for amount in amounts
        ]
        file = "\n".join([HEADER, *lines, ""]).encode()
        job = self.caller.call("POST", "/schedules/upload", account.secret, file=file)
        with self.lock:
            self.files.append((account, str(job["id"]), {f"k{amount}": amount for amount in amounts}))

    def advance(self, account: Account, days: int) -> None:
        """Move a test clock to the evening of its next days, one after the other."""
        for _ in range(days):
            through = (account.through or account.today) + timedelta(days=1)
            moment = datetime.combine(through, EVENING, account.zone).astimezone(UTC)
            to = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
            # A clock that went on past an unknown outcome would date the retry of a refusal later than the calendar.
            body = {"to": to, "wait_seconds": WAIT_SECONDS}
            try:
                self.caller.call("POST", "/clock/advance", account.secret, body, keyed=False)
            except RefusedError:
                # The server that moved it died before it said so.
                if self.caller.call("GET", "/clock", account.secret)["now"] < to:
                    raise
            account.through = through

    def read_clocks(self) -> dict[str, date]:
        """The last day by account on which everything was due: of the clocks, as they stand now."""
        until = {each.id: each.today for each in self.real}
        for account in self.clocked:
            told = self.caller.call("GET", "/clock", account.secret)["now"]
            local = datetime.fromisoformat(told.replace("Z", "+00:00")).astimezone(account.zone)
            until[account.id] = local.date() - timedelta(days=local.time() < ALL_RAN)
        return until

    def charge_by_hand(self, account: Account, amount: int = 0) -> None:
        """One charge with one Idempotency-Key, however often it has to be asked for."""
        with self.lock:
            amount = amount or account.amount()
        body = {"amount": amount, "currency": account.currency, "customer": account.customer}
        made = self.caller.call("POST", "/charges", account.secret, body)
        with self.lock:
            self.by_hand.append(ByHand(account.id, amount, account.currency, str(made["id"])))

    def read_files(self) -> list[str]:
        """What became of the files: their schedules are wanted; complaints about rows without one."""
        complaints = []
        for account, job_id, amounts in self.files:
            report = self.caller.call("GET", f"/recurring_exports/{job_id}/download", account.secret)
            lines = [line.split(",") for line in report.splitlines()[1:]]
            made = {line[0]: line[11] for line in lines if line[10] == "success"}
            complaints += [f"{job_id}: no schedule for {key}" for key in amounts if key not in made]
            self.wanted += [
                Wanted(
                    schedule_id=schedule_id,
                    account=account.id,
                    kind="charge",
                    amount=amounts[key],
                    currency=account.currency,
                    start=account.today,
                    every=EVERY_DAYS,
                )
                for key, schedule_id in made.items()
            ]
        return complaints

    def _customer(self, account: Account) -> str:
        card = {"name": "Somchai Prasert", "number": "4242424242424242", "security_code": "123"}
        card_body = {"card": card | {"expiration_month": 12, "expiration_year": 2060}}
        token = self.caller.call("POST", "/tokens", account.public, card_body)
        return str(self.caller.call("POST", "/customers", account.secret, {"card": token["id"]})["id"])

    def _recipient(self, account: Account) -> str:
        bank = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
        body = {"name": "Somchai", "type": "individual", "bank_account": bank}
        made = self.caller.call("POST", "/recipients", account.secret, body)
        return str(self.caller.call("PATCH", f"/recipients/{made['id']}/verify", account.secret)["id"])

    def _schedule(self, account: Account, number: int) -> Wanted:
        with self.lock:
            amount = account.amount()
        kind = "transfer" if number % TRANSFERS_EVERY == 0 and account.country == TRANSFERS_IN else "charge"
        rule = self._rule(number)
        start = account.today + timedelta(days=1)
        party = {"recipient": account.recipient} if kind == "transfer" else {"customer": account.customer}
        body = {
            "start_date": str(start),
            "end_date": "2099-12-31",
            kind: party | {"amount": amount},
        } | _asked(rule)
        made = self.caller.call("POST", "/schedules", account.secret, body)
        return Wanted(
            schedule_id=str(made["id"]),
            account=account.id,
            kind=kind,
            amount=amount,
            currency=account.currency,
            start=start,
            **rule,
        )

    def _rule(self, number: int) -> dict[str, Any]:
        if number % 4 == 1:
            return {"period": "week", "weekdays": tuple(WEEKDAYS[number % 3 :: 2])}
        if number % 4 == 2:
            return {"period": "month", "days_of_month": tuple(range(1 + number % 2, 29, 2))}
        return {"period": "day", "every": 1 + number % 2}


def _asked(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as the API takes it."""
    on = {name: list(rule[name]) for name in ("weekdays", "days_of_month") if name in rule}
    return {"every": rule.get("every", 1), "period": rule["period"]} | ({"on": on} if on else {})


def _opened(command: Command, number: int, zones: Sequence[str]) -> Account:
    country = list(CURRENCIES)[number % len(CURRENCIES)]
    zone = zones[number % len(zones)]
    printed = command("keys", "create", "--new-account", "--country", country)
    account, public, secret = (
        re.search(pattern, printed) for pattern in (r"account_\w+", r"pkey_\w+", r"skey_\w+")
    )
    if not (account and public and secret):
        raise RuntimeError(f"no keys: {printed}")
    command("account", "set", f"timezone={zone}", "--account", account[0])
    today = datetime.now(ZoneInfo(zone)).date()
    return Account(account[0], secret[0], public[0], country, ZoneInfo(zone), today)
