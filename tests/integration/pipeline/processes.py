"""The pipeline's processes as the tests start, kill and count them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TRIAGE = Path(sys.executable).parent / "triage"


@dataclass
class Pipeline:
    """Named processes (`worker-0` runs `triage worker`); a killed one can be started again under its name."""

    environment: Mapping[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def triage(self, *arguments: str) -> str:
        """Run a command to its end; its standard output."""
        code, stdout, stderr = self.outcome(*arguments)
        assert code == 0, f"triage {' '.join(arguments)}: {stdout}{stderr}"
        return stdout

    def outcome(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command to its end: exit code, standard output, standard error."""
        done = subprocess.run(
            [TRIAGE, *arguments], env=self._env("command"), capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def start(self, name: str, *command: str) -> None:
        """Start the process of this name, with another command if need be; its log lines are added to its file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command or [TRIAGE, name.partition("-")[0]],
                env=self._env(name),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """SIGKILL, and gone."""
        process = self.running.pop(name)
        process.kill()
        process.wait(60)

    def until_up(self, name: str, seconds: float = 90) -> None:
        """Wait until it minds signals: one that still imports is just ended by them."""
        process, log, deadline = self.running[name], self.folder / f"{name}.log", time.monotonic() + seconds
        while f"running, pid {process.pid}" not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)

    def terminate(self, name: str) -> int:
        """SIGTERM; the exit code."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(90)

    def died(self) -> list[str]:
        """Processes that ended by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def show_stacks(self) -> None:
        """Where every stream process stands goes to its log."""
        for name, process in self.running.items():
            if not name.startswith("ingest"):
                process.send_signal(signal.SIGUSR1)
        time.sleep(1)

    def logs(self, lines: int = 15) -> str:
        """The end of every log, for a failure's message."""
        return "\n".join(
            f"== {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
            for path in sorted(self.folder.glob("*.log"))
        )

    def _env(self, name: str) -> dict[str, str]:
        return {
            **os.environ,
            **self.environment,
            "INSTANCE_ID": name,
            "TRIAGE_HOME": str(self.folder / "home"),
            "TABLE_DIR": str(self.folder / "tables" / name),
        }


@contextmanager
def pipeline(folder: Path, **environment: str) -> Iterator[Pipeline]:
    """A pipeline whose processes end with the block."""
    made = Pipeline(environment=environment, folder=folder)
    try:
        yield made
    finally:
        for process in made.running.values():
            process.send_signal(signal.SIGKILL)
        for process in made.running.values():
            process.wait(60)


def write_mails(maildir: Path, numbers: range, rnd: random.Random) -> None:
    """Small mails of a few senders, delivered as a mail server does: written to tmp/, renamed into new/."""
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        name = f"{number:06d}.test.example"
        text = f"""From: Sender {number % 17} <s{number % 17}@example.org>\r
To: owner@example.com\r
Subject: {rnd.choice(["Outage in production", "Can you sign this today?", "Minutes", "Weekly offers"])} {number}\r
Date: Tue, 24 Nov 2026 09:00:00 +0000\r
Message-ID: <{number}@test.example>\r
\r
{rnd.choice(["Please answer by tomorrow noon.", "For your information.", "Unsubscribe here."])}\r
"""
        (maildir / "tmp" / name).write_text(text, newline="")
        (maildir / "tmp" / name).rename(maildir / "new" / name)
