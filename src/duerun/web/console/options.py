"""What the console is set to."""

from dataclasses import dataclass, field

from duerun.services.console_access import ConsoleAccess


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Settings of the face. `one_click_user` signs in without a password, on this machine only; empty is nobody."""

    access: ConsoleAccess = field(default_factory=ConsoleAccess)
    one_click_user: str = ""
