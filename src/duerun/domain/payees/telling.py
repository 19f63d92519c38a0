"""What an alignment of words says, in plain words."""

from duerun.domain.payees.alignment import Alignment, Link

_TOLD = {
    Link.EQUAL: "equals",
    Link.GLUED: "is written apart or together with",
    Link.SPELLING: "is a listed spelling of",
    Link.EXCHANGE: "exchanges two letters of",
    Link.TYPO: "differs by a few letters from",
    Link.NICKNAME: "is a listed short form of",
    Link.INITIAL: "shares the initial with",
}


def told(alignment: Alignment) -> list[str]:
    """A sentence for each pair of words, and for the words that are left."""
    steps = [
        f"'{alignment.given[mine].token}' {_TOLD[link]} '{alignment.held[yours].token}'."
        for mine, yours, link in sorted(alignment.links)
    ]
    for side, words, left in (
        ("given", alignment.given, alignment.given_left),
        ("held", alignment.held, alignment.held_left),
    ):
        if left:
            steps.append(f"Only in the {side} name: {', '.join(repr(words[place].token) for place in left)}.")
    return steps
