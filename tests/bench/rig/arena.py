"""A broker of the benchmark's own with the topics that a contender needs, made anew for each of its runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from infra.settings import Settings, load
from streams.admin import create_topics
from streams.partitioning import partition_of
from streams.topics import DEAD, SENDERS, STATUS, TopicSpec
from tests.bench.peers.ours import counts_table
from tests.bench.peers.work import PARTITIONS, Task
from tests.bench.rig.contenders import Contender
from tests.bench.rig.report import say
from tests.services.servers import new_broker

BROKER_CLOCK = {"message.timestamp.type": "LogAppendTime"}
FLUSH_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """Where contenders meet."""

    folder: Path
    bootstrap: str
    settings: Settings

    def task(self, contender: Contender, name: str, input_: str, *, linger_ms: int = 10) -> Task:
        """Topics of its own for one run of a contender, and what it is told."""
        prefix = f"bench-{name}-{contender.name}-"
        task = Task(
            bootstrap=self.bootstrap,
            input=input_,
            prefix=prefix,
            mark=self.folder / f"{prefix}mark",
            linger_ms=linger_ms,
            table=contender.table,
            folder=self.folder / f"{prefix}run",
        )
        specs = [TopicSpec(name=topic, purpose="", config=BROKER_CLOCK) for topic in task.outputs.values()]
        if contender.program == "ours" and contender.table:
            specs.append(replace(SENDERS, name=counts_table(prefix).changelog))
        create_topics(self.settings, specs)
        return task

    def make_input(self, name: str) -> None:
        """An input topic whose records carry the broker's clock."""
        create_topics(self.settings, [TopicSpec(name=name, purpose="", config=BROKER_CLOCK)])

    def fill(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Write records, each to the partition of its key."""
        producer = Producer({
            "bootstrap.servers": self.bootstrap,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 10,
            "batch.size": 262144,
            "queue.buffering.max.messages": 2_000_000,
            "delivery.report.only.error": True,
        })  # fmt: skip
        for number, (key, value) in enumerate(records):
            producer.produce(topic, value, key, partition_of(key, PARTITIONS))
            if number % 1000 == 0:
                producer.poll(0)
        if left := producer.flush(FLUSH_S):
            raise TimeoutError(f"{left} records for {topic} are not written after {FLUSH_S:.0f} s")

    def drop(self, task: Task) -> None:
        """Delete a run's outputs: the next ones shall find the same broker."""
        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        mine = [topic for topic in client.list_topics(timeout=10).topics if task.prefix in topic]
        for future in client.delete_topics(mine).values():
            future.result(30)


@contextmanager
def arena() -> Iterator[Arena]:
    """Start the broker; everything ends with the block."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        say("starting Kafka")
        broker = new_broker(Path(folder) / "kafka")
        try:
            broker.start()
            settings = load(kafka_bootstrap_servers=broker.bootstrap, topic_partitions=PARTITIONS)
            create_topics(settings, (DEAD, STATUS))
            yield Arena(folder=Path(folder), bootstrap=broker.bootstrap, settings=settings)
        finally:
            broker.kill()
