"""The headers of a request: what must be there, in which form, and what is refused first.

Source: the VOP wire specification, section 2.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.datastructures import Headers

from duerun.web.vop.errors import (
    Problem,
    RefusedError,
    invalid_header,
    missing_header,
    not_acceptable,
    unsupported,
)

JSON, NDJSON = "application/json", "application/x-ndjson"
# The documented misspelling; clients have copied it.
MISSPELT_NDJSON = "applicaton/x-ndjson"
UTF_8 = frozenset({"utf-8", "utf8"})
SUPPLIERS_MAX = 20

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_END_USER = re.compile(r"[a-zA-Z0-9\-]{3,50}")
_LANGUAGE = re.compile(r"[a-zA-Z]{2}(?:-[a-zA-Z0-9]{1,8})*(?:;q=[01](?:\.[0-9]{1,3})?)?")
_MEDIA = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?")


class Kind(StrEnum):
    """Which headers a call has: one that sends records, one that reads JSON, one that reads records."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Given:
    """What a call's headers say besides its rights."""

    request_id: str
    end_user: str | None
    language: str | None


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID in the form of RFC 4122."""
    return _UUID.fullmatch(text) is not None


def read_headers(headers: Headers, kind: Kind) -> Given:
    """The headers of a call; raises `RefusedError` with all faults of the status that comes first."""
    mistakes = [*_request_id_faults(headers), *_other_faults(headers, kind)]
    if _request_id_faults(headers):
        raise RefusedError(*mistakes)
    _check_accept(headers, kind)
    _check_content_type(headers, kind)
    if mistakes:
        raise RefusedError(*mistakes)
    return Given(headers["x-request-id"], headers.get("x-end-user"), _language(headers))


def _request_id_faults(headers: Headers) -> list[Problem]:
    given = headers.getlist("x-request-id")
    if not given:
        return [missing_header("X-Request-Id")]
    return [] if len(given) == 1 and is_uuid(given[0]) else [invalid_header("X-Request-Id")]


def _other_faults(headers: Headers, kind: Kind) -> Iterator[Problem]:
    if kind is Kind.SUBMIT and "content-type" not in headers:
        yield missing_header("Content-Type")
    language = headers.get("accept-language")
    if language is not None and not all(_is_language(each) for each in language.split(",")):
        yield invalid_header("Accept-Language")
    if "x-end-user" in headers and not _END_USER.fullmatch(headers["x-end-user"]):
        yield invalid_header("X-End-User")
    suppliers = headers.getlist("x-software-supplier")
    if len(suppliers) > SUPPLIERS_MAX or not all(_is_printable(each, 256) for each in suppliers):
        yield invalid_header("X-Software-Supplier")
    if not all(_is_printable(each, 50) for each in headers.getlist("x-channel")):
        yield invalid_header("X-Channel")
    key = headers.get("idempotency-key")
    if key is not None and not _is_printable(key, 255):
        yield invalid_header("Idempotency-Key")


def _check_accept(headers: Headers, kind: Kind) -> None:
    """Refuse a call that does not take what it would be answered."""
    wanted = NDJSON if kind is Kind.RESULTS else JSON
    accepted = ",".join(headers.getlist("accept"))
    if accepted.strip() and not any(_admits(each, wanted) for each in accepted.split(",")):
        raise RefusedError(not_acceptable(wanted))
    charsets = headers.get("accept-charset", "")
    names = {each.partition(";")[0].strip().lower() for each in charsets.split(",")} - {""}
    if names and not names & (UTF_8 | {"*"}):
        raise RefusedError(not_acceptable(wanted))


def _admits(item: str, wanted: str) -> bool:
    media, *parameters = (part.strip().lower() for part in item.split(";"))
    named = dict(part.partition("=")[::2] for part in parameters)
    if named.get("charset", "utf-8").strip('"') not in UTF_8:
        return False
    quality = named.get("q", "1")
    if not _QUALITY.fullmatch(quality) or float(quality) == 0:
        return False
    known = {wanted, "*/*", "application/*"}
    return media in (known | {MISSPELT_NDJSON} if wanted == NDJSON else known)


def _check_content_type(headers: Headers, kind: Kind) -> None:
    given = headers.getlist("content-type")
    if not given:
        return
    media, *parameters = (part.strip().lower() for part in given[0].split(";"))
    if len(given) > 1 or not _MEDIA.fullmatch(media):
        raise RefusedError(invalid_header("Content-Type"))
    types: Sequence[str] = (NDJSON, MISSPELT_NDJSON)
    if kind is not Kind.SUBMIT:
        types = (JSON, *types)
    if media not in types:
        raise RefusedError(unsupported(f"Content-Type must be {' or '.join(types[:-1])}."))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in UTF_8:
            raise RefusedError(unsupported("The character set must be UTF-8."))


def _is_language(text: str) -> bool:
    return text.strip() == "*" or _LANGUAGE.fullmatch(text.strip().replace(" ", "")) is not None


def _language(headers: Headers) -> str | None:
    """The language that is asked for first, as two letters."""
    first = headers.get("accept-language", "").partition(",")[0].strip()
    return first[:2].lower() if first and first != "*" else None


def _is_printable(text: str, characters_max: int) -> bool:
    return 1 <= len(text) <= characters_max and text.isprintable()
