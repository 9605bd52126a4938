"""Lag as figures: per partition, and their sums per topic and group. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from aiokafka.structs import TopicPartition

from monitoring.lag.index import TailIndex
from monitoring.lag.state import Status
from monitoring.lag.state import worst as worst_status
from streams.topics import LANE_OF, RECEIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The ends of a partition's log."""

    start: int
    """First offset that retention has left."""
    end: int
    """Last stable offset: where a read_committed consumer ends."""
    high: int
    """High watermark: `end` plus what belongs to transactions still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionLag:
    """One partition as one group sees it."""

    group: str
    topic: str
    partition: int
    committed: int | None
    """None: never committed, so the group begins at the log's start."""
    end: int
    records: int
    exact: bool
    """False: `records` is an upper bound, because not everything has been read."""
    seconds: float | None
    """Age of the first real record the group has not committed; 0 when there is none; None when it is not known."""
    start: int = 0
    """First offset that retention has left."""
    status: Status | None = None
    """None: too early to say, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLag:
    """The sum over a topic's partitions for one group."""

    group: str
    topic: str
    records: int
    exact: bool
    seconds: float | None
    """The worst partition's."""
    status: Status | None = None
    """The worst partition's."""
    drain_per_s: float | None = None
    """Records per second by which the lag shrank over the last minute; negative: it grew; None: too early to say."""

    @property
    def lane(self) -> str:
        """The lane, `received` before the triage, empty for other topics."""
        return "received" if self.topic == RECEIVED.name else str(LANE_OF.get(self.topic, ""))

    @property
    def drained_in_s(self) -> float | None:
        """Seconds until nothing waits at the present pace; None: it does not shrink."""
        if self.records == 0:
            return 0.0
        return self.records / self.drain_per_s if self.drain_per_s and self.drain_per_s > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLag:
    """One consumer group."""

    group: str
    state: str
    """Kafka's name for it (Stable, Empty, PreparingRebalance, ...); `Absent`: Kafka does not know the group."""
    members: int
    topics: tuple[TopicLag, ...]
    partitions: tuple[PartitionLag, ...]
    unmoved_s: float = 0.0
    """Seconds since a committed offset of the group was last seen to change; 0 while nothing waits."""
    last_commit_s: float = 0.0
    """Seconds since a committed offset was last seen to change, or since measuring began: it is at least so long."""

    @property
    def records(self) -> int:
        """Records that wait."""
        return sum(topic.records for topic in self.topics)

    @property
    def exact(self) -> bool:
        """Whether `records` is a count and no upper bound."""
        return all(topic.exact for topic in self.topics)

    @property
    def seconds(self) -> float | None:
        """The oldest waiting record's age."""
        return worst(topic.seconds for topic in self.topics)

    @property
    def status(self) -> Status | None:
        """The worst topic's."""
        return worst_status(topic.status for topic in self.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class LagSnapshot:
    """Every group at one moment (ms since the epoch), and what measuring cost."""

    at_ms: int
    groups: tuple[GroupLag, ...]
    took_s: float
    read_bytes: int

    def topics(self) -> Iterator[TopicLag]:
        """All topics of all groups."""
        return (topic for group in self.groups for topic in group.topics)


def position(committed: int | None, bounds: Bounds) -> int:
    """Where the group reads on: a missing or vanished offset means the start (auto.offset.reset=earliest)."""
    if committed is None or not bounds.start <= committed <= bounds.high:
        return bounds.start
    return min(committed, bounds.end)


def partition_lag(
    *, group: str, tp: TopicPartition, committed: int | None, bounds: Bounds, index: TailIndex, now_ms: int
) -> PartitionLag:
    """What an index that stands at the group's position says."""
    count = index.count(bounds.end)
    oldest = index.oldest(bounds.end)
    seconds = (0.0 if count.records == 0 else None) if oldest is None else max(0, now_ms - oldest) / 1000
    return PartitionLag(
        group=group,
        topic=tp.topic,
        partition=tp.partition,
        committed=committed,
        start=bounds.start,
        end=bounds.end,
        records=count.records,
        exact=count.exact,
        seconds=seconds,
    )


def sum_topics(partitions: Iterable[PartitionLag]) -> tuple[TopicLag, ...]:
    """One row per group and topic; the input must be ordered by them."""
    return tuple(_sum(group, topic, tuple(rows)) for (group, topic), rows in groupby(partitions, key=_group_topic))


def worst(ages: Iterable[float | None]) -> float | None:
    """The greatest age; None when none is above 0 and one is not known."""
    values = tuple(ages)
    greatest = max((age for age in values if age is not None), default=0.0)
    return greatest if greatest > 0 or None not in values else None


def _group_topic(row: PartitionLag) -> tuple[str, str]:
    return row.group, row.topic


def _sum(group: str, topic: str, rows: tuple[PartitionLag, ...]) -> TopicLag:
    return TopicLag(
        group=group,
        topic=topic,
        records=sum(row.records for row in rows),
        exact=all(row.exact for row in rows),
        seconds=worst(row.seconds for row in rows),
        status=worst_status(row.status for row in rows),
    )
