"""Where deliveries may go."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from agents.deliver.egress import AddressRefused, Egress

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "fec0::1", "::7f00:1", "::10.0.0.1", "::8.8.8.8", "::ffff:0:7f00:1", "5f00::1", "3fff::1",
    "4000::1", "100::1", "192.88.99.1", "192.0.0.8",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused_with_the_remedy(address: str) -> None:
    with pytest.raises(AddressRefused, match="allow_networks"):
        Egress().check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address: str) -> None:
    Egress().check(address)


def test_an_allowed_network_may_be_reached_and_its_neighbour_not() -> None:
    egress = Egress([ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")])
    for address in ("10.1.255.255", "fd00:1::5", "::ffff:10.1.0.1", "64:ff9b::a01:1"):
        egress.check(address)
    for address in ("10.2.0.0", "fd00:2::5", "::ffff:10.2.0.1", "64:ff9b::a02:1"):
        with pytest.raises(AddressRefused):
            egress.check(address)


def test_the_socket_of_a_refused_address_is_never_made() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(AddressRefused):
        Egress()(info)
    Egress([ip_network("127.0.0.0/8")])(info).close()
