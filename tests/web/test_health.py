"""/healthz, /readyz and /metrics over a real server, with a database that fails in every way."""

import time
from typing import Any

import psycopg
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from psycopg.conninfo import make_conninfo

from conftest import Api, HttpServer, new_account
from duerun.assembly import build_runtime
from duerun.engine.importer import Importer
from duerun.settings import Settings
from own_server import own_database

PATHS = ("/healthz", "/readyz", "/metrics")
ANSWER_SECONDS_MAX = 10.0
READS = (
    "/account",
    "/balance",
    "/capability",
    "/charges",
    "/clock",
    "/customers",
    "/events",
    "/receipts",
    "/recipients",
    "/refunds",
    "/schedules",
    "/schedules.csv",
    "/search?scope=charge",
    "/transactions",
    "/transfers",
)

LISTS = ("/charges", "/customers", "/events", "/recipients", "/schedules", "/transactions")


def get(server: HttpServer, path: str, **given: Any) -> requests.Response:
    return requests.get(server.url + path, timeout=ANSWER_SECONDS_MAX, **given)


def told(server: HttpServer, path: str = "/readyz") -> tuple[int, list[str]]:
    """The status, and the codes of the reasons."""
    answer = get(server, path)
    body = answer.json()
    assert body["ready"] is (answer.status_code == 200)
    assert all(reason["message"] for reason in body["reasons"])
    return answer.status_code, [reason["code"] for reason in body["reasons"]]


def samples(answer: requests.Response) -> dict[str, dict[tuple[str, ...], float]]:
    """Values by name, then by labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_a_sound_server_lives_and_is_ready(http: HttpServer) -> None:
    lives = get(http, "/healthz")

    assert (lives.status_code, lives.text) == (200, "ok\n")
    assert told(http) == (200, [])
    assert requests.head(f"{http.url}/readyz", timeout=ANSWER_SECONDS_MAX).status_code == 200
    assert get(http, "/healthz/").status_code == 200
    for path in PATHS:
        assert get(http, path).headers["Cache-Control"] == "no-store"
        assert requests.post(http.url + path, timeout=ANSWER_SECONDS_MAX).status_code == 405


def test_requests_are_counted_by_face_and_status(http: HttpServer) -> None:
    before = samples(get(http, "/metrics"))["duerun_http_requests_total"]
    for path in (
        "/charges",
        "/no/such/path",
        "/vopgateway/v1/bulk",
        "/vop/v1/payee-verifications",
        "/healthz",
    ):
        get(http, path)
    after = samples(get(http, "/metrics"))

    counted = {
        place: count - before.get(place, 0) for place, count in after["duerun_http_requests_total"].items()
    }
    assert counted["omise", "4xx"] == 2
    assert counted["vop", "4xx"] == 1
    assert counted["epc", "4xx"] == 1
    assert counted["health", "2xx"] == 2
    assert after["process_resident_memory_bytes"][()] > 10_000_000
    assert after["duerun_uptime_seconds"][()] > 0


async def test_a_read_only_database_is_the_reason_and_reads_go_on(dsn: str) -> None:
    with own_database(dsn, "read_only_tests") as own:
        account = await used_account(own)
        set_so = make_conninfo(own, options="-c default_transaction_read_only=on")
        with HttpServer(set_so, Settings()) as server:
            account.url = server.url

            assert told(server) == (503, ["database_read_only"])
            assert told(server, "/readyz?for=reads") == (200, [])
            assert get(server, "/healthz").status_code == 200
            assert samples(get(server, "/metrics"))["duerun_readings_whole"][()] == 1
            answers = {path: account.call("GET", path) for path in READS}
            assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(READS, 200)
            locations = [each["location"] for path in LISTS for each in answers[path].json()["data"]]
            assert len(locations) >= 5
            assert {each: account.call("GET", each).status_code for each in locations} == dict.fromkeys(
                locations, 200
            )
            account.refused("POST", "/customers", {}, status=503)


async def used_account(dsn: str) -> Api:
    """An account that has one of everything that a read may find, a schedule of a file among it."""
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    with HttpServer(dsn, Settings()) as server:
        account = await new_account(runtime, server.url)
        customer = account.customer()
        charge = {"customer": customer["id"], "amount": 25_000}
        rule = {"every": 1, "period": "day", "start_date": "2090-01-01", "end_date": "2090-02-01"}
        account.post("/schedules", rule | {"charge": charge})
        account.post("/charges", {"customer": customer["id"], "amount": 30_000, "currency": "thb"})
        account.recipient()
        header = "customer_key,customer,amount,every,period,start_date,end_date"
        file = f"{header}\nm-1,{customer['id']},40000,1,day,2090-01-01,2090-02-01\n"
        account.ok("POST", "/schedules/upload", files={"file": ("members.csv", file, "text/csv")})
        await Importer(runtime).tick(runtime.clock.now())
    await runtime.database.close()
    return account


def test_a_database_without_a_migration_is_the_reason(dsn: str) -> None:
    with own_database(dsn, "migration_tests") as own, HttpServer(own, Settings()) as server:
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute(
                "DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)"
            )
            connection.execute("DROP TABLE loop_beats")

        assert told(server) == (503, ["migrations_missing"])
        assert samples(get(server, "/metrics"))["duerun_readings_whole"][()] == 0


def test_a_database_that_is_gone_is_the_reason_and_the_process_lives(dsn: str) -> None:
    with own_database(dsn, "gone_tests") as own, HttpServer(own, Settings()) as server:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("DROP DATABASE gone_tests WITH (FORCE)")
        began = time.monotonic()

        assert get(server, "/healthz").status_code == 200
        assert told(server) == (503, ["database_unreachable"])
        metrics = samples(get(server, "/metrics"))

        assert metrics["duerun_readings_whole"][()] == 0
        assert metrics["duerun_uptime_seconds"][()] > 0
        assert "duerun_oldest_due_age_seconds" not in metrics
        assert "duerun_lease_rescues_total" not in metrics
        assert time.monotonic() - began < ANSWER_SECONDS_MAX


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP"])
def test_metrics_are_not_passed_on_by_a_proxy_and_the_rest_is(http: HttpServer, header: str) -> None:
    from_outside = {header: "127.0.0.1"}

    refused = get(http, "/metrics", headers=from_outside)

    assert refused.status_code == 403
    assert "metrics_token" in refused.text
    assert [get(http, path, headers=from_outside).status_code for path in PATHS[:2]] == [200, 200]


def test_open_metrics_are_for_everybody(dsn: str) -> None:
    with HttpServer(dsn, Settings(metrics_open=True)) as server:
        assert get(server, "/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200


def test_with_a_token_it_is_what_counts(dsn: str) -> None:
    with HttpServer(dsn, Settings(metrics_open=True, metrics_token="a-long-token")) as server:
        refused = get(server, "/metrics")
        given = [
            get(server, "/metrics", headers={"Authorization": f"Bearer {token}"}).status_code
            for token in ("a-long-token", "a-long-toke", "", "b\u00e4d".encode().decode("latin-1"))
        ]

        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert given == [200, 401, 401, 401]
        assert "a-long-token" not in get(server, "/metrics").text


def test_metrics_tell_nothing_of_an_account(api: Any) -> None:
    api.customer()
    text = requests.get(f"{api.url}/metrics", timeout=ANSWER_SECONDS_MAX).text

    labels = {
        name
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        for name in sample.labels
    }
    assert labels <= {"mode", "loop", "outcome", "face", "status"}
    assert "account_" not in text
