"""A task's states and arrows."""

import pytest

from duerun.domain.errors import RejectedError
from duerun.domain.payees.tasks import ARROWS, ENDED, TaskEvent, TaskStatus, apply


@pytest.mark.parametrize("status", TaskStatus)
@pytest.mark.parametrize("event", TaskEvent)
def test_only_the_arrows_lead_on(status: TaskStatus, event: TaskEvent) -> None:
    if (status, event) in ARROWS:
        assert apply(status, event) is ARROWS[status, event]
    else:
        with pytest.raises(RejectedError, match=status):
            apply(status, event)


def test_ends_are_final() -> None:
    assert not {status for status, _ in ARROWS} & ENDED


def test_every_end_can_be_reached() -> None:
    assert set(ARROWS.values()) >= ENDED
