"""The programs in `examples/` run, unchanged, against the server of the tests."""

import asyncio
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from duerun.services import bulk, verification, vop_clients
from duerun.services.unit import Runtime
from duerun.settings import DEV_VOP_BIC, DEV_VOP_CLIENT, DEV_VOP_SECRET

EXAMPLES = Path(__file__).parents[2] / "examples"
RUN_SECONDS_MAX = 60
POLL_SECONDS = 0.05


async def run(api: Any, *command: object) -> tuple[int, str]:
    """The status and the output of a program that uses the account's secret key."""
    settings = {"DUERUN_CLIENT_URL": api.url, "DUERUN_CLIENT_KEY": api.keys.secret}
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        env=os.environ | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(RUN_SECONDS_MAX):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, output.decode()


async def import_until(runtime: Runtime, done: asyncio.Event) -> None:
    """What `duerun work` does with bulk files."""
    while not done.is_set():
        await bulk.process_pending(runtime, datetime.now(UTC))
        await asyncio.sleep(POLL_SECONDS)


async def test_one_year_of_a_plan_runs_with_the_official_client(api: Any) -> None:
    status, output = await run(api, sys.executable, EXAMPLES / "one_year.py")

    assert status == 0, output
    assert ": Every 1 month(s) on the 1st, next on " in output
    assert output.count(": failed, charge could not be captured") in (3, 4)
    assert output.count(": successful, chrg_test_") in (3, 4)
    total = api.get("/charges")["total"]
    assert f"after a year: {total} charges in all; the schedule is active" in output


async def test_payees_are_checked_with_python_alone(api: Any, runtime: Runtime) -> None:
    now = datetime.now(UTC)
    await vop_clients.admit_dev_client(runtime, DEV_VOP_CLIENT, DEV_VOP_SECRET, [DEV_VOP_BIC], now)

    async def check_until(done: asyncio.Event) -> None:
        while not done.is_set():
            await verification.check_next_chunk(runtime, "tests", datetime.now(UTC), only_small=False)
            await asyncio.sleep(POLL_SECONDS)

    done = asyncio.Event()
    checking = asyncio.create_task(check_until(done))
    status, output = await run(api, sys.executable, EXAMPLES / "verify.py")
    done.set()
    await checking

    assert status == 0, output
    assert [line.partition(": ")[2] for line in output.splitlines()] == [
        "CMTC  John Match",
        "NMTC",
        "MTCH",
        "NOAP",
    ]


async def test_a_file_is_uploaded_and_its_failed_rows_are_told(
    api: Any, runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "plans.csv"
    good, bad = "ok", "wrong"
    file.write_text(
        "customer_key,customer,amount,every,period,days_of_month\n"
        f"{good},{api.customer()['id']},50000,1,month,1\n"
        f"{bad},cust_test_nobody,50000,1,month,1\n"
    )
    done = asyncio.Event()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(import_until(runtime, done))
        status, output = await run(api, sys.executable, EXAMPLES / "upload.py", file)
        done.set()

    assert status == 0, output
    assert "completed: 1 of 2 rows made a schedule" in output
    assert "  wrong: invalid_customer, Customer not found" in output


async def test_a_refused_upload_ends_with_the_reason(api: Any, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("customer_key,customer\n")

    status, output = await run(api, sys.executable, EXAMPLES / "upload.py", file)

    assert status == 1
    assert output == "POST /schedules/upload: file lacks the column(s) amount, every, period\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_shell_example_charges_each_friday(api: Any) -> None:
    status, output = await run(api, "sh", EXAMPLES / "curl.sh")

    assert status == 0, output
    assert '"object":"clock"' in output
    assert output.count('"status":"successful"') == 2
    assert api.get("/charges")["total"] in (13, 14)


@pytest.mark.parametrize("name", sorted(each.name for each in EXAMPLES.glob("*.sh")))
def test_a_shell_example_can_be_executed(name: str) -> None:
    assert os.access(EXAMPLES / name, os.X_OK)
