"""What holds for any two names."""

import unicodedata

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from duerun.domain.payees.compare import NameKind, PreparedHolder, compare, explain, is_empty_name
from duerun.domain.payees.joint import parts_of
from duerun.domain.payees.outcomes import RANK
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict
from duerun.domain.payees.words import normal, tokens_of

from .cases import held

BALANCED = PROFILES["balanced"]
EXAMPLES = 150

KINDS = st.sampled_from(list(NameKind))
VOCABULARY = """
anna Anna maria jean luc j m a de van von der la müller Mueller muller garcía lópez smith smyth o'neill li lee
petrov Петров Анна Παππάς gmbh ltd limited s.a. und & and bau bank trading Dr. Mr jr ii iii østby aase Åse
Nowak-Zając Hans-Peter Bob robert Жук Зук 2021 x
"""
WORDS = st.sampled_from(VOCABULARY.split())
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
TEXTS = st.one_of(NAMES, st.text(max_size=40))


@settings(max_examples=EXAMPLES)
@given(TEXTS, KINDS)
def test_equal_names_that_are_not_empty_match(text: str, kind: NameKind) -> None:
    assume(not is_empty_name(text))
    for rules in PROFILES.values():
        assert compare(text, held(text, kind), rules).verdict is Verdict.MATCH


@settings(max_examples=EXAMPLES)
@given(TEXTS, TEXTS, KINDS)
def test_a_match_is_one_in_both_directions(one: str, other: str, kind: NameKind) -> None:
    assume(
        kind is not NameKind.JOINT
        and len(parts_of(one, is_joint=False)) == len(parts_of(other, is_joint=False)) == 1
    )
    there = compare(one, held(other, kind), BALANCED).verdict
    back = compare(other, held(one, kind), BALANCED).verdict
    assert (there is Verdict.MATCH) == (back is Verdict.MATCH)


@settings(max_examples=EXAMPLES)
@given(TEXTS)
def test_the_canonical_form_is_its_own(text: str) -> None:
    once = " ".join(tokens_of(normal(text)))
    assert " ".join(tokens_of(normal(once))) == once


@settings(max_examples=EXAMPLES)
@given(TEXTS, TEXTS, KINDS)
def test_strict_is_never_above_balanced_and_balanced_never_above_lenient(
    one: str, other: str, kind: NameKind
) -> None:
    ranks = [RANK[compare(one, held(other, kind), PROFILES[name]).verdict] for name in PROFILES]
    assert ranks == sorted(ranks)


@settings(max_examples=EXAMPLES)
@given(TEXTS, TEXTS, KINDS)
def test_a_name_is_shown_with_a_close_match_only(one: str, other: str, kind: NameKind) -> None:
    for rules in PROFILES.values():
        found = compare(one, held(other, kind), rules)
        assert found.matched_name is None or found.verdict is Verdict.CLOSE


@settings(max_examples=EXAMPLES)
@given(st.from_regex(r"[b-df-hj-np-tv-z][a-z]{7,9}", fullmatch=True), st.data(), KINDS)
def test_a_word_with_another_letter_never_matches(word: str, data: st.DataObject, kind: NameKind) -> None:
    place = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz".replace(word[place], "")))
    other = word[:place] + letter + word[place + 1 :]
    for rules in PROFILES.values():
        assert compare(f"Ellen {other}", held(f"Ellen {word}", kind), rules).verdict is not Verdict.MATCH


@settings(max_examples=EXAMPLES)
@given(st.from_regex(r"[bdfgklmnrtz]*[aeopcx][bdfgklmnrtz]*", fullmatch=True), KINDS)
def test_letters_of_another_script_never_match(word: str, kind: NameKind) -> None:
    assume(len(word) > 1)
    mixed = word.translate(str.maketrans("aeopcx", "аеорсх"))
    for rules in PROFILES.values():
        assert compare(f"Ellen {mixed}", held(f"Ellen {word}", kind), rules).verdict is not Verdict.MATCH


@settings(max_examples=EXAMPLES)
@given(NAMES, NAMES, KINDS)
def test_case_and_composition_change_nothing(one: str, other: str, kind: NameKind) -> None:
    found = compare(one, held(other, kind), BALANCED).verdict
    assert compare(unicodedata.normalize("NFD", one), held(other, kind), BALANCED).verdict is found
    assert compare(f"  {one.upper()} ", held(other, kind), BALANCED).verdict is found


@settings(max_examples=EXAMPLES)
@given(TEXTS, TEXTS, KINDS)
def test_the_explanation_says_what_the_comparison_says(one: str, other: str, kind: NameKind) -> None:
    holder = held(other, kind)
    short, long = compare(one, holder, BALANCED), explain(one, holder, BALANCED)
    assert (short.verdict, short.reason, short.matched_name) == (long.verdict, long.reason, long.matched_name)
    assert short.steps == ()


@pytest.mark.parametrize("codec", [msgspec.json, msgspec.msgpack])
@settings(max_examples=EXAMPLES)
@given(one=TEXTS, kind=KINDS)
def test_a_holder_is_stored_and_read_back(codec: object, one: str, kind: NameKind) -> None:
    holder = held(one, kind, "DE")
    packed = codec.encode(holder)  # type: ignore[attr-defined]
    assert codec.decode(packed, type=PreparedHolder) == holder  # type: ignore[attr-defined]
