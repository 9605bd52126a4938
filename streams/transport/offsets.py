"""What the group has committed, and the group's metadata for transactions.

Read by librdkafka, whose OffsetFetch asks for stable offsets (KIP-447): after a commit whose markers are still being
written, aiokafka's answer was stale in 2 of 100 reads. The consumer here never joins the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.errors import Fatal, Transient
from streams.transport.calls import BlockingCalls

_TIMEOUT_S = 5.0


class OrphanedOffset(Transient):
    """The coordinator holds an offset of a transaction that has ended, and waits for a marker that never comes.

    Seen on Kafka 4.3 when a lone broker is killed while it writes the markers of a commit: restarted, it takes its own
    partitions for deleted ("Couldn't find leader endpoint", TransactionMarkerChannelManager) and skips the markers.
    Stable reads (KIP-447) of that offset then fail for ever, until the same producer ends another transaction there."""

    def __init__(self, settled: int) -> None:
        super().__init__(f"an offset is pending in no transaction; the one before it is {settled}")
        self.settled = settled


class UnevenTopics(Fatal):
    """A changelog has too few partitions: rows of some accounts would have no place to go."""


class GroupOffsets:
    """The committed offsets of one consumer group, and where partitions begin and end."""

    def __init__(self, options: Mapping[str, Any], group: str) -> None:
        configuration = {**options, "group.id": group, "enable.auto.commit": False}
        self._consumer = Consumer(configuration)
        self._lenient = Consumer({**configuration, "isolation.level": "read_uncommitted"})
        self._admin = AdminClient(dict(options))
        self._group = group
        self.metadata = self._consumer.consumer_group_metadata()

    async def committed(self, topic: str, partition: int, calls: BlockingCalls) -> int | None:
        """The next offset to read; None when the group has committed none. To be asked after the partition's
        transactional id was taken over: no transaction that could still change it is running then.

        Raises:
            OrphanedOffset: and none will.
            Transient: the brokers did not answer.
        """
        found = await _bounded(calls, self._committed, topic, partition)
        return None if found is None else int(found)

    def _committed(self, topic: str, partition: int) -> int | None:
        spot = TopicPartition(topic, partition)
        try:
            return _offset(self._consumer, spot)
        except KafkaException as error:
            if error.args[0].code() != KafkaError._TIMED_OUT:
                raise Transient(f"committed offset of {topic}/{partition}: {error.args[0]}") from None
        try:
            settled = _offset(self._lenient, spot)
        except KafkaException as error:
            raise Transient(f"committed offset of {topic}/{partition}: {error.args[0]}") from None
        raise OrphanedOffset(settled or 0)

    async def bounds(self, topic: str, partition: int, calls: BlockingCalls) -> tuple[int, int]:
        """The first offset that is there, and the one behind the last committed record.

        Raises:
            Transient: the brokers did not answer.
        """
        low, high = await _bounded(calls, self._bounds, topic, partition)
        return int(low), int(high)

    def _bounds(self, topic: str, partition: int) -> tuple[int, int]:
        try:
            low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_TIMEOUT_S)
        except KafkaException as error:
            raise Transient(f"bounds of {topic}/{partition}: {error.args[0]}") from None
        return low, high

    async def require_even(self, topic: str, changelogs: Sequence[str], calls: BlockingCalls) -> None:
        """Every changelog has a partition for each of the input's.

        Raises:
            UnevenTopics: one has not.
            Transient: the brokers did not answer, or do not know one of the topics (yet).
        """
        await _bounded(calls, self._require_even, topic, changelogs)

    def _require_even(self, topic: str, changelogs: Sequence[str]) -> None:
        try:
            known = self._admin.list_topics(timeout=_TIMEOUT_S).topics
        except KafkaException as error:
            raise Transient(f"partitions of {topic}: {error.args[0]}") from None
        if missing := {topic, *changelogs} - known.keys():
            raise Transient(f"no topic {', '.join(sorted(missing))}; `triage topics create` makes it")
        wanted = len(known[topic].partitions)
        for name in changelogs:
            if (found := len(known[name].partitions)) < wanted:
                raise UnevenTopics(
                    f"{name} has {found} partitions, {topic} has {wanted}: add partitions to it, or delete it, run "
                    "`triage topics create` and replay (tables are kept per partition of the input)"
                )

    async def identity(self, topics: Sequence[str], calls: BlockingCalls) -> str:
        """What tells these topics from others of the same names: the cluster's id and the topics' own (KIP-516).

        Raises:
            Transient: the brokers did not answer.
        """
        return str(await _bounded(calls, self._identity, sorted(topics)))

    def _identity(self, topics: Sequence[str]) -> str:
        try:
            cluster = self._admin.list_topics(timeout=_TIMEOUT_S).cluster_id
            described = self._admin.describe_topics(TopicCollection(topics), request_timeout=_TIMEOUT_S)
            ids = [f"{name}={described[name].result(_TIMEOUT_S).topic_id}" for name in topics]
        except KafkaException as error:
            raise Transient(f"identity of {', '.join(topics)}: {error.args[0]}") from None
        return " ".join([str(cluster), *ids])

    async def close(self) -> None:
        """Release the connection."""
        calls = BlockingCalls(f"offsets of {self._group}")
        with suppress(TimeoutError):
            await calls.run(self._consumer.close, seconds=1.0)
            await calls.run(self._lenient.close, seconds=1.0)
        calls.close()


def _offset(consumer: Any, spot: TopicPartition) -> int | None:
    (found,) = consumer.committed([spot], timeout=_TIMEOUT_S)
    if found.error:
        raise KafkaException(found.error)
    return int(found.offset) if found.offset >= 0 else None


async def _bounded(calls: BlockingCalls, call: Any, *arguments: Any) -> Any:
    try:
        return await calls.run(call, *arguments, seconds=4 * _TIMEOUT_S)
    except TimeoutError:
        raise Transient(f"{arguments}: no answer from the brokers") from None
