"""Who answers a question: the practice directory, the own one, or another PSP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.questions import PayeeQuestion
from duerun.responders.base import Responder, Terms
from duerun.services.payee_ports import Routed


@dataclass(frozen=True, slots=True)
class Routes:
    """Practice accounts are for test mode; what the own directory does not know is asked of its PSP.

    `is_practice` tells a practice IBAN; `are_ours` tells which accounts would be in the own directory.
    """

    practice: Responder
    directory: Responder
    peers: Responder
    is_practice: Callable[[str], bool]
    are_ours: Callable[[Sequence[str]], Awaitable[Sequence[bool]]]
    hang_up: Callable[[], Awaitable[None]]

    async def close(self) -> None:
        """End all connections to other PSPs."""
        await self.hang_up()

    async def verify(
        self, client: VopClient, questions: Sequence[PayeeQuestion], terms: Terms
    ) -> list[Routed]:
        """An answer to each question, in their order."""
        practised = [not client.livemode and self.is_practice(each.iban) for each in questions]
        rest = [place for place, is_so in enumerate(practised) if not is_so]
        ours = await self.are_ours([questions[place].iban for place in rest]) if rest else []
        places: dict[Responder, list[int]] = {self.practice: [], self.directory: [], self.peers: []}
        for place, is_so in enumerate(practised):
            if is_so:
                places[self.practice].append(place)
        for place, is_own in zip(rest, ours, strict=True):
            places[self.directory if is_own else self.peers].append(place)
        found: dict[int, Routed] = {}
        await asyncio.gather(
            *(
                self._ask(responder, questions, some, terms, found)
                for responder, some in places.items()
                if some
            )
        )
        return [found[place] for place in range(len(questions))]

    async def _ask(
        self,
        responder: Responder,
        questions: Sequence[PayeeQuestion],
        places: Sequence[int],
        terms: Terms,
        found: dict[int, Routed],
    ) -> None:
        answers: list[Answer] = await responder.verify([questions[place] for place in places], terms)
        is_practice = responder is self.practice
        for place, answer in zip(places, answers, strict=True):
            found[place] = Routed(answer, is_practice)
