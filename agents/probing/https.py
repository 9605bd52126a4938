"""From a URL to a verified TLS connection, step by step."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from agents.probing.steps import Steps, encryption
from agents.sources.base import ProviderTransient
from agents.sources.imap.dial import Address, dial, resolve
from agents.sources.imap.tls import context


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What a URL names."""

    host: str
    port: int


async def reach(steps: Steps, url: str, timeout_s: float) -> None:
    """Name, connection and encryption as three steps; plain http has no third.

    Raises:
        ProviderTransient: one failed.
    """
    parts = urlsplit(url)
    encrypted = parts.scheme == "https"
    server = Server(host=parts.hostname or "", port=parts.port or (443 if encrypted else 80))
    addresses = await steps.take("dns", _bounded(server, timeout_s), lambda found: f"{len(found)} addresses")
    reached = f"{server.host}:{server.port} answers"
    sock = await steps.take("tcp", dial(server, addresses, timeout_s), lambda _: reached)
    if encrypted:
        await steps.take("tls", _shake_hands(server, sock, timeout_s), encryption)
    else:
        sock.close()
        steps.note("tls", encryption(None))


async def _bounded(server: Server, timeout_s: float) -> list[Address]:
    try:
        async with asyncio.timeout(timeout_s):
            return await resolve(server)
    except TimeoutError:
        raise ProviderTransient(f"the name server does not answer for {server.host}") from None


async def _shake_hands(server: Server, sock: socket.socket, timeout_s: float) -> Any:
    where = f"{server.host}:{server.port}"
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(sock=sock, ssl=context(None), server_hostname=server.host)
    except ssl.SSLCertVerificationError as error:
        raise ProviderTransient(
            f"{where}: the certificate is not trusted ({error.verify_message}); is a proxy between us?"
        ) from None
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise ProviderTransient(f"{where}: no TLS ({reason}); check the URL and the firewall") from None
    shaken = writer.get_extra_info("ssl_object")
    writer.transport.abort()
    return shaken
