"""File → topic: the same keys, values, headers and timestamps on the same partitions, each once.

How far it is stands in the offsets of a group of the file's own, committed in the transactions that write the records:
a kill repeats nothing and leaves nothing out. Kafka forgets these offsets when the topic is deleted (then the file may
be put back again) and a week after the last refill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import time

from confluent_kafka import TopicPartition

from infra.settings import Settings
from streams.drain import PROGRESS_GROUPS
from streams.drain.cluster import ClusterView, NotDrainable
from streams.drain.format import End, Header, Scan
from streams.topics import ALL
from streams.transactions import Outgoing, Transactions

STEP_RECORDS = 20_000
STEP_BYTES = 32 * 1024 * 1024
_TYPE = "message.timestamp.type"
_APPEND, _CREATE = "LogAppendTime", "CreateTime"
Progress = Callable[[int, int], None]
"""Told how many records are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """What was put back."""

    header: Header
    topic: str
    written: int
    already: int
    """Records that an earlier run of the same refill had written."""


def verify(path: Path) -> tuple[Header, End]:
    """Read all of the file.

    Raises:
        Damaged
    """
    scan = Scan(path)
    for _ in scan.chunks():
        pass
    assert scan.header is not None
    assert scan.end is not None
    return scan.header, scan.end


def refill(
    settings: Settings,
    path: Path,
    *,
    topic: str | None = None,
    new_timestamps: bool = False,
    again: bool = False,
    progress: Progress,
) -> Refilled:
    """Put the records of a file back. Nothing is written before all of the file was found undamaged.

    Args:
        settings: how to reach Kafka.
        path: what `triage drain` has written.
        topic: another topic than the file's, with as many partitions.
        new_timestamps: the records' own are replaced by the time of the refill.
        again: also what an earlier refill has put back.
        progress: told how far it is.

    Raises:
        Damaged, NotDrainable, Interrupted, TakenOver, KafkaUnavailable
    """
    header, end = verify(path)
    name = topic or header.topic
    with closing(ClusterView(settings, f"{PROGRESS_GROUPS}{header.id}")) as cluster:
        _require_fit(cluster, header, end, name, new_timestamps=new_timestamps)
        with (
            Transactions(settings, f"{PROGRESS_GROUPS}{header.id}-{name}") as log,
            _own_timestamps(cluster, name, wanted=not new_timestamps),
        ):
            done = {} if again else cluster.committed(name, header.partitions)
            already, written = sum(done.values()), 0
            for records, counts in _steps(path, name, done, new_timestamps=new_timestamps):
                spots = [TopicPartition(name, number, count) for number, count in counts.items()]
                log.write(records, spots, cluster.metadata)
                written += len(records)
                progress(already + written, end.records)
    return Refilled(header=header, topic=name, written=written, already=already)


def _steps(
    path: Path, topic: str, done: dict[int, int], *, new_timestamps: bool
) -> Iterator[tuple[list[Outgoing], dict[int, int]]]:
    """The records of each transaction, and how many of each partition are written with it."""
    seen: dict[int, int] = {}
    step: list[Outgoing] = []
    size = 0
    for chunk in Scan(path).chunks():
        number = chunk.partition
        before = seen.get(number, 0)
        seen[number] = before + chunk.held
        for record in islice(chunk.records(), max(0, done.get(number, 0) - before), None):
            timestamp = 0 if new_timestamps else record.timestamp
            # A header may have no value at all, whatever the type says.
            step.append(Outgoing(topic, number, record.key, record.value, record.headers, timestamp))  # type: ignore[arg-type]
            size += len(record.value or b"")
        if len(step) >= STEP_RECORDS or size >= STEP_BYTES:
            yield step, dict(seen)
            step, size = [], 0
    if step:
        yield step, dict(seen)


def _require_fit(cluster: ClusterView, header: Header, end: End, topic: str, *, new_timestamps: bool) -> None:
    partitions, _ = cluster.partitions(topic)
    if partitions != header.partitions:
        raise NotDrainable(
            f"{topic} has {partitions} partitions, the file is of {header.topic} with {header.partitions}: mailboxes"
            " would be in the wrong ones. Make the topic anew with as many (TOPIC_PARTITIONS)"
        )
    config = cluster.config(topic)
    keeps_ms = int(config.get("retention.ms", "-1"))
    deletes = "delete" in config.get("cleanup.policy", "delete")
    if not new_timestamps and deletes and 0 <= keeps_ms < time() * 1000 - end.first_ms and end.records:
        raise NotDrainable(
            f"the file's oldest record is older than {topic} keeps records (retention.ms={keeps_ms}): Kafka would"
            " delete it again. Raise retention.ms of the topic first, or use --new-timestamps"
        )


@contextmanager
def _own_timestamps(cluster: ClusterView, topic: str, *, wanted: bool) -> Iterator[None]:
    """Let the topic take the records' timestamps, where it otherwise sets its own; for as long as this lasts. What a
    killed refill left that way is set right by the next: `streams.topics` says how a topic of ours is to be."""
    declared = next((spec.config.get(_TYPE) for spec in ALL if spec.name == topic), None)
    normal = declared or cluster.config(topic).get(_TYPE, _CREATE)
    if not wanted or normal != _APPEND:
        yield
        return
    cluster.set_config(topic, _TYPE, _CREATE)
    try:
        yield
    finally:
        cluster.set_config(topic, _TYPE, _APPEND)
