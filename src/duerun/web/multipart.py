"""One uploaded file out of a `multipart/form-data` body, handed on as it arrives and never held whole.

Source: RFC 7578; the wire specification, 13.1.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from duerun.domain.errors import RejectedError
from duerun.web.errors import IncompleteBodyError
from duerun.web.wire import declared_bytes, refuse_encoded
from duerun.web.xlsx_zip import old_workbook

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD_XLS_TYPE = "application/vnd.ms-excel"
UNKNOWN_TYPE = "application/octet-stream"
PARTS_MAX = 20
PART_HEADERS_MAX = 8
PART_HEADER_BYTES_MAX = 4_096
# What a body may hold besides the file: boundaries, headers of parts and small fields.
ENVELOPE_BYTES_MAX = 64 * 1024
FILENAME_CHARS_MAX = 255
FIELD_BYTES_MAX = 64
CHUNK_SECONDS_MAX = 20
UPLOAD_SECONDS_MAX = 300

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class FileKind(Enum):
    """What an upload may be."""

    CSV = CSV_TYPE
    XLSX = XLSX_TYPE


KindOf = Callable[[bytes, str], FileKind]


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file whose bytes are still arriving.

    `chunks` yields them once, in order, and raises `RejectedError` where the upload breaks a rule: what was
    yielded before then is not a whole file. `filename` has no folders and no control characters. `fields` are the
    small fields beside the file that were asked for; those behind it are there once `chunks` has ended.
    """

    filename: str
    kind: FileKind
    chunks: AsyncIterator[bytes]
    fields: Mapping[str, str] = field(default_factory=dict)


async def open_file(
    request: Request,
    *,
    name: str = "file",
    fields: Collection[str] = (),
    bytes_max: int,
    chunk_seconds_max: float = CHUNK_SECONDS_MAX,
    kind_of: KindOf | None = None,
) -> UploadedFile:
    """The CSV file or workbook of the part `name`, as soon as its headers have arrived; `kind_of` tells by the media
    type and the name which it is, else it must be a type that the API takes.

    Raises `RejectedError`: `missing_file`, `invalid_file_type`, or `bad_request` for a body that is too
    large, cut off or no valid multipart; `UnsupportedMediaError` for a compressed body.
    """
    refuse_encoded(request)
    upload = _Upload(
        _boundary(request), name=name, fields=fields, bytes_max=bytes_max, kind_of=kind_of or _kind
    )
    if declared_bytes(request) > bytes_max + ENVELOPE_BYTES_MAX:
        raise upload.too_large()
    body = _timed(request, chunk_seconds_max)
    async for chunk in body:
        upload.feed(chunk)
        if upload.filename is not None:
            return UploadedFile(upload.filename, upload.kind, _rest(upload, body), upload.fields)
    upload.finish()
    raise _missing_file()


async def _rest(upload: "_Upload", body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while upload.ready:
        yield upload.ready.popleft()
    async for chunk in body:
        upload.feed(chunk)
        while upload.ready:
            yield upload.ready.popleft()
    upload.finish()


async def _timed(request: Request, chunk_seconds_max: float) -> AsyncIterator[bytes]:
    """The chunks of the body; one that does not come in time ends the upload."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + UPLOAD_SECONDS_MAX
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + chunk_seconds_max)):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except (ClientDisconnect, TimeoutError):
            raise _cut_off() from None
        yield chunk


@dataclass(slots=True)
class _Part:
    """The headers of the part that is being read, by name in lower case."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytes = b""
    header_value: bytes = b""
    is_file: bool = False
    field: str | None = None


class _Upload:
    """Follows the parser through the body; `ready` holds file bytes that nobody has taken yet."""

    def __init__(
        self, boundary: bytes, *, name: str, fields: Collection[str], bytes_max: int, kind_of: KindOf
    ) -> None:
        self.filename: str | None = None
        self.kind = FileKind.CSV
        self.ready: deque[bytes] = deque()
        self.fields: dict[str, str] = {}
        self._name = name.encode()
        self._wanted = {each.encode(): each for each in fields}
        self._bytes_max = bytes_max
        self._kind_of = kind_of
        self._file_bytes = 0
        self._body_bytes = 0
        self._parts = 0
        self._files = 0
        self._part = _Part()
        self._complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._read_header_name,
                "on_header_value": self._read_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_part_data": self._read_data,
                "on_end": self._end,
            },
            max_header_count=PART_HEADERS_MAX,
            max_header_size=PART_HEADER_BYTES_MAX,
        )

    def feed(self, chunk: bytes) -> None:
        self._body_bytes += len(chunk)
        if self._body_bytes > self._bytes_max + ENVELOPE_BYTES_MAX:
            raise self.too_large()
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise RejectedError("request body is not valid multipart/form-data") from None

    def finish(self) -> None:
        """The body has ended: unless it was empty, that must have been with its closing boundary."""
        if self._body_bytes and not self._complete:
            raise _cut_off()

    def too_large(self) -> RejectedError:
        return RejectedError(f"file is larger than {self._bytes_max} bytes")

    def _begin_part(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise RejectedError(f"request has more than {PARTS_MAX} parts")

    def _read_header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _read_header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _end_header(self) -> None:
        part = self._part
        part.headers[part.header_name.lower()] = part.header_value
        part.header_name = part.header_value = b""

    def _open_part(self) -> None:
        _, options = _options(self._part.headers.get(b"content-disposition", b""))
        filename = _clean_filename(options.get(b"filename", b""))
        if not filename:
            self._open_field(options.get(b"name", b""))
            return
        self._files += 1
        if self._files > 1:
            raise RejectedError("only one file may be uploaded at a time")
        if options.get(b"name") == self._name:
            self.kind = self._kind_of(self._part.headers.get(b"content-type", b""), filename)
            self._part.is_file = True
            self.filename = filename

    def _open_field(self, name: bytes) -> None:
        wanted = self._wanted.get(name)
        if wanted is None:
            return
        if wanted in self.fields:
            raise RejectedError(f'key "{wanted}" is given twice')
        self._part.field = wanted
        self.fields[wanted] = ""

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.field is not None:
            self._read_field(self._part.field, data[start:end])
        if not self._part.is_file:
            return
        self._file_bytes += end - start
        if self._file_bytes > self._bytes_max:
            raise self.too_large()
        self.ready.append(data[start:end])

    def _read_field(self, name: str, data: bytes) -> None:
        """Longer than any value that is understood, a field is cut, not held."""
        self.fields[name] = (self.fields[name] + data.decode("latin-1"))[:FIELD_BYTES_MAX]

    def _end(self) -> None:
        self._complete = True


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        raise _missing_file()
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise RejectedError("multipart boundary must have 1 to 70 characters")
    return boundary


def _options(header: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    return parse_options_header(header.decode("latin-1"))


def _kind(content_type: bytes, filename: str) -> FileKind:
    """A client that does not know the type of a file, such as curl, calls it a stream of octets."""
    header, options = _options(content_type)
    media_type, extension = header.decode("latin-1"), filename.lower().rpartition(".")[2]
    if media_type == UNKNOWN_TYPE and extension in ("csv", "xlsx"):
        return FileKind[extension.upper()]
    if media_type == XLSX_TYPE:
        return FileKind.XLSX
    if extension == "xls" and media_type in (UNKNOWN_TYPE, OLD_XLS_TYPE):
        raise old_workbook()
    charset = options.get(b"charset", b"utf-8").lower()
    if media_type != CSV_TYPE or charset not in (b"utf-8", b"utf8", b"us-ascii"):
        raise RejectedError("invalid content-type", code="invalid_file_type")
    return FileKind.CSV


def _clean_filename(raw: bytes) -> str:
    """The last part of the path, as text that can be stored and shown."""
    name = _CONTROLS.sub("", raw.decode("utf-8", "replace"))
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:FILENAME_CHARS_MAX]


def _missing_file() -> RejectedError:
    return RejectedError("missing file or filename", code="missing_file")


def _cut_off() -> IncompleteBodyError:
    return IncompleteBodyError("the upload is cut off")
