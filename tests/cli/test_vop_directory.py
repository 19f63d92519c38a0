"""`duerun vop directory` beside a running `duerun dev`."""

import gzip
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from own_directory import iban, ndjson, organisation, person

from .conftest import Dev, duerun

ACCOUNTS = 12_000


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("directory")


def imported(dev: Dev, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return duerun("vop", "directory", "import", *arguments, "--data", dev.data)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The result of a command that went well."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The only line that a refused command says."""
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith("duerun: ")]
    return line.removeprefix("duerun: ")


def test_a_big_file_is_read_by_processes_and_counts_are_told(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "bank_NL_accounts_1.ndjson.gz"
    persons = (person(number, "A" * 100) for number in range(1, ACCOUNTS + 1))
    file.write_bytes(gzip.compress(ndjson(persons), compresslevel=0))

    assert said(imported(dev, file)) == f"{ACCOUNTS} accounts: {ACCOUNTS} added, 0 changed, 0 removed\n"
    bad = tmp_path / "bad.ndjson"
    bad.write_bytes(gzip.decompress(file.read_bytes()) + b'{"iban":"NL00OWNB0000000001"}\n')
    assert refusal(imported(dev, bad)) == (
        f"line {ACCOUNTS + 1}: Field 'iban' has a wrong check digit; Field 'status' is mandatory; "
        "Field 'accountHolderType' is mandatory"
    )


def test_drop_guard_incremental_load_and_several_files(dev: Dev, tmp_path: Path) -> None:
    people, companies, more = (tmp_path / name for name in ("np.ndjson", "org.ndjson", "more.csv"))
    people.write_bytes(ndjson([person(1), person(2)]))
    companies.write_bytes(ndjson([organisation(3, "Acme")]))
    more.write_text(f"iban;status;accountHolderType;accountName\n{iban(4)};ACTIVE;NP;Anna Dam\n")
    said(imported(dev, people, "--accept-drop"))

    assert said(imported(dev, people, companies)) == "3 accounts: 1 added, 0 changed, 0 removed\n"
    assert said(imported(dev, more, "--incremental")) == "1 accounts: 1 added, 0 changed, 0 removed\n"
    assert refusal(imported(dev, people)).startswith("the load would remove 2 of 4 accounts, more than 10 ")
    assert said(imported(dev, people, "--accept-drop")) == "2 accounts: 0 added, 0 changed, 2 removed\n"


def test_with_several_files_a_fault_names_its_file(dev: Dev, tmp_path: Path) -> None:
    good, bad, cut = (tmp_path / name for name in ("good.ndjson", "bad.ndjson", "cut.gz"))
    good.write_bytes(ndjson([person(1)]))
    bad.write_bytes(b"\n[1]\n")
    cut.write_bytes(gzip.compress(ndjson([person(2)]))[:-5])

    assert refusal(imported(dev, good, bad)) == "bad.ndjson: line 2: is not a JSON object"
    assert refusal(imported(dev, good, cut)) == (
        "cut.gz: file is corrupt: gzip stream cannot be read to its end"
    )
    assert refusal(imported(dev, good, good)) == "good.ndjson: line 1: Field 'iban' was used before"


def test_the_status_shows_banks_and_loads(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "accounts.ndjson"
    file.write_bytes(ndjson([person(1), person(2)]))
    said(imported(dev, file, "--accept-drop"))

    lines = said(duerun("vop", "directory", "status", "--data", dev.data)).splitlines()

    assert lines[:3] == ["2 accounts", "bank    accounts", "NLOWNB  2"]
    assert lines[3].split() == ["loaded", "kind", "accounts", "added", "changed", "removed", "file"]
    assert lines[4].split()[1:3] == ["complete", "2"]
    assert lines[4].endswith("  accounts.ndjson")


def test_an_empty_directory_has_no_accounts(folder: Path) -> None:
    done = duerun("vop", "directory", "status", "--data", folder / "fresh")

    assert said(done) == "0 accounts\n"
