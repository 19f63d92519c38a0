"""The restore drill: backup under load, destroy, restore, recover; the processor's own ledger judges.

`python tests/drill.py --cycles 100 --seed 1` prints one line a cycle and a verdict as JSON; status 1 unless all
is well.
The calendar of the judge is plain date arithmetic and knows nothing of Duerun's.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from duerun.settings import DEV_PUBLIC_KEY, DEV_SECRET_KEY
from processor import TOKEN

COMMAND = (sys.executable, "-m", "duerun")
SECONDS_MAX = 300
LOOK_SECONDS = 0.02
FAULTS = 0.02
DAY = timedelta(days=1)
GOOD_CARD, REFUSED_ONCE_CARD = "4242424242424242", "4111111111170091"
GATEWAY = {
    "DUERUN_GATEWAY_TOKEN": TOKEN,
    "DUERUN_GATEWAY_TIMEOUT_SECONDS": "0.5",
    "DUERUN_GATEWAY_MAX_PROCESSING_SECONDS": "0.2",
    "DUERUN_REQUESTS_PER_MINUTE_MAX": "1000000",
}


@dataclass(frozen=True)
class Plan:
    """A schedule as it was asked for: each `step` days, or on `month_day` of each month, from `start` on."""

    id: str
    amount: int
    start: date
    step: int
    month_day: int
    is_refused_first: bool

    def dates(self, last: date) -> Iterator[date]:
        day = self.start
        while day <= last:
            if not self.month_day or day.day == self.month_day:
                yield day
            day += DAY if self.month_day else self.step * DAY


@dataclass
class Verdict:
    """What the ledger shows. All but `effects`, `settled` and `cycles` have to be 0."""

    cycles: int = 0
    seed: int = 0
    effects: int = 0
    found_by_recover: int = 0
    doubled: int = 0
    lost: int = 0
    wrong_amounts: int = 0
    conflicts: int = 0
    sent_while_frozen: int = 0
    not_planned: int = 0
    seconds: float = 0.0

    @property
    def is_well(self) -> bool:
        wrong = (
            self.doubled,
            self.lost,
            self.wrong_amounts,
            self.conflicts,
            self.sent_while_frozen,
            self.not_planned,
        )
        return wrong == (0,) * len(wrong)


@dataclass
class Drill:
    """One installation after another, and the processor that outlives them."""

    folder: Path
    ledger: Path
    url: str
    dice: random.Random
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    number: int = 0
    plans: list[Plan] = field(default_factory=list)
    gone: list[Plan] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / f"data-{self.number}"

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUERUN_")}
        return kept | GATEWAY | {"DUERUN_GATEWAY_URL": self.url, "NO_COLOR": "1"}

    def duerun(self, *arguments: str | Path) -> str:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments), "--data", str(self.data)],
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        with (self.folder / "dev.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "dev", "--data", str(self.data), "--port", str(self.port)],
                env=self.variables,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        ends_at = time.monotonic() + SECONDS_MAX
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "dev.log").read_text()
            assert time.monotonic() < ends_at, "the server did not start"
            time.sleep(LOOK_SECONDS)

    def _answers(self) -> bool:
        with suppress(requests.RequestException):
            return self.call("GET", "/clock").status_code == 200
        return False

    def call(
        self, method: str, path: str, body: Any = None, *, key: str = DEV_SECRET_KEY
    ) -> requests.Response:
        url = f"http://127.0.0.1:{self.port}{path}"
        return requests.request(method, url, json=body, auth=(key, ""), timeout=SECONDS_MAX)

    def made(self, path: str, body: Any, *, key: str = DEV_SECRET_KEY) -> dict[str, Any]:
        answer = self.call("POST", path, body, key=key)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def destroy(self) -> None:
        """As a machine is lost: no goodbye, and nothing is left."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(SECONDS_MAX)
            self.process = None
        _wait_for_the_end(self.data)
        shutil.rmtree(self.data, ignore_errors=True)

    def effects(self) -> list[dict[str, Any]]:
        lines = self.ledger.read_text("utf-8").splitlines() if self.ledger.exists() else []
        return [json.loads(line) for line in lines]

    def today(self) -> date:
        moment = datetime.fromisoformat(self.call("GET", "/clock").json()["now"])
        return (moment.astimezone(UTC) + timedelta(hours=7)).date()

    def schedule(self) -> Plan:
        """A new schedule from tomorrow on, of one of four kinds."""
        kind, start, amount = self.dice.randrange(4), self.today() + DAY, self.dice.randrange(2_000, 100_000)
        number = REFUSED_ONCE_CARD if kind == 3 else GOOD_CARD
        card = {"name": "Somchai Prasert", "number": number, "expiration_month": 10, "expiration_year": 2060}
        token = self.made("/tokens", {"card": card}, key=DEV_PUBLIC_KEY)["id"]
        customer = self.made("/customers", {"card": token})["id"]
        month_day = self.dice.randint(1, 28) if kind == 2 else 0
        step = (1, 3, 1, 7)[kind]
        when = {"every": step, "period": "day"}
        if month_day:
            when = {"every": 1, "period": "month", "on": {"days_of_month": [month_day]}}
        ends = {"start_date": str(start), "end_date": "2099-12-31"}
        body = when | ends | {"charge": {"customer": customer, "amount": amount}}
        return Plan(self.made("/schedules", body)["id"], amount, start, step, month_day, kind == 3)


def _wait_for_the_end(data: Path) -> None:
    """The database of a killed parent ends with it, a moment later."""
    from duerun.storage.server_process import server_processes

    ends_at = time.monotonic() + SECONDS_MAX
    while server_processes((data / "postgres").resolve()) and time.monotonic() < ends_at:
        time.sleep(LOOK_SECONDS)


@contextmanager
def under_load(drill: Drill) -> Iterator[None]:
    """The clock runs, day after day, until the block ends or the server dies."""
    stop = threading.Event()

    def advance() -> None:
        while not stop.is_set():
            with suppress(requests.RequestException):
                drill.call("POST", "/clock/advance", {"days": drill.dice.randint(1, 3)})

    thread = threading.Thread(target=advance, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SECONDS_MAX)


def wait_for_effects(drill: Drill, more: int) -> None:
    wanted, ends_at = len(drill.effects()) + more, time.monotonic() + SECONDS_MAX
    while len(drill.effects()) < wanted:
        assert time.monotonic() < ends_at, "nothing is paid"
        time.sleep(LOOK_SECONDS)


def cycle(drill: Drill, verdict: Verdict) -> None:
    """Backup at a random moment of the load, some more payments, the end; then a new life from the backup."""
    drill.plans += [drill.schedule() for _ in range(2)]
    backup = drill.folder / f"backup-{drill.number}"
    with under_load(drill):
        wait_for_effects(drill, drill.dice.randint(1, 20))
        drill.duerun("backup", backup)
        wait_for_effects(drill, drill.dice.randint(1, 30))
        drill.gone.append(drill.schedule())
        wait_for_effects(drill, drill.dice.randint(0, 10))
        drill.destroy()
    drill.number += 1
    drill.duerun("backup", "verify", backup)
    drill.duerun("restore", backup)
    shutil.rmtree(backup)
    before = len(drill.effects())
    drill.start()
    answer = drill.call("POST", "/clock/advance", {"days": 1})
    assert answer.status_code == 503, answer.text
    report = json.loads(drill.duerun("recover", "--yes", "--json"))
    verdict.sent_while_frozen += len(drill.effects()) - before
    verdict.found_by_recover += report["succeeded"] + report["refused"]
    verdict.cycles += 1


def judge(drill: Drill, verdict: Verdict, last: date) -> None:
    """The ledger against the calendar, up to the day `last`."""
    lines = drill.effects()
    verdict.conflicts = sum("conflict" in each for each in lines)
    effects = [each for each in lines if "conflict" not in each]
    verdict.effects = len(effects)
    paid = Counter(each["reference"] for each in effects if each["refusal"] is None)
    tries = Counter((each["reference"], each["attempt"]) for each in effects)
    amounts = {plan.id: plan.amount for plan in drill.plans + drill.gone}
    verdict.doubled = sum(count - 1 for count in paid.values()) + sum(count - 1 for count in tries.values())
    verdict.wrong_amounts = sum(
        each["amount"] != amounts[each["reference"].split(":")[0]] or each["currency"].upper() != "THB"
        for each in effects
    )
    # What is refused at first is paid on the day behind it.
    wanted = {
        f"{plan.id}:{day}"
        for plan in drill.plans
        for day in plan.dates(last - DAY if plan.is_refused_first else last)
    }
    verdict.lost = len(wanted - set(paid))
    possible = {f"{plan.id}:{day}" for plan in drill.plans for day in plan.dates(last)}
    gone = {plan.id for plan in drill.gone}
    verdict.not_planned = len({each for each in paid if each.split(":")[0] not in gone} - possible)


def run(cycles: int, seed: int) -> Verdict:
    """The whole drill in a folder of its own."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="duerun-drill-"))
    folder.chmod(0o755)
    ledger = folder / "ledger.ndjson"
    command = [
        sys.executable,
        str(Path(__file__).with_name("ledger_process.py")),
        str(ledger),
        str(seed),
        str(FAULTS),
    ]
    processor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert processor.stdout is not None
    dice = random.Random(seed)  # noqa: S311 - when things happen, not what is secret
    drill = Drill(folder, ledger, processor.stdout.readline().strip(), dice)
    verdict = Verdict(seed=seed)
    try:
        drill.start()
        drill.plans += [drill.schedule() for _ in range(8)]
        for _ in range(cycles):
            cycle(drill, verdict)
            sys.stderr.write(
                f"cycle {verdict.cycles}: {verdict.found_by_recover} payments found by recover so far\n"
            )
        # Further than any installation came that is gone.
        latest = max(date.fromisoformat(each["reference"][-10:]) for each in drill.effects() if "key" in each)
        last = max(drill.today(), latest) + 3 * DAY
        # The end of that day in Bangkok.
        assert drill.call("POST", "/clock/advance", {"to": f"{last}T16:59:00Z"}).status_code == 200
        judge(drill, verdict, last)
    finally:
        drill.destroy()
        processor.kill()
        processor.wait()
        processor.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)
    verdict.seconds = round(time.monotonic() - started, 1)
    return verdict


def main() -> int:
    parser = argparse.ArgumentParser(description="Backup, destroy, restore, recover, again and again.")
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    verdict = run(given.cycles, given.seed)
    sys.stdout.write(json.dumps(asdict(verdict) | {"well": verdict.is_well}, indent=2) + "\n")
    return 0 if verdict.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
