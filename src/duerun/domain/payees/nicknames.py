"""Which given names there are, and which of them can stand for one another.

Source: the VOP wire specification, 12.3, which asks for listed short forms and spelling variants.
"""

from collections import defaultdict
from collections.abc import Mapping

from duerun.domain.payees import given_names_a_to_k, given_names_l_to_z
from duerun.domain.payees.given_name_data import OTHERS, SHORT_FORMS
from duerun.domain.payees.given_name_data import SPELLINGS as LISTED


def _groups() -> tuple[Mapping[str, frozenset[int]], frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    spellings = LISTED.split(";")
    for number, names in enumerate([*spellings, *SHORT_FORMS.split(";")]):
        for name in names.split():
            found[name].add(number)
    groups = {name: frozenset(numbers) for name, numbers in found.items()}
    return groups, frozenset(range(len(spellings)))


GROUPS, SPELLINGS = _groups()
# Names that tell where a surname stands; the further ones of GIVEN are too often surnames themselves.
KNOWN = frozenset(GROUPS) | frozenset(OTHERS.split())
GIVEN = KNOWN.union(given_names_a_to_k.NAMES.split(), given_names_l_to_z.NAMES.split())
