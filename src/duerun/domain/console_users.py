"""People who use the console: what each role may do, what a password must be, how long a sign-in lasts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from duerun.domain.errors import RejectedError

NAME_CHARACTERS_MAX = 64
PASSWORD_CHARACTERS_MIN = 12
PASSWORD_CHARACTERS_MAX = 256

_NAME = re.compile(rf"[a-z0-9][a-z0-9._+@-]{{0,{NAME_CHARACTERS_MAX - 1}}}")


class Role(StrEnum):
    """Each role may do what those before it may: look, change, approve as a second person, administer."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """Whether this role covers what another one is needed for.

        >>> Role.APPROVER.may(Role.OPERATOR), Role.VIEWER.may(Role.OPERATOR)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """When too many failures close the door, for how long, and when a session ends."""

    user_failures_max: int = 5
    address_failures_max: int = 50
    lock_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 12

    @property
    def lock(self) -> timedelta:
        return timedelta(minutes=self.lock_minutes)

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.session_hours)


@dataclass(frozen=True, slots=True)
class ConsoleUser:
    """Somebody who may sign in. `has_codes` tells that a one-time code is asked for as well."""

    id: int
    name: str
    has_password: bool
    has_codes: bool
    created_at: datetime
    disabled_at: datetime | None = None


def parse_name(text: str) -> str:
    """The name in lower case; raises `RejectedError` for one that is none.

    >>> parse_name(" Somchai@Example.com ")
    'somchai@example.com'
    """
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise RejectedError(
            f"the name must have 1 to {NAME_CHARACTERS_MAX} of the characters a-z, 0-9 and . _ + @ -"
        )
    return name


def validate_password(password: str, *, name: str) -> str:
    """The password as it is; raises `RejectedError` for one that is too short, too long or the user's name."""
    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise RejectedError(
            f"the password must have {PASSWORD_CHARACTERS_MIN} to {PASSWORD_CHARACTERS_MAX} characters"
        )
    if password.strip().lower() == name or len(set(password)) == 1:
        raise RejectedError("the password must be neither the name nor one character over and over")
    return password
