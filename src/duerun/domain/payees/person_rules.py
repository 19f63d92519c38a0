"""Two names of persons compared.

Source: the VOP wire specification, 12.2 (points 1, 3, 4a, 5 and 6) and 12.3: a close match needs the surname and a
given name; initials, a surname or given names alone prove nothing.
"""

from collections.abc import Sequence

from duerun.domain.payees.alignment import FULL, Alignment, Link
from duerun.domain.payees.outcomes import Finding, least
from duerun.domain.payees.persons import Person
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.telling import told
from duerun.domain.payees.titles import BUSINESS_WORDS
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.domain.payees.words import Word, are_related, are_spellings, key_edits, share_letters, sound_of

MATCH, CLOSE, NO_MATCH = Verdict.MATCH, Verdict.CLOSE, Verdict.NO_MATCH
_DIFFERENT: Finding = (NO_MATCH, Reason.DIFFERENT)
_CONFLICT: Finding = (NO_MATCH, Reason.CONFLICT)
_FLOOR: Finding = (NO_MATCH, Reason.FLOOR)
_LETTERS_MIN = 4
_SURE = (Link.EQUAL, Link.GLUED)
Links = list[tuple[int, int, Link]]


def compare_persons(
    given: Person, held: Person, rules: MatchRules, steps: list[str] | None = None
) -> Finding:
    """The verdict on one person's name against another's."""
    if share_letters(given.joined, held.joined, given.scripts, held.scripts):
        finding: Finding = (MATCH, Reason.TITLE if given.has_title != held.has_title else Reason.FORMAT)
        if steps is not None:
            steps.append("All letters are equal once titles, marks, case and spaces are set aside.")
    else:
        alignment = _aligned(given, held)
        if steps is not None:
            steps.extend(told(alignment))
        finding = _judged(alignment, given, held, rules)
    return _capped(finding, given, held)


def _capped(finding: Finding, given: Person, held: Person) -> Finding:
    """No match where scripts are mixed or differ, or one is the elder and one the younger."""
    if finding[0] is not MATCH:
        return finding
    if given.is_mixed or held.is_mixed:
        return CLOSE, Reason.MIXED_SCRIPT
    if given.suffix != held.suffix:
        return CLOSE, Reason.SUFFIX
    return finding if given.scripts == held.scripts else (CLOSE, Reason.TRANSLITERATION)


def _aligned(given: Person, held: Person) -> Alignment:
    alignment = Alignment(given.words, held.words)
    alignment.pair_equal()
    if alignment.is_open:
        alignment.pair_glued(may_differ=False)
    if alignment.is_open:
        start, end = held.surname

        def may_differ(one: Word, other: Word, place: int) -> bool:
            return start <= place < end or not _are_other_names(one, other)

        alignment.pair_alike(may_differ)
    if alignment.is_open:
        alignment.pair_related(held.surname)
        alignment.pair_initials()
    if alignment.is_open:
        alignment.pair_glued(may_differ=True)
    return alignment


def _are_other_names(one: Word, other: Word) -> bool:
    """Two given names that are both listed, or that are a man's and a woman's by the last letter.

    Rare names count as others only where a letter stands for another: one that is missing, doubled or exchanged with
    its neighbour is a slip far more often (`Elea` for `Elena`), if it is not the ending (`Elin`, `Elina`).
    """
    if one.is_given and other.is_given and not are_related(one, other):
        if not (one.is_known and other.is_known) and _is_slip(one.key, other.key):
            return False
        return sound_of(one.key) != sound_of(other.key)
    if one.key[:-1] == other.key[:-1] and {one.key[-1], other.key[-1]} == {"a", "o"}:
        return not are_spellings(one, other)
    return False


def _is_slip(one: str, other: str) -> bool:
    """Whether two words differ by letters that are missing inside or that changed places."""
    if len(one) == len(other):
        return sorted(one) == sorted(other)
    return not one.startswith(other) and not other.startswith(one)


def _is_particle(words: Sequence[Word], place: int) -> bool:
    return words[place].is_particle if place else words[place].is_early_particle


def _core(words: Sequence[Word], places: list[int]) -> list[int]:
    """The places whose words are no particles."""
    return [place for place in places if not _is_particle(words, place)] if places else places


def _judged(alignment: Alignment, given: Person, held: Person, rules: MatchRules) -> Finding:
    given_left = _core(alignment.given, alignment.given_left)
    held_left = _core(alignment.held, alignment.held_left)
    if given_left and held_left:
        return _of_run_together(given, held, rules)
    links = [each for each in alignment.links if not _is_particle(alignment.held, each[1])]
    if not links or alignment.edits > rules.edits_max + (given.scripts != held.scripts):
        return _DIFFERENT
    if not given_left and not held_left and all(link in _SURE for _, _, link in alignment.links):
        return _of_same_words(alignment, rules)
    for place in given_left:
        if not BUSINESS_WORDS.isdisjoint(alignment.given[place].keys):
            return rules.unregistered, Reason.OTHER_KIND
    return _of_evidence(alignment, links, (given_left, held_left), held, rules)


def _of_run_together(given: Person, held: Person, rules: MatchRules) -> Finding:
    """A whole name written as one word, with a few letters off."""
    if (len(given.tokens) == 1) != (len(held.tokens) == 1):
        mine, yours = given.joined[0], held.joined[0]
        if min(len(mine), len(yours)) >= 8 and key_edits(mine, yours) <= rules.edits_max:
            return CLOSE, Reason.TYPO
    return _CONFLICT


def _of_same_words(alignment: Alignment, rules: MatchRules) -> Finding:
    has_particle = bool(alignment.given_left or alignment.held_left)
    in_order = alignment.is_in_order
    if not has_particle:
        return (MATCH, Reason.FORMAT) if in_order else (rules.word_order, Reason.ORDER)
    if len(alignment.links) < 2:
        return rules.partial_name, Reason.PARTIAL_NAME
    return rules.particle if in_order else least((rules.particle, rules.word_order)), Reason.PARTICLE


def _of_evidence(
    alignment: Alignment, links: Links, left: tuple[list[int], list[int]], held: Person, rules: MatchRules
) -> Finding:
    """A close match where the evidence holds: two words, one in full, and the surname among them."""
    given_left, held_left = left
    full = [each for each in links if each[2] in FULL]
    if not full:
        return _FLOOR
    given_count = len({mine for mine, _, _ in links}) + len(given_left)
    held_count = len({yours for _, yours, _ in links}) + len(held_left)
    if given_count == 1 or held_count == 1:
        if given_count == held_count or not (given_left or held_left):
            return _of_kinds(alignment, links, left, rules)
        return _of_part(alignment, full, rules)
    if len(links) < 2:
        return _of_part(alignment, full, rules)
    if sum(alignment.held[yours].length if link in FULL else 1 for _, yours, link in links) < _LETTERS_MIN:
        return _FLOOR
    start, end = held.surname
    met = [link for _, yours, link in links if start <= yours < end]
    if Link.INITIAL in met or (
        not any(link in FULL for link in met) and not _is_half_surname(alignment, full, met)
    ):
        return rules.partial_name, Reason.PARTIAL_NAME
    if not any(_is_given_name(alignment, yours, held.surname) for _, yours, _ in links):
        return rules.partial_name, Reason.PARTIAL_NAME
    if all(link not in _SURE for _, _, link in links) and any(link >= Link.NICKNAME for _, _, link in links):
        return _FLOOR
    finding = _of_kinds(alignment, links, left, rules)
    if finding[1] is Reason.MIDDLE_NAME and any(start <= place < end for place in held_left):
        return finding[0], Reason.HALF_SURNAME
    return finding


def _of_part(alignment: Alignment, full: Links, rules: MatchRules) -> Finding:
    """One word only: a surname or a given name alone."""
    if any(link in _SURE and alignment.held[yours].length >= 3 for _, yours, link in full):
        return rules.partial_name, Reason.PARTIAL_NAME
    return _FLOOR


def _is_given_name(alignment: Alignment, place: int, surname: tuple[int, int]) -> bool:
    """Whether a held word outside the surname names a person: the first there is, or one known as a given name."""
    if surname[0] <= place < surname[1]:
        return False
    return place == surname[1] % len(alignment.held) or alignment.held[place].is_known


def _is_half_surname(alignment: Alignment, full: Links, met: list[Link]) -> bool:
    """Whether a word behind the first that is no known given name stands for the surname."""
    if met:
        return False
    return any(yours > 0 and not alignment.held[yours].is_known for _, yours, _ in full)


def _of_kinds(
    alignment: Alignment, links: Links, left: tuple[list[int], list[int]], rules: MatchRules
) -> Finding:
    """The lowest verdict over all that differs, with the weightiest of it as the reason."""
    kinds = {link for _, _, link in links}
    found: list[Finding] = []
    if Link.INITIAL in kinds:
        found.append((rules.initial, Reason.INITIAL))
    if Link.NICKNAME in kinds:
        found.append((CLOSE, Reason.NICKNAME))
    if left[0] or left[1]:
        found.append((rules.middle_name, Reason.MIDDLE_NAME))
    if Link.TYPO in kinds:
        found.append((CLOSE, Reason.TYPO))
    if Link.EXCHANGE in kinds:
        found.append((rules.transposition, Reason.TRANSPOSITION))
    if Link.SPELLING in kinds:
        found.append((CLOSE, Reason.TRANSLITERATION))
    if not alignment.is_in_order:
        found.append((rules.word_order, Reason.ORDER))
    if not found:
        # What differs are particles alone, such as `v.d.` for `van der`.
        return rules.particle, Reason.PARTICLE
    verdict = least([each for each, _ in found])
    return verdict, next(reason for each, reason in found if each is verdict)
