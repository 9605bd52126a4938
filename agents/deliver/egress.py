"""Where a delivery may connect to: public addresses, and networks that the endpoint allows.

The check is made on the address of the very socket that is to be connected, after the name was resolved: a name that
resolves to something else a moment later (DNS rebinding) gets no further than one that was private from the start."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohappyeyeballs import AddrInfoType

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052 §2.1: an IPv4 address behind a translator."""
_GLOBAL_UNICAST = ip_network("2000::/3")
"""All that IANA gives to anybody (RFC 4291 §2.4): site-local addresses, IPv4 in other disguises and what is not given
out yet lie outside."""
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""RFC 6890, RFC 7526, RFC 9637: also public to older Pythons."""


class AddressRefused(OSError):
    """The endpoint's name leads to an address that it must not reach; says which, and how to allow it."""


class Egress:
    """What one endpoint may reach. An instance is aiohttp's `socket_factory`."""

    def __init__(self, allowed: Sequence[Network] = (), *, only_allowed: bool = False) -> None:
        """`only_allowed`: public addresses are refused as well, for what is sent can be read on the way."""
        self._allowed, self._only_allowed = tuple(allowed), only_allowed

    def __call__(self, info: AddrInfoType) -> socket.socket:
        """A socket for this address.

        Raises:
            AddressRefused
        """
        family, kind, protocol, _, place = info
        self.check(str(place[0]))
        return socket.socket(family, kind, protocol)

    def check(self, text: str) -> None:
        """Refuse an address that is not allowed, and neither public where that is enough.

        Raises:
            AddressRefused
        """
        address = ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address  # RFC 4291 §2.5.5.2
        for one in (address, *embedded(address)):
            if self._is_allowed(one) or self._is_allowed(address):
                continue
            if self._only_allowed:
                raise AddressRefused(
                    errno.EACCES, f"address {text} is not in allow_networks, and http goes nowhere else: use https"
                )
            if not public(one):
                raise AddressRefused(
                    errno.EACCES, f"address {text} is not public: name its network in allow_networks if it is meant"
                )

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allowed)


def public(address: Address) -> bool:
    """Whether it is somebody's on the internet (IANA's special-purpose registries, RFC 6890), and one host's."""
    if not address.is_global or address.is_multicast or any(address in network for network in _SPECIAL):
        return False
    return isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST or address in _NAT64


def embedded(address: Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that an IPv6 one leads to: 6to4 (RFC 3056), Teredo (RFC 4380), behind a translator (NAT64)."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(one for one in found if one is not None)
