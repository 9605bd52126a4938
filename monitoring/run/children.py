"""One process of the system as its supervisor starts it: tethered to us, in a session of its own, noted in a pidfile.

The pidfile says what to end when a supervisor was killed together with its guard: pid and start time, because the
kernel uses pids again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.stack.process import end
from monitoring.run import tether

LEFTOVER_GRACE_S = 4.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and under which name."""

    name: str
    argv: tuple[str, ...]
    """The first word is a path."""
    env: Mapping[str, str] = field(default_factory=dict)
    """On top of ours."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where logs and pidfiles are."""

    logs: Path
    pids: Path

    def log(self, name: str) -> Path:
        """What a process writes, standard error and standard output together."""
        return self.logs / f"{name}.log"

    def pidfile(self, name: str) -> Path:
        """Which process has the name now."""
        return self.pids / f"{name}.pid"


async def spawn(program: Program, place: Place) -> asyncio.subprocess.Process:
    """Start it. Call this on the main thread: the tether is to the thread that forks.

    Raises:
        OSError: it cannot be started.
    """
    for folder in (place.logs, place.pids):
        folder.mkdir(parents=True, exist_ok=True)
    with place.log(program.name).open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *program.argv,
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **program.env},
            start_new_session=True,
        )  # fmt: skip
    with suppress(psutil.NoSuchProcess):
        record = {"pid": process.pid, "started": psutil.Process(process.pid).create_time()}
        place.pidfile(program.name).write_text(json.dumps(record))
    return process


def signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the process and whatever it has started."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def forget(name: str, place: Place) -> None:
    """The process of this name has ended."""
    place.pidfile(name).unlink(missing_ok=True)


def end_leftovers(place: Place) -> list[str]:
    """End what a supervisor that was killed has left behind; the names of what was still there. Blocks for seconds."""
    left: dict[str, psutil.Process] = {}
    for pidfile in sorted(place.pids.glob("*.pid")):
        if process := _running(pidfile):
            left[pidfile.stem] = process
        pidfile.unlink(missing_ok=True)
    for process in left.values():
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    end(list(left.values()), grace_s=LEFTOVER_GRACE_S)
    return list(left)


def _running(pidfile: Path) -> psutil.Process | None:
    try:
        record = json.loads(pidfile.read_text())
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["started"]) < 0.05
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None
