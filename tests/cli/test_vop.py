"""Payees from the terminal: files checked beside a running `duerun dev`, and pairs of names through a pipe."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from duerun.cli import app

from .conftest import COMMAND, START_SECONDS_MAX, Dev, duerun, environment, free_port

ROOT = Path(__file__).parents[2]
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"}
FORMS = {"csv": "csv", "xlsx": "xlsx", "pain.001": "xml", "ndjson": "ndjson"}
# What is said of the twenty practice payees; nothing of the last one, which breaks a rule.
VERDICTS = [
    *("MTCH", "MTCH", "CMTC", "CMTC", "MTCH", "NMTC", "NMTC", "MTCH", "MTCH", "MTCH"),
    *("MTCH", "CMTC", "MTCH", "NMTC", "MTCH", "CMTC", "NMTC", "NOAP", "NOAP", ""),
]
STATUSES = {"MTCH": "RCVC", "CMTC": "RVMC", "NMTC": "RVNM", "NOAP": "RVNA", "": "RVNA"}
HEADER = "E2E ID;Beneficiary Name;Beneficiary IBAN;Beneficiary ORG ID\n"
GOOD = "A-1;Carlos Sørensen;NL62DUER0000000002;\n"


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("payees")


def checked(dev: Dev, file: Path, *arguments: str | Path, **variables: str) -> str:
    """What a check says on standard output."""
    done = duerun("vop", "check", file, *arguments, "--url", dev.url, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*arguments: str | Path, **variables: str) -> str:
    """The one line on standard error of a command that ends with status 1."""
    done = duerun("vop", *arguments, **variables)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith("duerun: ")]
    return line.removeprefix("duerun: ")


def piped(text: str | bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """`duerun vop compare` with standard input."""
    return subprocess.run(
        [*COMMAND, "vop", "compare", *arguments],
        env=environment(),
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        timeout=START_SECONDS_MAX,
        check=False,
    )


def compared(*pairs: object, arguments: tuple[str, ...] = ()) -> list[dict[str, object]]:
    done = piped("".join(json.dumps(pair) + "\n" for pair in pairs), *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def verdicts(path: Path, form: str) -> list[str]:
    """The verdict of each row of a file of results, in its order."""
    match form:
        case "csv":
            rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
            return [row[4] or row[5] for row in rows[1:]]
        case "xlsx":
            sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            return [str(row[4] or row[5]) for row in sheet[1:]]
        case "ndjson":
            lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            return [line.get("partyNameMatch") or line.get("partyIdMatch") or "" for line in lines]
        case _:
            return [each.text or "" for each in fromstring(path.read_bytes()).iterfind(".//p:TxSts", NS)]


def practice(folder: Path, form: str, *arguments: str) -> Path:
    """A practice file of a form."""
    file = folder / f"payees.{FORMS[form]}"
    done = CliRunner().invoke(app, ["vop", "practice", "-o", str(file), *arguments])
    assert done.exit_code == 0, done.output
    return file


@pytest.mark.parametrize("written", ["csv", "xlsx", "pain.002", "ndjson"])
@pytest.mark.parametrize("read", FORMS)
def test_each_form_is_checked_into_each_other(dev: Dev, tmp_path: Path, read: str, written: str) -> None:
    file, output = practice(tmp_path, read), tmp_path / "out"

    told = checked(dev, file, "--format", written, "-o", output)

    wanted = [STATUSES[each] for each in VERDICTS] if written == "pain.002" else VERDICTS
    assert verdicts(output, written) == wanted
    assert f"written to {output}" in told
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", file.name]


def test_the_results_stand_beside_the_input_in_its_form(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "pain.001")
    before = file.read_bytes()

    checked(dev, file)

    report = fromstring((tmp_path / "payees.checked.xml").read_bytes())
    assert report.findtext(".//p:GrpSts", namespaces=NS) == "RVCM"
    assert report.findtext(".//p:OrgnlMsgId", namespaces=NS) == "PRACTICE"
    assert report.findtext(".//p:OrgnlPmtInfId", namespaces=NS) == "PRACTICE-1"
    assert file.read_bytes() == before


def test_an_order_all_of_whose_payees_match_says_so(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "pain.001", "--records", "1")

    checked(dev, file)

    report = fromstring((tmp_path / "payees.checked.xml").read_bytes())
    assert report.findtext(".//p:GrpSts", namespaces=NS) == "RCVC"


def test_the_suffix_of_the_output_tells_its_form(dev: Dev, tmp_path: Path) -> None:
    output = tmp_path / "answers.ndjson"

    checked(dev, practice(tmp_path, "csv"), "-o", output)

    last = json.loads(output.read_text(encoding="utf-8").splitlines()[-1])
    assert last["errors"][0]["detail"] == "Field 'Beneficiary IBAN' has a wrong check digit"
    assert last["errors"][0]["instance"] == "line 20"


def test_a_file_is_known_by_its_content(dev: Dev, tmp_path: Path) -> None:
    file = tmp_path / "payees.csv"
    file.write_bytes(practice(tmp_path, "ndjson").read_bytes())

    checked(dev, file, "-o", tmp_path / "out.csv")

    assert verdicts(tmp_path / "out.csv", "csv") == VERDICTS


def test_the_readme_shows_what_its_commands_print(dev: Dev, tmp_path: Path) -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Payees, checked")[2]
    commands, shown = re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)[:2]
    serve, *others = [line.partition("#")[0].split() for line in commands.splitlines()]

    said = ""
    for command in others:
        done = subprocess.run(
            [*COMMAND, *command[1:]],
            cwd=tmp_path,
            env=environment() | {"DUERUN_CLIENT_URL": dev.url},
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
            check=True,
        )
        said = done.stdout

    assert serve == ["duerun", "dev"]
    assert lines_of(said) == lines_of(shown)


def lines_of(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_pages_example_of_a_pipe_runs_as_it_is() -> None:
    page = (ROOT / "docs" / "reference" / "vop.md").read_text(encoding="utf-8")
    match = re.search(r"```sh\necho '(.*?)' \| duerun vop compare (.*?)\n```\n\n```json\n(.*?)\n```", page)
    assert match is not None

    done = piped(match[1] + "\n", *match[2].split())

    assert done.stdout.decode().strip() == match[3]


def test_a_practice_file_is_the_same_each_time_and_of_one_country_where_asked(tmp_path: Path) -> None:
    first = practice(tmp_path, "csv", "--records", "60", "--country", "DE").read_text(encoding="utf-8")

    again = practice(tmp_path, "csv", "--records", "60", "--country", "DE").read_text(encoding="utf-8")

    rows = list(csv.DictReader(io.StringIO(first), delimiter=";"))
    assert first == again
    assert len(rows) == 60
    assert {row["Beneficiary IBAN"][:2] for row in rows} == {"DE"}


def test_rows_that_break_a_rule_never_leave_the_machine(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(f"{HEADER}A-1;Anna;NL00DUER0000000001;\n\n;=1+1;NL62DUER0000000002;\n", encoding="utf-8")

    done = duerun("vop", "check", file, "--url", f"http://127.0.0.1:{free_port()}")

    assert done.returncode == 0, done.stderr
    assert "Field 'Beneficiary IBAN' has a wrong check digit" in done.stdout
    assert "Row 2 is blank" in done.stdout
    rows = list(
        csv.reader((tmp_path / "bad.checked.csv").read_text(encoding="utf-8").splitlines(), delimiter=";")
    )
    assert [row[7:] for row in rows[1:]] == [["400", "FORMAT_ERROR"]] * 3
    assert rows[3][2] == "'=1+1"


def test_a_row_that_the_server_refuses_is_told(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "csv", "--records", "1")

    told = checked(dev, file, "--bic", "ABNANL2A")

    assert "is not a BIC of the client" in told
    assert verdicts(tmp_path / "payees.checked.csv", "csv") == [""]


def test_lines_that_are_no_records_are_told_with_their_numbers(dev: Dev, tmp_path: Path) -> None:
    good = practice(tmp_path, "ndjson", "--records", "1").read_bytes()
    file, output = tmp_path / "mixed.ndjson", tmp_path / "out.ndjson"
    half = b'{"uetr":"13b8472f-d796-436a-ba76-0be4ec234206","party":{"name":"a\\ud800"}}\n'
    file.write_bytes(good + b"\nno json\n" + half)

    checked(dev, file, "-o", output)
    checked(dev, file, "-o", tmp_path / "out.csv")

    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["partyNameMatch"] == "MTCH"
    assert lines[1]["errors"][0]["instance"] == "line 3"
    assert lines[2]["uetr"] == "13b8472f-d796-436a-ba76-0be4ec234206"
    assert len(lines[2]["errors"]) > 1


def test_many_rows_are_counted_and_not_shown(dev: Dev, tmp_path: Path) -> None:
    told = checked(dev, practice(tmp_path, "csv", "--records", "4000"))

    assert "Carlos" not in told
    assert "4,000" in told
    assert verdicts(tmp_path / "payees.checked.csv", "csv").count("") == 200


def cut_workbook(folder: Path) -> tuple[str, bytes]:
    return "cut.xlsx", practice(folder, "xlsx").read_bytes()[:3000]


BAD_FILES = [
    pytest.param(lambda _: ("empty.csv", b""), "file contains no records", id="empty csv"),
    pytest.param(lambda _: ("empty.ndjson", b""), "file contains no records", id="empty ndjson"),
    pytest.param(lambda _: ("empty.xlsx", b""), "", id="empty xlsx"),
    pytest.param(lambda _: ("empty.xml", b""), "file is not well-formed XML", id="empty xml"),
    pytest.param(cut_workbook, "", id="cut xlsx"),
    pytest.param(lambda _: ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600), "save it as .xlsx", id="old xls"),
    pytest.param(
        lambda _: ("dtd.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><Document/>'),
        "file must not have type definitions or entities",
        id="dtd",
    ),
    pytest.param(lambda _: ("other.xml", b"<Invoice/>"), "file is not a pain.001.001.03", id="other xml"),
    pytest.param(lambda _: ("plain.csv", b"a;b\n1;2\n"), "lacks the column 'Beneficiary IBAN'", id="columns"),
    pytest.param(
        lambda _: ("open.csv", (HEADER + GOOD + 'x;"open;').encode()), "row 2 is not CSV", id="open quote"
    ),
    pytest.param(lambda _: ("latin.csv", (HEADER + GOOD).encode("latin-1")), "not UTF-8", id="latin-1"),
]


@pytest.mark.parametrize(("make", "told"), BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_whole(
    tmp_path: Path, make: Callable[[Path], tuple[str, bytes]], told: str
) -> None:
    name, data = make(tmp_path)
    (tmp_path / name).write_bytes(data)
    before = sorted(tmp_path.iterdir())

    said = refused("check", tmp_path / name, "--url", f"http://127.0.0.1:{free_port()}")

    assert told in said
    assert "nothing answers" not in said
    assert sorted(tmp_path.iterdir()) == before


def test_a_workbook_with_a_formula_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Beneficiary Name", "Beneficiary IBAN"])
        sheet.write_formula(1, 0, '="Anna"')
        sheet.write_string(1, 1, "NL62DUER0000000002")

    assert "formula" in refused("check", file, "--url", f"http://127.0.0.1:{free_port()}")


def test_the_input_is_never_overwritten(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "csv")
    before = file.read_bytes()

    said = refused("check", file, "-o", file, "--url", dev.url)

    assert said == f"{file} is the input: give another --output"
    assert file.read_bytes() == before


def test_too_many_records_are_told_before_and_by_the_server(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "csv", "--records", "30")

    said = refused("check", file, "--url", dev.url, DUERUN_VOP_RECORDS_MAX="29")

    assert said == "file exceeds the maximum of 29 records"


def test_a_task_that_fails_is_told_with_its_detail(folder: Path, tmp_path: Path) -> None:
    port, data = free_port(), folder / "strict"
    with (folder / "strict.log").open("w") as log:
        process = subprocess.Popen(
            [*COMMAND, "dev", "--data", str(data), "--port", str(port)],
            env=environment() | {"DUERUN_VOP_RECORDS_MAX": "10"},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    server = Dev(data, port, process, folder / "strict.log")
    try:
        server.wait_until_ready()
        said = refused("check", practice(tmp_path, "csv"), "--url", server.url)
    finally:
        server.stop()

    assert re.fullmatch(r"task [0-9a-f-]{36} is FAILED: file exceeds the maximum of 10 records", said)
    assert not (tmp_path / "payees.checked.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--secret", "wrong"], "client authentication failed", id="secret"),
        pytest.param(["--client", "nobody"], "client authentication failed", id="client"),
        pytest.param(["--bic", "short"], "--bic ", id="bic"),
    ],
)
def test_a_wrong_requester_is_refused(dev: Dev, tmp_path: Path, arguments: list[str], told: str) -> None:
    file = practice(tmp_path, "csv")

    assert told in refused("check", file, *arguments, "--url", dev.url)


def test_the_secret_comes_from_the_environment(dev: Dev, tmp_path: Path) -> None:
    file = practice(tmp_path, "csv")

    said = refused("check", file, "--url", dev.url, DUERUN_VOP_CLIENT_SECRET="wrong")

    assert "client authentication failed" in said


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    said = refused("check", practice(tmp_path, "csv"), "--url", f"http://127.0.0.1:{free_port()}")

    assert "nothing answers at" in said


def test_pairs_are_compared_in_their_order() -> None:
    found = compared(
        {"id": "a", "given": "Jürgen Müller", "account": "Jürgen Müller", "type": "person", "country": "DE"},
        {"id": 2, "given": "F. Nagy", "account": "Friedrich Nagy"},
        {"given": "Maria Gonzaga", "account": "Carlos Sørensen", "type": None},
        {"id": "d", "given": "Anna", "account": " - "},
    )

    assert found[0] == {"result": "MTCH", "reason": "exact", "id": "a"}
    assert found[1] == {"result": "CMTC", "reason": "initial", "id": 2, "matchedName": "Friedrich Nagy"}
    assert found[2] == {"result": "NMTC", "reason": "conflict"}
    assert found[3] == {"result": "NOAP", "reason": "no_data", "id": "d"}


def test_a_profile_and_single_points_change_the_verdict() -> None:
    pair = {"given": "Berg Anna", "account": "Anna Berg", "type": "person"}

    [balanced] = compared(pair)
    [strict] = compared(pair, arguments=("--profile", "strict"))
    [changed] = compared(pair, arguments=("--match", "word_order=CMTC"))

    assert [balanced["result"], strict["result"], changed["result"]] == ["MTCH", "CMTC", "CMTC"]


@pytest.mark.parametrize(
    ("given", "account", "result"),
    [("-", "Anna Berg", "NMTC"), ("", "Anna Berg", "NMTC"), ("Anna Berg", "...", "NOAP")],
)
def test_a_name_without_a_letter_is_nobodys(given: str, account: str, result: str) -> None:
    [found] = compared({"given": given, "account": account, "type": "", "country": ""})

    assert (found["result"], "matchedName" in found) == (result, False)


def test_a_long_name_is_compared_by_its_beginning() -> None:
    [found] = compared({"given": "a" * 200, "account": "a" * 140})

    assert found["result"] == "MTCH"


def test_the_steps_are_told_where_asked() -> None:
    [found] = compared({"given": "F. Nagy", "account": "Friedrich Nagy"}, arguments=("--explain",))

    assert found["steps"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param(b"no json", "The line is not a JSON object", id="no json"),
        pytest.param(b"[1]", "The line is not a JSON object", id="array"),
        pytest.param(b'{"id":"x","account":"A"}', "Field 'given' is mandatory", id="no name"),
        pytest.param(b'{"id":"x","given":1,"account":"A"}', "Field 'given' must be a text", id="number"),
        pytest.param(
            b'{"id":"x","given":"A","account":"A","type":"dog"}',
            "Field 'type' must be one of person, organisation, joint",
            id="type",
        ),
        pytest.param(
            b'{"id":"x","given":"A","account":"A","country":"NLD"}',
            "Field 'country' must have two letters",
            id="country",
        ),
        pytest.param(
            b'{"a":"' + b"a" * 600_000 + b'"}', "The line is longer than 65536 bytes", id="long line"
        ),
        pytest.param(b'{"given":"\xff","account":"A"}', "The line is not a JSON object", id="no UTF-8"),
    ],
)
def test_a_bad_line_is_answered_by_an_error_and_ends_with_status_1(line: bytes, error: str) -> None:
    good = b'{"id":7,"given":"A","account":"A"}\n'

    done = piped(b"\xef\xbb\xbf" + good + b"\r\n" + line + b"\n" + good.rstrip(b"\n"))

    first, bad, last = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert bad["error"] == error
    assert bad.get("id") == ("x" if b'"id"' in line else None)
    assert first == last == {"result": "MTCH", "reason": "exact", "id": 7}
    assert b"Traceback" not in done.stderr


def test_many_pairs_keep_their_order_over_several_processes() -> None:
    text = "".join(
        f'{{"id":{number},"given":"Anna Berg{number % 7}","account":"Anna Berg"}}\n'
        for number in range(30_000)
    )

    one, three = piped(text, "--processes", "1"), piped(text, "--processes", "3")

    assert one.returncode == three.returncode == 0
    assert one.stdout == three.stdout
    assert [json.loads(line)["id"] for line in three.stdout.splitlines()] == list(range(30_000))


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    with subprocess.Popen(
        [*COMMAND, "vop", "compare"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"id":1,"given":"A","account":"A"}\n')
        process.stdin.flush()
        answer = process.stdout.readline()
        process.stdin.close()

    assert json.loads(answer)["id"] == 1


def test_a_reader_that_has_enough_ends_the_pipe_quietly() -> None:
    with subprocess.Popen(
        [*COMMAND, "vop", "compare", "--processes", "1"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate(b'{"given":"A","account":"A"}\n' * 10_000)

    assert process.returncode == 0
    assert said == b""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["--profile", "loose"], "--profile must be one of strict, balanced, lenient", id="profile"
        ),
        pytest.param(["--match", "mood=MTCH"], "vop_match.mood is not a point", id="point"),
    ],
)
def test_a_wrong_order_for_a_pipe_is_refused(arguments: list[str], told: str) -> None:
    assert told in refused("compare", *arguments)
