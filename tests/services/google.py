"""The fake of Gmail and Google's OAuth as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from agents.fakes.google.client import Remote
from infra.stack.ports import LOOPBACK, answers, any_free
from infra.stack.process import Daemon
from tests.services.process import Process
from tests.services.pubsub.server import PubSub

ROOT = Path(__file__).resolve().parents[2]


class Google(Process, Remote):
    """A server and its control side, which is frozen with it. Everything is in memory: after `kill` and `start` it is empty."""

    def __init__(self, directory: Path, pubsub: PubSub | None = None) -> None:
        self.port = any_free()[0]
        Process.__init__(self, Daemon(name="google", directory=directory))
        Remote.__init__(self, f"http://{LOOPBACK}:{self.port}")
        self._environment = {"PYTHONPATH": str(ROOT), **(pubsub.environment if pubsub else {})}

    def start(self) -> None:
        """Start it on the same port as before; return when it accepts connections."""
        self._daemon.spawn(
            [sys.executable, "-m", "agents.fakes.google", "--port", str(self.port)], env=self._environment
        )
        self._daemon.wait_ready(lambda: answers(self.port), seconds=90)
