"""Names of organisations: reading one, and comparing two.

Source: the VOP wire specification, 12.1 (point 7), 12.2 (points 2a, 2b and 8b) and 12.3: the words without the legal
form agree within the distance, or one side lacks words that are not the first.
"""

import msgspec

from duerun.domain.payees.alignment import Alignment, Link
from duerun.domain.payees.legal_forms import are_kin, are_same, form_of, is_only_form, is_timid
from duerun.domain.payees.outcomes import Finding, least
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.telling import told
from duerun.domain.payees.titles import BUSINESS_WORDS
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.domain.payees.words import (
    Word,
    joined_dots,
    joined_keys,
    key_edits,
    normal,
    share_letters,
    tokens_of,
    word_of,
    words_in,
)

MATCH, CLOSE, NO_MATCH = Verdict.MATCH, Verdict.CLOSE, Verdict.NO_MATCH
_DIFFERENT: Finding = (NO_MATCH, Reason.DIFFERENT)
_CONFLICT: Finding = (NO_MATCH, Reason.CONFLICT)
_FLOOR: Finding = (NO_MATCH, Reason.FLOOR)
_IGNORED = words_in("and und et en y e i og och ve és es oder the de der die das of for het και и та oraz")
_AND = ("and", "und")
_SYNONYMS = {
    "intl": "international",
    "int": "international",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "centre": "center",
    "labour": "labor",
    "organisation": "organization",
    "gebr": "gebruder",
    "gebrueder": "gebruder",
    "bros": "brothers",
    "mfg": "manufacturing",
    "assoc": "association",
    "dept": "department",
    "univ": "university",
    "st": "saint",
    "sankt": "saint",
    "theatre": "theater",
}
_NUMERALS = words_in("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xx")
_SHARE_MIN = 0.3
_LETTERS_MIN = 3


class Organisation(msgspec.Struct, array_like=True, frozen=True):
    """An organisation's name: its words without the legal form, all letters with and without it, and the form."""

    text: str
    tokens: tuple[str, ...]
    joined: tuple[str, ...]
    whole: tuple[str, ...]
    form: tuple[str, ...] = ()
    form_spelling: str = ""
    has_timid_form: bool = False
    scripts: int = 0
    is_mixed: bool = False
    is_only_form: bool = False

    @property
    def words(self) -> list[Word]:
        """The words with their keys."""
        return [word_of(token) for token in self.tokens]


def _is_foreword(word: Word, forms: tuple[str, ...]) -> bool:
    """Whether a word in front says "the firm of" and no more; `SC` does in Romania."""
    return word.key in ("firma", "fa") or (word.key == "sc" and not {"srl", "sa"}.isdisjoint(forms))


def read_organisation(text: str, normalised: str | None = None) -> Organisation | None:
    """An organisation's name; nothing when no word is left."""
    if normalised is None:
        normalised = normal(text)
    tokens = tokens_of(joined_dots(normalised))
    words = [word_of(_SYNONYMS.get(token, token)) for token in tokens if token not in _AND] or [
        *map(word_of, tokens)
    ]
    if not words:
        return None
    form = form_of(words)
    if form is not None and not form.is_front and form.end > 1 and _is_foreword(words[0], form.kinds):
        form = form._replace(start=1)
    core = words if form is None else words[form.start : form.end]
    kept = [word for word in core if word.token not in _IGNORED] or core
    scripts = 0
    for word in kept:
        scripts |= word.scripts
    return Organisation(
        text=text,
        tokens=tuple([word.token for word in kept]),
        joined=joined_keys(kept),
        whole=joined_keys(words) if form is not None else (),
        form=() if form is None else form.kinds,
        form_spelling="" if form is None else form.spelling,
        has_timid_form=form is not None and is_timid(form),
        scripts=scripts,
        is_mixed=any(word.is_mixed for word in words),
        is_only_form=form is None and is_only_form(words),
    )


def compare_organisations(
    given: Organisation, held: Organisation, rules: MatchRules, steps: list[str] | None = None
) -> Finding:
    """The verdict on one organisation's name against another's."""
    form = _of_form(given, held, rules)
    if steps is not None and (given.form or held.form):
        steps.append(f"Legal forms: {given.form_spelling or 'none'} and {held.form_spelling or 'none'}.")
    if share_letters(given.joined, held.joined, given.scripts, held.scripts):
        if steps is not None:
            steps.append("All letters of the name itself are equal.")
        finding = form
    elif share_letters(given.whole or given.joined, held.whole or held.joined, given.scripts, held.scripts):
        finding = (MATCH, Reason.FORMAT)
    else:
        finding = _of_words(given, held, form, rules, steps)
    if finding[0] is not MATCH:
        return finding
    if given.is_mixed or held.is_mixed:
        return CLOSE, Reason.MIXED_SCRIPT
    return finding if given.scripts == held.scripts else (CLOSE, Reason.TRANSLITERATION)


def _of_form(given: Organisation, held: Organisation, rules: MatchRules) -> Finding:
    if given.form and held.form:
        if are_same(given.form, held.form):
            same = given.form_spelling == held.form_spelling
            return MATCH, Reason.FORMAT if same else Reason.FORM_SPELLING
        if are_kin(given.form, held.form):
            return CLOSE, Reason.FORM_DIFFERS
        return rules.form_differs, Reason.FORM_DIFFERS
    if not given.form and not held.form:
        return MATCH, Reason.FORMAT
    if given.has_timid_form or held.has_timid_form:
        return least((CLOSE, rules.form_missing)), Reason.FORM_MISSING
    return rules.form_missing, Reason.FORM_MISSING


def _of_words(
    given: Organisation, held: Organisation, form: Finding, rules: MatchRules, steps: list[str] | None
) -> Finding:
    if given.is_only_form or held.is_only_form:
        return _FLOOR
    if _is_form_misspelt(given, held) or _is_form_misspelt(held, given):
        return CLOSE, Reason.TYPO
    alignment = Alignment(given.words, held.words)
    alignment.pair_equal()
    if alignment.is_open:
        alignment.pair_glued(may_differ=False)
    if alignment.is_open:
        alignment.pair_alike(None)
    if steps is not None:
        steps.extend(told(alignment))
    if alignment.is_open or not alignment.links:
        return _of_one_edit(given, held, form)
    if alignment.edits > rules.edits_max + (given.scripts != held.scripts) or _differs_in_digit(alignment):
        return _DIFFERENT
    if alignment.is_complete:
        return _of_complete(alignment, form, rules)
    return _of_extra(alignment, given, held, form, rules)


def _is_form_misspelt(bare: Organisation, formed: Organisation) -> bool:
    """Whether one side ends in what is nearly the legal form of the other, behind the same letters."""
    core = formed.joined[0]
    if bare.form or not formed.form or not bare.joined[0].startswith(core):
        return False
    return key_edits(bare.joined[0][len(core) :], formed.form_spelling) == 1


def _of_complete(alignment: Alignment, form: Finding, rules: MatchRules) -> Finding:
    kinds = {link for _, _, link in alignment.links}
    if kinds <= {Link.EQUAL, Link.GLUED}:
        if alignment.is_in_order:
            return form
        return least((CLOSE, form[0])), Reason.ORDER
    if kinds <= {Link.EQUAL, Link.GLUED, Link.EXCHANGE}:
        return least((rules.transposition, form[0])), Reason.TRANSPOSITION
    return least((CLOSE, form[0])), Reason.TYPO


def _differs_in_digit(alignment: Alignment) -> bool:
    return any(
        link > Link.GLUED and (_is_number(alignment.given[mine].key) or _is_number(alignment.held[yours].key))
        for mine, yours, link in alignment.links
    )


def _is_number(key: str) -> bool:
    return key in _NUMERALS or any(letter.isdigit() for letter in key)


def _of_one_edit(given: Organisation, held: Organisation, form: Finding) -> Finding:
    """Words cut otherwise, with one letter off."""
    mine, yours = given.joined[0], held.joined[0]
    if min(len(mine), len(yours)) < 8 or len(given.tokens) == len(held.tokens):
        return _CONFLICT
    if key_edits(mine, yours) != 1 or any(letter.isdigit() for letter in mine + yours):
        return _CONFLICT
    return least((CLOSE, form[0])), Reason.TYPO


def _of_extra(
    alignment: Alignment, given: Organisation, held: Organisation, form: Finding, rules: MatchRules
) -> Finding:
    """One side lacks words: close where the first word and a fair part of all letters agree.

    The forms count besides, the lower verdict wins. Beside two different forms a word in the middle is another firm.
    """
    left = alignment.given_left or alignment.held_left
    words = alignment.given if alignment.given_left else alignment.held
    if alignment.edits:
        return _CONFLICT
    if any(_is_number(words[place].key) for place in left):
        return _CONFLICT
    if form[1] is Reason.FORM_DIFFERS and left[0] < len(words) - len(left):
        return _CONFLICT
    shorter, longer = (held, given) if alignment.given_left else (given, held)
    if 0 in left or alignment.how(0) is None:
        return _FLOOR
    if all(not BUSINESS_WORDS.isdisjoint(word.keys) for word in shorter.words):
        return _FLOOR
    letters = sum(word.length for word in shorter.words)
    if letters < _LETTERS_MIN or letters < _SHARE_MIN * sum(word.length for word in longer.words):
        return _FLOOR
    return least((rules.extra_word, form[0])), Reason.EXTRA_WORD
