"""The composition of gateways: the sandbox, the server's processor, and those of single accounts."""

from typing import TypeVar

from duerun.domain.addresses import AllowList
from duerun.domain.errors import RejectedError
from duerun.domain.gateway_terms import AttachedTerms, token_place
from duerun.gateways.base import Gateway
from duerun.gateways.http import HttpGateway, HttpTerms, Tokenizer, parse_base
from duerun.gateways.sandbox import SandboxGateway
from duerun.settings import Settings
from duerun.storage.seal import Seal

ValueT = TypeVar("ValueT")


def server_gateways(settings: Settings, sandbox: SandboxGateway) -> dict[bool, Gateway]:
    """By mode: the sandbox for test mode, or one processor for both modes, whose test cards are the sandbox's.

    Raises `RejectedError` for an address that cannot be used.
    """
    if not settings.gateway_url:
        if settings.gateway_token:
            raise RejectedError("gateway_token is given without gateway_url")
        return {False: sandbox}
    terms = HttpTerms(
        url=settings.gateway_url,
        token=settings.gateway_token,
        timeout_seconds=settings.gateway_timeout_seconds,
        max_processing_seconds=settings.gateway_max_processing_seconds,
        concurrency=settings.gateway_concurrency,
        supports_key=settings.gateway_supports_key,
        key_window_seconds=settings.gateway_key_window_seconds,
        lookup=settings.gateway_lookup,
    )
    gateway = HttpGateway(terms, sandbox)
    return {False: gateway, True: gateway}


class AttachedGateways:
    """The processors of single accounts, each with connections and places of its own; opened when they are called."""

    def __init__(self, settings: Settings, tokenizer: Tokenizer, seal: Seal) -> None:
        self._settings, self._tokenizer, self._seal = settings, tokenizer, seal
        self._allow = AllowList.parse(settings.gateway_allow, "gateway_allow")
        self._open: dict[int, tuple[AttachedTerms, HttpGateway]] = {}
        self._left: list[HttpGateway] = []

    def at(self, terms: AttachedTerms) -> Gateway:
        """The gateway of these terms; `UnavailableError` where its token cannot be opened."""
        known = self._open.get(terms.number)
        if known is not None:
            if known[0] == terms:
                return known[1]
            # Calls may be under way on it.
            self._left.append(known[1])
        gateway = HttpGateway(self._terms(terms), self._tokenizer)
        self._open[terms.number] = terms, gateway
        return gateway

    def check(self, url: str) -> None:
        """Raises `RejectedError` for an address that may not be called."""
        parse_base(url, self._allow)

    def seal(self, token: str, url: str) -> bytes:
        """The token as it is kept."""
        return self._seal.close(token.encode(), token_place(url))

    async def close(self) -> None:
        """End all connections; the next call opens new ones."""
        for gateway in [*self._left, *(each for _, each in self._open.values())]:
            await gateway.close()
        self._open, self._left = {}, []

    def _terms(self, terms: AttachedTerms) -> HttpTerms:
        own, chosen = self._settings, _chosen
        return HttpTerms(
            url=terms.url,
            token=self._seal.open(terms.token, token_place(terms.url)).decode(),
            timeout_seconds=chosen(terms.timeout_seconds, own.gateway_timeout_seconds),
            max_processing_seconds=chosen(terms.max_processing_seconds, own.gateway_max_processing_seconds),
            concurrency=chosen(terms.concurrency, own.gateway_concurrency),
            supports_key=chosen(terms.supports_key, own.gateway_supports_key),
            key_window_seconds=chosen(terms.key_window_seconds, own.gateway_key_window_seconds),
            lookup=chosen(terms.lookup, own.gateway_lookup),
            allow=self._allow,
        )


def _chosen(value: ValueT | None, default: ValueT) -> ValueT:
    return default if value is None else value
