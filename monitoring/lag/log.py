"""Reads the ends of partitions and which real records lie between two offsets, `read_committed`. Keeps no contents."""

from __future__ import annotations

import asyncio
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from aiokafka.consumer.fetcher import READ_COMMITTED, READ_UNCOMMITTED, PartitionRecords
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from monitoring.lag.cluster import Cluster, Layout
from monitoring.lag.index import Chunk
from monitoring.lag.model import Bounds

EARLIEST, LATEST = -2, -1
PARTITION_BYTES = 256 * 1024
"""Asked of one partition per fetch. A longer batch comes whole when its partition is first in the request (KIP-74)."""
FETCH_BYTES = 1024 * 1024
"""Asked of all partitions per fetch; also bounds how long the event loop unpacks records."""


class Log:
    """The partitions' logs as a read_committed consumer sees them."""

    def __init__(self, cluster: Cluster, layout: Layout) -> None:
        self._cluster = cluster
        self._layout = layout
        self.read_bytes = 0

    async def bounds(self, committed: Mapping[TopicPartition, Collection[int | None]]) -> dict[TopicPartition, Bounds]:
        """The ends of these partitions; those that no broker answers for are missing.

        The commits save a question: the high watermark matters only where a group is past the last stable offset (it
        reads uncommitted, or the topic was made anew).
        """
        ends = await self._offsets(committed, LATEST, READ_COMMITTED)
        beyond = {
            tp for tp, end in ends.items() if any(offset is not None and offset > end for offset in committed[tp])
        }
        starts = await self._offsets(ends, EARLIEST, READ_UNCOMMITTED)
        highs = {**ends, **dict.fromkeys(beyond), **await self._offsets(sorted(beyond), LATEST, READ_UNCOMMITTED)}
        return {
            tp: Bounds(start=starts[tp], end=ends[tp], high=high)
            for tp, high in sorted(highs.items())
            if tp in starts and high is not None
        }

    async def read(self, wanted: Mapping[TopicPartition, int]) -> dict[TopicPartition, Chunk]:
        """One fetch per leader, from these offsets. A partition that had no room in the response is missing: ask again.

        The wanted offsets must be below the last stable offset: then a first partition without records has none there
        (compacted away), and its chunk reaches on by being empty.
        """
        by_leader = self._by_leader(wanted)
        found = await asyncio.gather(*(self._fetch(leader, tps, wanted) for leader, tps in by_leader.items()))
        return {tp: chunk for chunks in found for tp, chunk in chunks.items()}

    def _by_leader(self, partitions: Iterable[TopicPartition]) -> dict[int, list[TopicPartition]]:
        grouped: dict[int, list[TopicPartition]] = defaultdict(list)
        for tp in partitions:
            if (leader := self._layout.leaders.get(tp)) is not None:
                grouped[leader].append(tp)
        return grouped

    async def _offsets(
        self, partitions: Iterable[TopicPartition], which: int, isolation: int
    ) -> dict[TopicPartition, int]:
        requests = [
            self._cluster.ask(
                OffsetRequest(-1, isolation, _by_topic((tp, (tp.partition, which)) for tp in tps)), leader
            )
            for leader, tps in self._by_leader(partitions).items()
        ]
        return {
            TopicPartition(topic, partition): offset
            for response in await asyncio.gather(*requests)
            for topic, answers in response.topics
            for partition, code, _, offset, *_ in answers
            if not code
        }

    async def _fetch(
        self, leader: int, partitions: list[TopicPartition], wanted: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Chunk]:
        entries = ((tp, (tp.partition, wanted[tp], PARTITION_BYTES)) for tp in partitions)
        request = FetchRequest(0, 1, FETCH_BYTES, READ_COMMITTED, _by_topic(entries))
        response = await self._cluster.ask(request, leader)
        chunks: dict[TopicPartition, Chunk] = {}
        for topic, answers in response.topics:
            for partition, code, _, *rest in answers:
                tp = TopicPartition(topic, partition)
                self.read_bytes += len(rest[-1] or b"")
                served = tp == partitions[0] and not response.throttle_time_ms
                chunk = None if code else _chunk(tp, wanted[tp], rest, response.API_VERSION, served=served)
                if chunk is not None:
                    chunks[tp] = chunk
        return chunks


def _chunk(tp: TopicPartition, offset: int, answer: list[Any], version: int, *, served: bool) -> Chunk | None:
    """A partition's part of a response; None when it had no room. The first partition is always served (KIP-74)."""
    # v4: last stable offset, aborted, records. v5 puts the log's start before the aborted, v11 a replica after them.
    stable, aborted, records = answer[0], answer[2 if version >= 5 else 1], answer[-1]
    chunk = unpack(tp, offset, records or b"", aborted)
    if chunk.next > offset:
        return chunk
    return Chunk(start=offset, next=stable, offsets=(), timestamps=()) if served and stable > offset else None


def unpack(tp: TopicPartition, offset: int, records: bytes, aborted: Any) -> Chunk:
    """Offsets and timestamps of the real records in a fetch response; markers and aborted records are none."""
    found = PartitionRecords(tp, MemoryRecords(records), aborted, offset, None, None, False, READ_COMMITTED)
    offsets, timestamps = array("q"), array("q")
    for record in found:
        offsets.append(record.offset)
        timestamps.append(record.timestamp)
    return Chunk(start=offset, next=found.next_fetch_offset, offsets=offsets, timestamps=timestamps)


def _by_topic(entries: Iterable[tuple[TopicPartition, Any]]) -> list[tuple[str, list[Any]]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for tp, entry in entries:
        grouped[tp.topic].append(entry)
    return list(grouped.items())
