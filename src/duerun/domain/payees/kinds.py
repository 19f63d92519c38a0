"""What kind of holder a name most likely has, for those who cannot say."""

from duerun.domain.payees.compare import NameKind
from duerun.domain.payees.joint import parts_of
from duerun.domain.payees.legal_forms import form_of, is_timid
from duerun.domain.payees.titles import BUSINESS_WORDS
from duerun.domain.payees.words import joined_dots, normal, tokens_of, word_of


def kind_of(name: str) -> NameKind:
    """Organisation by a legal form or a word of business, joint by a sign or word between two names, else person.

    >>> [str(kind_of(name)) for name in ("Alpen Logistik Sp. z o.o.", "Anna & Bram Nagy", "Anna Nagy")]
    ['organisation', 'joint', 'person']
    """
    words = [word_of(token) for token in tokens_of(joined_dots(normal(name)))]
    form = form_of(words)
    if form is not None and not is_timid(form):
        return NameKind.ORGANISATION
    if any(not BUSINESS_WORDS.isdisjoint(word.keys) for word in words):
        return NameKind.ORGANISATION
    return NameKind.JOINT if len(parts_of(name, is_joint=False)) > 1 else NameKind.PERSON
