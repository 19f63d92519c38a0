"""What kind of holder a name most likely has, for those who cannot say."""

import re
import unicodedata

from duerun.domain.payees.compare import NameKind

# Forms that end an organisation's name in the countries that take part, without dots and spaces.
_FORMS = re.compile(
    r"("
    r"ab|ad|ae|ag|aps|as|asbl|asa|bv|bvba|cv|cvba|doo|doel|dd|eg|eeig|ek|eoff|ev|eurl|gbr|gesmbh|gmbh|"
    r"gmbhcokg|hf|ike|inc|kft|kg|kgaa|ks|kb|llc|llp|ltd|limited|mbh|nv|nyrt|oe|og|ohg|oo|oü|ou|oy|oyj|plc|"
    r"rt|sa|sab|sae|sarl|sas|sasu|sca|scop|sci|sccl|scrl|se|sia|sl|slu|snc|spa|spzoo|sprl|sro|srl|srls|"
    r"stichting|uab|ug|unipersonal|vof|vzw|zrt|zoo|εε|οε|αε|επε|ικε|еоод|оод|ад|ео"
    r")"
)
_TRADES = re.compile(
    r"\b(stichting|vereniging|stiftung|verein|fondation|association|fundacja|fundación|fondazione|holding|gruppe)\b"
)
_JOINT = re.compile(r"\s(?:&|\+|und|and|et|en|og|och|y|e)\s|[/;]", re.IGNORECASE)
_LEFT_OUT = re.compile(r"[.,'’&\s]")
_END_WORDS = 4


def kind_of(name: str) -> NameKind:
    """Organisation by a legal form at the end or a word for one, joint by a word between two names, else person.

    >>> kind_of("Alpen Logistik Sp. z o.o."), kind_of("Anna & Bram Nagy"), kind_of("Anna Nagy")
    (<NameKind.ORGANISATION: 'organisation'>, <NameKind.JOINT: 'joint'>, <NameKind.PERSON: 'person'>)
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = plain.split()
    starts = range(max(1, len(words) - _END_WORDS), len(words))
    ends = (_LEFT_OUT.sub("", "".join(words[start:])) for start in starts)
    if any(_FORMS.fullmatch(end) for end in ends) or _TRADES.search(plain):
        return NameKind.ORGANISATION
    return NameKind.JOINT if _JOINT.search(name) else NameKind.PERSON
