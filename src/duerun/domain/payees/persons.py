"""Names of persons, read: words without titles, the suffix, and where the surname stands.

Sources: the VOP wire specification, 12.1 (points 5 and 8).
"""

from collections.abc import Sequence

import msgspec

from duerun.domain.payees.scripts import LATIN
from duerun.domain.payees.titles import (
    DOTTED_ONLY,
    DOTTED_SUFFIXES,
    PARTICLES,
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

_TWO_SURNAMES = frozenset({"ES", "MX", "AR", "CO", "CL", "PE"})
_PATRONYMICS = ("ovich", "evich", "ovych", "evych", "iyovych", "ovna", "evna", "ivna", "ichna", "ilich")


_LAST_TITLES = frozenset(SUFFIXES) | frozenset(DOTTED_SUFFIXES) | TRAILING_TITLES | {"d", "sc", "m", "a"}


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


def read_person(
    text: str, country: str | None = None, normalised: str | None = None, tokens: list[str] | None = None
) -> Person | None:
    """A person's name; with a country, where its surname stands is looked for. Nothing when no word is left.

    `normalised` and `tokens` are what `normal` and `tokens_of` make of the text, where a caller has them.
    """
    if normalised is None:
        normalised = normal(text)
    if "," in normalised:
        normalised, tokens = _turned_round(normalised), None
    kept, has_title = _without_titles(tokens or tokens_of(normalised), normalised)
    if not kept:
        return None
    suffix = _take_suffix(kept, normalised) if kept[-1] in _LAST_TITLES else ""
    if country is None and normalised.isascii():
        letters = "".join(kept)
        return Person(text, tuple(kept), (letters,), suffix, has_title, 0 if letters.isdigit() else LATIN)
    words = [word_of(token) for token in kept]
    scripts, is_mixed = 0, False
    for word in words:
        scripts |= word.scripts
        is_mixed = is_mixed or word.is_mixed
    surname = (0, 0) if country is None else _surname(words, text, country)
    return Person(text, tuple(kept), joined_keys(words), suffix, has_title, scripts, is_mixed, surname)


def _take_suffix(tokens: list[str], normalised: str) -> str:
    """Degrees behind a name are dropped, `Ph.D.` in two words too; of `Jr` and the like it is told which."""
    suffix = ""
    while len(tokens) > 2:
        last = tokens[-1]
        if last in DOTTED_SUFFIXES and f"{last}." in normalised:
            suffix = DOTTED_SUFFIXES[tokens.pop()]
        elif last in SUFFIXES or last in TRAILING_TITLES:
            suffix = SUFFIXES.get(tokens.pop(), suffix)
        elif len(tokens) > 3 and "".join(tokens[-2:]) in TRAILING_TITLES:
            del tokens[-2:]
        else:
            break
    return suffix


def is_only_title(text: str) -> bool:
    """Whether a text is a salutation and names nobody."""
    return all(token in TITLES for token in tokens_of(normal(text)))


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
    """The words behind the titles in front, and whether there were any; no words where all are titles."""
    start, last = 0, len(tokens) - 1
    while start < last and tokens[start] in TITLES:
        if tokens[start] in DOTTED_ONLY and not _is_title_here(tokens, start, normalised):
            break
        start += 1
    if start == last and start > 0 and tokens[start] in TITLES and tokens[start] not in DOTTED_ONLY:
        return [], True
    return (tokens[start:], True) if start else (tokens, False)


def _is_title_here(tokens: list[str], place: int, normalised: str) -> bool:
    """Whether a word that may be a name or an initial is a title: by its dot, or by the titles around it."""
    if place > 0 or tokens[place + 1] in TITLES:
        return True
    if f"{tokens[place]}." not in normalised:
        return False
    return len(tokens[place]) > 1 or (len(normalised.split()) > 2 and tokens[place + 1] not in PARTICLES)


def _surname(words: Sequence[Word], text: str, country: str) -> tuple[int, int]:
    """Where the surname stands: in front where a patronymic or a given name stands behind it, else at the end."""
    count = len(words)
    if count == 1:
        return (0, 1)
    last = words[-1]
    stands_first = last.is_known and not any(word.is_known for word in words[:-1])
    if count == 3 and any(key.endswith(_PATRONYMICS) for key in last.keys):
        stands_first = not words[0].is_known
    chunks = text.split()
    if stands_first:
        return (0, min(_parts(chunks[0]), count - 1))
    parts = _parts(chunks[-1])
    if parts == 1 and count > 2 and country in _TWO_SURNAMES and not words[-2].is_known:
        parts = 2
    return (count - min(parts, count - 1), count)


def _parts(chunk: str) -> int:
    return len(tokens_of(normal(chunk))) or 1
