"""Which addresses an outgoing call may reach."""

from ipaddress import ip_address

import pytest

from duerun.domain.addresses import AllowList, is_inner, literal
from duerun.domain.errors import RejectedError

INNER = [
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255",
    "168.63.129.16", "::", "::1", "::7f00:1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "2001::1", "2002:7f00:1::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
]  # fmt: skip
OUTER = [
    "1.1.1.1", "9.255.255.255", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]  # fmt: skip


@pytest.mark.parametrize("text", INNER)
def test_an_inner_address_is_refused_in_each_of_its_forms(text: str) -> None:
    assert is_inner(ip_address(text))
    assert not AllowList().admits(ip_address(text))


@pytest.mark.parametrize("text", OUTER)
def test_a_public_address_is_admitted(text: str) -> None:
    assert not is_inner(ip_address(text))
    assert AllowList().admits(ip_address(text))


def test_an_allow_list_lets_names_addresses_and_networks_through() -> None:
    allow = AllowList.parse(" Receiver.internal, 10.1.0.0/16 ,127.0.0.1,::1")

    assert allow.admits_name("receiver.INTERNAL.")
    assert not allow.admits_name("other.internal")
    for text in ("10.1.255.1", "127.0.0.1", "::1", "::ffff:10.1.2.3", "64:ff9b::a01:203"):
        assert allow.admits(ip_address(text)), text
    for text in ("10.2.0.1", "127.0.0.2", "169.254.169.254"):
        assert not allow.admits(ip_address(text)), text


@pytest.mark.parametrize("text", ["10.0.0.0/33", "300.1.1.1", "::g", "10.0.0.1/x"])
def test_a_network_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(RejectedError, match="is no network of addresses"):
        AllowList.parse(text)


def test_an_empty_allow_list_lets_nothing_through() -> None:
    assert AllowList.parse("") == AllowList()


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "127.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5", "::g"),
        *("0x0a.1", "0x7f000001", "0X0A.0x1", "10.0.0.0x1", "0x", "receiver.1", "receiver.0x1.", "012.1"),
    ],
)
def test_a_host_that_only_looks_like_an_address_is_broken(host: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        literal(host)


def test_an_address_is_told_from_a_name() -> None:
    assert literal("127.0.0.1") == ip_address("127.0.0.1")
    assert literal("[::1]") == ip_address("::1")
    assert literal("receiver.example") is None
    assert [literal(name) for name in ("0x0a.example", "1.example", "x0a", "10.in", "0xshop")] == [None] * 5
