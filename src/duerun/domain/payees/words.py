"""Words of a name and their keys: cleaning, and what makes two words equal or alike.

Sources: the VOP wire specification, 12.1 (cleaning) and 12.3 (distance per word).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from duerun.domain.payees.nicknames import GIVEN, GROUPS, KNOWN, SPELLINGS
from duerun.domain.payees.scripts import CYRILLIC, GREEK, LATIN, plain_spellings, scripts_of
from duerun.domain.payees.titles import LATE_PARTICLES, PARTICLES

LENGTH_MAX = 140
_CACHED_WORDS = 32_768
TOO_MANY = 9
_SOUND_APART_MAX = 3
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
_BEFORE_NFKC = str.maketrans("ºª´", "..'")
_APOSTROPHES = frozenset("'`´’‘‛ʼʻʹ′＇")


class _Letters(dict[int, str]):
    """What becomes of a character: a letter, digit or mark stays, `&` is a word, the rest parts words."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        if character in _APOSTROPHES:
            kept = ""
        elif character in "&+":
            kept = " and "
        elif character.isspace():
            kept = " "
        else:
            category = unicodedata.category(character)
            kept = character if category[0] in "LNM" else "" if category in ("Cc", "Cf") else " "
        self[point] = kept
        return kept


_LETTERS: Final = _Letters()
_ASCII: Final[dict[int, str | None]] = {
    point: None if _LETTERS[point] == "" else _LETTERS[point]
    for point in range(128)
    if chr(point) not in "&+"
}


def words_in(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


def normal(text: str) -> str:
    """NFKC, ordinal marks as dots, nothing invisible, at most 140 characters, casefolded, i without a dot."""
    if text.isascii():
        return text[:LENGTH_MAX].lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    text = text[:LENGTH_MAX].casefold()
    if "ı" in text or "\u0307" in text:
        text = text.replace("i\u0307", "i").replace("ı", "i")
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def tokens_of(normalised: str) -> list[str]:
    """The words of a text from `normal`; every dot parts words."""
    if normalised.isascii() and "&" not in normalised and "+" not in normalised:
        return normalised.translate(_ASCII).split()
    return normalised.translate(_LETTERS).split()


def joined_dots(normalised: str) -> str:
    """Dotted letters as one word: `s.r.o.` is `sro.`"""
    return _DOTTED.sub(r"\1", normalised) if "." in normalised else normalised


class Word:
    """A word with its spellings in plain letters; `groups` tells which given names it can stand for.

    `is_given` tells of a given name, `is_known` of one that is seldom a surname. An early particle is one in the first
    place of a name too. `has_double` tells of letters that became two.
    """

    __slots__ = (
        "groups",
        "has_double",
        "is_early_particle",
        "is_given",
        "is_known",
        "is_particle",
        "is_plain",
        "key",
        "keys",
        "length",
        "scripts",
        "token",
    )

    def __init__(self, token: str) -> None:
        self.token = token
        self.scripts = scripts_of(token)
        self.keys = tuple(filter(None, plain_spellings(token, self.scripts))) or (token,)
        self.key = self.keys[0]
        self.length = len(self.key)
        self.has_double = len(self.keys[-1]) != len(token)
        self.is_particle = token in PARTICLES
        self.is_early_particle = self.is_particle and token not in LATE_PARTICLES
        self.is_plain = len(self.keys) == 1
        groups: frozenset[int] = frozenset()
        for key in self.keys:
            groups |= GROUPS.get(key, frozenset())
        self.groups = groups
        self.is_given = not GIVEN.isdisjoint(self.keys)
        self.is_known = self.is_given and not KNOWN.isdisjoint(self.keys)

    @property
    def is_mixed(self) -> bool:
        """Whether letters of several scripts stand in it."""
        return self.scripts & (self.scripts - 1) != 0

    def equals(self, other: "Word") -> bool:
        """Whether any spelling of one is a spelling of the other; in one foreign script its letters decide."""
        if self.key == other.key:
            return True
        if self.is_plain and other.is_plain:
            return False
        return share_letters(self.keys, other.keys, self.scripts, other.scripts)

    def __repr__(self) -> str:
        return f"Word({self.token!r})"


@lru_cache(maxsize=_CACHED_WORDS)
def word_of(token: str) -> Word:
    """The word of a token; names repeat their words, so they are kept."""
    return Word(token)


def joined_keys(words: list[Word]) -> tuple[str, ...]:
    """All letters without spaces, in each spelling."""
    first = "".join([word.key for word in words])
    if all(word.is_plain for word in words):
        return (first,)
    count = max(len(word.keys) for word in words)
    joined = [
        "".join([word.keys[min(place, len(word.keys) - 1)] for word in words]) for place in range(count)
    ]
    return tuple(dict.fromkeys(joined))


def share(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two tuples of spellings have one in common."""
    if one[0] == other[0]:
        return True
    if len(one) == 1 and len(other) == 1:
        return False
    return not set(one).isdisjoint(other)


def share_letters(one: tuple[str, ...], other: tuple[str, ...], scripts: int, other_scripts: int) -> bool:
    """As `share`, with a mind for scripts.

    Two texts in one foreign script are compared by its own letters, and two with marks in the same way each: `Rügg`
    as `ruegg` is not `Rüegg` without its marks.
    """
    if one[0] == other[0]:
        return True
    if scripts != other_scripts or len(one) == 1 or len(other) == 1:
        return share(one, other)
    return scripts == LATIN and one[-1] == other[-1]


_SOUNDS = (
    ("tsch", "h"),
    ("sch", "s"),
    ("tch", "h"),
    ("shch", "s"),
    ("ph", "f"),
    ("th", "t"),
    ("kh", "h"),
    ("gh", "g"),
    ("sh", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("dj", "j"),
    ("dzh", "j"),
    ("ch", "h"),
    ("ck", "k"),
    ("x", "ks"),
    ("q", "k"),
    ("c", "k"),
    ("w", "v"),
    ("ou", "u"),
    ("oo", "u"),
    ("ay", "ai"),
    ("ee", "i"),
    ("ie", "i"),
    ("ei", "i"),
    ("ey", "i"),
    ("iy", "i"),
    ("ij", "i"),
    ("y", "i"),
    ("j", "i"),
    ("v", "f"),
    ("z", "s"),
    ("hn", "n"),
    ("hm", "m"),
)
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=_CACHED_WORDS)
def sound_of(key: str) -> str:
    """What is left of a word when spellings of one sound are one."""
    for spelling, sound in _SOUNDS:
        if spelling in key:
            key = key.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", key)


def single_letters(key: str) -> str:
    """A word with doubled letters taken as one."""
    return _DOUBLED.sub(r"\1", key)


def budget(length: int) -> int:
    """How many letters may differ (source: the VOP wire specification, 12.3)."""
    return 0 if length < 4 else 1 if length < 8 else 2


def key_edits(one: str, other: str) -> int:
    """Letters that differ between two spellings, an exchange as one; `TOO_MANY` beyond the budget."""
    length, other_length = len(one), len(other)
    shorter, apart = min(length, other_length), abs(length - other_length)
    allowed = 1 if shorter == 3 and apart else budget(shorter)
    if allowed == 0:
        alike = shorter >= 2 and single_letters(one) == single_letters(other)
        return 1 if alike else TOO_MANY
    if apart <= allowed and (shorter >= 6 or _starts_alike(one, other)):
        found = OSA.distance(one, other, score_cutoff=allowed)
        if found == 1:
            return 1
        if found == 2 == allowed and _starts_alike(one, other) and not _other_ending(one, other):
            return 1 if sound_of(one) == sound_of(other) else 2
    return 1 if apart <= _SOUND_APART_MAX and sound_of(one) == sound_of(other) else TOO_MANY


def _starts_alike(one: str, other: str) -> bool:
    return one[0] == other[0] or one[:2] == other[1::-1]


def _other_ending(one: str, other: str) -> bool:
    """Whether two words part for good in their last three letters, as surnames of one stem do."""
    stem = max(len(one), len(other)) - 3
    return one[:stem] == other[:stem] and not one.endswith(other[-1])


def edits(one: Word, other: Word) -> int:
    """The fewest letters that differ between any two spellings of two words, or `TOO_MANY`.

    A letter that becomes two, such as `æ`, counts once: then the words as they are written are compared besides.
    """
    if (one.is_plain and other.is_plain) or (
        one.scripts == other.scripts and one.scripts in (GREEK, CYRILLIC)
    ):
        found = key_edits(one.key, other.key)
    else:
        found = min([key_edits(mine, yours) for mine in one.keys for yours in other.keys])
    if found != 1 and (one.has_double or other.has_double):
        return min(found, key_edits(one.token, other.token))
    return found


def is_exchange(one: str, other: str) -> bool:
    """Whether two neighbouring letters are exchanged, and nothing else."""
    if len(one) != len(other):
        return False
    differing = [place for place, (mine, yours) in enumerate(zip(one, other, strict=True)) if mine != yours]
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and one[differing[0]] == other[differing[1]]
        and one[differing[1]] == other[differing[0]]
    )


def are_related(one: Word, other: Word) -> bool:
    """Whether one given name is a listed short form or spelling of the other."""
    return bool(one.groups) and not one.groups.isdisjoint(other.groups)


def are_spellings(one: Word, other: Word) -> bool:
    """Whether two given names are listed spellings of one name."""
    return not (one.groups & other.groups).isdisjoint(SPELLINGS)
