"""Who answers a question: the practice directory, the own one, or another PSP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.iban import bank_code
from duerun.domain.payees.questions import PayeeQuestion
from duerun.responders.base import Responder, Terms
from duerun.responders.epc import EpcResponder
from duerun.services.payee_ports import Routed


@dataclass(frozen=True, slots=True)
class Routes:
    """Practice accounts are for test mode; what the own directory does not know is asked of its PSP.

    `is_practice` tells a practice IBAN; `own_banks` are those whose accounts are in the own directory at a moment, by
    country and bank code.
    """

    practice: Responder
    directory: Responder
    peers: EpcResponder
    is_practice: Callable[[str], bool]
    own_banks: Callable[[datetime], Awaitable[frozenset[str]]]

    async def close(self) -> None:
        """End all connections to other PSPs."""
        await self.peers.close()

    async def verify(
        self, client: VopClient, questions: Sequence[PayeeQuestion], terms: Terms
    ) -> list[Routed]:
        """An answer to each question, in their order."""
        practised = [not client.livemode and self.is_practice(each.iban) for each in questions]
        own = frozenset() if all(practised) else await self.own_banks(terms.now)
        places: dict[Responder, list[int]] = {self.practice: [], self.directory: [], self.peers: []}
        for place, (question, is_practice) in enumerate(zip(questions, practised, strict=True)):
            is_own = question.iban[:2] + bank_code(question.iban) in own
            places[self.practice if is_practice else self.directory if is_own else self.peers].append(place)
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
