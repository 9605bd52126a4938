"""A server that is a process of its own."""

from __future__ import annotations

import signal

import psutil

from infra.stack.process import Daemon


class Process:
    """What may befall it, whatever it serves."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def kill(self) -> None:
        """SIGKILL."""
        self._daemon.kill()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers any more."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._running().send_signal(signal.SIGCONT)

    def rss(self) -> int:
        """Its memory, bytes."""
        return int(self._running().memory_info().rss)

    def _running(self) -> psutil.Process:
        process = self._daemon.find()
        assert process is not None, f"{self._daemon.name} does not run"
        return process
