"""Ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from contextlib import suppress

from infra.errors import ConfigError

LOOPBACK = "127.0.0.1"
SERVER_PORTS = (20_000, 32_000)
"""Linux takes ports for outgoing connections from 32,768 on."""
_given: set[int] = set()
"""By this process: who was given one may not listen there yet."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: TIME_WAIT is no obstacle
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int, *, seconds: float = 0.5) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=seconds):
            return True
    except OSError:
        return False


def any_free(count: int = 1) -> list[int]:
    """Different free ports, none of them given before, held open together so that other processes do not get them.

    From below the range that the kernel takes for outgoing connections: a server that is restarted must find its port
    free, and a client that tries to reach it meanwhile could be given that very port as its own.
    """
    found: dict[int, socket.socket] = {}
    try:
        while len(found) < count:
            if 2 * len(_given) > SERVER_PORTS[1] - SERVER_PORTS[0]:
                _given.clear()  # long ago, most of them
            port = random.randrange(*SERVER_PORTS)
            if port not in found and port not in _given:
                with suppress(OSError):
                    found[port] = socket.create_server((LOOPBACK, port))
                    _given.add(port)
        return list(found)
    finally:
        for held in found.values():
            held.close()


def first_free(preferred: Iterable[int | None]) -> int:
    """The first preferred port that is free, else any free one."""
    for port in preferred:
        if port is not None and is_free(port):
            return port
    return any_free()[0]


def require_free(port: int, purpose: str) -> None:
    """Raise ConfigError when the port is taken."""
    if not is_free(port):
        raise ConfigError(
            f"port {port} for {purpose} is in use by another program: stop that one or choose another port"
        )
