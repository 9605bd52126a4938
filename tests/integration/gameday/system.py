"""The real system under a steady load: Kafka, PostgreSQL, an IMAP server and every process, each with a metrics port."""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agents.accounts import Account, save_account
from agents.accounts.account import ImapServer
from infra.settings import load
from infra.stack.kafka import KafkaBroker
from infra.stack.ports import LOOPBACK, any_free
from infra.stack.postgres import PostgresServer
from tests.integration.pipeline.processes import TRIAGE, Pipeline, pipeline, write_mails
from tests.services.dovecot import Dovecot
from tests.services.dovecot_config import Options
from tests.services.servers import new_broker, new_postgres

MAILS_PER_S = 10
JOBS = {
    "crewai-ingest": "ingest-0",
    "crewai-triage": "worker-0",
    "crewai-archive": "archive-0",
    "crewai-control": "control-0",
}
ROOT = Path(__file__).resolve().parents[3]
IMAP_MAIL = (
    b"From: Ben <ben@example.org>\r\nSubject: Outage\r\nMessage-ID: <%d@imap.example>\r\n\r\nPlease answer today.\r\n"
)


@dataclass(kw_only=True)
class System:
    """What runs, and the faults that can be made in it."""

    folder: Path
    kafka: KafkaBroker
    postgres: PostgresServer
    dovecot: Dovecot
    flow: Pipeline
    ports: dict[str, int]
    """Where each job's metrics are."""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def fault(self) -> Path:
        """What the worker's classifier is to do: see `faulty_worker`."""
        return self.folder / "fault"

    def start(self, name: str) -> None:
        """Start one process, as it was before."""
        job = next(job for job, process in JOBS.items() if process == name)
        port = "METRICS_PORT" if name == "control-0" else "PROCESS_METRICS_PORT"
        command = [str(TRIAGE), name.partition("-")[0]]
        if name == "worker-0":
            command = [sys.executable, "-m", "tests.integration.gameday.faulty_worker", str(self.fault)]
        self.flow.start(name, "env", f"{port}={self.ports[job]}", *command)

    def add_imap(self, account: str, password: str) -> None:
        """A mailbox of the IMAP server, read with this password."""
        secret = self.folder / f"{account}.secret"
        secret.write_text(password)
        server = ImapServer(host=LOOPBACK, port=self.dovecot.port, security="plain", username=account)
        settings = load(kafka_bootstrap_servers=self.kafka.bootstrap)
        record = Account(id=account, kind="imap", imap=server, secret=f"file:{secret}")
        asyncio.run(save_account(settings, record))

    def load(self) -> None:
        """Deliver mails until `close`, on a thread's time."""
        rnd, number = random.Random(6), 0
        while not self._stop.wait(1 / MAILS_PER_S):
            write_mails(self.folder / "mail", range(number, number + 1), rnd)
            if number % MAILS_PER_S == 0:
                self.dovecot.deliver("imapbox", IMAP_MAIL % number)
            number += 1

    def close(self) -> None:
        """End the load."""
        self._stop.set()


@contextmanager
def system(folder: Path) -> Iterator[System]:
    """Start everything; it ends with the block."""
    folder.chmod(0o755)  # PostgreSQL runs as another user than root
    with ExitStack() as stack:
        kafka, postgres, dovecot = new_broker(folder / "kafka"), new_postgres(folder / "postgres"), Dovecot(Options())
        for server, end in ((kafka, kafka.kill), (postgres, postgres.kill), (dovecot, dovecot.close)):
            stack.callback(end)
            server.start()
        names = (*JOBS, "health")
        ports = dict(zip(names, any_free(len(names)), strict=True))
        flow = stack.enter_context(pipeline(folder, **_environment(kafka, postgres, ports["health"])))
        made = System(folder=folder, kafka=kafka, postgres=postgres, dovecot=dovecot, flow=flow, ports=ports)
        _populate(made)
        for name in JOBS.values():
            made.start(name)
        writer = threading.Thread(target=made.load)
        writer.start()
        stack.callback(writer.join)
        stack.callback(made.close)
        yield made


def _environment(kafka: KafkaBroker, postgres: PostgresServer, health: int) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "DATABASE_URL": postgres.url,
        "PYTHONPATH": str(ROOT),
        "HEALTH_PORT": str(health),
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "STATIC_MEMBERSHIP": "true",
        "STATUS_INTERVAL_S": "0.5",
        "LAG_INTERVAL_S": "0.5",
        "CANARY_INTERVAL_S": "1",
        "IMAP_IDLE_S": "5",
        "RECONNECT_MAX_S": "1",
    }


def _populate(made: System) -> None:
    made.flow.triage("topics", "create")
    made.flow.triage("account", "add", "box", "--maildir", str(made.folder / "mail"), "--everything")
    write_mails(made.folder / "mail", range(0), random.Random(0))
    made.dovecot.add_user("imapbox", "right")
    made.add_imap("imapbox", "right")
