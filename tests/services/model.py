"""A fake model server as a process of the tests, and the environment that has CrewAI."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.fakes.model.client import Remote
from infra.stack.ports import LOOPBACK, answers, any_free

ROOT = Path(__file__).resolve().parents[2]
CREW_PYTHON = ROOT / ".venv-crew" / "bin" / "python"


class Model:
    """A running fake; `kill` and `start` take it away and give it back on the same port."""

    def __init__(self) -> None:
        (self._port,) = any_free()
        self.remote = Remote(f"http://{LOOPBACK}:{self._port}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agents.fakes.model", "--port", str(self._port)], cwd=ROOT
        )
        deadline = time.monotonic() + 90
        while not answers(self._port):
            assert self._process.poll() is None, "the fake model ended"
            assert time.monotonic() < deadline, "the fake model does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """Gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None


def crew_python() -> Path:
    """The interpreter with CrewAI; without it the test is skipped, or fails where `make test` asked for everything."""
    if not CREW_PYTHON.is_file():
        missing = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        missing("no .venv-crew: make crew")
    return CREW_PYTHON
