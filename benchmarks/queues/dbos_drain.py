"""DBOS: workflows on a queue without limits, asked for as often as it allows."""

import os
import sys
import time
import uuid
from datetime import UTC, datetime

import psycopg
from dbos import DBOS, DBOSClient
from psycopg_pool import ConnectionPool

POLL_SECONDS = 0.05
WAIT_SECONDS_MAX = 600
DONE = "SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'"


def main(count: int, charge: bool) -> float:
    url = os.environ["QUEUE_URL"]
    pool = ConnectionPool(url, min_size=4, max_size=20, kwargs={"autocommit": True}, open=True)
    config = {
        "name": "bench",
        "application_version": "1",
        "system_database_url": url,
        "sys_db_pool_size": 20,
        "log_level": "WARNING",
    }
    DBOS(config=config)

    @DBOS.step()
    def pay() -> None:
        with pool.connection() as connection:
            connection.execute(
                "INSERT INTO charges VALUES (%s, %s, %s)", (uuid.uuid4().hex, 100_000, datetime.now(UTC))
            )

    @DBOS.workflow(name="job")
    def job() -> None:
        if charge:
            pay()

    DBOS.launch()
    # It begins at once with what it is given: a queue that nobody listens to is filled first.
    client = DBOSClient(system_database_url=url)
    for _ in range(count):
        client.enqueue({"queue_name": "ready", "workflow_name": "job", "app_version": "1"})
    with psycopg.connect(url, autocommit=True) as connection:
        started = time.perf_counter()
        DBOS.register_queue("ready", polling_interval_sec=0.01)
        while connection.execute(DONE).fetchone() != (count,):
            if time.perf_counter() - started > WAIT_SECONDS_MAX:
                raise TimeoutError(f"{count} workflows are not done")
            time.sleep(POLL_SECONDS)
        seconds = time.perf_counter() - started
    client.destroy()
    DBOS.destroy()
    pool.close()
    return seconds


if __name__ == "__main__":
    seconds = main(int(sys.argv[1]), sys.argv[2] == "charge")
    sys.stdout.write(f"{seconds}\n")
