"""Ports on the loopback interface."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from infra.errors import ConfigError

LOOPBACK = "127.0.0.1"


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
    """Different ports that the kernel says are free. Held open together, so that none is given twice."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


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
