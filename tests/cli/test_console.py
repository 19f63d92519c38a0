"""`duerun console user` beside a running `duerun dev`."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from .conftest import COMMAND, START_SECONDS_MAX, Dev, duerun, environment

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("console")


def user(command: str, dev: Dev, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of the commands with something on standard input."""
    return subprocess.run(
        [*COMMAND, "console", "user", command, *arguments, "--data", str(dev.data)],
        env=environment(),
        input=given,
        capture_output=True,
        text=True,
        timeout=START_SECONDS_MAX,
        check=False,
    )


def test_dev_tells_where_the_console_is(dev: Dev) -> None:
    assert f"http://127.0.0.1:{dev.port}/console\n" in dev.log.read_text()
    page = requests.get(f"http://127.0.0.1:{dev.port}/console/sign-in", timeout=60).text
    assert "Sign in as dev" in page


def test_a_user_is_made_listed_stopped_and_reset(dev: Dev) -> None:
    made = user("add", dev, "Somchai@example.com", "--role", "operator", given=f"{PASSWORD}\n")
    raised = user("add", dev, "somchai@example.com", "--role", "approver")
    listed = user("list", dev)
    stopped = user("disable", dev, "somchai@example.com")
    again = user("list", dev)
    reset = user("totp-reset", dev, "somchai@example.com")
    changed = user("password", dev, "somchai@example.com", given="another long password\n")

    assert made.returncode == 0, made.stderr
    assert "somchai@example.com is operator of account_" in made.stdout
    assert "approver" in raised.stdout
    row = next(line for line in listed.stdout.splitlines() if line.startswith("somchai@example.com"))
    assert "approver of account_" in row
    assert "set" in row
    assert "active" in row
    assert "disabled" in next(line for line in again.stdout.splitlines() if line.startswith("somchai"))
    assert stopped.returncode == reset.returncode == changed.returncode == 0
    assert PASSWORD not in made.stdout + made.stderr + listed.stdout


@pytest.mark.parametrize(
    ("command", "arguments", "given", "told"),
    [
        ("add", ("short-one",), "short\n", "the password must have 12 to 256 characters"),
        ("add", ("no name",), f"{PASSWORD}\n", "the name must have 1 to 64 of the characters"),
        ("disable", ("nobody",), "", "console user nobody was not found"),
        ("password", ("nobody",), f"{PASSWORD}\n", "console user nobody was not found"),
    ],
    ids=["short password", "bad name", "unknown", "unknown with a password"],
)
def test_what_cannot_be_is_refused_in_one_line(
    dev: Dev, command: str, arguments: tuple[str, ...], given: str, told: str
) -> None:
    done = user(command, dev, *arguments, given=given)

    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_is_no_option(dev: Dev, tmp_path: Path) -> None:
    done = duerun("console", "user", "add", "somebody", "--password", PASSWORD, "--data", dev.data)

    assert done.returncode == 2


def test_what_was_changed_at_the_command_line_is_in_the_audit_log_and_verified(dev: Dev) -> None:
    duerun("account", "set", "catch_up_max=3", "--data", dev.data)
    duerun("account", "set", "catch_up_max=4", "--data", dev.data)
    told = duerun("audit", "log", "--area", "settings", "--json", "--data", dev.data)
    shown = duerun("audit", "log", "--who", "nobody at all", "--data", dev.data)
    found = duerun("audit", "verify", "--data", dev.data)
    head = found.stdout.split()[-1]
    again = duerun("audit", "verify", "--head", head, "--data", dev.data)
    other = duerun("audit", "verify", "--head", "ab" * 32, "--json", "--data", dev.data)
    nonsense = duerun("audit", "verify", "--head", "ab", "--data", dev.data)

    newest = json.loads(told.stdout.splitlines()[0])
    assert newest["action"] == "settings.set"
    assert newest["facts"] == {"catch_up_max": ["3", "4"]}
    assert newest["by"].startswith("a person at the server's command line")
    assert "nothing was changed" in shown.stdout
    assert (found.returncode, again.returncode, other.returncode, nonsense.returncode) == (0, 0, 1, 1)
    assert "each as it was written" in found.stdout
    assert json.loads(other.stdout)["fault"] == "other_log"
    assert "64 hexadecimal digits" in nonsense.stderr


def test_a_key_is_revoked_by_its_end(dev: Dev) -> None:
    made = duerun("keys", "create", "--data", dev.data).stdout
    key = made.split()[-1]
    address = f"http://127.0.0.1:{dev.port}/account"

    before = requests.get(address, auth=(key, ""), timeout=60).status_code
    revoked = duerun("keys", "revoke", f"...{key[-4:]}", "--data", dev.data)
    after = requests.get(address, auth=(key, ""), timeout=60).status_code
    again = duerun("keys", "revoke", key[-4:], "--data", dev.data)

    assert (before, after) == (200, 401)
    assert "lets nobody in any more" in revoked.stdout
    assert again.returncode == 1
    assert "0 keys that count" in again.stderr
