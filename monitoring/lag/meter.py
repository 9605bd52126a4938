"""Measures the lag of every group: committed offsets, then the logs' ends, then the records between not known yet."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from aiokafka.admin.config_resource import ConfigResourceType
from aiokafka.protocol.admin import DescribeConfigsRequest
from aiokafka.structs import TopicPartition

from monitoring.lag.cluster import Cluster, Layout
from monitoring.lag.drain import Drain, LastCommit, Movement
from monitoring.lag.groups import QUEUES, Groups, GroupState
from monitoring.lag.index import CAPACITY, TailIndex
from monitoring.lag.log import Log
from monitoring.lag.model import (
    Bounds,
    GroupLag,
    LagSnapshot,
    PartitionLag,
    TopicLag,
    partition_lag,
    position,
    sum_topics,
)
from monitoring.lag.state import History, Sample

ROUND_BYTES = 64 * 1024 * 1024
"""Read at most this much in one measurement; what is left counts one per offset (an upper bound) until a later one."""

Key = tuple[str, TopicPartition]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class LagMeter:
    """Remembers between measurements what it has read, so that each waiting record is read once."""

    def __init__(
        self,
        *,
        everything: bool = False,
        capacity: int = CAPACITY,
        round_bytes: int = ROUND_BYTES,
        interval_s: float = 5.0,
        now_ms: Callable[[], int] = _now_ms,
    ) -> None:
        self._everything = everything
        self._capacity = capacity
        self._round_bytes = round_bytes
        self._now_ms = now_ms
        self._groups = Groups()
        self._indexes: dict[Key, TailIndex] = {}
        self._compacted: dict[str, bool] = {}
        self._drains: dict[tuple[str, str], Drain] = defaultdict(Drain)
        self._movements: dict[str, Movement] = defaultdict(Movement)
        self._last_commits: dict[str, LastCommit] = defaultdict(LastCommit)
        self._histories: dict[Key, History] = defaultdict(lambda: History(interval_s=interval_s))

    async def measure(self, cluster: Cluster) -> LagSnapshot:
        """One snapshot of all groups.

        Raises:
            KafkaUnavailable: nothing can be said now; the next measurement goes on where this one stopped.
        """
        began = time.monotonic()
        layout = await cluster.layout()
        states = await self._groups.states(cluster, layout.brokers, everything=self._everything)
        log = Log(cluster, layout)
        committed: dict[Key, int | None] = {
            (state.name, tp): state.committed.get(tp) for state in states for tp in layout.partitions(state.queues())
        }
        # Ends are read after commits: a commit that lies beyond its end is then no matter of timing.
        bounds = await log.bounds(_by_partition(committed))
        await self._learn_cleanup(cluster, {tp.topic for _, tp in committed})
        self._move(committed, bounds)
        # Our own queues first: a group that somebody left behind long ago must not use up the round.
        await self._read(log, bounds, [key for key in self._indexes if key[0] in QUEUES])
        await self._read(log, bounds, list(self._indexes))
        groups = tuple(self._group(state, committed, bounds, layout, began) for state in states)
        return LagSnapshot(
            at_ms=self._now_ms(), groups=groups, took_s=time.monotonic() - began, read_bytes=log.read_bytes
        )

    def _move(self, committed: Mapping[Key, int | None], bounds: Mapping[TopicPartition, Bounds]) -> None:
        for gone in self._indexes.keys() - committed.keys():
            del self._indexes[gone]
            self._histories.pop(gone, None)
        for key, offset in committed.items():
            if (limits := bounds.get(key[1])) is None:
                continue
            place = position(offset, limits)
            index = self._indexes.setdefault(key, TailIndex(place, capacity=self._capacity))
            index.move(place, end=limits.end)
            if self._compacted.get(key[1].topic):
                index.restart(place)  # the cleaner removes records that were there at the last look

    async def _read(self, log: Log, bounds: Mapping[TopicPartition, Bounds], keys: Collection[Key]) -> None:
        """Fetch until each of these indexes has seen its log's end, is full, or the round's bytes are spent."""
        starved: list[TopicPartition] = []
        while log.read_bytes < self._round_bytes:
            wanted = self._wanted(bounds, keys)
            if not wanted:
                return
            order = sorted(wanted, key=lambda tp: (tp not in starved, tp))
            chunks = await log.read({tp: wanted[tp] for tp in order})
            if not chunks:
                return
            for (_, tp), index in self._indexes.items():
                if tp in chunks:
                    index.extend(chunks[tp])
            starved = [tp for tp in order if tp not in chunks]

    def _wanted(self, bounds: Mapping[TopicPartition, Bounds], keys: Collection[Key]) -> dict[TopicPartition, int]:
        """The lowest offset of each partition that an index has yet to see: one fetch feeds all groups near it."""
        wanted: dict[TopicPartition, int] = {}
        for key in keys:
            tp, index = key[1], self._indexes[key]
            if tp in bounds and index.next < bounds[tp].end and not index.full:
                wanted[tp] = min(index.next, wanted.get(tp, index.next))
        return wanted

    def _group(
        self,
        state: GroupState,
        committed: Mapping[Key, int | None],
        bounds: Mapping[TopicPartition, Bounds],
        layout: Layout,
        now_s: float,
    ) -> GroupLag:
        rows = tuple(
            self._judged(self._partition(state.name, tp, committed[state.name, tp], bounds), tp, state.members, now_s)
            for tp in layout.partitions(state.queues())
        )
        sums = tuple(self._with_drain(row, now_s) for row in sum_topics(rows))
        waiting = any(row.records for row in rows)
        offsets = tuple(row.committed for row in rows)
        unmoved_s = self._movements[state.name].observe(now_s, offsets, waiting=waiting)
        return GroupLag(
            group=state.name,
            state=state.state,
            members=state.members,
            topics=sums,
            partitions=rows,
            unmoved_s=unmoved_s,
            last_commit_s=self._last_commits[state.name].observe(now_s, offsets),
        )

    def _judged(self, row: PartitionLag, tp: TopicPartition, members: int, now_s: float) -> PartitionLag:
        if row.end < 0:
            return row
        sample = Sample(now_s, row.committed, row.end, row.records, row.seconds)
        return replace(row, status=self._histories[row.group, tp].observe(sample, members=members))

    def _partition(
        self, group: str, tp: TopicPartition, committed: int | None, bounds: Mapping[TopicPartition, Bounds]
    ) -> PartitionLag:
        if tp not in bounds:  # no leader now: nothing is known of it
            return PartitionLag(
                group=group,
                topic=tp.topic,
                partition=tp.partition,
                committed=committed,
                end=-1,
                records=0,
                exact=False,
                seconds=None,
            )
        return partition_lag(
            group=group,
            tp=tp,
            committed=committed,
            bounds=bounds[tp],
            index=self._indexes[group, tp],
            now_ms=self._now_ms(),
        )

    def _with_drain(self, row: TopicLag, now_s: float) -> TopicLag:
        rate = self._drains[row.group, row.topic].observe(now_s, row.records)
        return replace(row, drain_per_s=rate)

    async def _learn_cleanup(self, cluster: Cluster, names: set[str]) -> None:
        """Which of these topics are compacted; asked once per topic."""
        unknown = sorted(names - self._compacted.keys())
        if not unknown:
            return
        resources = [(ConfigResourceType.TOPIC.value, name, ["cleanup.policy"]) for name in unknown]
        response = await cluster.ask(DescribeConfigsRequest(resources, include_synonyms=False))
        for _, _, _, name, entries in response.resources:
            self._compacted[name] = any("compact" in (entry[1] or "") for entry in entries)


def _by_partition(committed: Mapping[Key, int | None]) -> dict[TopicPartition, set[int | None]]:
    grouped: dict[TopicPartition, set[int | None]] = defaultdict(set)
    for (_, tp), offset in committed.items():
        grouped[tp].add(offset)
    return grouped
