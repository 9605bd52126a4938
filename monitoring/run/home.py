"""The directory of a run: what lies where, and that only one run uses it at a time."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from infra.errors import Fatal
from monitoring.run.children import Place

CLEANING = "cleaning up"
"""The role of a guard whose run was killed."""
CLEANED_WITHIN_S = 30.0


class HomeInUse(Fatal):
    """Another `triage run` uses this directory; the message says which process."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """Paths below TRIAGE_HOME."""

    root: Path
    """Absolute."""

    @property
    def place(self) -> Place:
        """Logs and pidfiles of the processes."""
        return Place(logs=self.root / "logs", pids=self.root / "run")

    @property
    def sample(self) -> Path:
        """The bundled mailbox."""
        return self.root / "sample" / "Maildir"

    def tables(self, name: str) -> Path:
        """Scratch space of one process."""
        return self.root / "tables" / name

    @contextmanager
    def alone(self, role: str = "running", say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Hold the directory. The kernel lets go of it when the process dies, however it dies.

        Raises:
            HomeInUse
        """
        self.place.pids.mkdir(parents=True, exist_ok=True)
        with (self.place.pids / "lock").open("a+") as file:
            _lock(file, self.root, say)
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid(), "role": role}))
            file.flush()
            yield


def _lock(file: IO[str], root: Path, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + CLEANED_WITHIN_S
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, role = _holder(file)
            if role != CLEANING or time.monotonic() > deadline:
                raise HomeInUse(
                    f"another `triage run` (pid {pid}) uses {root}: stop it with Ctrl-C or `kill {pid}`,"
                    " or give this one a directory of its own with --home"
                ) from None
            if not told:
                say(f"the last run in {root} was killed; waiting for its processes to end")
            told = True
            time.sleep(0.1)
        else:
            return


def _holder(file: IO[str]) -> tuple[int | str, str]:
    file.seek(0)
    try:
        record = json.loads(file.read())
        return record["pid"], record["role"]
    except (ValueError, KeyError, TypeError):
        return "?", ""
