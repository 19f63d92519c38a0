"""Which addresses an outgoing call may reach: none inside a network, whatever form it is written in.

Source: the wire specification, 14.2; the ranges are those of the IANA special-purpose address registries.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import TypeAlias

from duerun.domain.errors import RejectedError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# The last one is Azure's host agent: a public address that answers inside a machine only.
_INNER_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Teredo and other protocol assignments, documentation, 6to4: whatever they carry is reached by a detour.
_INNER_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class AllowList:
    """What the operator lets through although it may be inner: host names, and networks of addresses."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str, setting: str = "webhook_allow") -> "AllowList":
        """Host names, addresses and networks such as `10.1.0.0/16`, with commas between.

        Raises `RejectedError` that names the setting for a network that cannot be read.
        """
        entries = [entry.strip().lower() for entry in text.split(",") if entry.strip()]
        networks = [network for entry in entries if (network := _network(entry, setting)) is not None]
        names = frozenset(entry for entry in entries if _network(entry, setting) is None)
        return cls(names, tuple(networks))

    def admits_name(self, host: str) -> bool:
        """Whether whatever this name leads to is let through."""
        return host.lower().rstrip(".") in self.names

    def names_address(self, address: Address) -> bool:
        """Whether this address lies in a network that is let through."""
        plain = unmapped(address)
        return any(plain in network for network in self.networks)

    def admits(self, address: Address) -> bool:
        """Whether a call may reach this address: it is let through, or it is not inner."""
        return self.names_address(address) or not is_inner(address)


def is_inner(address: Address) -> bool:
    """Whether an address belongs to a machine or network of its own, or is no address of one receiver at all.

    >>> is_inner(ipaddress.ip_address("64:ff9b::a9fe:a9fe"))
    True
    """
    plain = unmapped(address)
    if isinstance(plain, ipaddress.IPv4Address):
        return any(plain in network for network in _INNER_V4)
    return plain not in _GLOBAL_V6 or any(plain in network for network in _INNER_V6)


def unmapped(address: Address) -> Address:
    """The IPv4 address inside a mapped or NAT64 form; any other address as it is."""
    if isinstance(address, ipaddress.IPv6Address) and (address in _MAPPED or address in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def literal(host: str) -> Address | None:
    """The address that a host of a URL is, or None for a name. Raises `ValueError` for a broken or shortened one.

    As in the URL standard, a host whose last part is a number, also a hexadecimal one, is an address and no name.
    """
    if ":" in host or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return ipaddress.ip_address(host.strip("[]"))
    return None


def is_own_machine(host: str) -> bool:
    """Whether the host of a URL means the machine itself: a loopback address, or `localhost` (RFC 6761, 6.3).

    >>> is_own_machine("shop.localhost"), is_own_machine("localhost.example")
    (True, False)
    """
    address = literal(host)
    if address is not None:
        return unmapped(address).is_loopback
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _network(entry: str, setting: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        if "/" in entry or ":" in entry or entry.replace(".", "").isdigit():
            raise RejectedError(f"{setting}: {entry} is no network of addresses") from None
        return None
