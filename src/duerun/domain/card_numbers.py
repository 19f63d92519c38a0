"""Card numbers in free text, so that they can be refused instead of kept.

Source: ISO/IEC 7812-1 (13 to 19 digits, check digit by the Luhn formula); the wire specification, 1.3.
"""

import re
from collections.abc import Iterator

DIGITS_MIN = 13
DIGITS_MAX = 19

# Space and hyphen, with their no-break forms and the en dash that word processors put in their place.
_SEPARATORS = " \u00a0\u2011\u2013-"
_RUN = re.compile(rf"\d(?:[{_SEPARATORS}]?\d){{{DIGITS_MIN - 1},}}")
_GROUP = re.compile(r"\d+")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_PRINTED_GROUP_DIGITS = range(4, 7)


def contains_card_number(text: str) -> bool:
    """Whether 13 to 19 digits of the text pass the Luhn check, in one piece or in groups.

    Groups are parted by a single space or dash. What stands beside a printed number does not hide it:

    >>> contains_card_number("card 4242 4242 4242 4242 123")
    True
    >>> contains_card_number("order 4242424242424241")
    False
    """
    if len(text) < DIGITS_MIN or _RUN.search(text) is None:
        return False
    return any(_run_holds_number(match.group()) for match in _RUN.finditer(text))


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def _run_holds_number(run: str) -> bool:
    groups = _GROUP.findall(run)
    return any(passes_luhn(digits) for digits in _candidates(groups))


def _candidates(groups: list[str]) -> Iterator[str]:
    """The whole run, each group by itself, and each row of groups as they are printed on a card."""
    whole = "".join(groups)
    if len(whole) <= DIGITS_MAX:
        yield whole
    yield from (group for group in groups if DIGITS_MIN <= len(group) <= DIGITS_MAX)
    for start in range(len(groups)):
        yield from _printed_numbers(groups, start)


def _printed_numbers(groups: list[str], start: int) -> Iterator[str]:
    digits = ""
    for group in groups[start : start + DIGITS_MAX]:
        digits += group
        if len(digits) > DIGITS_MAX:
            return
        if len(digits) >= DIGITS_MIN:
            yield digits
        if len(group) not in _PRINTED_GROUP_DIGITS:
            return
