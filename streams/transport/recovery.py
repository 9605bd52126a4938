"""Bring a partition's store up to date with its committed changelogs.

Ends at PARTITION_EOF, not at a record: the last offset of a transactional topic is a marker that no consumer ever sees
(Faust's own recovery waits for it without end)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.errors import Transient
from streams.runtime.store import OWN, Store
from streams.runtime.tables import POSITION_KEY, Table
from streams.transport.calls import BlockingCalls

log = logging.getLogger(__name__)
LONGEST_S = 1800.0
_BATCH = 5000
_ANSWER_S = 10.0
_SILENCE_S = 30.0
_SAY_S = 2.0

Progress = Callable[[int, int], None]
"""Told now and then: changelog offsets passed, of how many."""


async def identity(options: Mapping[str, Any], tables: Sequence[Table[Any]], calls: BlockingCalls) -> str:
    """What tells these changelogs from others of the same names: the cluster's id and the topics' (KIP-516).

    Raises:
        Transient: the brokers did not answer.
    """
    try:
        return await calls.run(_identity, options, [table.changelog for table in tables], seconds=3 * _ANSWER_S)
    except TimeoutError:
        raise Transient("no answer about the changelog topics") from None


def _identity(options: Mapping[str, Any], topics: Sequence[str]) -> str:
    admin = AdminClient(dict(options))  # it must live as long as its answers are awaited
    try:
        cluster = admin.list_topics(timeout=_ANSWER_S).cluster_id
        described = admin.describe_topics(TopicCollection(list(topics)), request_timeout=_ANSWER_S)
        ids = [f"{name}={described[name].result(_ANSWER_S).topic_id}" for name in sorted(topics)]
    except KafkaException as error:
        raise Transient(f"changelog topics: {error.args[0]}") from None
    return " ".join([str(cluster), *ids])


async def recover(
    options: Mapping[str, Any],
    tables: Sequence[Table[Any]],
    partition: int,
    store: Store,
    calls: BlockingCalls,
    *,
    cancelled: Callable[[], bool],
    progress: Progress,
) -> int:
    """Replay what the store does not hold yet; afterwards its rows are those of the last committed transaction.
    Call it after the former owner is fenced. Returns how many changes were replayed.

    Raises:
        Transient: the brokers fell silent, or `cancelled` answered True.
        StoreFailed
    """
    if not tables:
        return 0
    replay = _Replay(options, tables, partition, store, cancelled=cancelled, progress=progress)
    try:
        return await calls.run(replay.run, seconds=LONGEST_S)
    except TimeoutError:
        raise Transient(f"tables of partition {partition} not recovered within {LONGEST_S:g} s") from None


class _Replay:
    """One recovery. Blocks."""

    def __init__(
        self,
        options: Mapping[str, Any],
        tables: Sequence[Table[Any]],
        partition: int,
        store: Store,
        *,
        cancelled: Callable[[], bool],
        progress: Progress,
    ) -> None:
        self._name_of = {table.changelog: table.name for table in tables}
        self._partition, self._store, self._cancelled, self._progress = partition, store, cancelled, progress
        self._options = {
            **options,
            "group.id": f"recovery-{partition}",  # required by the client, never used: no join, no commit
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 10,
            "fetch.queue.backoff.ms": 5,
            "queued.max.messages.kbytes": 8 * 1024,
        }
        self._count = 0
        self._ends: dict[str, int] = {}
        """By changelog whose end was reached: the offset behind it."""

    def run(self) -> int:
        """Replay."""
        consumer = Consumer(self._options)
        try:
            starts, ends = self._bounds(consumer)
            consumer.assign([TopicPartition(topic, self._partition, start) for topic, start in starts.items()])
            self._replay(consumer, sum(starts.values()), sum(ends.values()))
        except KafkaException as error:
            raise Transient(f"changelog of partition {self._partition}: {error.args[0]}") from None
        finally:
            consumer.close()
        self._store.mark(self._ends)
        return self._count

    def _bounds(self, consumer: Any) -> tuple[dict[str, int], dict[str, int]]:
        """Where to start and where it will end, by changelog. A store that knows more than there is, or less than
        is left, is a copy of something else: it starts over."""
        held = dict(self._store.positions())
        lows, highs = {}, {}
        for topic in self._name_of:
            lows[topic], highs[topic] = consumer.get_watermark_offsets(
                TopicPartition(topic, self._partition), timeout=_ANSWER_S
            )
        if set(held) != set(self._name_of) or any(not lows[t] <= held[t] <= highs[t] for t in held):
            if held:
                log.warning("the rows kept for partition %d are of another changelog: replaying all", self._partition)
            self._store.clear()
            held = lows
        return held, highs

    def _replay(self, consumer: Any, start: int, end: int) -> None:
        heard = said = monotonic()
        while len(self._ends) < len(self._name_of):
            if self._cancelled():
                raise Transient("recovery was overtaken by a rebalance")
            messages = consumer.consume(_BATCH, 0.05)
            now = monotonic()
            if messages:
                heard = now
            elif now - heard > _SILENCE_S:
                left = sorted(set(self._name_of) - set(self._ends))
                raise Transient(f"no answer from the changelogs {left} for {_SILENCE_S:g} s")
            self._apply(messages)
            if now - said > _SAY_S:
                said = now
                passed = sum(spot.offset for spot in consumer.position(consumer.assignment()) if spot.offset > 0)
                self._progress(max(0, passed - start), end - start)

    def _apply(self, messages: Sequence[Any]) -> None:
        changes: dict[str, dict[bytes, bytes | None]] = defaultdict(dict)
        for message in messages:
            if message.error() is not None:
                self._heed(message)
                continue
            self._count += 1
            key = message.key()
            changes[OWN if key == POSITION_KEY else self._name_of[message.topic()]][key] = message.value()
        if changes:
            self._store.apply(changes)

    def _heed(self, message: Any) -> None:
        error = message.error()
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.topic()] = message.offset()
        elif not error.retriable() and error.code() != KafkaError._ALL_BROKERS_DOWN:
            raise Transient(f"changelog {message.topic()}: {error}")
