"""Legal forms at the ends of an organisation's name, taken off and kept as a class.

Source: the VOP wire specification, 12.1 (point 7); the spellings are those of `legal_form_data`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from duerun.domain.payees.legal_form_data import FORMS, FRONT_CLASSES, KIN, SAME, TIMID_FRONTS
from duerun.domain.payees.words import Word, normal, tokens_of, word_of, words_in


class Form(NamedTuple):
    """A legal form that was found: its class, how it was spelled, and where the name without it begins and ends."""

    kind: str
    spelling: str
    start: int
    end: int
    is_front: bool = False


def _spellings() -> tuple[dict[str, str], frozenset[str], frozenset[str], int]:
    forms: dict[str, str] = {}
    lasts: set[str] = set()
    firsts: set[str] = set()
    words_max = 0
    for line in FORMS.replace("\n  ", " ").strip().splitlines():
        kind, spellings = line.split(":")
        for spelling in spellings.split(";"):
            words = [word_of(token) for token in tokens_of(normal(spelling))]
            words_max = max(words_max, len(words))
            firsts.update(words[0].keys)
            lasts.update(words[-1].keys)
            for place in range(max(len(word.keys) for word in words)):
                joined = "".join(word.keys[min(place, len(word.keys) - 1)] for word in words)
                forms.setdefault(joined, kind)
                firsts.add(joined)
                lasts.add(joined)
    return forms, frozenset(lasts), frozenset(firsts), words_max


_FORMS, _LASTS, _FIRSTS, _WORDS_MAX = _spellings()
_KIN = frozenset(frozenset(pair) for pair in KIN)
_SAME = frozenset(frozenset(pair) for pair in SAME)
_HABITUAL = words_in(FRONT_CLASSES)
_TIMID = words_in(TIMID_FRONTS)
_OF_FRONT = _HABITUAL | {"sa", "ag", "spa", "gmbh", "bv", "nv", "ltd", "eood", "ood", "ad", "ead"}


def are_same(one: str, other: str) -> bool:
    """Whether two classes are one legal form."""
    return one == other or frozenset((one, other)) in _SAME


def are_kin(one: str, other: str) -> bool:
    """Whether one form is the other with a single member or a narrower purpose."""
    return frozenset((one, other)) in _KIN


def is_form(text: str) -> bool:
    """Whether plain letters without spaces spell a legal form."""
    return text in _FORMS


def may_end_with_form(token: str) -> bool:
    """Whether a word can be the last of a legal form."""
    return len(token) <= 2 or token in _LASTS or not token.isascii()


def _class_of(words: Sequence[Word]) -> tuple[str, str] | None:
    joined = "".join([word.key for word in words])
    kind = _FORMS.get(joined)
    if kind is None:
        joined = "".join([word.keys[-1] for word in words])
        kind = _FORMS.get(joined)
    return (kind, joined) if kind is not None else None


def _at_end(words: Sequence[Word]) -> Form | None:
    count = len(words)
    last = words[-1]
    if last.length > 2 and last.key not in _LASTS and last.keys[-1] not in _LASTS:
        return None
    for start in range(max(1, count - _WORDS_MAX), count):
        if words[start].key in _FIRSTS or words[start].keys[-1] in _FIRSTS or start == count - 1:
            found = _class_of(words[start:])
            if found is not None:
                return Form(found[0], found[1], 0, start)
    return None


def _at_front(words: Sequence[Word]) -> Form | None:
    first = words[0]
    if first.key not in _FIRSTS and first.keys[-1] not in _FIRSTS:
        return None
    for end in range(min(len(words) - 1, _WORDS_MAX), 0, -1):
        found = _class_of(words[:end])
        if found is not None and (found[0] in _OF_FRONT or end > 1):
            return Form(found[0], found[1], end, len(words), is_front=True)
    return None


def form_of(words: Sequence[Word]) -> Form | None:
    """The legal form at the end of a name, or in front when there is none at the end; never the whole name."""
    if len(words) < 2:
        return None
    found = _at_end(words)
    if found is None:
        return _at_front(words)
    if found.kind in ("co", "llc") and found.end > 1:
        inner = _at_end(words[: found.end])
        if inner is not None:
            return Form(inner.kind, inner.spelling, 0, inner.end)
    if found.kind == "co":
        front = _at_front(words[: found.end]) if found.end > 1 else None
        if front is not None:
            return Form(front.kind, front.spelling, front.start, found.end, is_front=True)
    return found


def is_timid(form: Form) -> bool:
    """Whether a form in front may as well be a word or initials of the name."""
    return form.is_front and (form.spelling in _TIMID or form.kind not in _HABITUAL)


def is_only_form(words: Sequence[Word]) -> bool:
    """Whether a name is a legal form and nothing else."""
    return _class_of(words) is not None
