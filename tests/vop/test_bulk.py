"""Files of checks from upload to results."""

import asyncio
import gzip
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import HttpServer
from duerun.domain.payees import practice
from duerun.domain.payees.clients import Offering
from duerun.domain.payees.practice import MAGIC
from duerun.services import payee_ports, verification, vop_tasks
from duerun.storage.seal import Seal
from duerun.web.vop import bulk

from .conftest import BIC, BULK, NewRequester, Requester, ndjson, problems, record, with_policy

COUNTS = ("matched", "close", "unmatched", "not_applicable", "faulty")


async def test_each_record_has_one_line_in_the_order_of_the_file(requester: Requester) -> None:
    sent = [record(number) for number in (3, 1, 2)]

    found = await requester.checked(sent)

    assert found == [{"uetr": each["uetr"], "partyNameMatch": "MTCH"} for each in sent]


async def test_results_are_the_same_bytes_each_time_and_come_compressed_on_request(
    requester: Requester,
) -> None:
    task_id = requester.accepted(ndjson([record(1), record(2)]))
    await requester.check_all()

    plain, again, packed = (
        requester.call("GET", f"{BULK}/{task_id}", headers={"Accept-Encoding": coding})
        for coding in ("identity", "identity", "gzip")
    )

    assert plain.content == again.content == packed.content
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    ("name", "verdict", "shown"),
    [
        ("John Close Match", "CMTC", "John Match"),
        ("John No Match", "NMTC", None),
        ("John Unavailable", "NOAP", None),
        ("Anybody Else", "MTCH", None),
    ],
)
async def test_test_names_bring_each_outcome(
    requester: Requester, name: str, verdict: str, shown: str | None
) -> None:
    [found] = await requester.checked([record(MAGIC - 1, name)])

    assert found.pop("uetr")
    assert found == {"partyNameMatch": verdict} | ({"matchedName": shown} if shown else {})


@pytest.mark.parametrize(
    "number", [1, 2, 3, 4, 5, 6, 9], ids=lambda number: practice.OUTCOMES[MAGIC + number].words
)
async def test_what_cannot_be_answered_is_not_applicable_and_all_alike(
    requester: Requester, number: int
) -> None:
    sent = record(MAGIC + number, "Anna Becker")

    assert await requester.checked([sent]) == [{"uetr": sent["uetr"], "partyNameMatch": "NOAP"}]


async def test_slow_and_absent_psps_are_waited_for_together(requester: Requester) -> None:
    runtime = with_policy(requester.runtime, check_seconds_max=0.3)
    sent = [record(MAGIC + 8, "Anna Becker") for _ in range(50)]
    task_id = requester.accepted(ndjson(sent))
    started = datetime.now(UTC)

    await requester.check_all(runtime)

    assert datetime.now(UTC) - started < timedelta(seconds=10)
    assert [each["partyNameMatch"] for each in requester.results(task_id)] == ["NOAP"] * 50


async def test_an_identification_is_answered_as_one_and_never_closely(requester: Requester) -> None:
    number = practice.ORGANISATION_EVERY * 3
    held = practice.account_of(number).identification
    assert held
    right, wrong = (
        record(
            number,
            party={
                "identification": {
                    "organisationId": {"others": [{"identification": text, "schemeNameCode": "DUNS"}]}
                }
            },
        )
        for text in (held.others[0].identification, "123456789")
    )
    other_scheme = record(number, party={"identification": {"organisationId": {"anyBIC": "ABNANL2A"}}})

    found = await requester.checked([right, wrong, other_scheme])

    assert [each["partyIdMatch"] for each in found] == ["MTCH", "NMTC", "NOAP"]
    assert not any("matchedName" in each or "partyNameMatch" in each for each in found)


async def test_plus_tells_holder_and_status_and_standard_does_not(new_requester: NewRequester) -> None:
    plus = await new_requester(offering=Offering.PLUS)

    [known] = await plus.checked([record(practice.ORGANISATION_EVERY)])
    [unknown] = await plus.checked([record(MAGIC + 1)])

    assert known["additionalPartyInformation"] == {
        "advancedInfo": {"accountHolderType": "ORG", "accountStatus": "ACTIVE"}
    }
    assert "additionalPartyInformation" not in unknown


async def test_bad_records_get_an_error_line_and_the_others_go_on(requester: Requester) -> None:
    good = record()
    bad_iban = record(partyAccount={"iban": "NL00DUER0000000001"})
    nameless = record(party={})
    anonymous = {"party": {"name": "x"}}

    found = await requester.checked([good, bad_iban, b"", nameless, anonymous])

    assert [each.get("uetr") for each in found] == [good["uetr"], bad_iban["uetr"], nameless["uetr"], None]
    assert found[0]["partyNameMatch"] == "MTCH"
    [error] = found[1]["errors"]
    assert error == {
        "status": 400,
        "type": "https://developer.surepay.nl/vop-bulk-for-banks/status-and-errorcodes",
        "code": "FORMAT_ERROR",
        "title": "INVALID_FIELD",
        "detail": "Field 'partyAccount.iban' has a wrong check digit",
        "instance": "line 2",
    }
    assert found[2]["errors"][0]["instance"] == "line 4"
    assert len(found[3]["errors"]) >= 3
    assert "uetr" not in found[3]


async def test_a_repeated_uetr_is_told_on_its_later_line(requester: Requester) -> None:
    first = record()
    again = record(2) | {"uetr": first["uetr"].upper()}

    found = await requester.checked([first, record(3), again])

    assert [("errors" in each) for each in found] == [False, False, True]
    assert found[2]["uetr"] == first["uetr"]
    assert found[2]["errors"][0]["detail"] == "Field 'uetr' was used before in this file"


async def test_a_foreign_requesting_bic_is_refused_in_its_record(requester: Requester) -> None:
    foreign = record(requestingAgent={"financialInstitutionId": {"bicfi": "DEUTDEFF"}})
    branch = record(requestingAgent={"financialInstitutionId": {"bicfi": f"{BIC}XXX"}})

    found = await requester.checked([foreign, branch])

    assert found[0]["errors"][0]["title"] == "INVALID_REQUESTING_AGENT_BIC"
    assert found[1]["partyNameMatch"] == "MTCH"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "file contains no records"),
        (b"\n \r\n", "file contains no records"),
        (ndjson([record(), b"[1]"]), "invalid format: line 2 is not a JSON object"),
        (ndjson([record(), b"", b'{"uetr"']), "invalid format: line 3 is not a JSON object"),
        (ndjson([b'{"party":{"name":"\xff"}}']), "invalid format: line 1 is not a JSON object"),
        (ndjson([b"\x00"]), "invalid format: line 1 is not a JSON object"),
        (b'{"a":"' + b"x" * 70_000 + b'"}', "invalid format: line 1 is longer than 65536 bytes"),
    ],
    ids=["empty", "blank", "array", "cut", "not UTF-8", "NUL", "long"],
)
async def test_a_broken_file_fails_as_a_whole_and_says_where(
    requester: Requester, body: bytes, detail: str
) -> None:
    task_id = requester.accepted(body)
    await requester.check_all()

    assert requester.status(task_id) == {"status": "FAILED", "detail": detail}
    [refused] = requester.refused("GET", f"{BULK}/{task_id}", 409)
    assert (refused["code"], refused["title"], refused["detail"]) == (
        "CLIENT_INCONSISTENT",
        "NOT_PROCESSED",
        "status is FAILED",
    )


async def test_broken_lines_become_error_lines_where_the_setting_says_so(
    new_requester: NewRequester, new_http: Any
) -> None:
    patient = await new_requester(new_http(vop_bad_line="error_line").url)
    long = b'{"a":"' + b"x" * 200_000 + b'"}'

    found = await patient.checked([record(1), b"[1]", long, b"\xff", record(2)])

    assert [each.get("partyNameMatch", each.get("errors", [{}])[0].get("instance")) for each in found] == [
        "MTCH",
        "line 2",
        "line 3",
        "line 4",
        "MTCH",
    ]


@pytest.mark.parametrize(
    ("settings", "detail"),
    [
        ({"vop_records_max": 2}, "file exceeds the maximum of 2 records"),
        ({"vop_bytes_max": 500}, "file exceeds the maximum of 500 bytes"),
    ],
    ids=["records", "bytes"],
)
async def test_a_file_over_a_limit_is_taken_and_fails(
    new_requester: NewRequester, new_http: Any, settings: Any, detail: str
) -> None:
    small = await new_requester(new_http(**settings).url)

    task_id = small.accepted(ndjson(record(number) for number in (1, 2, 3)))

    assert small.status(task_id) == {"status": "FAILED", "detail": detail}


async def test_line_ends_blank_lines_and_a_mark_in_front_are_no_trouble(requester: Requester) -> None:
    lines = [json.dumps(record(number)).encode() for number in (1, 2)]
    task_id = requester.accepted(b"\xef\xbb\xbf" + lines[0] + b"\r\n\r\n" + lines[1])
    await requester.check_all()

    assert len(requester.results(task_id)) == 2


async def test_a_compressed_file_is_taken(requester: Requester) -> None:
    packed = gzip.compress(ndjson([record(1)])) + gzip.compress(ndjson([record(2)]))

    task_id = requester.accepted(packed, Content_Encoding="gzip")
    await requester.check_all()

    assert len(requester.results(task_id)) == 2


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (gzip.compress(ndjson([record()]))[:-9], "file is corrupt: gzip stream ended early"),
        (b"no gzip at all", "file is corrupt: gzip stream cannot be read"),
        (gzip.compress(b"\n" * 50_000_000), "file is corrupt: gzip stream grows beyond measure"),
    ],
    ids=["cut", "other", "bomb"],
)
async def test_a_corrupt_compressed_file_fails(requester: Requester, body: bytes, detail: str) -> None:
    task_id = requester.accepted(body, Content_Encoding="gzip")

    assert requester.status(task_id) == {"status": "FAILED", "detail": detail}


def test_another_coding_is_refused(requester: Requester) -> None:
    answer = requester.send(b"x", Content_Encoding="br")

    assert problems(answer, 415)[0]["title"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_an_upload_that_is_cut_off_makes_no_task(requester: Requester, http: HttpServer) -> None:
    requester.grant()
    head = (
        f"POST {BULK} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {requester.token}\r\n"
        f"X-Request-Id: {uuid.uuid4()}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", http.port)
    writer.write(head.encode() + ndjson(record(number) for number in range(1, 2_500)))
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    for _ in range(100):
        async with requester.runtime.database.connection() as connection:
            cursor = await connection.execute(
                "SELECT count(*) AS count FROM vop_tasks JOIN vop_clients ON vop_clients.number = client_number "
                "WHERE client_id = %s",
                (requester.client_id,),
            )
            left = await cursor.fetchone()
        if left == {"count": 0}:
            break
        await asyncio.sleep(0.05)

    assert left == {"count": 0}


async def test_a_broken_upload_is_told_in_the_words_of_the_face(
    requester: Requester, http: HttpServer
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", http.port)
    writer.write(
        f"POST {BULK} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n".encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()

    assert head.startswith(b"HTTP/1.1 400")
    [problem] = json.loads(body)
    assert (problem["code"], problem["instance"]) == ("FORMAT_ERROR", BULK)


async def test_a_client_has_room_for_some_files_and_takes_none_from_others(
    requester: Requester, new_requester: NewRequester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payee_ports, "UPLOADS_OF_A_CLIENT_MAX", 1)
    requester.grant()
    head = (
        f"POST {BULK} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {requester.token}\r\n"
        f"X-Request-Id: {uuid.uuid4()}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9\r\n\r\n{{"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", int(requester.url.rpartition(":")[2]))
    writer.write(head.encode())
    await writer.drain()
    await asyncio.sleep(0.3)
    other = await new_requester()

    crowded, elsewhere = requester.send(ndjson([record()])), other.send(ndjson([record()]))
    writer.close()

    assert problems(crowded, 429)[0]["detail"] == "Too many files are arriving."
    assert elsewhere.status_code == 202


async def test_a_file_that_trickles_in_is_given_up(
    requester: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLOW_SECONDS_MAX", 0.1)

    def trickle() -> Iterator[bytes]:
        for _ in range(40):
            time.sleep(0.05)
            yield b" "

    requester.grant()
    answer = requester.send(trickle())

    assert problems(answer, 400)[0]["detail"] == "The body comes too slowly."


async def test_a_part_whose_task_is_cancelled_meanwhile_leaves_nothing(
    requester: Requester, caplog: pytest.LogCaptureFixture
) -> None:
    await requester.check_all()
    task_id = requester.accepted(ndjson([record()]))
    asking = requester.runtime.payees.asking

    class Cancelling:
        async def verify(self, *given: Any) -> Any:
            assert requester.call("DELETE", f"{BULK}/{task_id}").status_code == 200
            return await asking.verify(*given)

        async def close(self) -> None:
            """There is nothing to end."""

    runtime = replace(requester.runtime, payees=replace(requester.runtime.payees, asking=Cancelling()))
    await requester.check_all(runtime)

    assert requester.status(task_id) == {"status": "FAILED", "detail": "cancelled by the client"}


async def test_the_same_key_and_file_are_the_same_task(requester: Requester) -> None:
    body = ndjson([record()])

    first, again = (requester.accepted(body, Idempotency_Key="payout-1") for _ in range(2))
    other = requester.send(ndjson([record()]), Idempotency_Key="payout-1")
    without = requester.accepted(body)

    assert first == again != without
    assert problems(other, 400)[0]["title"] == "INVALID_HEADER"


async def test_tasks_of_others_are_unknown(requester: Requester, new_requester: NewRequester) -> None:
    task_id = requester.accepted(ndjson([record()]))
    await requester.check_all()
    stranger = await new_requester()

    foreign = [
        stranger.refused(method, f"{BULK}/{task_id}{rest}", 404)
        for method, rest in (("GET", "/status"), ("GET", ""), ("DELETE", ""))
    ]
    unknown = stranger.refused("GET", f"{BULK}/{uuid.uuid4()}/status", 404)

    assert {(each["code"], each["title"], each["detail"]) for [each] in (*foreign, unknown)} == {
        ("CLIENT_INVALID", "NOT_FOUND", "The requested task does not exist.")
    }


async def test_a_cancelled_task_has_failed_and_has_no_results(requester: Requester) -> None:
    task_id = requester.accepted(ndjson([record()]))

    cancelled = requester.call("DELETE", f"{BULK}/{task_id}")
    await requester.check_all()

    assert cancelled.json() == {"status": "FAILED", "detail": "cancelled by the client"}
    assert requester.status(task_id) == cancelled.json()
    assert requester.refused("DELETE", f"{BULK}/{task_id}", 409)[0]["title"] == "NOT_CANCELLED"


async def test_states_are_seen_in_their_order(requester: Requester) -> None:
    runtime = with_policy(requester.runtime, chunk_records=2)
    await requester.check_all()
    task_id = requester.accepted(ndjson(record(number) for number in range(1, 4_001)))
    seen = [requester.status(task_id)["status"]]
    while await verification.check_next_chunk(runtime, "tests", datetime.now(UTC), only_small=False):
        seen.append(requester.status(task_id)["status"])
        if seen[-1] == "IN_PROGRESS":
            assert requester.refused("GET", f"{BULK}/{task_id}", 409)[0]["detail"] == "status is IN_PROGRESS"

    assert seen == ["NOT_STARTED", "IN_PROGRESS", "PROCESSED"]


async def test_a_task_that_takes_too_long_times_out_and_stays_so(requester: Requester) -> None:
    await requester.check_all()
    task_id = requester.accepted(ndjson([record()]))
    late = datetime.now(UTC) + timedelta(seconds=14_401)

    await vop_tasks.run_out(requester.runtime, late)
    await requester.check_all()

    assert requester.status(task_id) == {"status": "TIMED_OUT", "detail": "not finished within 14400 seconds"}


async def test_results_are_gone_after_their_retention(requester: Requester) -> None:
    task_id = requester.accepted(ndjson([record()]))
    await requester.check_all()

    while await vop_tasks.prune(requester.runtime, datetime.now(UTC) + timedelta(days=31)):
        pass

    assert requester.refused("GET", f"{BULK}/{task_id}", 404)[0]["title"] == "NOT_FOUND"


async def test_verdicts_are_counted(requester: Requester) -> None:
    await requester.checked(
        [
            record(1),
            record(MAGIC - 1, "John Close Match"),
            record(MAGIC - 1, "John No Match"),
            record(MAGIC + 1),
            record(party={}),
        ]
    )

    async with requester.runtime.database.connection() as connection:
        cursor = await connection.execute(
            f"SELECT {', '.join(COUNTS)} FROM vop_tasks ORDER BY number DESC LIMIT 1"
        )
        assert await cursor.fetchone() == dict.fromkeys(COUNTS, 1)


async def test_files_and_results_are_unreadable_at_rest_where_a_key_is_set(
    new_requester: NewRequester, new_http: Any, requester: Requester
) -> None:
    sealed = await new_requester(new_http(vop_storage_key="correct horse").url)
    runtime = replace(requester.runtime, payees=replace(requester.runtime.payees, seal=Seal("correct horse")))
    await requester.check_all()
    task_id = sealed.accepted(ndjson([record(MAGIC - 1, "John Close Match")]))

    async def kept(column: str) -> bytes:
        async with runtime.database.connection() as connection:
            cursor = await connection.execute(
                f"SELECT {column} AS kept FROM vop_chunks JOIN vop_tasks ON number = task_number WHERE task_id = %s",
                (task_id,),
            )
            row = await cursor.fetchone()
            assert row
            return bytes(row["kept"])

    assert b"John" not in await kept("lines")
    await requester.check_all(runtime)
    assert b"John" not in await kept("results")
    assert sealed.results(task_id)[0]["matchedName"] == "John Match"
