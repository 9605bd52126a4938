"""A small running system: broker, database, ingest, worker, archive, control; and what an operator and a mail do to it."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from infra.settings import Settings
from infra.stack.postgres import binaries
from monitoring.lag.cluster import Cluster
from monitoring.lag.meter import LagMeter
from monitoring.lag.model import LagSnapshot
from streams.control import writer
from streams.control.knobs import find
from streams.events import Received, event_id
from streams.status import Status
from streams.status_publisher import CONTROL_REVISION
from streams.topics import LANES, RECEIVED, STATUS
from streams.triage.verdict import Lane
from tests.integration.pipeline.processes import Pipeline
from tests.services.servers import execute
from tests.verdicts import changed

NAMES = ("ingest-0", "worker-0", "archive-0", "control-0")
DEFECTIVE = (sys.executable, "-m", "tests.integration.control.defective_worker")
RAW = b"From: a@shop.example\r\nTo: me@home.example\r\nSubject: An order %d\r\nMessage-ID: <%d@shop.example>\r\n\r\nHello.\r\n"
DEADLINE_S = 100.0
"""Only a hang reaches it."""


@dataclass
class System:
    """Everything that the scenario touches."""

    settings: Settings
    database: str
    flow: Pipeline
    admin: str
    """Where the admin API is."""
    token: str
    """Of a role that may operate."""
    numbers: Iterator[int] = field(default_factory=itertools.count)
    latencies: list[float] = field(default_factory=list)
    """Seconds from the end of writing a change until every process concerned had taken it up."""
    said: dict[str, Status] = field(default_factory=dict)

    def __post_init__(self) -> None:
        options = {"bootstrap.servers": self.settings.kafka_bootstrap_servers, "group.id": "test-status"}
        self.statuses = Consumer({**options, "fetch.wait.max.ms": 50, "enable.auto.commit": False})
        partitions = range(self.settings.topic_partitions)
        self.statuses.assign([TopicPartition(STATUS.name, number, OFFSET_BEGINNING) for number in partitions])

    def start(self, name: str) -> None:
        self.flow.start(name, *(DEFECTIVE if name.startswith("worker") else ()))

    def set(self, name: str, value: object, *, lasting: timedelta | None = None) -> None:
        """As an operator does; returns when every running process has taken it up."""
        _, revision = asyncio.run(
            writer.put(self.settings, name, value, who="op@example", why="a test", lasting=lasting)
        )
        self._wait_taken_up(name, revision)

    def clear(self, name: str) -> None:
        revision = asyncio.run(writer.clear(self.settings, name, who="op@example", why="a test"))
        assert revision is not None
        self._wait_taken_up(name, revision)

    def clear_all(self) -> None:
        """As at the start, whatever somebody has set."""
        overrides = asyncio.run(writer.current(self.settings)).values(datetime.now(UTC)).overrides
        for name in overrides:
            asyncio.run(writer.clear(self.settings, name, who="cleaner@example", why="tests go on"))

    def _wait_taken_up(self, name: str, revision: int) -> None:
        concerned = [one for one in self.flow.running if one.partition("-")[0] in find(name).processes]
        waited = self.until(lambda: all(self.counts(one).get(CONTROL_REVISION, 0) >= revision for one in concerned))
        self.latencies.append(waited)

    def counts(self, name: str) -> dict[str, float]:
        """What the process of this name says of itself; empty while it says nothing."""
        for record in self.statuses.consume(1000, 0.02):
            if record.error() is None and record.value() is not None:
                self.said[(record.key() or b"").decode()] = Status.decode(record.value())
        return (self.said[name].counts or {}) if name in self.said else {}

    def put_mails(self, count: int, account: str = "home") -> None:
        """On mail.received."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers})
        for number in itertools.islice(self.numbers, count):
            mail = Received(
                event_id=event_id(account, number),
                account=account,
                raw=RAW % (number, number),
                received_at=datetime.now(UTC),
                location=f"m{number}",
            )
            producer.produce(RECEIVED.name, mail.raw, account.encode(), headers=list(mail.headers()))
        assert producer.flush(DEADLINE_S) == 0

    def put_verdicts(self, lane: Lane, count: int, account: str = "home") -> list[str]:
        """On a lane, round its partitions, in order; their event ids."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "linger.ms": 5})
        made = []
        for place, number in enumerate(itertools.islice(self.numbers, count)):
            record = changed(event_id=event_id(account, number), account=account, lane=lane)
            made.append(record.event_id)
            producer.produce(
                LANES[lane].name, record.encode(), account.encode(), partition=place % self.settings.topic_partitions
            )
            producer.poll(0)
        assert producer.flush(DEADLINE_S) == 0
        return made

    def archived(self, lane: Lane) -> int:
        """Rows of a lane."""
        return int(execute(self.database, f"SELECT count(*) FROM verdicts WHERE lane_topic = 'mail.{lane}'"))

    def lag(self, lane: Lane) -> int:
        """Mails of a lane that wait for the archive, as `triage lag` counts them."""

        async def measured() -> LagSnapshot:
            async with Cluster.connect(self.settings) as cluster:
                return await LagMeter(interval_s=self.settings.lag_interval_s).measure(cluster)

        rows = [row for row in asyncio.run(measured()).topics() if row.topic == LANES[lane].name]
        return sum(row.records for row in rows)

    def until(self, holds: Callable[[], bool], seconds: float = DEADLINE_S) -> float:
        """Wait for it; how many seconds that took."""
        started = time.monotonic()
        while not holds():
            assert time.monotonic() - started < seconds, self.flow.logs()
            assert self.flow.died() == [], self.flow.logs()
            time.sleep(0.05)
        return time.monotonic() - started

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody can write a verdict: statements wait, each on its connection."""
        session = subprocess.Popen(
            [str(binaries() / "psql"), "-XqAt", self.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write("BEGIN; LOCK TABLE verdicts IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
        session.stdin.flush()
        assert session.stdout.readline().strip() == "locked"
        try:
            yield
        finally:
            session.communicate("COMMIT;\n")

    def waiting_statements(self) -> int:
        """Statements that wait for the lock."""
        return int(
            execute(
                self.database,
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND application_name LIKE 'triage archive%' AND datname = current_database()",
            )
        )

    def log(self, name: str) -> str:
        """All that the process has written."""
        return (Path(self.flow.folder) / f"{name}.log").read_text()
