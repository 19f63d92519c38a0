"""What the console is set to."""

from dataclasses import dataclass, field

from duerun.services.access import KEY_ROLL_MINUTES
from duerun.services.console_access import ConsoleAccess


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Settings of the face. `one_click_user` signs in without a password, on this machine only; empty is nobody.

    `key_roll_minutes` is how long a key still counts that was rolled away.
    """

    access: ConsoleAccess = field(default_factory=ConsoleAccess)
    one_click_user: str = ""
    key_roll_minutes: int = KEY_ROLL_MINUTES
