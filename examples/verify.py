"""Checks payees over the bulk API of the VOP face and prints the answers. Needs nothing but Python.

    python examples/verify.py [FILE]

FILE holds a record a line, as `duerun vop practice -o payees.ndjson` writes them; without one a few are made up. The
server is DUERUN_CLIENT_URL, the client DUERUN_VOP_CLIENT_ID with DUERUN_VOP_CLIENT_SECRET; without them those of
`duerun dev`.
"""
# ruff: noqa: T201 - an example prints

import base64
import json
import os
import sys
import time
import uuid
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SERVER = urlsplit(os.environ.get("DUERUN_CLIENT_URL", "http://127.0.0.1:8080"))
CLIENT = os.environ.get("DUERUN_VOP_CLIENT_ID", "duerun-dev")
SECRET = os.environ.get("DUERUN_VOP_CLIENT_SECRET", "duerun-dev-secret")
BIC = os.environ.get("DUERUN_VOP_CLIENT_BIC", "DUERNL2A")
POLL_SECONDS = 0.2
FOLLOW_SECONDS_MAX = 600
ANSWER_SECONDS_MAX = 120
# The last digits of a practice IBAN say who answers, and a few names what is answered.
PRACTICE = (
    ("NL16DUER0005000016", "John Close Match"),
    ("NL16DUER0005000016", "John No Match"),
    ("NL16DUER0005000016", "Anybody Else"),
    ("NL27DUER0009000001", "Anybody Else"),
)


def call(method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
    """The body of an answer; a refusal ends the program with its words."""
    connect = HTTPSConnection if SERVER.scheme == "https" else HTTPConnection
    connection = connect(SERVER.hostname or "", SERVER.port, timeout=ANSWER_SECONDS_MAX)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request(method, path, body, {"X-Request-Id": str(uuid.uuid4()), **named})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status not in (200, 202):
        raise SystemExit(f"{method} {path}: {answer.status} {data.decode()}")
    return data


def token() -> str:
    """A bearer token for the client's name and secret; it counts for an hour."""
    user = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    granted = call(
        "POST",
        "/oauth/client_credential/accesstoken",
        b"grant_type=client_credentials",
        Authorization=f"Basic {user}",
        Content_Type="application/x-www-form-urlencoded",
    )
    return str(json.loads(granted)["access_token"])


def record(iban: str, name: str) -> dict[str, Any]:
    return {
        "uetr": str(uuid.uuid4()),
        "party": {"name": name},
        "partyAccount": {"iban": iban},
        "requestingAgent": {"financialInstitutionId": {"bicfi": BIC}},
    }


def check(body: bytes) -> list[dict[str, Any]]:
    """Send a file, wait for its end, fetch the results: one for each record, in their order."""
    bearer = f"Bearer {token()}"
    sent = call(
        "POST", "/vopgateway/v1/bulk", body, Authorization=bearer, Content_Type="application/x-ndjson"
    )
    path = f"/vopgateway/v1/bulk/{json.loads(sent)['taskId']}"
    deadline = time.monotonic() + FOLLOW_SECONDS_MAX
    while True:
        task = json.loads(call("GET", f"{path}/status", Authorization=bearer))
        if task["status"] == "PROCESSED":
            break
        if task["status"] in ("FAILED", "TIMED_OUT"):
            raise SystemExit(f"{task['status']}: {task['detail']}")
        if time.monotonic() > deadline:
            raise SystemExit(f"still {task['status']}: does an engine run?")
        time.sleep(POLL_SECONDS)
    return [json.loads(line) for line in call("GET", path, Authorization=bearer).splitlines()]


def main() -> None:
    if len(sys.argv) > 1:
        body = Path(sys.argv[1]).read_bytes()
    else:
        body = b"".join(json.dumps(record(*each)).encode() + b"\n" for each in PRACTICE)
    asked = [json.loads(line) for line in body.splitlines() if line.strip()]
    for question, result in zip(asked, check(body), strict=True):
        answer = result.get("partyNameMatch") or result.get("partyIdMatch") or result["errors"][0]["detail"]
        told = f"  {result['matchedName']}" if "matchedName" in result else ""
        print(f"{question['partyAccount']['iban']}  {question['party'].get('name', '-')}: {answer}{told}")


if __name__ == "__main__":
    main()
