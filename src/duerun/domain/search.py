"""What a search asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from duerun.domain.lists import ListQuery


class Scope(StrEnum):
    """What kind of object is searched."""

    CHARGE = "charge"
    CHARGE_SCHEDULE = "charge_schedule"
    CUSTOMER = "customer"
    EVENT = "event"
    RECEIPT = "receipt"
    RECIPIENT = "recipient"
    REFUND = "refund"
    TRANSACTION = "transaction"
    TRANSFER = "transfer"
    TRANSFER_SCHEDULE = "transfer_schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Objects of a scope that hold `text` somewhere and meet all `criteria`; None stands for a criterion not given.

    A criterion `amount` in main units or a moment comes in two, as `amount_from` and `amount_to`.
    """

    scope: Scope
    text: str | None
    criteria: Mapping[str, Any]
    page: ListQuery
