"""A workbook's own archive: what is in it, checked before it is unpacked and while it is.

Only the parts that the first sheet needs are unpacked. They are counted (`xlsx_scan`) and put into an archive of their
own, so that the reader of workbooks meets nothing that was not looked at. Source: ECMA-376, part 2 (packages).
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from duerun.domain.errors import RejectedError
from duerun.web.xlsx_scan import Scan, broken

ENTRIES_MAX = 1_000
UNPACKED_BYTES_MAX = 64 * 1024 * 1024

_DIRECTORY_ENTRY = b"PK\x01\x02"
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_WORKBOOK, _WORKBOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MACROS = "vbaproject.bin"
_ALWAYS = ("[content_types].xml", "_rels/.rels", "xl/styles.xml", "xl/sharedstrings.xml")


def checked(data: bytes, *, rows_max: int, characters_max: int, values_only: bool = False) -> bytes:
    """The workbook with its first sheet alone, after all limits have held.

    Raises RejectedError, with `invalid_file_type` for what is no workbook or cannot be opened; with `values_only`
    also for one that holds macros or formulas.
    """
    _require_zip(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _Parts(archive)
            if values_only and any(name.endswith(_MACROS) for name in parts):
                raise RejectedError("file holds macros: save it as .xlsx without", code="invalid_file_type")
            scan = Scan(rows_max=rows_max, values_only=values_only)
            return _first_sheet_alone(parts, scan, characters_max)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise broken() from None


def _first_sheet_alone(parts: "_Parts", scan: Scan, characters_max: int) -> bytes:
    names = [name for name in _ALWAYS if name in parts]
    for name in (_WORKBOOK, _WORKBOOK_RELATIONS):
        scan.feed(parts.read(name))
    sheet = scan.targets.get(scan.first_sheet or "", "")
    names.append(posixpath.normpath(posixpath.join("/xl", sheet)).lstrip("/").lower())
    for name in names:
        scan.feed(parts.read(name))
    if scan.shown_characters > characters_max:
        raise RejectedError(f"file is larger than {characters_max} bytes")
    return parts.repacked()


class _Parts:
    """The entries of an archive by their names in lower case; those that were read are kept."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        self._archive = archive
        self._entries = {entry.filename.lower(): entry for entry in entries}
        self._read: dict[str, bytes] = {}
        self._left = UNPACKED_BYTES_MAX
        if len(self._entries) != len(entries):
            raise broken()
        if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
            raise _too_large()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def read(self, name: str) -> bytes:
        """One part, unpacked; no more of it than what is left of the limit for all."""
        entry = self._entries.get(name)
        if entry is None or entry.compress_type not in _METHODS:
            raise broken()
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise _encrypted()
        with self._archive.open(entry) as file:
            part = file.read(self._left + 1)
        self._left -= len(part)
        if self._left < 0:
            raise _too_large()
        self._read[entry.filename] = part
        return part

    def repacked(self) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, part in self._read.items():
                archive.writestr(zipfile.ZipInfo(name), part)
        return written.getvalue()


def _require_zip(data: bytes) -> None:
    if data.startswith(_OLD_OFFICE):
        raise _encrypted() if _ENCRYPTED_STREAM in data else old_workbook()
    if not data.startswith(b"PK"):
        raise broken()
    # Counted in the bytes: the directory itself may be what does not fit into memory.
    if data.count(_DIRECTORY_ENTRY) > ENTRIES_MAX:
        raise RejectedError(f"the workbook has more than {ENTRIES_MAX} parts", code="invalid_file_type")


def old_workbook() -> RejectedError:
    """A workbook in the format before .xlsx."""
    return RejectedError(
        "file is an .xls workbook of an old format: save it as .xlsx or CSV", code="invalid_file_type"
    )


def _encrypted() -> RejectedError:
    return RejectedError("file is encrypted: save it without a password", code="invalid_file_type")


def _too_large() -> RejectedError:
    return RejectedError(
        f"the workbook is larger than {UNPACKED_BYTES_MAX} bytes when unpacked", code="invalid_file_type"
    )
