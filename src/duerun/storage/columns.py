"""Columns that many statements have in common: whose rows they are, and the rule of a schedule."""

from collections.abc import Mapping
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.recurrence import Rule, rule_of


def of_account(account: Account) -> dict[str, Any]:
    """The parameters that keep a statement to one account in one mode."""
    return {"account_id": account.id, "livemode": account.livemode}


def rule_of_row(row: Mapping[str, Any]) -> Rule:
    """The rule in the columns of a schedule; raises `RejectedError` or `ValueError` where they hold none."""
    return rule_of(
        every=row["every"],
        period=row["period"],
        on_text=row["on_text"],
        start_on=row["start_on"],
        end_on=row["end_on"],
    )
