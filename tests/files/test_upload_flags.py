"""What may be asked of an upload, in the query or in fields beside the file: to try it only, or to take it again."""

from typing import Any

import pytest

from .conftest import Files

HEADER = "customer_key,customer,amount,every,period,days_of_month"
BOUNDARY = "flags"


def field(name: str, value: str) -> str:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def file_of(*rows: str) -> str:
    text = "\n".join((HEADER, *rows)) + "\n"
    head = 'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n{text}\r\n"


def send(api: Any, *parts: str, query: str = "", key: str | None = None) -> Any:
    body = f"{''.join(parts)}--{BOUNDARY}--\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return api.call("POST", f"/schedules/upload{query}", data=body.encode(), headers=headers)


@pytest.mark.parametrize("place", ["before", "behind"])
async def test_a_dry_run_asked_for_in_a_field_creates_nothing(api: Any, files: Files, place: str) -> None:
    customer, flag = api.customer()["id"], field("dry_run", "true")
    file = file_of(f"k1,{customer},5000,1,month,5", f",{customer},1,0,month,40")

    job = send(api, *((flag, file) if place == "before" else (file, flag))).json()
    await files.settle()
    report = files.report(job).text.splitlines()

    assert (job["dry_run"], api.get("/schedules")["total"]) == (True, 0)
    assert report[2].count("invalid_") == 3


@pytest.mark.parametrize("place", ["before", "behind"])
async def test_a_file_is_taken_again_by_a_field(api: Any, files: Files, place: str) -> None:
    file, flag = file_of(f"k1,{api.customer()['id']},5000,1,month,5"), field("again", "1")

    first = send(api, file).json()
    again = send(api, *((flag, file) if place == "before" else (file, flag))).json()

    assert first["id"] != again["id"]


@pytest.mark.parametrize(
    ("parts", "query", "message"),
    [
        pytest.param([("dry_run", "maybe")], "", "dry_run must be true or false", id="no flag"),
        pytest.param([("dry_run", "")], "", "dry_run must be true or false", id="empty"),
        pytest.param([("again", "true" * 40)], "", "again must be true or false", id="long"),
        pytest.param([("dry_run", "1"), ("dry_run", "1")], "", 'key "dry_run" is given twice', id="twice"),
        pytest.param(
            [("dry_run", "false")],
            "?dry_run=true",
            "dry_run is true in one place and false in another",
            id="contradiction",
        ),
    ],
)
@pytest.mark.parametrize("place", ["before", "behind"])
async def test_a_flag_that_is_none_refuses_the_upload(
    api: Any, files: Files, place: str, parts: list[tuple[str, str]], query: str, message: str
) -> None:
    file = file_of(f"k1,{api.customer()['id']},5000,1,month,5")
    flags = [field(*each) for each in parts]

    answer = send(api, *([*flags, file] if place == "before" else [file, *flags]), query=query)
    await files.settle()

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert api.get("/schedules")["total"] == 0


@pytest.mark.parametrize("flag", ["dry_run", "again"])
async def test_a_key_counts_for_what_was_asked_with_it(api: Any, files: Files, flag: str) -> None:
    file = file_of(f"k1,{api.customer()['id']},5000,1,month,5")

    tried = send(api, file, query=f"?{flag}=true", key="k")
    same = send(api, file, field(flag, "1"), key="k")
    real = send(api, file, key="k")

    assert (tried.status_code, same.status_code, real.status_code) == (200, 200, 422)
    assert same.json()["id"] == tried.json()["id"]
    assert same.headers["Idempotent-Replayed"] == "true"
