"""What the tests of all Node clients need: the package, a program that acts, and many schedules to page through."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

FLOWS = Path(__file__).parent / "node"
INSTALL_SECONDS_MAX = 90
FLOW_SECONDS_MAX = 120
HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
MANY = 253
PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def modules_of(package: str, config: pytest.Config, temporary: pytest.TempPathFactory) -> Path:
    """The folder that holds a package, kept from run to run; without node or the package the test is skipped."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    name = package.replace("@", "-")
    cache: pytest.Cache | None = getattr(config, "cache", None)
    folder = cache.mkdir(name) if cache else temporary.mktemp(name)
    if not (folder / "node_modules" / package.partition("@")[0]).is_dir():
        _install(package, folder)
    return folder / "node_modules"


def _install(package: str, folder: Path) -> None:
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-package-lock"]
    try:
        done = subprocess.run(
            [*command, "--ignore-scripts", package],
            capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {package} within {INSTALL_SECONDS_MAX} seconds")
    if done.returncode:
        pytest.skip(f"npm could not install {package}: {done.stderr.strip()[-200:]}")


async def payer_of_many_schedules(api: Any, runtime: Runtime) -> str:
    """A customer with more schedules than two pages hold, from one file."""
    payer = str(api.customer()["id"])
    rows = [f"key-{n},{payer},,{5000 + n},,1,month,5,," for n in range(MANY)]
    file = {"file": ("members.csv", "\n".join([HEADER, *rows]).encode(), "text/csv")}
    api.call("POST", "/schedules/upload", files=file)
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    return payer


def run_flow(flow: str, api: Any, modules: Path, **given: str) -> Any:
    """Run a program of the folder `node` with the keys of an account; the JSON that it wrote."""
    plain = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    account = {
        "NODE_PATH": str(modules),
        "DUERUN_PORT": api.url.rpartition(":")[2],
        "DUERUN_PUBLIC": api.keys.public,
        "DUERUN_SECRET": api.keys.secret,
    }
    done = subprocess.run(
        ["node", str(FLOWS / flow)],
        env=plain | account | given, capture_output=True, text=True, timeout=FLOW_SECONDS_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
