"""Topic → file: what is committed between two offsets of each partition, read once, in order, without a group."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from infra.kafka import librdkafka_options
from infra.settings import Settings
from infra.terminal import printable
from streams.drain.cluster import ClusterView, NotDrainable
from streams.drain.file import DrainFile, InTheWay
from streams.drain.format import End, Header, Kept, Scan
from streams.kafka_errors import KafkaUnavailable, passing
from streams.moments import utc_text

STALL_S = 30.0
AT_ONCE = 2000
Progress = Callable[[int, float], None]
"""Told how many records are in the file, and which share of the offsets is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What is in the file."""

    header: Header
    end: End
    advanced: bool
    """Whether the group's offsets stand behind it."""


def drain(
    settings: Settings, topic: str, output: Path, *, group: str | None, advance: bool, progress: Progress
) -> Drained:
    """Write everything from the group's committed offsets (None: from the first record) to the end as of now.

    Resumes what a kill has left of the same drain; a finished file is only advanced past, when that is asked.

    Raises:
        InTheWay: FILE exists, or a resumable part of it is of another drain.
        NotDrainable: no such topic, a group with live members, records that retention removed meanwhile.
        Damaged: FILE exists and is not whole.
        KafkaUnavailable
    """
    with closing(ClusterView(settings, group)) as cluster:
        if advance:
            cluster.require_no_members()
        if output.exists():
            header, end = _finished(output, topic, group, advance=advance)
        else:
            header, end = _written(settings, cluster, topic, output, progress)
        if advance:
            _advance(cluster, header)
    return Drained(header=header, end=end, advanced=advance)


def _written(
    settings: Settings, cluster: ClusterView, topic: str, output: Path, progress: Progress
) -> tuple[Header, End]:
    with DrainFile(output, lambda: _header(cluster, topic)) as file:
        if (file.header.topic, file.header.group) != (topic, cluster.group):
            raise InTheWay(
                f"{file.part}: an unfinished drain of {file.header.topic},"
                f" {printable(file.header.group or 'from its beginning')}; finish it, remove it, or choose another file"
            )
        for partition, record in _records(settings, file, progress):
            file.add(partition, record)
        return file.header, file.finish()


def _header(cluster: ClusterView, topic: str) -> Header:
    partitions, cluster_id = cluster.partitions(topic)
    committed = cluster.committed(topic, partitions) if cluster.group else {}
    spans = {}
    for number in range(partitions):
        low, end = cluster.bounds(topic, number)
        spans[number] = (min(max(low, committed.get(number, low)), end), end)
    return Header(
        id=uuid.uuid4().hex, topic=topic, partitions=partitions, group=cluster.group, spans=spans,
        cluster=cluster_id, created_at=utc_text(datetime.now(UTC)),
    )  # fmt: skip


def _finished(output: Path, topic: str, group: str | None, *, advance: bool) -> tuple[Header, End]:
    """A drain that was killed between the file and the group's offsets."""
    if not advance:
        raise InTheWay(f"{output} exists: choose another name, or remove it")
    scan = Scan(output)
    for _ in scan.chunks():
        pass
    assert scan.header is not None
    assert scan.end is not None
    if (scan.header.topic, scan.header.group) != (topic, group):
        raise InTheWay(
            f"{output} exists and holds {scan.header.topic} of {printable(scan.header.group or 'nobody')}: choose"
            " another name"
        )
    return scan.header, scan.end


def _advance(cluster: ClusterView, header: Header) -> None:
    committed = cluster.committed(header.topic, header.partitions)
    for number, (first, end) in header.spans.items():
        if (now := committed.get(number, first)) not in (first, end) and now > first:
            raise NotDrainable(
                f"group {header.group} has moved in {header.topic}/{number} since the drain began ({first} → {now}):"
                " its offsets are left as they are; drain again into another file"
            )
    cluster.require_no_members()
    cluster.advance(header.topic, {number: end for number, (_, end) in header.spans.items()})


def _records(settings: Settings, file: DrainFile, progress: Progress) -> Iterator[tuple[int, Kept]]:
    """What is missing in the file, as it is read."""
    topic, spans = file.header.topic, file.header.spans
    left = {number for number, (_, end) in spans.items() if file.next[number] < end}
    if not left:
        return
    positions = dict(file.next)
    consumer = Consumer({
        **librdkafka_options(settings),
        "group.id": "triage-drain",  # never joined
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "check.crcs": True,
        "fetch.message.max.bytes": 4 * 1024 * 1024,
        "queued.max.messages.kbytes": 64 * 1024,
    })  # fmt: skip
    with closing(consumer):
        consumer.assign([TopicPartition(topic, number, positions[number]) for number in left])
        moved_at, records, trouble = monotonic(), file.records, ""
        while left:
            for message in consumer.consume(AT_ONCE, 0.2):
                number = int(message.partition() or 0)
                if (error := message.error()) is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001
                    trouble = _passing(error, topic, number)
                    continue
                moved_at = monotonic()
                end = spans[number][1]
                offset = int(message.offset() or 0)
                if offset >= end:
                    left.discard(number)
                    consumer.pause([TopicPartition(topic, number)])
                elif error is None:
                    positions[number] = offset + 1
                    records += 1
                    yield number, _kept(message, offset)
            progress(records, _share(spans, positions, left))
            if monotonic() - moved_at > STALL_S:
                silent = f"no record for {STALL_S:.0f} s{trouble}"
                raise KafkaUnavailable(f"{topic}: {silent}; run it again to go on from here")


def _kept(message: Any, offset: int) -> Kept:
    return Kept(offset, message.timestamp()[1], message.key(), message.value(), tuple(message.headers() or ()))


def _passing(error: KafkaError, topic: str, partition: int) -> str:
    if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - librdkafka's own code
        raise NotDrainable(f"{topic}/{partition}: retention has removed records since the drain began; drain anew")
    return f" ({passing(error, f'{topic}/{partition}')})"


def _share(spans: Mapping[int, tuple[int, int]], positions: Mapping[int, int], left: set[int]) -> float:
    of = sum(end - first for first, end in spans.values())
    done = sum((positions[number] if number in left else end) - first for number, (first, end) in spans.items())
    return done / of if of else 1.0
