"""Each command beside a running `duerun dev`."""

import json
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import psycopg
import pytest
from typer.testing import CliRunner

from duerun.cli import app
from duerun.settings import DEV_PUBLIC_KEY, DEV_SECRET_KEY
from duerun.storage.server import running_dsn

from .conftest import COMMAND, START_SECONDS_MAX, Dev, duerun, environment, free_port

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("shared")


@contextmanager
def http_receiver() -> Iterator[tuple[int, "Queue[bytes]"]]:
    """A receiver on a port of its own, and the bodies that were posted to it."""
    bodies: Queue[bytes] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], bodies
        server.shutdown()


def one_line_error(done: subprocess.CompletedProcess[str]) -> str:
    """The only line that a refused command says, on standard error, with status 1."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("duerun: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0].removeprefix("duerun: ")


def test_dev_prints_address_keys_and_a_ready_curl_line(dev: Dev) -> None:
    assert f"Duerun runs at {dev.url}" in dev.said
    assert DEV_PUBLIC_KEY in dev.said
    assert f"curl {dev.url}/charges -u {DEV_SECRET_KEY}:" in dev.said


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_printed_curl_line_works_as_it_is(dev: Dev) -> None:
    line = next(line for line in dev.said.splitlines() if "curl " in line)

    done = subprocess.run(
        line[line.index("curl ") :].split(), capture_output=True, text=True, timeout=10, check=True
    )

    assert '"object":"list"' in done.stdout


def test_a_second_start_on_one_data_folder_is_refused(dev: Dev) -> None:
    done = duerun("dev", "--data", dev.data, "--port", str(free_port()))

    assert f"the data folder {dev.data} is in use by process {dev.process.pid}" in one_line_error(done)


def test_a_second_start_on_folder_and_port_names_both(dev: Dev) -> None:
    done = duerun("dev", "--data", dev.data, "--port", str(dev.port))

    told = one_line_error(done)
    assert f"127.0.0.1:{dev.port} is in use" in told
    assert str(dev.data) in told


def test_a_port_in_use_is_told_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = duerun("dev", "--data", folder / "never", "--port", str(port))

    assert f"127.0.0.1:{port} is in use" in one_line_error(done)
    assert not (folder / "never").exists()


def test_a_misspelled_setting_refuses_the_start(folder: Path) -> None:
    done = duerun("dev", "--data", folder / "never", DUERUN_CLAIM_ROW="5")

    assert one_line_error(done) == "DUERUN_CLAIM_ROW is not a setting of Duerun"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DUERUN_WEBHOOK_RETRIES", "soon", "webhook_retries must be waits such as 1m,5m,1h,2d"),
        ("DUERUN_WEBHOOK_ALLOW", "10.0.0.0/40", "webhook_allow: 10.0.0.0/40 is no network of addresses"),
    ],
)
def test_a_setting_of_webhooks_that_cannot_be_read_is_named(
    dev: Dev, variable: str, value: str, told: str
) -> None:
    done = duerun("work", "--data", dev.data, **{variable: value})

    assert one_line_error(done) == told


def test_dev_delivers_events_to_its_own_machine(dev: Dev) -> None:
    with http_receiver() as (port, bodies):
        dev.call("PATCH", "/account", {"webhook_uri": f"http://localhost:{port}/hooks"}).raise_for_status()
        made = dev.call("POST", "/customers", {"description": "heard of"}).json()
        body = json.loads(bodies.get(timeout=START_SECONDS_MAX))
        dev.call("PATCH", "/account", {"webhook_uri": ""}).raise_for_status()

    assert (body["key"], body["data"]["id"]) == ("customer.create", made["id"])


def test_a_made_key_lets_its_holder_in(dev: Dev) -> None:
    done = duerun("keys", "create", "--data", dev.data)

    secret = done.stdout.split()[-1]
    assert secret.startswith("skey_test_")
    assert dev.call("GET", "/account", key=secret).json()["email"] == "dev@example.com"


def test_a_rolled_key_ends_at_once_where_asked(dev: Dev) -> None:
    told = duerun("keys", "create", "--data", dev.data, "--new-account", "--country", "JP").stdout.split()
    made, account = told[-1], dev.call("GET", "/account", key=told[-1]).json()["id"]
    assert told[:2] == ["account", account]

    done = duerun("keys", "roll", "--data", dev.data, "--account", account, "--minutes", "0")

    fresh = done.stdout.splitlines()[0].split()[-1]
    assert dev.call("GET", "/account", key=made).status_code == 401
    assert dev.call("GET", "/account", key=fresh).json()["id"] == account


def test_listed_keys_show_their_last_characters_only(dev: Dev) -> None:
    done = duerun("keys", "list", "--data", dev.data)

    assert DEV_SECRET_KEY[-4:] in done.stdout
    assert "skey" not in done.stdout
    assert dev.call("GET", "/account").json()["id"] in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["create", "--country", "FR"], "--country must be one of", id="unknown country"),
        pytest.param(["create", "--account", "account_x"], "account account_x was not found", id="account"),
        pytest.param(["roll", "--kind", "private"], "--kind must be one of", id="unknown kind"),
    ],
)
def test_a_wrong_order_for_keys_is_refused(dev: Dev, arguments: list[str], told: str) -> None:
    assert told in one_line_error(duerun("keys", *arguments, "--data", dev.data))


def test_the_doctor_finds_a_running_server_sound(dev: Dev) -> None:
    done = duerun("doctor", "--data", dev.data)

    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    for word in ("PostgreSQL", "0 pending", "fsync", str(dev.data), "GiB", "each has its outcome"):
        assert word in done.stdout


def test_the_doctor_tells_of_a_database_that_cannot_be_reached(folder: Path) -> None:
    done = duerun("doctor", "--data", folder / "never", DUERUN_POSTGRES_FOLDER=str(folder))

    assert done.returncode == 1
    assert "✗ binaries" in done.stdout
    assert "not running" in done.stdout


def test_the_doctor_refuses_a_cluster_of_another_version(folder: Path) -> None:
    cluster = folder / "aged" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")

    done = duerun("doctor", "--data", folder / "aged")

    assert done.returncode == 1
    assert "✗ cluster" in done.stdout
    assert "an older PostgreSQL (12)" in done.stdout


def test_the_doctor_names_a_send_that_nobody_can_account_for(dev: Dev) -> None:
    dsn = running_dsn(dev.data)
    assert dsn is not None
    charge = {"customer": a_customer(dev), "amount": 5_000}
    schedule = dev.call("POST", "/schedules", {"every": 1, "period": "day", "charge": charge}).json()["id"]
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "UPDATE occurrences SET state = 'unknown', lease_until = now() + interval '1 hour',"
            " sent_at = now() - interval '20 minutes' WHERE schedule_id = %s AND state = 'due'",
            (schedule,),
        )
    done = duerun("doctor", "--data", dev.data)
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE occurrences SET state = 'cancelled' WHERE state = 'unknown'")
    dev.call("DELETE", f"/schedules/{schedule}")

    assert done.returncode == 1
    assert "✗ sends" in done.stdout
    assert "1 without an outcome, the oldest for 12" in done.stdout


def a_customer(dev: Dev) -> str:
    """A customer with a card."""
    card = {"name": "MALI", "number": "4242424242424242", "expiration_month": 12, "expiration_year": 2040}
    token = dev.call("POST", "/tokens", {"card": card}, key=DEV_PUBLIC_KEY).json()["id"]
    return str(dev.call("POST", "/customers", {"card": token}).json()["id"])


def test_the_clock_is_shown_and_advanced(dev: Dev) -> None:
    before = dev.call("GET", "/clock").json()["offset_seconds"]

    advanced = duerun("clock", "advance", "--days", "2", "--url", dev.url)
    shown = duerun("clock", "show", "--url", dev.url)

    assert "0 occurrences ran" in advanced.stdout
    assert "Asia/Bangkok" in shown.stdout
    assert dev.call("GET", "/clock").json()["offset_seconds"] - before == pytest.approx(2 * 86_400, abs=2)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--to", "2020-01-01"], "the clock moves forward only", id="back"),
        pytest.param(["--to", "tomorrow"], "tomorrow is not a moment", id="no moment"),
        pytest.param(["--days", "1", "--to", "2090-01-01"], "exactly one of --days, --to", id="both"),
        pytest.param([], "exactly one of --days, --to", id="neither"),
    ],
)
def test_a_wrong_advance_is_refused(dev: Dev, arguments: list[str], told: str) -> None:
    assert told in one_line_error(duerun("clock", "advance", *arguments, "--url", dev.url))


def test_a_wrong_key_is_refused(dev: Dev) -> None:
    done = duerun("clock", "show", "--url", dev.url, DUERUN_CLIENT_KEY="skey_test_nobody")

    assert one_line_error(done) == "authentication failed"


def test_a_server_that_is_not_there_is_told() -> None:
    done = duerun("clock", "show", "--url", f"http://127.0.0.1:{free_port()}")

    assert "nothing answers at" in one_line_error(done)


def test_a_file_is_uploaded_followed_and_reported(dev: Dev, tmp_path: Path) -> None:
    card = {"name": "Mali", "number": "4242424242424242", "expiration_month": 12, "expiration_year": 2060}
    token = dev.call("POST", "/tokens", {"card": card}, key=DEV_PUBLIC_KEY).json()["id"]
    customer = dev.call("POST", "/customers", {"card": token}).json()["id"]
    file, report = tmp_path / "plans.csv", tmp_path / "report.csv"
    file.write_text(
        f"{HEADER}\ngood,{customer},,25000,Gym,1,month,1,,\nbad,cust_test_x,,25000,,1,month,1,,\n"
    )

    uploaded = duerun("bulk", "upload", file, "--url", dev.url)
    job = uploaded.stdout.split()[0]
    status = duerun("bulk", "status", job, "--url", dev.url)
    saved = duerun("bulk", "report", job, "-o", report, "--url", dev.url)
    printed = duerun("bulk", "report", job, "--url", dev.url)

    objects = duerun("bulk", "report", job, "--format", "ndjson", "--only", "failed", "--url", dev.url)
    to_mend = duerun("bulk", "failed", job, "--url", dev.url)

    assert "2 rows: 1 successful, 1 failed" in uploaded.stdout
    assert "completed  100 %" in status.stdout
    assert saved.returncode == 0
    assert report.read_text() == printed.stdout
    assert printed.stdout.splitlines()[0] == f"{HEADER},status,schedule_id,error_code,error_message"
    assert "failed,,invalid_customer,Customer not found" in printed.stdout
    assert [json.loads(line)["error_code"] for line in objects.stdout.splitlines()] == ["invalid_customer"]
    assert to_mend.stdout.splitlines() == [
        f"{HEADER},what_to_fix",
        "bad,cust_test_x,,25000,,1,month,1,,,invalid_customer: Customer not found",
    ]


def test_a_file_that_has_a_job_is_told_and_may_be_taken_again(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "twice.csv"
    file.write_text(f"{HEADER}\ntwice,{a_customer(dev)},,25000,,1,month,1,,\n")

    first, second, forced = (
        duerun("bulk", "upload", file, *flags, "--url", dev.url) for flags in ((), (), ("--again",))
    )

    job = first.stdout.split()[0]
    assert "before" not in first.stdout + forced.stdout
    assert second.stdout.startswith(f"{job} was made of the same file before")
    assert "1 rows: 1 successful" in second.stdout
    assert forced.stdout.split()[0] != job


def test_a_cell_that_looks_like_a_formula_is_guarded_on_request(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "formulas.csv"
    file.write_text(f"{HEADER}\nk,cust_test_x,,25000,=1+1,1,month,1,,\n")
    job = duerun("bulk", "upload", file, "--url", dev.url).stdout.split()[0]

    plain = duerun("bulk", "report", job, "--url", dev.url)
    guarded = [
        duerun("bulk", what, job, "--spreadsheet-safe", "--url", dev.url) for what in ("report", "failed")
    ]

    assert ",=1+1," in plain.stdout
    assert all(",'=1+1," in each.stdout for each in guarded)


def test_live_schedules_are_exported_and_a_template_needs_no_server(dev: Dev, tmp_path: Path) -> None:
    charge = {"customer": a_customer(dev), "amount": 25_000, "description": "Exported"}
    terms = {"every": 1, "period": "month", "on": {"days_of_month": [9]}, "charge": charge}
    made = dev.call("POST", "/schedules", terms).json()["id"]
    file, empty = tmp_path / "schedules.csv", tmp_path / "template.csv"

    saved = duerun("bulk", "export", "-o", file, "--url", dev.url)
    printed = duerun("bulk", "export", "--url", dev.url)
    template = duerun("bulk", "template", "-o", empty)

    assert (saved.returncode, template.returncode) == (0, 0), saved.stderr + template.stderr
    assert f"written to {file}" in saved.stdout
    assert file.read_text() == printed.stdout
    assert any(line.startswith(f"{made},") and ",Exported," in line for line in printed.stdout.splitlines())
    assert (
        empty.read_text()
        == duerun("bulk", "template").stdout
        == dev.call("GET", "/schedules/template.csv").text
    )
    assert empty.read_text().startswith(HEADER)


def test_a_file_without_a_header_makes_no_job(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("")

    assert one_line_error(duerun("bulk", "upload", file, "--url", dev.url))


def test_a_report_that_cannot_be_had_leaves_no_file(dev: Dev, tmp_path: Path) -> None:
    done = duerun("bulk", "report", "recr_test_unknown", "-o", tmp_path / "report.csv", "--url", dev.url)

    assert "was not found" in one_line_error(done)
    assert list(tmp_path.iterdir()) == []


def test_serve_and_work_join_the_server_that_runs(dev: Dev) -> None:
    port = free_port()
    commands = (["serve", "--port", str(port)], ["work"])
    joined = [
        subprocess.Popen(
            [*COMMAND, *command, "--data", str(dev.data)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    beside = Dev(dev.data, port, joined[0], dev.log)

    beside.wait_until_ready()
    lines = [process.stdout.readline() if process.stdout else "" for process in joined]
    statuses = []
    for process in joined:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=START_SECONDS_MAX)
        statuses.append(process.returncode)

    assert lines == [f"Duerun serves at http://127.0.0.1:{port}\n", "Duerun's engine runs\n"]
    assert statuses == [0, 0]
    assert dev.answers()


def test_migrate_says_that_nothing_is_left_to_do(dev: Dev) -> None:
    assert "the database is up to date" in duerun("migrate", "--data", dev.data).stdout


@pytest.mark.parametrize(
    "command",
    ["dev", "serve", "work", "migrate", "doctor", "demo", "keys roll", "clock advance", "bulk upload"],
)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app, [*command.split(), "--help"])

    assert done.exit_code == 0
    assert "Usage: " in done.output


def mine(dev: Dev) -> tuple[str, str, str, Path]:
    """The options that name the first account of the server."""
    listed = duerun("keys", "list", "--data", dev.data).stdout.splitlines()
    return ("--account", listed[1].split()[0], "--data", dev.data)


def test_options_of_an_account_are_set_together_or_not_at_all(dev: Dev) -> None:
    done = duerun("account", "set", "charge_run_time=09:10", "holidays=2027-04-13", *mine(dev))
    refused = duerun("account", "set", "charge_run_time=10:10", "vat_rate=lots", *mine(dev))
    shown = duerun("account", "show", *mine(dev))

    assert done.returncode == 0, done.stderr
    assert one_line_error(refused) == "vat_rate must be a rate from 0 to 100 in per cent"
    options = dict(line.strip().split(None, 1) for line in shown.stdout.splitlines())
    assert (options["charge_run_time"], options["holidays"]) == ("09:10", "2027-04-13")


def test_the_audit_tells_a_date_without_a_row_and_ends_with_status_1(dev: Dev) -> None:
    charge = {"customer": a_customer(dev), "amount": 5_000}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "charge": charge}
    made = dev.call("POST", "/schedules", body | {"start_date": "2050-01-01"}).json()
    sound = duerun("audit", "calendar", "--data", dev.data)
    with psycopg.connect(running_dsn(dev.data) or "", autocommit=True) as connection:
        # A row that is gone the planner would make again, so the rule is changed under it.
        connection.execute("UPDATE schedules SET on_text = '27' WHERE id = %s", (made["id"],))
        told = duerun("audit", "calendar", "--json", "--data", dev.data)
        connection.execute("UPDATE schedules SET on_text = '28' WHERE id = %s", (made["id"],))
    dev.call("DELETE", f"/schedules/{made['id']}")

    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert sound.stdout.splitlines()[-1].endswith(" 0 differences")
    *found, summary = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.returncode == 1
    assert [(each["kind"], each["schedule"]) for each in found if each["schedule"] == made["id"]] == [
        ("row_without_date", made["id"]),
        ("date_without_row", made["id"]),
    ]
    assert summary["object"] == "summary"
    assert summary["differences"] == len(found)


def test_each_payment_of_a_quiet_server_has_its_outcome(dev: Dev) -> None:
    listed = duerun("uncertain", "list", *mine(dev))
    unknown = duerun("uncertain", "settle", "occu_test_nope", "--succeeded", *mine(dev))

    assert listed.stdout.strip() == "each payment has its outcome"
    assert one_line_error(unknown) == "payment without an outcome occu_test_nope was not found"


def test_a_processor_is_attached_by_options_and_never_shown_with_its_token(dev: Dev) -> None:
    token = "token-that-nobody-may-see"
    wrong = ("--gateway-url", "http://pay.example.com/", "--gateway-token", token)
    refused = duerun("work", *wrong, "--data", dev.data)
    without = duerun("work", "--gateway-token", token, "--data", dev.data)

    assert one_line_error(refused) == "gateway_url must be https outside of an inner network"
    assert one_line_error(without) == "gateway_token is given without gateway_url"
    assert token not in refused.stderr + without.stderr


def test_nothing_is_held_on_a_server_that_always_ran(dev: Dev) -> None:
    listed = duerun("catchup", "list", *mine(dev))
    unknown = duerun("catchup", "run", "occu_test_nope", *mine(dev))

    assert listed.stdout.strip() == "nothing is held"
    assert one_line_error(unknown) == "held occurrence occu_test_nope was not found"


def test_a_recipient_is_verified_by_somebody_who_knows_the_bank_account(dev: Dev) -> None:
    bank = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
    given = {"name": "Somchai", "type": "individual", "bank_account": bank}
    made = dev.call("POST", "/recipients", given).json()["id"]

    refused = [
        duerun("recipients", "verify", each, "--ending", ending, *mine(dev))
        for each, ending in (("recp_test_nope", "7890"), (made, "7891"), (made, "0"))
    ]
    between = dev.call("GET", f"/recipients/{made}").json()["verified"]
    done = [duerun("recipients", "verify", made, "--ending", "7890", *mine(dev)) for _ in range(2)]

    assert [one_line_error(each) for each in refused] == [
        "recipient recp_test_nope was not found",
        f"the number of the bank account of {made} does not end in 7891",
        f"the number of the bank account of {made} does not end in 0",
    ]
    assert between is False
    assert [each.stdout.strip() for each in done] == [
        f"{made} is verified and active: SOMCHAI PRASERT, 7890"
    ] * 2
    assert dev.call("GET", f"/recipients/{made}").json()["active"] is True
