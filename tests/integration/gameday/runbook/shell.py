"""A shell as an engineer has it on the production host, with `docker` and ports led to the processes of the tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.stack.ports import LOOPBACK
from infra.stack.postgres import binaries
from monitoring.runbook.blocks import Block
from tests.integration.gameday.runbook.keeper import PROCESSES, SERVERS, listening
from tests.integration.gameday.system import ROOT, System
from tests.integration.gameday.watching import Watch

BLOCK_S = 60.0
PATIENCE_S = 30.0
"""A fault needs a moment until the commands see it."""
WELL_S = 90.0


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Types blocks."""

    environment: dict[str, str]
    ports: dict[int, int]
    """Those of production and where they are here."""
    processes: dict[str, int]
    """The processes' own, by service: 9100 in containers."""
    folder: Path

    def type(self, block: Block) -> str:
        """Run a block until it ends and says as its tags tell; its output. Every block may be typed twice.

        Raises:
            AssertionError: it never did.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            code, output = self.run(block.text)
            if code == block.exit and re.search(block.says, output):
                return output
            assert time.monotonic() < deadline, (
                f"RUNBOOK.md:{block.line} ended with {code}, not {block.exit}, or did not say {block.says!r}:\n"
                f"{block.text}\n{output[-3000:]}"
            )
            time.sleep(0.5)

    def until_well(self) -> None:
        """Wait until every process says that it is well and mail gets through."""
        deadline = time.monotonic() + WELL_S
        wanted = (
            "curl -fsS http://localhost:8000/health/ready && curl -fsS http://localhost:8000/health"
            ' | grep -q \'"status":"ok"\' && docker exec crewai-email-triage triage status'
        )
        while True:
            code, output = self.run(wanted)
            if code == 0:
                return
            assert time.monotonic() < deadline, f"not well again:\n{output}"
            time.sleep(0.5)

    def run(self, text: str) -> tuple[int, str]:
        """Exit code and output, both streams together."""
        for port, here in self.ports.items():
            text = re.sub(rf"localhost:{port}\b", f"localhost:{here}", text)
        for service, here in self.processes.items():
            text = text.replace(f"{service}:9100", f"{LOOPBACK}:{here}")
        command = ["bash", "-euo", "pipefail", "-c", text]
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, timeout=BLOCK_S, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout


@contextmanager
def shell(at: System, watching: Watch, folder: Path) -> Iterator[Shell]:
    """One for this system."""
    with listening(at) as keeper:
        programs, tools = binaries(), folder / "bin"
        tools.mkdir()
        (folder / "monitoring").symlink_to(ROOT / "monitoring")
        stand_in = tools / "docker"
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.integration.gameday.runbook.docker "$@"\n')
        stand_in.chmod(0o755)
        described = folder / "system.json"
        logs = {service: str(at.folder / f"{name}.log") for service, name in PROCESSES.items()}
        logs |= {
            service: str(at.folder / service.removeprefix("crewai-") / f"{service.removeprefix('crewai-')}.log")
            for service in SERVERS
        }
        inside = {
            **at.flow.environment,
            "INSTANCE_ID": "operator",
            "PGHOST": LOOPBACK,
            "PGPORT": str(at.postgres.port),
            "PGCONNECT_TIMEOUT": "5",
            "PATH": f"{Path(sys.executable).parent}:{programs}:{os.environ['PATH']}",
            "TRIAGE_HOME": str(folder / "home"),
            "BACKUP_DIR": str(folder / "backups"),
            "INCIDENT_DIR": str(folder / "incidents"),
            "TOKEN_DIR": str(folder / "tokens"),
            "ALERTMANAGER_URL": f"http://{LOOPBACK}:{watching.alertmanager.port}",
        }
        described.write_text(json.dumps({"services": logs, "environment": inside, "keeper": keeper}))
        yield Shell(
            folder=folder,
            processes={name: at.ports[name] for name in ("crewai-ingest", "crewai-triage", "crewai-archive")},
            ports={8000: int(at.flow.environment["HEALTH_PORT"]), 8080: at.ports["crewai-control"],
                   9090: watching.prometheus.port, 9093: watching.alertmanager.port},
            environment={**os.environ, "RUNBOOK_SYSTEM": str(described), "PATH": f"{tools}:{os.environ['PATH']}",
                         "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
