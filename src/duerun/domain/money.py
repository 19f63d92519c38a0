"""Amounts are integers in the smallest unit of their currency (`amount_minor`); rates are decimals."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

_ONE = Decimal(1)


def percent_half_up(amount_minor: int, rate_percent: Decimal) -> int:
    """`rate_percent` per cent of an amount, rounded half up.

    >>> percent_half_up(100000, Decimal("3.65")), percent_half_up(3650, Decimal(7))
    (3650, 256)
    """
    return int((amount_minor * rate_percent / 100).quantize(_ONE, rounding=ROUND_HALF_UP))


def percent_floor(amount_minor: int, percentage: Decimal) -> int:
    """`percentage` per cent of an amount, rounded down: a payout never takes more than there is.

    >>> percent_floor(999, Decimal("75.5"))
    754
    """
    return int((amount_minor * percentage / 100).quantize(_ONE, rounding=ROUND_FLOOR))
