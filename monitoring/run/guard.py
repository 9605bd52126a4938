"""Outlives a `triage run` that was killed, to end what it left: `python -P -m monitoring.run.guard HOME STACK`.

It waits for the end of its standard input, which only the run holds open. A run that ends in order says so first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

GOODBYE = b"."
UNLOCKED_S = 0.3
"""Until a killed process has surely let go of its lock."""


class Guard:
    """The run's side of it."""

    def __init__(self, home: Path, *, stack: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "monitoring.run.guard", str(home), "stack" if stack else "processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """The run ended in order: nothing is left to do."""
        with suppress(BrokenPipeError):
            self._process.communicate(GOODBYE)


def watch(home: Path, *, stack: bool) -> None:
    """Wait for the run's end. When it said no goodbye, end its processes, unless another run has begun to do that."""
    if os.read(0, 1) == GOODBYE:
        return
    time.sleep(UNLOCKED_S)
    from monitoring.run.home import CLEANING, Home, HomeInUse

    place = Home(root=home)
    with suppress(HomeInUse), place.alone(CLEANING):
        _clean(place.root, stack=stack)


def _clean(home: Path, *, stack: bool) -> None:
    from infra.stack import LocalStack
    from monitoring.run.children import end_leftovers
    from monitoring.run.home import Home

    end_leftovers(Home(root=home).place)
    if stack:
        LocalStack(state_dir=home).stop()


if __name__ == "__main__":
    watch(Path(sys.argv[1]), stack=sys.argv[2] == "stack")
