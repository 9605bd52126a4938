"""Bring a partition's store up to date with its committed changelogs.

Ends at PARTITION_EOF, not at a record: the last offset of a transactional topic is a marker that no consumer ever sees
(Faust's own recovery waits for it without end)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from infra.errors import Transient
from monitoring.metrics import RECOVERY_RECORDS
from streams.runtime.store import OWN, Store
from streams.runtime.tables import POSITION_KEY, Table
from streams.transport.calls import BlockingCalls

log = logging.getLogger(__name__)
LONGEST_S = 1800.0
_BATCH = 5000
_SILENCE_S = 30.0
_SAY_S = 2.0

Bounds = tuple[int, int]
"""First offset and end of a partition."""
Progress = Callable[[int, int], None]
"""Told now and then: changelog offsets passed, of how many."""


async def recover(
    options: Mapping[str, Any],
    tables: Sequence[Table[Any]],
    partition: int,
    store: Store,
    calls: BlockingCalls,
    *,
    bounds: Mapping[str, Bounds],
    cancelled: Callable[[], bool],
    progress: Progress,
) -> int:
    """Replay what the store does not hold yet; afterwards its rows are those of the last committed transaction.
    Call it after the former owner is fenced, with the changelogs' bounds of that time. Returns how many changes were
    replayed.

    Raises:
        Transient: the brokers fell silent, or `cancelled` answered True.
        StoreFailed
    """
    if not tables:
        return 0
    starts = _starts(store, bounds, partition)
    if all(starts[topic] == end for topic, (_, end) in bounds.items()):
        return 0
    replay = _Replay(options, tables, partition, store, cancelled=cancelled, progress=progress)
    try:
        return await calls.run(replay.run, starts, bounds, seconds=LONGEST_S)
    except TimeoutError:
        raise Transient(f"tables of partition {partition} not recovered within {LONGEST_S:g} s") from None


def _starts(store: Store, bounds: Mapping[str, Bounds], partition: int) -> Mapping[str, int]:
    """Where to start, by changelog. A store that knows more than there is, or less than is left, is a copy of something
    else: it starts over."""
    held = store.positions()
    if set(held) == set(bounds) and all(low <= held[topic] <= end for topic, (low, end) in bounds.items()):
        return held
    if held:
        log.warning("the rows kept for partition %d are of another changelog: replaying all", partition)
        store.clear()
    return {topic: low for topic, (low, _) in bounds.items()}


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

    def run(self, starts: Mapping[str, int], bounds: Mapping[str, Bounds]) -> int:
        """Replay."""
        consumer = Consumer(self._options)
        try:
            consumer.assign([TopicPartition(topic, self._partition, start) for topic, start in starts.items()])
            self._replay(consumer, sum(starts.values()), sum(end for _, end in bounds.values()))
        except KafkaException as error:
            raise Transient(f"changelog of partition {self._partition}: {error.args[0]}") from None
        finally:
            consumer.close()
        self._store.mark(self._ends)
        return self._count

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
            changes[OWN if key.startswith(POSITION_KEY) else self._name_of[message.topic()]][key] = message.value()
        if changes:
            self._store.apply(changes)
            RECOVERY_RECORDS.inc(sum(map(len, changes.values())))

    def _heed(self, message: Any) -> None:
        error = message.error()
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.topic()] = message.offset()
        elif error.code() != KafkaError._ALL_BROKERS_DOWN:
            raise Transient(f"changelog {message.topic()}: {error}")
