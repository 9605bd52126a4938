"""Ports on the loopback interface."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

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
    """Different free ports, none of them given before, by this process or by another that still runs.

    From below the range that the kernel takes for outgoing connections: a server that is restarted must find its port
    free, and a client that tries to reach it meanwhile could be given that very port as its own.
    """
    found: dict[int, socket.socket] = {}
    try:
        while len(found) < count:
            if 2 * len(_given) > SERVER_PORTS[1] - SERVER_PORTS[0]:
                _given.clear()  # long ago, most of them
            port = random.randrange(*SERVER_PORTS)
            if port in found or port in _given:
                continue
            with suppress(OSError):
                found[port] = socket.create_server((LOOPBACK, port))
                _given.add(port)
                if not _claim(port):
                    found.pop(port).close()
        return list(found)
    finally:
        for held in found.values():
            held.close()


def take(port: int) -> bool:
    """Whether this port is free and was given to no other process that still runs; then it is this one's."""
    return is_free(port) and _claim(port)


def first_free(preferred: Iterable[int | None]) -> int:
    """The first preferred port that can be taken, else any free one."""
    for port in preferred:
        if port is not None and take(port):
            return port
    return any_free()[0]


def require_free(port: int, purpose: str) -> None:
    """Raise ConfigError when the port is taken."""
    if not is_free(port):
        raise ConfigError(
            f"port {port} for {purpose} is in use by another program: stop that one or choose another port"
        )


def _claim(port: int) -> bool:
    """Whether this process may give the port: from now until it ends, no other one will.

    Who was given a port listens there a moment later, and a server that is restarted is away for seconds: a bind alone
    does not tell. The port's byte of one file is locked, which the kernel undoes with the process, however it ends.
    """
    with suppress(OSError):
        claims = _claims()
        try:
            fcntl.lockf(claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except (BlockingIOError, PermissionError):  # either, by POSIX
            return False
    return True  # also where no such file can be: then it is the bind that tells


@cache
def _claims() -> int:
    """Open for good: closing any descriptor of the file would undo all of this process's locks."""
    file = Path(tempfile.gettempdir()) / f"triage-ports-{os.getuid()}"
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
