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
_LOCAL_TRANSLATION = ip_network("64:ff9b:1::/48")
"""RFC 8215: behind a translator of one's own. Older Pythons take it for public."""


class AddressRefused(OSError):
    """The endpoint's name leads to an address that it must not reach; says which, and how to allow it."""


class Egress:
    """What one endpoint may reach. An instance is aiohttp's `socket_factory`."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def __call__(self, info: AddrInfoType) -> socket.socket:
        """A socket for this address.

        Raises:
            AddressRefused
        """
        family, kind, protocol, _, place = info
        self.check(str(place[0]))
        return socket.socket(family, kind, protocol)

    def check(self, text: str) -> None:
        """Refuse an address that is neither public nor allowed.

        Raises:
            AddressRefused
        """
        address = ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address  # RFC 4291 §2.5.5.2
        for one in (address, *embedded(address)):
            if not (public(one) or self._is_allowed(one) or self._is_allowed(address)):
                raise AddressRefused(
                    errno.EACCES, f"address {text} is not public: name its network in allow_networks if it is meant"
                )

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allowed)


def public(address: Address) -> bool:
    """Whether it is somebody's on the internet (IANA's special-purpose registries, RFC 6890), and one host's."""
    return address.is_global and not address.is_multicast and address not in _LOCAL_TRANSLATION


def embedded(address: Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that an IPv6 one leads to: 6to4 (RFC 3056), Teredo (RFC 4380), behind a translator (NAT64)."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(one for one in found if one is not None)
