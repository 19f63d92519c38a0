"""Bracketed forms: `on[days_of_month][]=1&charge[amount]=100` as nested objects, arrays and texts.

Queries have the same form. Source: the wire specification, 1.2 and 1.3.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_to_bytes

from duerun.domain.errors import RejectedError

KEYS_MAX = 1_000
NESTING_MAX = 32
SHOWN_CHARS_MAX = 64

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INDEX = re.compile(r"[0-9]{1,9}")
_APPEND = ""


def parse_form(raw: bytes) -> dict[str, Any]:
    """The pairs of a form or a query as nested objects of texts.

    `a[b]` is a member, `a[]` an item, `a[0]` an item in order of index. A key without `=` is null, which
    means "not given", and is left out.

    Raises `RejectedError` for text that is not UTF-8, a key given twice or in two shapes, and broken limits.

    >>> parse_form(b"every=1&on[weekdays][]=monday&on[weekdays][]=friday")
    {'every': '1', 'on': {'weekdays': ['monday', 'friday']}}
    """
    tree: dict[str, Any] = {}
    for key, value in _pairs(raw):
        name, brackets = _split_key(key)
        _put(tree, [name, *brackets], value, key)
    return {name: _settled(node, name) for name, node in tree.items()}


def checked_text(text: str) -> str:
    """The text, if it can be stored: no U+0000 and no half of a surrogate pair, else `RejectedError`."""
    if "\0" in text:
        raise RejectedError("request holds the character U+0000")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise RejectedError("request holds a lone surrogate")
    return text


def shown(key: str) -> str:
    """A client's key as it may stand in a message: quoted and cut."""
    cut = key if len(key) <= SHOWN_CHARS_MAX else key[:SHOWN_CHARS_MAX] + "..."
    return f'"{cut}"'


def too_many_keys() -> RejectedError:
    return RejectedError(f"request has more than {KEYS_MAX} keys")


def too_deep() -> RejectedError:
    return RejectedError(f"request is nested deeper than {NESTING_MAX} levels")


def _pairs(raw: bytes) -> Iterator[tuple[str, str]]:
    # Counted before anything is split: a million separators cost one pass.
    if raw.count(b"&") > KEYS_MAX:
        raise too_many_keys()
    pieces = [piece for piece in raw.split(b"&") if piece]
    if len(pieces) > KEYS_MAX:
        raise too_many_keys()
    for piece in pieces:
        key, equals, value = piece.partition(b"=")
        if key and equals:
            yield _decoded(key), _decoded(value)


def _decoded(escaped: bytes) -> str:
    try:
        return checked_text(unquote_to_bytes(escaped.replace(b"+", b" ")).decode("utf-8"))
    except UnicodeDecodeError:
        raise RejectedError("form is not valid UTF-8") from None


def _split_key(key: str) -> tuple[str, list[str]]:
    if key.count("[") >= NESTING_MAX:
        raise too_deep()
    match = _KEY.fullmatch(key)
    if match is None:
        raise RejectedError(f"brackets of key {shown(key)} do not match")
    name, brackets = match.groups()
    return name, brackets[1:-1].split("][") if brackets else []


def _put(node: dict[str, Any], path: list[str], value: str, key: str) -> None:
    for name, following in pairwise(path):
        node = _last_item(node, following) if name == _APPEND else _member(node, name, key)
    last = path[-1]
    if last == _APPEND:
        node.setdefault(_APPEND, []).append(value)
    elif last in node:
        raise RejectedError(f"key {shown(key)} is given twice")
    else:
        node[last] = value


def _member(node: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    child = node.setdefault(name, {})
    if not isinstance(child, dict):
        raise _two_shapes(key)
    return child


def _last_item(node: dict[str, Any], following: str) -> dict[str, Any]:
    """The object that `a[][following]` belongs to: a new one as soon as the last one has that member."""
    items: list[Any] = node.setdefault(_APPEND, [])
    if not items or not isinstance(items[-1], dict) or following in items[-1]:
        items.append({})
    item: dict[str, Any] = items[-1]
    return item


def _two_shapes(key: str) -> RejectedError:
    return RejectedError(f"key {shown(key)} is used in two shapes")


def _settled(node: Any, key: str) -> Any:
    """The node with its arrays made: `[]` by order of arrival, all-number members by order of index."""
    if not isinstance(node, dict):
        return node
    if _APPEND in node:
        if len(node) > 1:
            raise _two_shapes(key)
        return [_settled(item, key) for item in node[_APPEND]]
    settled = {name: _settled(child, key) for name, child in node.items()}
    if all(_INDEX.fullmatch(name) for name in settled):
        return [settled[index] for index in sorted(settled, key=int)]
    return settled
