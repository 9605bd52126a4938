"""One background process that outlives the caller: in a session of its own, found again by its pidfile, stopped by pid.

A pidfile alone proves nothing (the kernel reuses pids), so it also holds the command line, and only a process with
exactly that command line counts. Every command line of the stack names its own state directory and so is unique."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.errors import Fatal

LOG_TAIL_LINES = 15


class StartFailed(Fatal):
    """A process of the local stack did not become ready; the message ends with the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """A background process and the directory with its pidfile and log."""

    name: str
    directory: Path

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.directory / f"{self.name}.log"

    @property
    def pidfile(self) -> Path:
        """JSON with the pid and the command line."""
        return self.directory / f"{self.name}.pid"

    def find(self) -> psutil.Process | None:
        """The running process, or None: never started, ended, or its pid now belongs to another program."""
        try:
            record = json.loads(self.pidfile.read_text())
            _reap(record["pid"])
            process = psutil.Process(record["pid"])
            alive = process.status() != psutil.STATUS_ZOMBIE and process.cmdline() == record["argv"]
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return None
        return process if alive else None

    def spawn(self, argv: Sequence[str], *, launcher: Sequence[str] = (), env: Mapping[str, str] | None = None) -> int:
        """Start it and write the pidfile.

        Args:
            argv: the command line as the kernel will show it.
            launcher: a program that replaces itself by `argv` (setpriv); not part of what is shown.
            env: variables on top of the caller's.

        Returns:
            The pid.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [*launcher, *argv]
        # posix_spawn, not subprocess: nothing here owns the child, and Ctrl-C in the terminal doesn't reach it.
        pid = os.posix_spawn(
            command[0],
            command,
            {**os.environ, **(env or {})},
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        self.pidfile.write_text(json.dumps({"pid": pid, "argv": list(argv)}))
        return pid

    def wait_ready(self, answers: Callable[[], bool], *, seconds: float) -> None:
        """Return when the probe says yes.

        Raises:
            StartFailed: the process ended, or said nothing for this long.
        """
        pid = json.loads(self.pidfile.read_text())["pid"]
        deadline = time.monotonic() + seconds
        while not answers():
            if not _exists(pid):
                raise StartFailed(f"{self.name} ended while starting; its log {self.log} says:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"{self.name} did not answer within {seconds:.0f} s; {self.log} says:\n{self.log_tail()}"
                )
            time.sleep(0.05)

    def stop(self, *, gently: signal.Signals = signal.SIGTERM, grace_s: float = 20.0) -> None:
        """End it and its children: by the gentle signal, after the grace by SIGKILL. Nothing is left on return."""
        if (process := self.find()) is not None:
            family = [process, *_children(process)]
            with suppress(psutil.NoSuchProcess):
                process.send_signal(gently)
            end(family, grace_s=grace_s)
        self.pidfile.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL to it and its children, as a crash of the machine would end them."""
        if (process := self.find()) is not None:
            with suppress(psutil.NoSuchProcess):  # it ended just now
                process.suspend()  # so that it makes no child that we don't see
            end([process, *_children(process)], grace_s=0)
        self.pidfile.unlink(missing_ok=True)

    def log_tail(self) -> str:
        """The last lines of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        except OSError:
            return "(no log)"


def end(processes: Sequence[psutil.Process], *, grace_s: float) -> None:
    """Wait until all of them are gone; those that live longer than the grace get SIGKILL."""
    deadline = time.monotonic() + grace_s
    left = [process for process in processes if _lives(process)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [process for process in left if _lives(process)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    while any(_lives(process) for process in left):
        time.sleep(0.01)


def _lives(process: psutil.Process) -> bool:
    """Whether any thread of it is left: the first can be a zombie while the others still hold their sockets."""
    try:
        reaped, _ = os.waitpid(process.pid, os.WNOHANG)
    except ChildProcessError:  # not our child, or collected before
        with suppress(psutil.NoSuchProcess):
            return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or _has_threads(process.pid))
        return False
    return reaped == 0


def _has_threads(pid: int) -> bool:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()) > 1
    except OSError:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _exists(pid: int) -> bool:
    _reap(pid)
    return psutil.pid_exists(pid)


def _reap(pid: int) -> None:
    """Collect the exit status when it was our child, so that it does not stay as a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
