"""Worker processes of `counting` as the tests start, freeze and kill them. Their logs stay under the test's folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass
class Fleet:
    """Numbered workers; a killed one can be started again under its number."""

    prefix: str
    folder: Path
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    module: str = "tests.integration.transport.counting"
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, number: int, *, instance: int | None = None) -> None:
        """Start a worker; `instance` gives it another one's INSTANCE_ID."""
        name = f"worker-{number if instance is None else instance}"
        environment = {
            **os.environ,
            **self.environment,
            "INSTANCE_ID": name,
            "TABLE_DIR": str(self.folder / "tables" / name),
        }
        with self._log(number).open("ab") as log:
            self.running[number] = subprocess.Popen(
                [sys.executable, "-m", self.module, self.prefix, *self.arguments],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def kill(self, number: int) -> None:
        """SIGKILL, and gone."""
        process = self.running.pop(number)
        process.kill()
        process.wait(60)

    def freeze(self, number: int) -> None:
        """SIGSTOP."""
        self.running[number].send_signal(signal.SIGSTOP)

    def wake(self, number: int) -> None:
        """SIGCONT."""
        self.running[number].send_signal(signal.SIGCONT)

    def terminate(self, *numbers: int, seconds: float = 60) -> list[int | None]:
        """SIGTERM to all, then wait; exit codes, None for one that hung (its stacks are in its log) and was killed."""
        ended = [self.running.pop(number) for number in numbers]
        for process in ended:
            process.terminate()
        deadline = time.monotonic() + seconds
        return [self._exit_code(process, deadline) for process in ended]

    @staticmethod
    def _exit_code(process: subprocess.Popen[bytes], deadline: float) -> int | None:
        try:
            return process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGUSR1)
            time.sleep(1)
            process.kill()
            process.wait(60)
            return None

    def is_up(self, number: int) -> bool:
        """Whether it has come so far that it minds signals."""
        return f"running, pid {self.running[number].pid}" in self.lines(number)

    def died(self) -> dict[int, int]:
        """Workers that ended by themselves, with their exit codes."""
        return {number: code for number, process in self.running.items() if (code := process.poll()) is not None}

    def logs(self, lines: int = 25) -> str:
        """The end of every log, for a failure's message. Live workers first write where they stand."""
        for number, process in self.running.items():
            if number not in self.died():
                process.send_signal(signal.SIGUSR1)
        time.sleep(1)
        return "\n".join(
            f"== {path}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
            for path in sorted(self.folder.glob("worker-*.log"))
        )

    def lines(self, number: int) -> str:
        """The log of one worker so far."""
        return self._log(number).read_text(errors="replace")

    def _log(self, number: int) -> Path:
        return self.folder / f"worker-{number}.log"


def until(condition: Callable[[], object], workers: Fleet, seconds: float = 90) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, workers.logs()
        time.sleep(0.1)


@contextmanager
def fleet(prefix: str, folder: Path, *arguments: str, **environment: str) -> Iterator[Fleet]:
    """Workers that end with the block."""
    made = Fleet(prefix=prefix, folder=folder, environment=environment, arguments=arguments)
    try:
        yield made
    finally:
        for process in made.running.values():
            process.kill()
        for process in made.running.values():
            process.wait(60)
