"""Words of two names laid side by side: which word stands for which, and how.

The order of trying follows how much a pairing proves: equal, written apart or together, alike, related, an initial.
"""

import itertools
from collections.abc import Callable, Sequence
from enum import IntEnum

from duerun.domain.payees.scripts import LATIN
from duerun.domain.payees.words import (
    TOO_MANY,
    Word,
    are_related,
    are_spellings,
    edits,
    is_exchange,
    key_edits,
    share,
)


class Link(IntEnum):
    """How a word of the given name stands for a word of the held one, the surest first."""

    EQUAL = 0
    GLUED = 1
    SPELLING = 2
    EXCHANGE = 3
    TYPO = 4
    NICKNAME = 5
    INITIAL = 6


FULL = frozenset((Link.EQUAL, Link.GLUED, Link.SPELLING, Link.EXCHANGE, Link.TYPO))
_LETTERS_TOGETHER = (2, 3)
MayDiffer = Callable[[Word, Word, int], bool]


class Alignment:
    """Pairs of words, and the words of both sides that are left; `edits` counts letters that differ in all."""

    __slots__ = ("edits", "given", "given_left", "held", "held_left", "links")

    def __init__(self, given: Sequence[Word], held: Sequence[Word]) -> None:
        self.given = given
        self.held = held
        self.links: list[tuple[int, int, Link]] = []
        self.given_left = list(range(len(given)))
        self.held_left = list(range(len(held)))
        self.edits = 0

    @property
    def is_complete(self) -> bool:
        """Whether no word is left on either side."""
        return not self.given_left and not self.held_left

    @property
    def is_open(self) -> bool:
        """Whether words are left on both sides."""
        return bool(self.given_left) and bool(self.held_left)

    @property
    def is_in_order(self) -> bool:
        """Whether paired words stand in the same order on both sides."""
        last = -1
        for _, place, _ in sorted(self.links):
            if place < last:
                return False
            last = place
        return True

    def link(self, given: int, held: int, how: Link) -> None:
        """Pair two words."""
        self.links.append((given, held, how))
        self.given_left.remove(given)
        self.held_left.remove(held)

    def how(self, held: int) -> Link | None:
        """How a word of the held name was met, if it was."""
        for _, place, link in self.links:
            if place == held:
                return link
        return None

    def pair_equal(self) -> None:
        """Pair words with a spelling in common."""
        given, held = self.given, self.held
        for mine in self.given_left[:]:
            word = given[mine]
            for yours in self.held_left:
                other = held[yours]
                if word.key == other.key or (not (word.is_plain and other.is_plain) and word.equals(other)):
                    self.link(mine, yours, Link.EQUAL)
                    break

    def pair_glued(self, *, may_differ: bool) -> None:
        """Pair neighbours with the one word they make, `Al Fayed` with `Alfayed`."""
        self._glue(
            self.given, self.given_left, self.held, self.held_left, may_differ=may_differ, turned=False
        )
        if self.is_open:
            self._glue(
                self.held, self.held_left, self.given, self.given_left, may_differ=may_differ, turned=True
            )

    def _glue(
        self,
        parts: Sequence[Word],
        parts_left: list[int],
        wholes: Sequence[Word],
        wholes_left: list[int],
        *,
        may_differ: bool,
        turned: bool,
    ) -> None:
        if len(parts_left) < 2:
            return
        for first, second in itertools.pairwise(parts_left):
            if second != first + 1 or first not in parts_left:
                continue
            keys = _glued_keys(parts[first], parts[second])
            for whole in wholes_left:
                if share(keys, wholes[whole].keys):
                    cost = 0
                elif not may_differ or (cost := key_edits(keys[0], wholes[whole].key)) == TOO_MANY:
                    continue
                self.edits += cost
                how = Link.TYPO if cost else Link.GLUED
                pairs = [(whole, part) if turned else (part, whole) for part in (first, second)]
                self.links.extend((mine, yours, how) for mine, yours in pairs)
                parts_left.remove(first)
                parts_left.remove(second)
                wholes_left.remove(whole)
                break

    def pair_alike(self, may_differ: MayDiffer | None) -> None:
        """Pair words that differ by a few letters, the nearest first."""
        found: list[tuple[int, int, int]] = []
        for mine in self.given_left:
            word = self.given[mine]
            for yours in self.held_left:
                other = self.held[yours]
                cost = edits(word, other)
                if cost != TOO_MANY and (may_differ is None or may_differ(word, other, yours)):
                    found.append((cost, mine, yours))
        if len(found) > 1:
            found.sort()
        for cost, mine, yours in found:
            if mine in self.given_left and yours in self.held_left:
                self.link(mine, yours, self._kind(mine, yours, cost, is_person=may_differ is not None))
                self.edits += cost

    def _kind(self, mine: int, yours: int, cost: int, *, is_person: bool) -> Link:
        one, other = self.given[mine], self.held[yours]
        if is_person and are_spellings(one, other):
            return Link.SPELLING
        return Link.EXCHANGE if cost == 1 and is_exchange(one.key, other.key) else Link.TYPO

    def pair_related(self, surname: tuple[int, int]) -> None:
        """Pair listed short forms and spellings of a given name, outside the surname."""
        start, end = surname
        for mine in self.given_left[:]:
            one = self.given[mine]
            if not one.groups:
                continue
            for yours in self.held_left:
                if not start <= yours < end and are_related(one, self.held[yours]):
                    how = Link.SPELLING if are_spellings(one, self.held[yours]) else Link.NICKNAME
                    self.link(mine, yours, how)
                    break

    def pair_initials(self) -> None:
        """Pair a single letter with a word that begins with it, then `JC` with `Jean Claude`."""
        given, held = self.given, self.held
        for mine in self.given_left[:]:
            is_letter = len(given[mine].token) == 1
            for yours in self.held_left:
                if is_letter != (len(held[yours].token) == 1) and _begin_alike(given[mine], held[yours]):
                    self.link(mine, yours, Link.INITIAL)
                    break
        for mine in self.given_left[:]:
            if len(given[mine].token) in _LETTERS_TOGETHER:
                self._letters(given, mine, self.given_left, held, self.held_left, turned=False)
        for yours in self.held_left[:]:
            if len(held[yours].token) in _LETTERS_TOGETHER:
                self._letters(held, yours, self.held_left, given, self.given_left, turned=True)

    def _letters(
        self,
        letters: Sequence[Word],
        place: int,
        letters_left: list[int],
        words: Sequence[Word],
        words_left: list[int],
        *,
        turned: bool,
    ) -> None:
        key = letters[place].token
        run = words_left[: len(key)]
        if len(run) < len(key) or run[-1] - run[0] != len(key) - 1:
            return
        if all(words[each].key[0] == letter for each, letter in zip(run, letters[place].key, strict=False)):
            pairs = [(each, place) if turned else (place, each) for each in run]
            self.links.extend((mine, yours, Link.INITIAL) for mine, yours in pairs)
            letters_left.remove(place)
            for each in run:
                words_left.remove(each)


def _glued_keys(first: Word, second: Word) -> tuple[str, ...]:
    if len(first.keys) == 1 and len(second.keys) == 1:
        return (first.key + second.key,)
    return (first.key + second.key, first.keys[-1] + second.keys[-1])


def _begin_alike(one: Word, other: Word) -> bool:
    if one.key[0] == other.key[0]:
        return True
    if (one.is_plain and other.is_plain) or one.scripts == other.scripts != LATIN:
        return False
    return any(mine[0] == yours[0] for mine in one.keys for yours in other.keys)
