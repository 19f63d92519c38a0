"""Files of checks and single checks against an own directory of a million accounts, over HTTP to a `duerun dev`."""

import base64
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks import machine
from benchmarks.bulk import Dev, dev
from benchmarks.limits import payees as limit
from duerun.domain.payees import practice
from duerun.domain.payees.accounts import encode

BIC = "DUERNL2A"
CLIENT = "benchmark"
POLL_SECONDS = 0.02
LIMIT_RECORDS = 50_000
ENVIRONMENT = {
    "DUERUN_VOP_RECORDS_MAX": "1000000",
    "DUERUN_VOP_BYTES_MAX": "1000000000",
    "DUERUN_VOP_DISCLOSURES_HOUR_MAX": "100000000",
    "DUERUN_VOP_NAMES_PER_IBAN_DAY_MAX": "1000000",
}
COPY = "COPY vop_accounts (iban, bank_code, digest, held) FROM STDIN (FORMAT BINARY)"
BANKS = "INSERT INTO vop_banks (bank_code, accounts) SELECT bank_code, count(*) FROM vop_accounts GROUP BY bank_code"


@dataclass
class Server:
    """A running server with a directory, and a client of it in live mode."""

    dev: Dev
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.dev.port, timeout=600)
        named = {"Authorization": f"Bearer {self.token}", "X-Request-Id": str(uuid.uuid4()), **headers}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text


@contextmanager
def server(accounts: int) -> Iterator[Server]:
    """A `duerun dev` whose directory holds so many accounts of practice holders."""
    with dev(**ENVIRONMENT) as running:
        _fill(running.dsn, accounts)
        command = [sys.executable, "-m", "duerun", "vop", "client", "create", CLIENT, "--live", "--bic", BIC]
        made = subprocess.run(
            command,
            env={**os.environ, "DUERUN_DATABASE_URL": running.dsn},
            capture_output=True,
            text=True,
            check=True,
        )
        secret = made.stdout.split()[-1]
        time.sleep(6)  # which banks are our own is read again every five seconds
        yield Server(running, _token(running.port, secret))


def _fill(dsn: str, accounts: int) -> None:
    held: dict[str, bytes] = {}
    with psycopg.connect(dsn, autocommit=True) as connection:
        with connection.cursor().copy(COPY) as copy:
            copy.set_types(("text", "text", "bytea", "bytea"))
            for number in range(1, accounts + 1):
                name = practice.name_of(number)
                if name not in held:
                    held[name] = encode(practice.account_of(number))
                copy.write_row((practice.iban_of(number), f"NL{practice.BANKS['NL']}", b"", held[name]))
        connection.execute(BANKS)
        connection.execute("ANALYZE vop_accounts")


def _token(port: int, secret: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    user = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {user}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(
        "POST", "/oauth/client_credential/accesstoken", "grant_type=client_credentials", headers
    )
    token = json.loads(connection.getresponse().read())["access_token"]
    connection.close()
    return str(token)


def records(count: int, accounts: int) -> Iterator[bytes]:
    """Lines of a file: of 100 names 80 are equal, 8 in capitals, 4 misspelt, 4 another's, 4 on no account."""
    dice = random.Random(3)  # noqa: S311 - the same file in every run
    for _ in range(count):
        number = dice.randrange(1, accounts + 1)
        name, kind = practice.name_of(number), dice.randrange(100)
        if kind >= 96:
            number += accounts
        elif kind >= 92:
            name = practice.name_of(dice.randrange(1, accounts + 1))
        elif kind >= 88:
            name = _misspelt(name, dice)
        elif kind >= 80:
            name = name.upper()
        yield (
            json.dumps(
                {
                    "uetr": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                    "party": {"name": name},
                    "partyAccount": {"iban": practice.iban_of(number)},
                    "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}},
                },
                ensure_ascii=False,
            ).encode()
            + b"\n"
        )


def _misspelt(name: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def bulk(count: int, accounts: int) -> dict[str, Any]:
    """Seconds from the first byte of an upload to PROCESSED, the slowest status meanwhile, memory; and the limit."""
    lines = list(records(count, accounts))
    body = b"".join(lines)
    with server(accounts) as running:
        peak = machine.TreePeak(running.dev.pid)
        with peak:
            first = _file(running, body, count)
            again = _file(running, body, count)
    sample = lines[:LIMIT_RECORDS]
    names = {practice.iban_of(number): practice.name_of(number) for number in range(1, accounts + 1)}
    by_hand = limit.records_per_second(sample, names)
    return {
        "seconds": first["seconds"],
        "again_seconds": again["seconds"],
        "upload_seconds": again["upload_seconds"],
        "per_second": round(count / again["seconds"]),
        "status_milliseconds_max": max(first["status_milliseconds_max"], again["status_milliseconds_max"]),
        "server_and_processes_peak_megabytes": peak.megabytes,
        "limit_per_second_and_core": round(by_hand),
        "share_of_limit_a_core": round(count / again["seconds"] / 2 / by_hand, 3),
    }


def _file(running: Server, body: bytes, count: int) -> dict[str, float]:
    started = time.perf_counter()
    status, answer = running.call(
        "POST", "/vopgateway/v1/bulk", body, **{"Content-Type": "application/x-ndjson"}
    )
    uploaded = time.perf_counter()
    if status != 202:
        raise RuntimeError(answer[:200])
    task_id = json.loads(answer)["taskId"]
    slowest, state = 0.0, ""
    while state not in ("PROCESSED", "FAILED", "TIMED_OUT"):
        time.sleep(POLL_SECONDS)
        asked = time.perf_counter()
        state = json.loads(running.call("GET", f"/vopgateway/v1/bulk/{task_id}/status")[1])["status"]
        slowest = max(slowest, time.perf_counter() - asked)
    finished = time.perf_counter()
    _, results = running.call("GET", f"/vopgateway/v1/bulk/{task_id}")
    lines = results.count(b"\n")
    if state != "PROCESSED" or lines != count:
        raise RuntimeError(f"{state}: {lines} lines for {count} records")
    return {
        "seconds": round(finished - started, 2),
        "upload_seconds": round(uploaded - started, 2),
        "status_milliseconds_max": round(slowest * 1000, 1),
    }


def single(checks: int, accounts: int) -> dict[str, Any]:
    """Milliseconds of single checks at 300 a second, with nothing else to do and while a file is checked."""
    with server(accounts) as running:
        idle = _paced(running, checks, accounts)
        body = b"".join(records(accounts, accounts))
        status, answer = running.call(
            "POST", "/vopgateway/v1/bulk", body, **{"Content-Type": "application/x-ndjson"}
        )
        if status != 202:
            raise RuntimeError(answer[:200])
        busy = _paced(running, checks, accounts)
        state = json.loads(
            running.call("GET", f"/vopgateway/v1/bulk/{json.loads(answer)['taskId']}/status")[1]
        )["status"]
    return {
        "p99_milliseconds": idle[1],
        "p50_milliseconds": idle[0],
        "busy_p99_milliseconds": busy[1],
        "busy_p50_milliseconds": busy[0],
        "file_went_on_throughout": state == "IN_PROGRESS",
    }


def _paced(running: Server, checks: int, accounts: int, *, per_second: int = 300) -> tuple[float, float]:
    """Median and 99th of 100, from the moment at which a check was due to its answer."""
    took: list[float] = []
    due_at = time.perf_counter()
    lock = threading.Lock()
    numbers = iter(range(checks))

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.dev.port, timeout=60)
        while True:
            with lock:
                place = next(numbers, None)
            if place is None:
                break
            moment = due_at + place / per_second
            time.sleep(max(0.0, moment - time.perf_counter()))
            number = place % accounts + 1
            body = json.dumps(
                {
                    "party": {"name": practice.name_of(number)},
                    "partyAccount": {"iban": practice.iban_of(number)},
                    "partyAgent": {"financialInstitutionId": {"bicfi": BIC}},
                    "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}},
                }
            )
            headers = {
                "Authorization": f"Bearer {running.token}",
                "X-Request-Id": str(uuid.uuid4()),
                "Content-Type": "application/json",
            }
            connection.request("POST", "/vop/v1/payee-verifications", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}")
            took.append(time.perf_counter() - moment)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(took) != checks:
        raise RuntimeError(f"{len(took)} of {checks} checks were answered")
    took.sort()
    return round(took[len(took) // 2] * 1000, 2), round(took[len(took) * 99 // 100] * 1000, 2)
