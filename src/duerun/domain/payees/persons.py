"""Names of persons, read: words without titles, the suffix, and where the surname stands.

Sources: the VOP wire specification, 12.1 (points 5 and 8).
"""

from collections.abc import Sequence

import msgspec

from duerun.domain.payees.titles import (
    DOTTED_ONLY,
    SUFFIXES,
    TITLES,
    TRAILING_TITLES,
)
from duerun.domain.payees.words import (
    Word,
    joined_keys,
    normal,
    tokens_of,
    word_of,
)

_SURNAME_FIRST = frozenset({"UA", "HU", "CN", "VN"})
_TWO_SURNAMES = frozenset({"ES", "MX", "AR", "CO", "CL", "PE"})
_PATRONYMICS = ("ovich", "evich", "ovych", "evych", "ovna", "evna", "ivna", "yivna", "iivna", "ovic", "evic")


class Person(msgspec.Struct, array_like=True, frozen=True):
    """A person's name without titles: its words, all letters in each spelling, and where the surname stands."""

    text: str
    tokens: tuple[str, ...]
    joined: tuple[str, ...]
    suffix: str = ""
    has_title: bool = False
    scripts: int = 0
    is_mixed: bool = False
    surname: tuple[int, int] = (0, 0)

    @property
    def words(self) -> list[Word]:
        """The words with their keys."""
        return [word_of(token) for token in self.tokens]


def read_person(text: str, country: str | None = None) -> Person | None:
    """A person's name; with a country, where its surname stands is looked for. Nothing when no word is left."""
    normalised = normal(text)
    if "," in normalised:
        normalised = _turned_round(normalised)
    tokens = tokens_of(normalised)
    suffix = ""
    kept, has_title = _without_titles(tokens, normalised)
    while len(kept) > 1 and (kept[-1] in SUFFIXES or kept[-1] in TRAILING_TITLES):
        suffix = SUFFIXES.get(kept.pop(), suffix)
    if not kept:
        return None
    words = [word_of(token) for token in kept]
    scripts, is_mixed = 0, False
    for word in words:
        scripts |= word.scripts
        is_mixed = is_mixed or word.is_mixed
    surname = (0, 0) if country is None else _surname(words, text, country)
    return Person(text, tuple(kept), joined_keys(words), suffix, has_title, scripts, is_mixed, surname)


def _turned_round(normalised: str) -> str:
    """`Surname, Given` as `Given Surname`; a suffix behind the comma stays there."""
    first, _, second = normalised.partition(",")
    behind = tokens_of(second)
    if "," in second or not behind or len(behind) > 3:
        return normalised
    if all(token in SUFFIXES or token in TRAILING_TITLES for token in behind):
        return normalised
    return f"{second} {first}"


def _without_titles(tokens: list[str], normalised: str) -> tuple[list[str], bool]:
    start, count = 0, len(tokens)
    while start < count - 1 and tokens[start] in TITLES:
        token = tokens[start]
        if token in DOTTED_ONLY:
            follows_title = tokens[start + 1] in TITLES or start > 0
            if not (f"{token}." in normalised and len(token) > 1) and not follows_title:
                break
            if count - start <= 2 and len(tokens[start]) == 1:
                break
        start += 1
    if start == count - 1 and count > 1 and tokens[start] in TITLES and tokens[start] not in DOTTED_ONLY:
        return [], True
    return tokens[start:], start > 0


def _surname(words: Sequence[Word], text: str, country: str) -> tuple[int, int]:
    """Where the surname stands: in front by country, patronymic or a given name behind it, else at the end."""
    count = len(words)
    if count == 1:
        return (0, 1)
    last = words[-1]
    stands_first = (country in _SURNAME_FIRST and not words[0].is_known) or (
        last.is_known and not any(word.is_known for word in words[:-1])
    )
    if count == 3 and any(key.endswith(_PATRONYMICS) for key in last.keys) and words[1].is_known:
        stands_first = True
    chunks = text.split()
    if stands_first:
        return (0, min(_parts(chunks[0]), count - 1))
    parts = _parts(chunks[-1])
    if parts == 1 and count > 2 and country in _TWO_SURNAMES and not words[-2].is_known:
        parts = 2
    return (count - min(parts, count - 1), count)


def _parts(chunk: str) -> int:
    return len(tokens_of(normal(chunk))) or 1
