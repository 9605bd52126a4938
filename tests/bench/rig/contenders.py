"""What is compared: a table of programs that do the same work, and how one is started and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.peers.work import Task

ROOT = Path(__file__).parents[3]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
"""What `make peers` makes: Quix Streams wants another confluent-kafka than the product."""
STOP_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program of `tests.bench.peers`."""

    name: str
    program: str
    arguments: tuple[str, ...] = ()
    table: bool = False
    peer: bool = False
    """Runs in the peers' environment."""
    slow: bool = False
    """Gets fewer events, so that a run stays short."""

    @property
    def python(self) -> Path:
        """The interpreter it runs in."""
        return PEERS_PYTHON if self.peer else Path(sys.executable)


ALL: tuple[Contender, ...] = (
    Contender(name="worker", program="ours"),
    Contender(name="worker_table", program="ours", table=True),
    Contender(name="quix", program="quix", peer=True),
    Contender(name="quix_state", program="quix", peer=True, table=True),
    Contender(name="bare", program="confluent_loop", arguments=("flush",)),
    Contender(name="bare_pipelined", program="confluent_loop", arguments=("pipelined",)),
    Contender(name="aiokafka", program="aiokafka_loop"),
    Contender(name="faust", program="documented_faust", slow=True),
    Contender(name="faust_table", program="documented_faust", slow=True, table=True),
)
BY_NAME: Mapping[str, Contender] = {one.name: one for one in ALL}


def chosen(names: Sequence[str]) -> tuple[Contender, ...]:
    """Contenders by name, in the table's order.

    Raises:
        SystemExit: a name is unknown, or the peers are not installed; says what to do.
    """
    if unknown := set(names) - BY_NAME.keys():
        raise SystemExit(f"no such contender: {', '.join(sorted(unknown))}; there are {', '.join(BY_NAME)}")
    found = tuple(one for one in ALL if one.name in names)
    missing = [one.name for one in found if not one.python.exists()]
    if missing:
        without = ",".join(one.name for one in found if one.name not in missing)
        raise SystemExit(
            f"{', '.join(missing)}: not installed; run `make peers`, or leave them out with --contenders {without}"
        )
    return found


class Running:
    """A started contender."""

    def __init__(self, contender: Contender, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self._process, self._log = contender.name, process, log
        self.process = psutil.Process(process.pid)

    def require_alive(self) -> None:
        """Complain when it ended by itself.

        Raises:
            RuntimeError: with the end of its log.
        """
        if (code := self._process.poll()) is not None:
            raise RuntimeError(f"{self.name} ended with {code}:\n{self.log_end()}")

    def log_end(self, lines: int = 20) -> str:
        """The last lines it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def cpu_s(self) -> float:
        """Processor time so far, all threads."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def rss_mb(self) -> float:
        """Resident set."""
        return float(self.process.memory_info().rss) / 1e6


@contextmanager
def running(contender: Contender, task: Task, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """The contender at work for the length of a block. Its log stays in the task's folder."""
    task.folder.mkdir(parents=True, exist_ok=True)
    log = task.folder / f"{contender.name}.log"
    with log.open("ab") as out, subprocess.Popen(
        [contender.python, "-m", f"tests.bench.peers.{contender.program}", *contender.arguments],
        env={
            **os.environ,
            **task.environment(),
            "KAFKA_BOOTSTRAP_SERVERS": task.bootstrap,
            "INSTANCE_ID": "bench",
            "TABLE_DIR": str(task.folder / "tables"),
            "TRIAGE_HOME": str(task.folder / "home"),
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        },
        cwd=ROOT,
        stdout=out,
        stderr=out,
    ) as process:  # fmt: skip
        try:
            yield Running(contender, process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
