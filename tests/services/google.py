"""The fake of Gmail and Google's OAuth as a process of its own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from agents.fakes.google.client import Remote
from infra.stack.ports import LOOPBACK, answers, any_free
from infra.stack.process import Daemon
from tests.services.pubsub.server import PubSub

ROOT = Path(__file__).resolve().parents[2]


class Google(Remote):
    """A server and its control side. Everything is in memory: after `kill` and `start` it is empty."""

    def __init__(self, directory: Path, pubsub: PubSub | None = None) -> None:
        self.port = any_free()[0]
        super().__init__(f"http://{LOOPBACK}:{self.port}")
        self._daemon = Daemon(name="google", directory=directory)
        self._environment = {"PYTHONPATH": str(ROOT), **(pubsub.environment if pubsub else {})}

    def start(self) -> None:
        """Start it on the same port as before; return when it accepts connections."""
        self._daemon.spawn(
            [sys.executable, "-m", "agents.fakes.google", "--port", str(self.port)], env=self._environment
        )
        self._daemon.wait_ready(lambda: answers(self.port), seconds=30)

    def kill(self) -> None:
        """SIGKILL."""
        self._daemon.kill()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers any more, its control side neither."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._signal(signal.SIGCONT)

    def rss(self) -> int:
        """Its memory, bytes."""
        process = self._daemon.find()
        assert process is not None, "the server does not run"
        return int(process.memory_info().rss)

    def _signal(self, number: signal.Signals) -> None:
        process = self._daemon.find()
        assert process is not None, "the server does not run"
        process.send_signal(number)
