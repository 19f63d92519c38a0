"""Letters of Greek, Cyrillic and marked Latin as plain Latin ones (source: the VOP wire specification, 12.1).

A word can have several spellings in plain letters: `ü` is `u` and `ue`, `ч` is `ch` and `c`. Tables follow the usual
practice of passports: ICAO 9303 for Cyrillic, ELOT 743 for Greek, the Serbian Latin alphabet, Ukraine's resolution 55.
"""

import unicodedata

LATIN, GREEK, CYRILLIC, OTHER = 1, 2, 4, 8

_BASE = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "þ": "th",
        "ð": "d",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ĸ": "k",
        "ŋ": "ng",
        "ə": "a",
        "ƒ": "f",
    }
)
_DIGRAPH = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ő": "oe", "ű": "ue", "đ": "dj"}
)

_CYRILLIC_ENGLISH = {
    **dict(zip("абвгдезийклмнопрстуфыэіјґўѓќѕ", "abvgdeziiklmnoprstufyeijgugks", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "ї": "i",
    "є": "ye",
    "ђ": "dj",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "џ": "dz",
}
_CYRILLIC_UKRAINIAN = {**_CYRILLIC_ENGLISH, "г": "h", "и": "y", "є": "ie", "ю": "iu", "я": "ia"}
_CYRILLIC_SERBIAN = {
    **_CYRILLIC_ENGLISH,
    "ђ": "d",
    "ж": "z",
    "х": "h",
    "ц": "c",
    "ч": "c",
    "ш": "s",
    "щ": "st",
    "й": "j",
    "ю": "ju",
    "я": "ja",
}
_CYRILLIC_BULGARIAN = {**_CYRILLIC_ENGLISH, "х": "h", "щ": "sht", "ъ": "a", "й": "y"}
_CYRILLIC = tuple(
    str.maketrans(table)
    for table in (_CYRILLIC_ENGLISH, _CYRILLIC_UKRAINIAN, _CYRILLIC_SERBIAN, _CYRILLIC_BULGARIAN)
)
_UKRAINIAN_STARTS = {"ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "й": "y"}

_GREEK_SINGLE = {
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    "θ": "th",
    "χ": "ch",
    "ψ": "ps",
}
_GREEK_PASSPORT = str.maketrans(_GREEK_SINGLE)
_GREEK_SPOKEN = str.maketrans({**_GREEK_SINGLE, "χ": "h", "υ": "i"})
_GREEK_PAIRS = (
    (("ου", "ou"), ("γγ", "ng"), ("γχ", "nch"), ("γξ", "nx"), ("μπ", "mp")),
    (("ου", "u"), ("γγ", "ng"), ("γκ", "g"), ("μπ", "b"), ("ντ", "d")),
)
_GREEK_VOWEL_PAIRS = ("αυ", "ευ", "ηυ")
_GREEK_VOICELESS = frozenset("θκξπσςτφχψ")


def script_of(character: str) -> int:
    """The script of a letter as a bit; nothing for digits and marks."""
    point = ord(character)
    if point < 0x250 or 0x1E00 <= point < 0x1F00:
        return LATIN if character.isalpha() else 0
    if 0x370 <= point < 0x400 or 0x1F00 <= point < 0x2000:
        return GREEK
    if 0x400 <= point < 0x530:
        return CYRILLIC
    return OTHER if character.isalpha() else 0


def scripts_of(token: str) -> int:
    """All scripts of a word as bits."""
    if token.isascii():
        return 0 if token.isdigit() else LATIN
    bits = 0
    for character in token:
        bits |= script_of(character)
    return bits


def unmarked(text: str) -> str:
    """Letters without their marks."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def plain_spellings(token: str, scripts: int) -> tuple[str, ...]:
    """Every spelling of a casefolded word, without repetition: in plain letters, the barest first.

    A word that is all Greek or all Cyrillic has its own letters in front: two of them are compared by these.
    """
    if token.isascii():
        return (token,)
    if scripts & OTHER:
        return (token,)
    own: list[str] = []
    spellings = [token]
    if scripts & CYRILLIC:
        spellings = _cyrillic(token)
        own = [token.replace("ё", "е")] if scripts == CYRILLIC else []
    elif scripts & GREEK:
        bare = unmarked(token)
        spellings = _greek(bare)
        own = [bare] if scripts == GREEK else []
    plain = [*own, *(unmarked(each.translate(_BASE)) for each in spellings)]
    plain += [unmarked(each.translate(_DIGRAPH).translate(_BASE)) for each in spellings]
    return tuple(dict.fromkeys(plain))


def _cyrillic(token: str) -> list[str]:
    start = _UKRAINIAN_STARTS.get(token[0])
    english, ukrainian, serbian, bulgarian = (token.translate(table) for table in _CYRILLIC)
    if start is not None:
        ukrainian = start + token[1:].translate(_CYRILLIC[1])
    return [english, ukrainian, serbian, bulgarian]


def _greek(token: str) -> list[str]:
    for pair in _GREEK_VOWEL_PAIRS:
        place = token.find(pair)
        while place >= 0:
            following = token[place + 2 : place + 3]
            sound = "f" if not following or following in _GREEK_VOICELESS else "v"
            token = token[: place + 1] + sound + token[place + 2 :]
            place = token.find(pair)
    spellings = []
    for pairs, table in zip(_GREEK_PAIRS, (_GREEK_PASSPORT, _GREEK_SPOKEN), strict=True):
        spelling = token
        for greek, latin in pairs:
            spelling = spelling.replace(greek, latin)
        spellings.append(spelling.translate(table))
    return spellings
