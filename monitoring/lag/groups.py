"""Consumer groups as Kafka knows them: state, members, committed offsets. Only asks; never joins."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from aiokafka.protocol.admin import DescribeGroupsRequest, DescribeGroupsRequest_v2, ListGroupsRequest
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.structs import TopicPartition

from monitoring.lag.cluster import Cluster, check
from streams import topics
from streams.drain import PROGRESS_GROUPS
from streams.kafka_errors import KafkaUnavailable

QUEUES: dict[str, tuple[str, ...]] = {
    "triage": (topics.RECEIVED.name, topics.FEEDBACK.name, topics.REVIEWED.name),
    "triage-archive": tuple(spec.name for spec in topics.LANES.values()),
}
"""Our groups and the queues that each works off: they lag from the log's start even before their first commit."""
NOT_QUEUES = frozenset({"triage-ingest"})
"""Groups that only share out partitions (who reads which mailbox); an offset there means nothing."""
ABSENT = "Absent"
UNKNOWN = "Unknown"
"""A group of a protocol that this request cannot describe (KIP-848)."""


class _Describe(DescribeGroupsRequest):
    """aiokafka 0.14 decodes the answer to version 3 as if it were version 2, which fails from the second group on."""

    def prepare(self, versions: object) -> object:
        """The request in version 2, whatever the broker offers on top."""
        del versions
        return self.build(DescribeGroupsRequest_v2)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """One group. A group without members keeps its offsets."""

    name: str
    state: str = ABSENT
    members: int = 0
    subscribed: frozenset[str] = frozenset()
    committed: dict[TopicPartition, int] = field(default_factory=dict)

    def queues(self) -> frozenset[str]:
        """The topics whose lag is this group's: declared ones, else what it committed or its members subscribe to."""
        if self.name in QUEUES:
            return frozenset(QUEUES[self.name])
        return self.subscribed | {tp.topic for tp in self.committed}


class Groups:
    """Asks the coordinators, whose places are remembered."""

    def __init__(self) -> None:
        self._coordinators: dict[str, int] = {}

    async def states(self, cluster: Cluster, brokers: Iterable[int], *, everything: bool) -> list[GroupState]:
        """Our groups and every other one found; `everything` includes those that are no queues.

        Raises:
            KafkaUnavailable: a coordinator does not answer, or its offsets are still loading.
        """
        listed = await _listed(cluster, brokers)
        listed = {name for name in listed if not name.startswith(PROGRESS_GROUPS)}
        names = sorted((listed | set(QUEUES)) - (set() if everything else NOT_QUEUES))
        try:
            await self._find(cluster, names)
            described = await self._described(cluster, names)
            committed = await asyncio.gather(*(self._committed(cluster, name) for name in names))
        except KafkaUnavailable:
            self._coordinators.clear()  # a coordinator that moved is found anew in the next round
            raise
        return [
            replace(
                described.get(name) or GroupState(name=name, state=UNKNOWN if name in listed else ABSENT),
                committed=offsets,
            )
            for name, offsets in zip(names, committed, strict=True)
        ]

    async def _find(self, cluster: Cluster, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._coordinators:
                response = await cluster.ask(FindCoordinatorRequest(name, 0))
                check(response.error_code, f"coordinator of group {name}")
                self._coordinators[name] = response.coordinator_id

    async def _described(self, cluster: Cluster, names: Iterable[str]) -> dict[str, GroupState]:
        by_coordinator: dict[int, list[str]] = defaultdict(list)
        for name in names:
            by_coordinator[self._coordinators[name]].append(name)
        responses = await asyncio.gather(
            *(cluster.ask(_Describe(members), node) for node, members in by_coordinator.items())
        )
        return {
            group[1]: GroupState(
                name=group[1], state=group[2], members=len(group[5]), subscribed=_subscribed(group[3], group[5])
            )
            for response in responses
            for group in response.groups
            if not group[0] and group[2] != "Dead"  # the answer for a group that does not exist
        }

    async def _committed(self, cluster: Cluster, name: str) -> dict[TopicPartition, int]:
        response = await cluster.ask(OffsetFetchRequest(name, None), self._coordinators[name])
        check(response.error_code, f"offsets of group {name}")
        offsets: dict[TopicPartition, int] = {}
        for topic, partitions in response.topics:
            for partition, offset, _, code in partitions:
                check(code, f"offset of group {name} in {topic}/{partition}")
                if offset >= 0:
                    offsets[TopicPartition(topic, partition)] = offset
        return offsets


async def _listed(cluster: Cluster, brokers: Iterable[int]) -> set[str]:
    responses = await asyncio.gather(*(cluster.ask(ListGroupsRequest(), broker) for broker in brokers))
    for response in responses:
        check(response.error_code, "list of groups")
    # An empty type is a group that only stores offsets; "share" and "connect" groups have no lag of this kind.
    return {name for response in responses for name, kind in response.groups if kind in ("consumer", "")}


def _subscribed(protocol: str, members: Iterable[tuple[object, ...]]) -> frozenset[str]:
    if protocol != "consumer":
        return frozenset()
    found: set[str] = set()
    for member in members:
        metadata = member[3]
        if isinstance(metadata, bytes) and metadata:
            found.update(ConsumerProtocolMemberMetadata.decode(metadata).subscription)
    return frozenset(found)
