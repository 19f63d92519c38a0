"""One file out of a multipart body: whole, in small pieces, or refused with a reason."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.types import Message

from duerun.domain.errors import RejectedError
from duerun.web.errors import IncompleteBodyError, UnsupportedMediaError
from duerun.web.multipart import ENVELOPE_BYTES_MAX, open_file

CSV = b"customer_key,customer,amount\r\nk-1,cust_test_1,100000\r\n"
BYTES_MAX = 1_000
MULTIPART = "multipart/form-data; boundary=----duerun"


def part(
    content: bytes = CSV,
    *,
    name: str = "file",
    filename: str | None = "members.csv",
    content_type: str | None = "text/csv",
) -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"------duerun\r\nContent-Disposition: {disposition}\r\n{kind}\r\n"
    return head.encode() + content + b"\r\n"


CLOSING = b"------duerun--\r\n"


def upload_of(
    *chunks: bytes, headers: dict[str, str] | None = None, ending: Message | None = None
) -> Request:
    fields = {"content-type": MULTIPART} | (headers or {})
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()]
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append(ending or {"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": pairs}
    return Request(scope, receive)


async def read(request: Request, *, bytes_max: int = BYTES_MAX) -> tuple[str, bytes]:
    upload = await open_file(request, bytes_max=bytes_max)
    return upload.filename, b"".join([chunk async for chunk in upload.chunks])


async def refusal_of(request: Request, *, bytes_max: int = BYTES_MAX) -> tuple[str, str]:
    with pytest.raises(RejectedError) as caught:
        await read(request, bytes_max=bytes_max)
    return caught.value.code, caught.value.message


def in_pieces(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
async def test_a_file_is_the_same_however_it_is_cut_into_chunks(size: int) -> None:
    tricky = CSV + b"\r\n------duerun-not\r\n\r\n---\r\n------dueru"
    body = part(b"note", name="note", filename=None, content_type=None) + part(tricky) + CLOSING

    assert await read(upload_of(*in_pieces(body, size))) == ("members.csv", tricky)


async def test_bytes_are_handed_on_before_the_upload_ends() -> None:
    opening = part(b"first\n").removesuffix(b"\r\n")
    upload = await open_file(upload_of(opening, b"second\n", b"\r\n" + CLOSING), bytes_max=BYTES_MAX)

    chunks = [chunk async for chunk in upload.chunks]

    assert chunks[0] == b"first\n"
    assert b"".join(chunks) == b"first\nsecond\n"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("members.csv", "members.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\files\\members.csv", "members.csv"),
        ("a\x01b\x7f.csv", "ab.csv"),
        ("ท" * 300, "ท" * 255),
    ],
    ids=["plain", "folders", "folders of windows", "control characters", "too long"],
)
async def test_the_file_name_is_safe_to_keep(raw: str, clean: str) -> None:
    filename, _ = await read(upload_of(part(filename=raw) + CLOSING))

    assert filename == clean


@pytest.mark.parametrize(
    "content_type", ["text/csv", "Text/CSV", "text/csv; charset=UTF-8", "text/csv; header=present"]
)
async def test_a_csv_type_with_parameters_is_accepted(content_type: str) -> None:
    _, content = await read(upload_of(part(content_type=content_type) + CLOSING))

    assert content == CSV


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json", "text/csv; charset=tis-620", "text/csvx"]
)
async def test_another_type_is_refused(content_type: str | None) -> None:
    refusal = await refusal_of(upload_of(part(content_type=content_type) + CLOSING))

    assert refusal == ("invalid_file_type", "invalid content-type")


@pytest.mark.parametrize(
    "request_of",
    [
        pytest.param(lambda: upload_of(CLOSING), id="no part"),
        pytest.param(lambda: upload_of(), id="empty body"),
        pytest.param(lambda: upload_of(part(name="document") + CLOSING), id="another name"),
        pytest.param(lambda: upload_of(part(filename=None) + CLOSING), id="no file name"),
        pytest.param(lambda: upload_of(part(filename="") + CLOSING), id="empty file name"),
        pytest.param(lambda: upload_of(part(filename="folder/") + CLOSING), id="folder"),
        pytest.param(lambda: upload_of(CSV, headers={"content-type": "text/csv"}), id="not multipart"),
        pytest.param(lambda: upload_of(b"{}", headers={"content-type": "application/json"}), id="json"),
        pytest.param(lambda: upload_of(headers={"content-type": ""}), id="no content type"),
    ],
)
async def test_a_request_without_a_file_is_refused(request_of: Callable[[], Request]) -> None:
    assert await refusal_of(request_of()) == ("missing_file", "missing file or filename")


async def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_refused() -> None:
    exact = await read(upload_of(part(b"x" * BYTES_MAX) + CLOSING))
    over = await refusal_of(upload_of(part(b"x" * (BYTES_MAX + 1)) + CLOSING))

    assert len(exact[1]) == BYTES_MAX
    assert over == ("bad_request", "file is larger than 1000 bytes")


async def test_a_declared_size_over_the_limit_is_refused_unread() -> None:
    request = upload_of(headers={"content-length": str(BYTES_MAX + ENVELOPE_BYTES_MAX + 1)})

    assert await refusal_of(request) == ("bad_request", "file is larger than 1000 bytes")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"------duerun\r\nX-Endless: " + b"x" * 50_000,
                     "request body is not valid multipart/form-data", id="endless header"),
        pytest.param(b"------duerun\r\n" + b"x" * 50_000,
                     "request body is not valid multipart/form-data", id="endless header name"),
        pytest.param(b"------duerun\r\n" + b"X: y\r\n" * 5_000,
                     "request body is not valid multipart/form-data", id="endless headers"),
        pytest.param(part(b"", name="a", filename=None) * 500, "request has more than 20 parts",
                     id="endless parts"),
        pytest.param(part(b"x" * 80_000, name="a", filename=None), "file is larger than 1000 bytes",
                     id="endless field"),
        pytest.param(part() + CLOSING + b"x" * 80_000, "file is larger than 1000 bytes", id="endless epilogue"),
        pytest.param(part() + part() + CLOSING, "only one file may be uploaded at a time", id="two files"),
        pytest.param(part() + part(name="other") + CLOSING, "only one file may be uploaded at a time",
                     id="a file of another name beside it"),
        pytest.param(b"not multipart", "request body is not valid multipart/form-data", id="no boundary"),
    ],
)  # fmt: skip
async def test_a_broken_body_is_refused(body: bytes, message: str) -> None:
    assert await refusal_of(upload_of(*in_pieces(body, 4_096))) == ("bad_request", message)


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "x" * 71])
async def test_a_boundary_must_be_usable(boundary: str) -> None:
    request = upload_of(headers={"content-type": "multipart/form-data" + boundary})

    assert await refusal_of(request) == ("bad_request", "multipart boundary must have 1 to 70 characters")


@pytest.mark.parametrize("ending", [None, {"type": "http.disconnect"}], ids=["body ends", "client leaves"])
@pytest.mark.parametrize(
    "kept", [20, 120, -1, -10], ids=["in headers", "in the file", "at its end", "before its end"]
)
async def test_an_upload_without_its_closing_boundary_is_cut_off(kept: int, ending: Message | None) -> None:
    body = (part(b"x" * 200) + CLOSING.removesuffix(b"\r\n"))[:kept]

    with pytest.raises(IncompleteBodyError, match=r"^the upload is cut off$"):
        await read(upload_of(body, ending=ending))


async def test_an_upload_that_stands_still_is_cut_off() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(IncompleteBodyError):
        await open_file(Request(upload_of().scope, receive), bytes_max=BYTES_MAX, chunk_seconds_max=0.02)


async def test_a_compressed_upload_is_refused() -> None:
    with pytest.raises(UnsupportedMediaError):
        await read(upload_of(headers={"content-encoding": "gzip"}))
