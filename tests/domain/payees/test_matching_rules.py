"""Each rule of the VOP wire specification, 12.2 and 12.3, by example."""

from dataclasses import replace

import pytest

from duerun.domain.payees.compare import HeldName, NameKind, compare, explain, is_empty_name, prepare
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Reason, Verdict

from .cases import held

PERSON, ORGANISATION, JOINT = NameKind.PERSON, NameKind.ORGANISATION, NameKind.JOINT
M, C, N = Verdict.MATCH, Verdict.CLOSE, Verdict.NO_MATCH
BALANCED, LENIENT = PROFILES["balanced"], PROFILES["lenient"]


def row(
    rule: str,
    given: str,
    name: str,
    kind: NameKind,
    verdicts: tuple[Verdict, Verdict, Verdict],
    reason: Reason,
) -> object:
    return pytest.param(given, name, kind, verdicts, reason, id=f"{rule}: {given} / {name}")


RULES = [
    row("1 order", "Moser Karin", "Karin Moser", PERSON, (C, M, M), Reason.ORDER),
    row("1 comma", "Moser, Karin", "Karin Moser", PERSON, (M, M, M), Reason.FORMAT),
    row("1 order of an organisation", "Bau Moser", "Moser Bau", ORGANISATION, (C, C, C), Reason.ORDER),
    row("2a form missing", "Moser Bau", "Moser Bau GmbH", ORGANISATION, (C, M, M), Reason.FORM_MISSING),
    row("2a form added", "Moser Bau GmbH", "Moser Bau", ORGANISATION, (C, M, M), Reason.FORM_MISSING),
    row("2b form differs", "Moser Bau KG", "Moser Bau GmbH", ORGANISATION, (N, C, C), Reason.FORM_DIFFERS),
    row("2 long", "Kern společnost s ručením omezeným", "Kern s.r.o.", ORGANISATION, (M,) * 3, Reason.FORM_SPELLING),
    row("2 form in front", "SIA Kern", "Kern SIA", ORGANISATION, (M, M, M), Reason.FORMAT),
    row("2 form alone", "GmbH", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.FLOOR),
    row("3 surname only", "Moser", "Karin Moser", PERSON, (N, N, C), Reason.PARTIAL_NAME),
    row("3 given name only", "Karin", "Karin Moser", PERSON, (N, N, C), Reason.PARTIAL_NAME),
    row("3 both given names only", "Karin Eva", "Karin Eva Moser", PERSON, (N, N, C), Reason.PARTIAL_NAME),
    row("3 both surnames only", "Gil Mora", "Ana Gil-Mora", PERSON, (N, N, C), Reason.PARTIAL_NAME),
    row("3 initial of the surname", "Karin M.", "Karin Moser", PERSON, (N, N, C), Reason.PARTIAL_NAME),
    row("3 initials only", "K. M.", "Karin Moser", PERSON, (N, N, N), Reason.FLOOR),
    row("4a second name left out", "Karin Moser", "Karin Eva Moser", PERSON, (C, C, C), Reason.MIDDLE_NAME),
    row("4a second name added", "Karin Eva Moser", "Karin Moser", PERSON, (C, C, C), Reason.MIDDLE_NAME),
    row("4b one of two holders", "Eva Kern", "Karin Moser und Eva Kern", JOINT, (C, M, M), Reason.JOINT_HOLDER),
    row("4b shared surname", "Eva Moser", "Karin und Eva Moser", JOINT, (C, M, M), Reason.JOINT_HOLDER),
    row("4b both, turned round", "Eva Kern & Karin Moser", "Karin Moser und Eva Kern", JOINT, (M, M, M), Reason.FORMAT),
    row("4b a stranger", "Karin Moser und Uwe Lang", "Karin Moser und Eva Kern", JOINT, (N, N, N), Reason.CONFLICT),
    row("5 initial", "K. Moser", "Karin Moser", PERSON, (C, C, C), Reason.INITIAL),
    row("5 initials together", "KE Moser", "Karin Eva Moser", PERSON, (C, C, C), Reason.INITIAL),
    row("6 exchange", "Karin Mosre", "Karin Moser", PERSON, (C, C, C), Reason.TRANSPOSITION),
    row("7 umlaut as two", "Joerg Moeller", "Jörg Möller", PERSON, (M, M, M), Reason.FORMAT),
    row("7 umlaut as one", "Jorg Moller", "Jörg Möller", PERSON, (M, M, M), Reason.FORMAT),
    row("7 umlaut mixed", "Joerg Moller", "Jörg Möller", PERSON, (M, M, M), Reason.FORMAT),
    row("8b company on its owner's account", "Moser Bau", "Karin Moser", PERSON, (N, N, N), Reason.CONFLICT),
    row("8b trade behind a name", "Karin Moser Bau", "Karin Moser", PERSON, (N, N, N), Reason.OTHER_KIND),
    row("8b form behind a name", "Karin Moser GmbH", "Karin Moser", PERSON, (C, C, C), Reason.OTHER_KIND),
    row("title", "Frau Dr. Karin Moser", "Karin Moser", PERSON, (M, M, M), Reason.TITLE),
    row("suffix", "Karl Moser Jr.", "Karl Moser Sr.", PERSON, (C, C, C), Reason.SUFFIX),
    row("particle left out", "Jan Berg", "Jan van den Berg", PERSON, (C, C, C), Reason.PARTICLE),
    row("particle joined", "Jan vandenberg", "Jan van den Berg", PERSON, (M, M, M), Reason.FORMAT),
    row("short form", "Toni Moser", "Anton Moser", PERSON, (C, C, C), Reason.NICKNAME),
    row("spelling", "Katherine Moser", "Catherine Moser", PERSON, (C, C, C), Reason.TRANSLITERATION),
    row("two letters off", "Karyn Moscr", "Karin Moser", PERSON, (N, C, C), Reason.TYPO),
    row("another given name", "Sabine Moser", "Karin Moser", PERSON, (N, N, N), Reason.CONFLICT),
    row("a known name one letter off", "Jan Moser", "Jana Moser", PERSON, (N, N, N), Reason.CONFLICT),
    row("another patronymic", "Ivan Petrovich Orlov", "Ivan Pavlovich Orlov", PERSON, (N, N, N), Reason.CONFLICT),
    row("half a double surname", "Ana Gil", "Ana Gil-Mora", PERSON, (C, C, C), Reason.HALF_SURNAME),
    row("extra word", "Moser Bau Wien GmbH", "Moser Bau GmbH", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("extra word, form missing", "Moser Bau Wien", "Moser Bau GmbH", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("extra word lacks, and the form", "Moser Bau KG", "Moser Bau Wien", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("extra word to one word", "Donaukern Energie", "Donaukern AG", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("extra word and form", "Donaukern Energie AG", "Donaukern", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("extra word, other form", "Moser Bau Wien AG", "Moser Bau GmbH", ORGANISATION, (N, C, C), Reason.EXTRA_WORD),
    row("word within, other form", "Moser Holz Bau AG", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.CONFLICT),
    row("extra word in front", "Wien Moser Bau", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.FLOOR),
    row("extra words outweigh", "Kern Immobilienverwaltung", "Kern AG", ORGANISATION, (N, N, N), Reason.FLOOR),
    row("extra word to a trade", "Bau Moser", "Bau GmbH", ORGANISATION, (N, N, N), Reason.FLOOR),
    row("extra number", "Moser Bau 2", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.CONFLICT),
    row("other first word", "Huber Bau GmbH", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.CONFLICT),
    row("acronym", "MB GmbH", "Moser Bau GmbH", ORGANISATION, (N, N, N), Reason.CONFLICT),
    row("number", "Fonds 21 AG", "Fonds 22 AG", ORGANISATION, (N, N, N), Reason.CONFLICT),
    row("and-word", "Moser & Kern OG", "Moser und Kern OG", ORGANISATION, (M, M, M), Reason.FORMAT),
    row("transliteration", "Marina Orlova", "Марина Орлова", PERSON, (C, C, C), Reason.TRANSLITERATION),
    row("Serbian letter as two", "Mara Djordjevic", "Mara Đorđević", PERSON, (M, M, M), Reason.FORMAT),
    row("Serbian letter as one", "Mara Dordevic", "Mara Đorđević", PERSON, (M, M, M), Reason.FORMAT),
    row("form in Cyrillic", "Kern Stroy EOOD", "Керн Строй ЕООД", ORGANISATION, (C, C, C), Reason.TRANSLITERATION),
    row("form in Cyrillic in front", "TOV Kern", "ТОВ Керн", ORGANISATION, (C, C, C), Reason.TRANSLITERATION),
    row("look-alike letter", "Mаrina Orlova", "Marina Orlova", PERSON, (C, C, C), Reason.MIXED_SCRIPT),
    row("letters of one foreign script", "Пётр Жуков", "Петр Жуков", PERSON, (M, M, M), Reason.FORMAT),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name", "kind", "verdicts", "reason"), RULES)
def test_a_rule(
    given: str, name: str, kind: NameKind, verdicts: tuple[Verdict, Verdict, Verdict], reason: Reason
) -> None:
    found = [compare(given, held(name, kind), rules) for rules in PROFILES.values()]
    assert tuple(each.verdict for each in found) == verdicts
    assert found[-1].reason is reason


OTHER_GIVEN_NAMES = """
    Anna/Anja Heiner/Reiner Lars/Lara Jean/Joan Romy/Rosy Heinz/Heino Alina/Alena Stefan/Stefano Simon/Simone
    Selin/Selim Kerim/Kerem Dragan/Dragana Darko/Marko Janos/Jonas Ioan/Ion Maria/Marta Gianni/Gianna Harry/Barry
    Kari/Karl Arne/Arve Michel/Michele Tove/Tore
    Иван/Иванна Elin/Elina
    """
SPELLINGS_OF_ONE = """
    Stefan/Stephan Katharina/Catharina Jan/Jann Katrin/Kathrin Edmund/Edmond Bernard/Bernhard Ernst/Ernest Eva/Ewa
    Lindsay/Lindsey Tilman/Tillmann Lennart/Lennard Rainer/Reiner Bogdan/Bohdan Vivian/Vivien Conor/Connor
    Xenia/Ksenia
    """
SLIPS = """
    Karin/Karni Sabine/Sabien Angelika/Angelka Krzysztof/Kryzsztof Svetlana/Svetlna Giuseppe/Giusepe Vytautas/Vytatuas
    Elena/Elea Marie/Maie
    """


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("pair", OTHER_GIVEN_NAMES.split())
def test_two_given_names_are_no_slip_of_one_another(pair: str, profile: str) -> None:
    one, other = pair.split("/")
    found = [
        compare(f"{a} Moser", held(f"{b} Moser"), PROFILES[profile]) for a, b in ((one, other), (other, one))
    ]
    assert [(each.verdict, each.matched_name) for each in found] == [(N, None)] * 2


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("pair", (SPELLINGS_OF_ONE + SLIPS).split())
def test_spellings_of_one_given_name_and_slips_are_close(pair: str, profile: str) -> None:
    one, other = pair.split("/")
    found = [
        compare(f"{a} Moser", held(f"{b} Moser"), PROFILES[profile]) for a, b in ((one, other), (other, one))
    ]
    assert [each.verdict for each in found] == [C, C]


@pytest.mark.parametrize(
    ("given", "shown"),
    [("K. Moser", "Karin Moser"), ("Karin Moser", None), ("Sabine Moser", None)],
    ids=["close", "match", "no match"],
)
def test_the_name_is_shown_with_a_close_match_only(given: str, shown: str | None) -> None:
    assert compare(given, held("Karin Moser"), BALANCED).matched_name == shown


@pytest.mark.parametrize("given", ["Moser", "Karin", "Karin M."])
def test_part_of_a_name_shows_the_rest_only_where_that_is_set(given: str) -> None:
    assert compare(given, held("Karin Moser"), LENIENT).matched_name is None
    open_rules = replace(LENIENT, discloses_partial=True)
    assert compare(given, held("Karin Moser"), open_rules).matched_name == "Karin Moser"


def test_a_close_match_with_one_of_two_holders_shows_that_holder() -> None:
    found = compare("E. Moser", held("Karin und Eva Moser", JOINT), BALANCED)
    assert (found.verdict, found.matched_name) == (C, "Eva Moser")


@pytest.mark.parametrize(("profile", "verdict"), [("strict", C), ("balanced", M), ("lenient", M)])
def test_another_name_of_the_holder_counts_as_its_own_rule_says(profile: str, verdict: Verdict) -> None:
    holder = prepare([HeldName("Karin Moser"), HeldName("Café Kornblume", is_alias=True)], PERSON, "AT")
    found = compare("CAFE KORNBLUME", holder, PROFILES[profile])
    assert (found.verdict, found.reason) == (verdict, Reason.ALIAS)
    assert found.matched_name == ("Café Kornblume" if verdict is C else None)


def test_the_nearest_of_several_names_is_shown() -> None:
    holder = prepare(
        [HeldName("Moser Tiefbau Wien GmbH"), HeldName("Moser Hochbau GmbH", is_alias=True)],
        ORGANISATION,
        "AT",
    )
    assert compare("Moser Hochbua GmbH", holder, BALANCED).matched_name == "Moser Hochbau GmbH"


def test_names_are_cut_at_140_characters() -> None:
    assert compare("Kern " + "a" * 200, held("Kern " + "a" * 180), BALANCED).verdict is M


@pytest.mark.parametrize(
    ("text", "is_empty"), [("", True), (" .-'", True), ("\u0301", True), ("a", False), ("李", False)]
)
def test_a_name_without_letters_and_digits_is_empty(text: str, is_empty: bool) -> None:
    assert is_empty_name(text) is is_empty


@pytest.mark.parametrize("given", ["", "...", "Herr", "&"])
@pytest.mark.parametrize("kind", NameKind)
def test_a_given_name_that_says_nothing_is_no_match(given: str, kind: NameKind) -> None:
    assert compare(given, held("Karin Moser", kind), BALANCED).verdict is N


def test_the_explanation_tells_how_words_met() -> None:
    found = explain("K. Mosre", held("Karin Eva Moser"), LENIENT)
    assert found.steps == (
        "'k' shares the initial with 'karin'.",
        "'mosre' exchanges two letters of 'moser'.",
        "Only in the held name: 'eva'.",
    )
