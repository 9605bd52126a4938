"""`triage worker` whose classifier can be made to fail, to be slow, or to hold memory: python -m ... FILE.

FILE says which, for as long as it is there: "fail", "slow" or "memory". Everything else is the real worker."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import streams.route
from infra.settings import load
from streams.mail import MailError
from streams.process import run
from streams.runtime import Event, Known, Outcome
from streams.triage.shipped import DEFAULT
from streams.worker import GROUP

SLOW_S = 0.4
HELD_BYTES = 1_100_000_000


class Fault:
    """What the file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._held = b""

    def now(self) -> str:
        """Empty without one."""
        try:
            said = self._file.read_text().strip()
        except OSError:
            said = ""
        self._hold(HELD_BYTES if said == "memory" else 0)
        return said

    def _hold(self, size: int) -> None:
        if len(self._held) != size:
            self._held = b""
            self._held = b"x" * size  # written, so that it is resident


def triage(event: Event, known: Known, *, fault: Fault) -> Outcome:
    """The agent's decision, or the fault's."""
    said = fault.now()
    if said == "fail":
        raise MailError("game day")
    if said == "slow":
        time.sleep(SLOW_S)
    return streams.route.triage(event, known, policy=DEFAULT)


def main(file: Path) -> None:
    """Run until stopped."""
    agent = replace(streams.route.triage_agent(DEFAULT), decide=partial(triage, fault=Fault(file)))
    run(load(), "worker", GROUP, [agent])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
