"""From a host name to a greeted IMAP connection: resolve, connect, TLS or STARTTLS (RFC 8314, RFC 3501 §6.2.1)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from agents.sources.base import ProviderTransient
from agents.sources.imap import tls
from agents.sources.imap.account import ImapAccount
from agents.sources.imap.wire import Wire, printable

Address = tuple[socket.AddressFamily, tuple[object, ...]]

KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 20, "TCP_KEEPCNT": 3}
"""Seconds, seconds, probes: NATs forget silent connections after a few minutes."""
CLOSE_S = 1.0


class Place(Protocol):
    """Something that listens."""

    @property
    def host(self) -> str:
        """Name or address."""
        ...

    @property
    def port(self) -> int:
        """TCP port."""
        ...


async def resolve(account: Place) -> list[Address]:
    """The host's addresses. Raises ProviderTransient."""
    try:
        # In a thread of ours: uvloop has four for this, and as many slow name servers would hold up everybody.
        found = await asyncio.to_thread(socket.getaddrinfo, account.host, account.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderTransient(f"{account.host} is not known ({error}); check host and the name server") from None
    return [(family, address) for family, _, _, _, address in found]


async def dial(account: Place, addresses: Sequence[Address], timeout_s: float) -> socket.socket:
    """A socket connected to the first address that answers; they share the time. Raises ProviderTransient."""
    reasons = []
    for family, address in addresses:
        try:
            async with asyncio.timeout(timeout_s / len(addresses)):
                return await _connected(family, address)
        except (OSError, TimeoutError) as error:
            reasons.append("no answer" if isinstance(error, TimeoutError) else str(error.strerror or error))
    reason = ", ".join(dict.fromkeys(reasons)) or "no address"
    where = f"{account.host}:{account.port}"
    raise ProviderTransient(f"{where} cannot be reached ({reason}); check host, port and firewall")


async def _connected(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def greet(account: ImapAccount, sock: socket.socket, keep_literal: int, timeout_s: float) -> Wire:
    """Speak TLS if asked to, and wait for the server's greeting. Raises ProviderTransient."""
    wire = Wire(keep_literal)
    try:
        async with asyncio.timeout(timeout_s), _readable_errors(account):
            await _attach(account, wire, sock)
            await wire.greeting.wait()
            if account.security == "starttls":
                await _start_tls(account, wire)
    except TimeoutError:
        hang_up(wire)
        where = f"{account.host}:{account.port}"
        raise ProviderTransient(f"{where} does not greet within {timeout_s:g} s; check port and security") from None
    except BaseException:
        hang_up(wire)
        raise
    return wire


def hang_up(wire: Wire) -> None:
    """Drop the connection without a word."""
    if wire.transport is not None:
        wire.transport.abort()


async def _attach(account: ImapAccount, wire: Wire, sock: socket.socket) -> None:
    """Let the loop drive the socket; from here on it also closes it."""
    loop = asyncio.get_running_loop()
    if account.security != "tls":
        await loop.create_connection(lambda: wire, sock=sock)
        return
    try:
        context = tls.context(account.cafile)
    except BaseException:
        sock.close()
        raise
    await loop.create_connection(
        lambda: wire, sock=sock, ssl=context, server_hostname=account.host, ssl_shutdown_timeout=CLOSE_S
    )


async def _start_tls(account: ImapAccount, wire: Wire) -> None:
    if wire.greeting.status == "PREAUTH":
        raise ProviderTransient(f"{account.host}: PREAUTH before STARTTLS: somebody may tamper with it")
    call = wire.begin("STARTTLS")
    await call.wait()
    if call.status != "OK":
        raise ProviderTransient(f"{account.host}: STARTTLS refused ({printable(call.text)}); set security to tls")
    if not wire.between_responses:  # injected before encryption began: RFC 9051 §6.2.1
        raise ProviderTransient(f"{account.host}: clear text behind STARTTLS: somebody may tamper with it")
    wire.capabilities = set()
    wire.transport = await asyncio.get_running_loop().start_tls(
        wire.transport, wire, tls.context(account.cafile), server_hostname=account.host, ssl_shutdown_timeout=CLOSE_S
    )


@asynccontextmanager
async def _readable_errors(account: ImapAccount) -> AsyncIterator[None]:
    where = f"{account.host}:{account.port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ProviderTransient(
            f"{where}: the certificate is not trusted ({error.verify_message}); "
            "set cafile to the authority's PEM file, or correct the host name"
        ) from None
    except ssl.SSLError as error:
        raise ProviderTransient(f"{where}: no TLS ({error.reason}); check port and security") from None
    except ConnectionError as error:
        raise ProviderTransient(f"{where}: closed before the greeting ({error}); check port and security") from None
    except OSError as error:
        raise ProviderTransient(f"{where}: {error.strerror or error}; check cafile={account.cafile}") from None
