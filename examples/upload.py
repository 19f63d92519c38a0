"""Uploads a bulk file, follows the job, and prints the rows that failed. Needs nothing but Python.

    python examples/upload.py FILE

The server is DUERUN_CLIENT_URL, the key DUERUN_CLIENT_KEY; without them those of `duerun dev` count.
"""
# ruff: noqa: T201 - an example prints

import base64
import csv
import io
import json
import os
import secrets
import sys
import time
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SERVER = urlsplit(os.environ.get("DUERUN_CLIENT_URL", "http://127.0.0.1:8080"))
KEY = os.environ.get("DUERUN_CLIENT_KEY", "skey_test_duerun0000000000000")
POLL_SECONDS = 0.2
FOLLOW_SECONDS_MAX = 600
ANSWER_SECONDS_MAX = 120


def call(method: str, path: str, body: bytes | None = None, content_type: str = "application/json") -> bytes:
    """The body of an answer; a refusal ends the program with its message."""
    connect = HTTPSConnection if SERVER.scheme == "https" else HTTPConnection
    connection = connect(SERVER.hostname or "", SERVER.port, timeout=ANSWER_SECONDS_MAX)
    user = base64.b64encode(f"{KEY}:".encode()).decode()
    headers = {"Authorization": f"Basic {user}", "Content-Type": content_type}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {json.loads(data)['message']}")
    return data


def upload(file: Path) -> Any:
    """Send the file as a form with one part; the job."""
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="upload.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return json.loads(call("POST", "/schedules/upload", body, f"multipart/form-data; boundary={boundary}"))


def follow(job: Any) -> Any:
    """Ask until the job is done."""
    deadline = time.monotonic() + FOLLOW_SECONDS_MAX
    while job["state"] in ("pending", "processing"):
        if time.monotonic() > deadline:
            raise SystemExit(f"{job['id']} is still {job['state']}: does an engine run?")
        time.sleep(POLL_SECONDS)
        job = json.loads(call("GET", job["location"]))
    return job


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python examples/upload.py FILE")
    job = follow(upload(Path(sys.argv[1])))
    print(f"{job['id']} {job['state']}: {job['successful_rows']} of {job['total_rows']} rows made a schedule")
    failed = call("GET", f"{job['location']}/download?only=failed").decode()
    for row in csv.DictReader(io.StringIO(failed, newline="")):
        print(f"  {row['customer_key']}: {row['error_code']}, {row['error_message']}")


if __name__ == "__main__":
    main()
