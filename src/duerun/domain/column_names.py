"""Columns of a bulk file that are not called what they are meant for: the name that was most likely meant.

A misspelled column that is taken for a note of the sender would lose what it says, such as the end of a schedule.
"""

import difflib
from collections.abc import Iterable, Sequence

NEAREST_RATIO_MIN = 0.7
# A longer name is no slip of the hand, and comparing it would take long.
COMPARED_CHARACTERS_MAX = 64
# Other words, plainly written, for columns that a file may lack without anybody noticing.
SYNONYMS = {
    "start": "start_date",
    "starts": "start_date",
    "starton": "start_date",
    "startson": "start_date",
    "startat": "start_date",
    "end": "end_date",
    "ends": "end_date",
    "endon": "end_date",
    "endson": "end_date",
    "endat": "end_date",
    "percent": "percentage_of_balance",
    "percentage": "percentage_of_balance",
    "percentofbalance": "percentage_of_balance",
}


def suggest(missing: Sequence[str], strange: Iterable[str]) -> str:
    """What to tell of columns that are missing, beside that: which of the strange ones they might be, or ''.

    >>> suggest(["amount"], ["note", "ammount"])
    ': did you mean it by ammount?'
    >>> suggest(["amount", "period"], ["Amount", "perod"])
    ': did you mean amount by Amount, period by perod?'
    """
    meant = _nearest(missing, strange)
    if not meant:
        return ""
    if len(missing) == 1:
        return f": did you mean it by {meant[missing[0]]}?"
    return f": did you mean {', '.join(f'{name} by {given}' for name, given in meant.items())}?"


def misspelled(strange: Iterable[str], known: Sequence[str], *, prefix: str) -> tuple[str, str] | None:
    """The first strange name that is plainly meant for a known one, and that one; None when there is none.

    `known` are names that the file lacks; `prefix` is the beginning of names whose rest is free.

    >>> misspelled(["note", "End Date"], ["end_date"], prefix="metadata.")
    ('End Date', 'end_date')
    >>> misspelled(["note", "metdata.plan"], ["end_date"], prefix="metadata.")
    ('metdata.plan', 'metadata.plan')
    >>> misspelled(["note", "start_on"], ["start_date", "end_date"], prefix="metadata.")
    ('start_on', 'start_date')
    """
    plain_known = {_plain(name): name for name in known}
    for given in strange:
        if len(given) <= COMPARED_CHARACTERS_MAX and (meant := _meant(given, plain_known, prefix)):
            return given, meant
    return None


def matched(strange: Sequence[str], lacking: Sequence[str], *, prefix: str) -> dict[str, str]:
    """For each strange name that may be meant for a known one that the file lacks, that one; each is used once.

    >>> matched(["note", "Ammount", "Starts on"], ["amount", "start_date", "end_date"], prefix="metadata.")
    {'Ammount': 'amount', 'Starts on': 'start_date'}
    """
    found: dict[str, str] = {}
    for given in strange:
        free = [name for name in lacking if name not in found.values()]
        if slip := misspelled([given], free, prefix=prefix):
            found[given] = slip[1]
    free = [name for name in lacking if name not in found.values()]
    nearest = _nearest(free, [given for given in strange if given not in found])
    return found | {given: name for name, given in nearest.items()}


def _meant(given: str, plain_known: dict[str, str], prefix: str) -> str | None:
    head, dot, rest = given.partition(".")
    if dot and rest and _is_slip(_plain(head), _plain(prefix.removesuffix("."))):
        return prefix + rest
    plain = _plain(given)
    if (meant := SYNONYMS.get(plain)) in plain_known.values():
        return meant
    return next((name for other, name in plain_known.items() if _is_slip(plain, other)), None)


def _plain(name: str) -> str:
    """A name without what people write differently: case, blanks, underlines and hyphens."""
    return "".join(sign for sign in name.casefold() if sign not in "_-" and not sign.isspace())


def _is_slip(given: str, meant: str) -> bool:
    """Whether two names are equal but for one sign too many, too few, another one, or two that are swapped.

    >>> [_is_slip(given, "card") for given in ("card", "crad", "cart", "cards", "car", "code")]
    [True, True, True, True, True, False]
    """
    if given == meant:
        return True
    if abs(len(given) - len(meant)) > 1:
        return False
    while given and meant and given[0] == meant[0]:
        given, meant = given[1:], meant[1:]
    while given and meant and given[-1] == meant[-1]:
        given, meant = given[:-1], meant[:-1]
    return max(len(given), len(meant)) == 1 or (len(given) == 2 and given == meant[::-1])


def _nearest(missing: Sequence[str], strange: Iterable[str]) -> dict[str, str]:
    """For each missing name the strange one that is nearest to it, each used once, the nearest pairs first."""
    plain_strange = {_plain(name): name for name in strange if len(name) <= COMPARED_CHARACTERS_MAX}
    pairs = [
        (difflib.SequenceMatcher(None, found, _plain(name)).ratio(), name, plain_strange[found])
        for name in missing
        for found in difflib.get_close_matches(_plain(name), plain_strange, cutoff=NEAREST_RATIO_MIN)
    ]
    meant: dict[str, str] = {}
    for _, name, given in sorted(pairs, key=lambda pair: -pair[0]):
        if name not in meant and given not in meant.values():
            meant[name] = given
    return {name: meant[name] for name in missing if name in meant}
