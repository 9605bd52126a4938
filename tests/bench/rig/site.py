"""Real services and real `triage` processes for the length of a block, in a temporary directory."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from agents.accounts import Account, remove_account, save_account
from infra.settings import Settings, load
from infra.stack.postgres import PostgresServer
from streams.admin import create_topics
from streams.reading import latest
from streams.status import Status
from streams.topics import STATUS
from tests.bench.rig.report import say
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.services.dovecot import Dovecot, program
from tests.services.dovecot_config import Options
from tests.services.servers import new_broker, new_postgres

ROOT = Path(__file__).parents[3]
PASSWORD = "benchmark"
READY_S = 60.0
AT_ONCE = 20
"""Account records that are written side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A broker with the topics, and the processes that work on it."""

    folder: Path
    bootstrap: str
    settings: Settings
    database: str
    """URL; empty without PostgreSQL."""
    flow: Pipeline
    stack: ExitStack = field(repr=False)

    def start(self, name: str) -> psutil.Process:
        """Start `triage worker` as "worker-0" and so on; return when it says on triage.status that all is well."""
        self.flow.start(name)
        self.until(name, lambda status: status.ok)
        return psutil.Process(self.flow.running[name].pid)

    def until(self, name: str, wanted: Callable[[Status], bool], seconds: float = READY_S) -> Status:
        """Wait until the process says of itself what is wanted."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.flow.died():
                break
            said = asyncio.run(latest(self.settings, STATUS.name)).get(name.encode())
            status = Status.decode(said) if said else None
            if status and status.pid == self.flow.running[name].pid and wanted(status):
                return status
            time.sleep(0.3)
        raise TimeoutError(f"{name} is not as wanted after {seconds:.0f} s\n{self.flow.logs()}")

    def save(self, accounts: Sequence[Account]) -> None:
        """Write accounts' records; ingest follows."""
        asyncio.run(_each(accounts, lambda one: save_account(self.settings, one)))

    def remove(self, accounts: Sequence[Account]) -> None:
        """Write their tombstones."""
        asyncio.run(_each(accounts, lambda one: remove_account(self.settings, one.id)))

    def dovecot(self, connections: int = 50) -> Dovecot:
        """A real IMAP server."""
        if program() is None:
            raise SystemExit("Dovecot is not installed: apt-get install dovecot-imapd")
        server = Dovecot(Options(connections=connections))
        self.stack.callback(server.close)
        server.start()
        return server


@contextmanager
def site(*, postgres: bool = False) -> Iterator[Site]:
    """Start the services; everything ends with the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)  # PostgreSQL runs as another user than root
        say("starting Kafka" + (" and PostgreSQL" if postgres else ""))
        broker = new_broker(folder / "kafka")
        stack.callback(broker.kill)
        broker.start()
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "STATUS_INTERVAL_S": "1",
            "BENCH_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT),
        }
        database = _postgres(stack, folder).url if postgres else ""
        if database:
            environment["DATABASE_URL"] = database
        overrides = {"database_url": database} if database else {}
        settings = load(kafka_bootstrap_servers=broker.bootstrap, instance_id="bench", **overrides)
        create_topics(settings)
        flow = stack.enter_context(pipeline(folder, **environment))
        yield Site(
            folder=folder, bootstrap=broker.bootstrap, settings=settings, database=database, flow=flow, stack=stack
        )


def _postgres(stack: ExitStack, folder: Path) -> PostgresServer:
    server = new_postgres(folder / "postgres")
    stack.callback(server.kill)
    server.start()
    return server


async def _each(accounts: Sequence[Account], write: Callable[[Account], Awaitable[None]]) -> None:
    for start in range(0, len(accounts), AT_ONCE):
        await asyncio.gather(*map(write, accounts[start : start + AT_ONCE]))
